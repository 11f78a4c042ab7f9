package lsh

import (
	"context"
	"math/bits"
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
