package shingle

import (
	"fmt"
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/text"
)

func tokens(words []uint64) []text.Token {
	toks := make([]text.Token, len(words))
	for i, h := range words {
		toks[i].Hash = Mix(h + 1)
	}
	return toks
}

// TestAppend compares the rolling hash with each window's own, and tells windows apart exactly
// where their words differ.
func TestAppend(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.Uint64Range(0, 3), 0, 60).Draw(t, "words")
		w := rapid.IntRange(1, 12).Draw(t, "w")
		toks := tokens(words)
		got := Append(nil, toks, w)
		hashes := make([]uint64, len(toks))
		for i, tok := range toks {
			hashes[i] = tok.Hash
		}
		if again := AppendHashes(nil, hashes, w); !slices.Equal(again, got) {
			t.Fatalf("shingles of the hashes are %x, of the tokens %x", again, got)
		}
		switch {
		case len(toks) == 0:
			if len(got) != 0 {
				t.Fatalf("%d shingles of nothing", len(got))
			}
			return
		case len(toks) < w:
			w = len(toks)
		}
		if len(got) != len(toks)-w+1 {
			t.Fatalf("%d shingles of %d tokens, w = %d", len(got), len(toks), w)
		}
		seen := map[uint64]string{}
		for i, h := range got {
			if own := Append(nil, toks[i:i+w], w); own[0] != h {
				t.Fatalf("shingle %d rolled to %x, is %x", i, h, own[0])
			}
			name := fmt.Sprint(words[i : i+w])
			if old, ok := seen[h]; ok && old != name {
				t.Fatalf("%s and %s share a hash", name, old)
			}
			seen[h] = name
		}
		if len(seen) != len(maps.Collect(func(yield func(string, bool) bool) {
			for i := range got {
				yield(fmt.Sprint(words[i:i+w]), true)
			}
		})) {
			t.Fatalf("one shingle has two hashes")
		}
	})
}

// TestAvalanche flips each bit of a token: about half of the shingle's bits must change, in each
// place of the shingle.
func TestAvalanche(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for place := range 5 {
		for bit := range 64 {
			sum := 0
			for range 200 {
				toks := make([]text.Token, 5)
				for i := range toks {
					toks[i].Hash = rnd.Uint64()
				}
				a := Append(nil, toks, 5)[0]
				toks[place].Hash ^= 1 << bit
				sum += bits.OnesCount64(a ^ Append(nil, toks, 5)[0])
			}
			if mean := float64(sum) / 200; mean < 30 || mean > 34 {
				t.Errorf("bit %d of token %d changes %.1f bits", bit, place, mean)
			}
		}
	}
}

func setOf(s []uint64) map[uint64]bool {
	m := map[uint64]bool{}
	for _, x := range s {
		m[x] = true
	}
	return m
}

func TestSet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 24, 25, 100, 1000, 1 << 15, 1<<15 + 1, 200_000} {
		for _, shape := range []struct {
			name string
			draw func() uint64
		}{
			{"even", rnd.Uint64},
			{"few", func() uint64 { return rnd.Uint64N(10) }},
			{"low", func() uint64 { return rnd.Uint64N(1 << 20) }},
			{"top", func() uint64 { return rnd.Uint64N(3) << 62 }},
			{"crowd", func() uint64 { return 1<<63 | rnd.Uint64N(1<<40) }},
		} {
			s := make([]uint64, n)
			for i := range s {
				s[i] = shape.draw()
			}
			want := slices.Compact(slices.Sorted(slices.Values(s)))
			if got := Set(s); !slices.Equal(got, want) {
				t.Errorf("%d %s: wrong", n, shape.name)
			}
		}
	}
}

func TestCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOfN(rapid.Uint64Range(0, rapid.SampledFrom([]uint64{5, 60, 3000}).Draw(t, "range")), 0, 300)
		a := Set(draw.Draw(t, "a"))
		b := Set(draw.Draw(t, "b"))
		if rapid.Bool().Draw(t, "cut") {
			a = a[:len(a)/20]
		}
		ma, mb := setOf(a), setOf(b)
		n, union := 0, maps.Clone(mb)
		for x := range ma {
			if mb[x] {
				n++
			}
			union[x] = true
		}
		if got := Shared(a, b); got != n {
			t.Fatalf("Shared is %d, want %d", got, n)
		}
		ratio := func(n, of int) float64 {
			if of == 0 {
				return 0
			}
			return float64(n) / float64(of)
		}
		if got, want := Resemblance(a, b), ratio(n, len(union)); got != want {
			t.Fatalf("Resemblance is %v, want %v", got, want)
		}
	})
}

func random(n int) []uint64 {
	rnd := rand.New(rand.NewPCG(5, uint64(n)))
	s := make([]uint64, n)
	for i := range s {
		s[i] = rnd.Uint64()
	}
	return s
}

func BenchmarkSet(b *testing.B) {
	for _, n := range []int{100, 500, 3000, 1_000_000} {
		data := random(n)
		s := make([]uint64, n)
		for _, sort := range []struct {
			name string
			do   func()
		}{{"bucket", func() { Set(s) }}, {"slices", func() { slices.Sort(s); _ = slices.Compact(s) }}} {
			b.Run(fmt.Sprintf("%s/%d", sort.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					copy(s, data)
					sort.do()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/shingle")
			})
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	toks := tokens(random(1000))
	dst := make([]uint64, 0, len(toks))
	b.ReportAllocs()
	for b.Loop() {
		dst = Append(dst[:0], toks, 5)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/shingle")
}

func BenchmarkShared(b *testing.B) {
	x, y := Set(random(500)), Set(append(random(500)[:250], random(250)...))
	b.ReportAllocs()
	for b.Loop() {
		Shared(x, y)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)+len(y)), "ns/shingle")
}
