package lsh

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every pair of fingerprints within the distance shares a bucket, whichever bits differ.
func TestBlocksMissNoPairWithinTheDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shape := rapid.SampledFrom([][2]int{{3, 4}, {3, 6}, {6, 8}, {10, 12}, {0, 1}, {1, 64}}).Draw(t, "distance, blocks")
		a := rapid.Uint64().Draw(t, "fingerprint")
		b := a
		for range rapid.IntRange(0, shape[0]).Draw(t, "flips") {
			b ^= 1 << rapid.IntRange(0, 63).Draw(t, "bit")
		}
		if bits.OnesCount64(a^b) > shape[0] {
			t.Skip()
		}
		x, y := AppendBlocks(nil, a, shape[0], shape[1]), AppendBlocks(nil, b, shape[0], shape[1])
		if !slices.ContainsFunc(x, func(k uint64) bool { return slices.Contains(y, k) }) {
			t.Fatalf("%x and %x share no bucket", a, b)
		}
	})
}

func TestBlocksAreAllChoices(t *testing.T) {
	keys := AppendBlocks(nil, 0x123456789abcdef0, 3, 6)
	slices.Sort(keys)
	if n := len(slices.Compact(keys)); n != 20 {
		t.Errorf("%d keys, want 6 over 3 = 20", n)
	}
}

// The share of pairs that meet in a band follows the curve in the comment of Rows.
func TestBandsFollowTheCurve(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		rows int
		s, p float64
	}{{4, 0.7, 0.99985}, {4, 0.5, 0.873}, {4, 0.3, 0.229}, {5, 0.7, 0.990}, {8, 0.7, 0.613}} {
		const trials = 4000
		met := 0
		for range trials {
			a, b := make([]uint32, 128), make([]uint32, 128)
			for i := range a {
				a[i], b[i] = r.Uint32(), r.Uint32()
				if r.Float64() < c.s {
					b[i] = a[i]
				}
			}
			y := AppendBands(nil, b, c.rows)
			if slices.ContainsFunc(AppendBands(nil, a, c.rows), func(k uint64) bool { return slices.Contains(y, k) }) {
				met++
			}
		}
		if got := float64(met) / trials; math.Abs(got-c.p) > 4*math.Sqrt(c.p*(1-c.p)/trials)+0.001 {
			t.Errorf("rows %d, resemblance %g: %g of the pairs meet, want %g", c.rows, c.s, got, c.p)
		}
	}
}

func TestBigBucketsMakeStars(t *testing.T) {
	for _, c := range []struct{ n, most, want int }{{4, 10, 6}, {1000, 10, 999}} {
		buckets, pairs := NewSpool(t.TempDir(), 1<<20, 64), NewSpool(t.TempDir(), 1<<20, 42)
		w := buckets.Writer()
		for i := range c.n {
			if err := w.Add(Record{Key: 5 << 60, ID: uint32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := Pairs(context.Background(), 2, buckets, pairs, c.most); err != nil {
			t.Fatal(err)
		}
		got, err := Distinct(context.Background(), 2, pairs)
		if err != nil || len(got) != c.want || !slices.IsSorted(got) {
			t.Errorf("%d in a bucket: %d pairs, want %d; %v", c.n, len(got), c.want, err)
		}
	}
}

func BenchmarkBands(b *testing.B) {
	sig := make([]uint32, 128)
	var keys []uint64
	b.ReportAllocs()
	for b.Loop() {
		keys = AppendBands(keys[:0], sig, Rows)
	}
}
