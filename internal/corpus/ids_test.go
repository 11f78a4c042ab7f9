package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Numbers of ids are in the order in which the ids are as strings.
func TestNumberedIDsCompareAsStrings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.StringMatching(`[a#\x00!0-3]{0,3}`)
		numbers := rapid.OneOf(rapid.Just(int32(0)), rapid.Int32Range(2, 130), rapid.Int32Range(2, 1<<31-1))
		a, b := ids.Draw(t, "a"), ids.Draw(t, "b")
		if rapid.Bool().Draw(t, "long") {
			b = a + strings.Repeat("x", rapid.IntRange(0, 99).Draw(t, "more"))
		}
		m, n := numbers.Draw(t, "m"), numbers.Draw(t, "n")
		if got, want := compareNumbered(a, m, b, n), cmp.Compare(NumberedID(a, m), NumberedID(b, n)); got != want {
			t.Errorf("%q beside %q: %d, want %d", NumberedID(a, m), NumberedID(b, n), got, want)
		}
	})
}

// However ids are made, the first article of an id keeps it, and every later one gets the next number
// that makes an id which no article has.
func TestNumberedIDsAreUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.StringMatching(`a?(#[1-4]){0,3}`)).Draw(t, "ids")
		taken, seen, want := map[string]bool{}, map[string]int{}, slices.Clone(ids)
		for _, id := range ids {
			taken[id] = true
		}
		for i, id := range ids {
			if seen[id]++; seen[id] == 1 {
				continue
			}
			for want[i] = fmt.Sprintf("%s#%d", id, seen[id]); taken[want[i]]; want[i] = fmt.Sprintf("%s#%d", id, seen[id]) {
				seen[id]++
			}
			taken[want[i]] = true
		}
		got := slices.Clone(ids)
		NumberIDs(len(ids), func(i int) string { return ids[i] }, func(i int, number int32) { got[i] = NumberedID(ids[i], number) })
		if !slices.Equal(got, want) {
			t.Errorf("%q became %q, want %q", ids, got, want)
		}
	})
}

// Records that all have one id took a string each and an entry of a map, 100 bytes that nobody
// counted: five million of them, 14 kB packed, went past --memory.
func TestEqualIDsAreCounted(t *testing.T) {
	tab := newTable(nil)
	tab.budget = &budget{total: leastMemory}
	rows := make([]Article, 1000)
	for i := range rows {
		rows[i].ID = "-"
	}
	for k := range 10 {
		if err := tab.add(k, rows); err != nil {
			t.Fatal(err)
		}
	}
	before := tab.budget.state.Load()
	if err := tab.seal(); err != nil {
		t.Fatal(err)
	}
	if held := tab.budget.state.Load() - before; held != int64(4*tab.n) {
		t.Errorf("%d bytes were counted for the ids of %d articles", held, tab.n)
	}
	for i := 1; i < tab.n; i++ {
		if want := "-#" + strconv.Itoa(i+1); tab.ID(i) != want {
			t.Fatalf("article %d is %s", i, tab.ID(i))
		}
	}
	if n := testing.AllocsPerRun(100, func() { tab.compareIDs(12, 9000) }); n > 0 {
		t.Errorf("comparing ids allocates %v times", n)
	}
}
