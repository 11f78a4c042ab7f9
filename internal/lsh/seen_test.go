package lsh

import (
	"math"
	"math/rand/v2"
	"testing"
)

// changed copies a signature with each slot drawn anew with probability p.
func changed(rnd *rand.Rand, sig []uint16, p float64) []uint16 {
	out := append([]uint16(nil), sig...)
	for i := range out {
		if rnd.Float64() < p {
			out[i] = uint16(rnd.Uint32())
		}
	}
	return out
}

// Seen finds what resembles, with the share of equal slots, and nothing else.
func TestSeen(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 9))
	var s Seen
	var sigs [][]uint16
	if i, _ := s.Find(changed(rnd, make([]uint16, SeenSlots), 1), 0.1); i >= 0 {
		t.Error("found in nothing")
	}
	for i := range 3000 {
		sig := changed(rnd, make([]uint16, SeenSlots), 1)
		if s.Add(sig) != i {
			t.Fatal("wrong number")
		}
		sigs = append(sigs, sig)
	}
	missed := 0
	for range 3000 {
		i := rnd.IntN(len(sigs))
		sig := changed(rnd, sigs[i], 0.28)
		equal := 0
		for k := range sig {
			if sig[k] == sigs[i][k] {
				equal++
			}
		}
		want := float64(equal) / SeenSlots
		got, estimate := s.Find(sig, 0.7)
		switch {
		case want < 0.7 && got >= 0, got >= 0 && (got != i || estimate != want):
			t.Fatalf("found %d with %g, want %d with %g", got, estimate, i, want)
		case want >= 0.7 && got < 0:
			missed++
		}
	}
	if missed > 6 { // 2 in 10,000 at 0.7
		t.Errorf("%d of 3000 missed", missed)
	}
	if e := SeenError(0.7); math.Abs(e-0.0286) > 1e-3 {
		t.Error(e)
	}
}

// Thousands that share every band but are no copies cost a bounded look each.
func TestSeenTemplates(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	base := changed(rnd, make([]uint16, SeenSlots), 1)
	var s Seen
	for range 2000 {
		sig := append([]uint16(nil), base...)
		for k := SeenSlots / 2; k < SeenSlots; k++ {
			sig[k] = uint16(rnd.Uint32())
		}
		if i, e := s.Find(sig, 0.7); i >= 0 {
			t.Fatalf("half equal, found %d with %g", i, e)
		}
		s.Add(sig)
	}
}

// TestSeenWalksAreShort: each signature of a template walked past all that came before it, in every
// band that they share, and so did those that only came to stand beside them: 50,000 articles with
// one paragraph took 22 seconds, and half of them 4.
func TestSeenWalksAreShort(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 3))
	base := changed(rnd, make([]uint16, SeenSlots), 1)
	const most = 3 * seenBands * seenMost // places for one Find and one Add, with the share of growing
	var s Seen
	for _, n := range []int{2000, 4000, 8000} {
		before, from := s.walk, s.n
		for s.n < n {
			sig := changed(rnd, base, 0.2) // about 13 of the 32 bands are those of all
			if s.n%2 == 1 {
				sig = changed(rnd, base, 1)
			}
			s.Find(sig, 0.9)
			s.Add(sig)
		}
		if each := (s.walk - before) / (n - from); each > most {
			t.Errorf("of %d signatures, each takes a look at %d places, not %d at most", n, each, most)
		}
	}
}

// TestSeenIsThatOfAList: what stands in the table is all that a look would have come to.
func TestSeenIsThatOfAList(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	base := changed(rnd, make([]uint16, SeenSlots), 1)
	var s Seen
	lists := map[[seenRows + 1]uint16][]int{}
	var sigs [][]uint16
	for range 1500 {
		sig := changed(rnd, base, 0.05+0.5*rnd.Float64())
		best, equal := -1, 0
		for b := range seenBands {
			key := [seenRows + 1]uint16{uint16(b)}
			copy(key[1:], sig[b*seenRows:])
			for _, i := range lists[key][:min(seenMost, len(lists[key]))] {
				n := 0
				for k, v := range sigs[i] {
					if v == sig[k] {
						n++
					}
				}
				if n >= SeenSlots/2 && (n > equal || n == equal && i < best) {
					best, equal = i, n
				}
			}
			lists[key] = append(lists[key], len(sigs))
		}
		if got, _ := s.Find(sig, 0.5); got != best {
			t.Fatalf("of %d signatures, %d is found, not %d", len(sigs), got, best)
		}
		sigs = append(sigs, sig)
		s.Add(sig)
	}
}

func BenchmarkSeen(b *testing.B) {
	rnd := rand.New(rand.NewPCG(2, 2))
	var s Seen
	for range 20_000 {
		s.Add(changed(rnd, make([]uint16, SeenSlots), 1))
	}
	sig := changed(rnd, make([]uint16, SeenSlots), 1)
	b.ReportAllocs()
	for b.Loop() {
		s.Find(sig, 0.7)
	}
}
