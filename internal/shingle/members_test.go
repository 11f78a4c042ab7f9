package shingle

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 9), rapid.Map(rapid.Uint64Range(0, 9), func(x uint64) uint64 { return ^x }), rapid.Map(rapid.Uint64Range(0, 40), func(x uint64) uint64 { return x << 58 }))
		list := rapid.SliceOfN(some, 0, 300).Draw(t, "members")
		want := map[uint64]bool{}
		for _, h := range list {
			want[h] = true
		}
		m := NewMembers(list)
		if len(m.hashes) != len(want) {
			t.Fatalf("%d members, not %d", len(m.hashes), len(want))
		}
		for _, h := range append(rapid.SliceOf(some).Draw(t, "others"), list...) {
			if m.Has(h) != want[h] {
				t.Fatalf("%x: %t", h, !want[h])
			}
		}
	})
}

func BenchmarkMembers(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	list := make([]uint64, 100_000)
	for i := range list {
		list[i] = rnd.Uint64()
	}
	m := NewMembers(list)
	h, n := uint64(1), 0
	for b.Loop() {
		h = Mix(h + 0x9e3779b97f4a7c15)
		if m.Has(h) {
			n++
		}
	}
	if n > 1 {
		b.Log(n)
	}
}
