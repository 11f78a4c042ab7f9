package shingle

import (
	"testing"

	"pgregory.net/rapid"
)

// A table answers as a map does, through rounds and growth.
func TestNumbersAsMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var table Numbers
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			want := map[uint64]int32{}
			table.Reset(rapid.IntRange(0, 100).Draw(t, "room"))
			for i := range rapid.IntRange(0, 300).Draw(t, "hashes") {
				h := rapid.OneOf(rapid.Uint64Range(0, 50), rapid.Uint64()).Draw(t, "hash")
				at, known := table.At(h)
				was, ok := want[h]
				if known != ok || *at != was {
					t.Fatalf("%d: %d, %v; want %d, %v", h, *at, known, was, ok)
				}
				*at = int32(i)
				want[h] = int32(i)
			}
			for h, n := range want {
				if got, ok := table.Of(h); !ok || got != n {
					t.Fatalf("%d: %d, %v; want %d", h, got, ok, n)
				}
			}
			if _, ok := table.Of(1 << 40); ok != (func() bool { _, in := want[1<<40]; return in })() {
				t.Fatal("a hash that is not there was found")
			}
		}
	})
}

// A table whose rounds are used up starts anew.
func TestNumbersRoundsUsedUp(t *testing.T) {
	var table Numbers
	table.Reset(1)
	table.At(7)
	table.round = ^uint32(0)
	table.Reset(1)
	if _, ok := table.Of(7); ok {
		t.Error("a hash of a former round was found")
	}
}
