package spill

import (
	"cmp"
	"os"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// A run that is killed must leave nothing: its files have no name while they are used. One left 410
// MB.
func TestFilesHaveNoName(t *testing.T) {
	dir := t.TempDir()
	f := New(dir, "numbers")
	if f.Len() != 0 || f.Close() != nil {
		t.Error("a file that nothing was written to")
	}
	for i, s := range []string{"one", "", "three"} {
		if at, err := f.Append([]byte(s)); err != nil || at != int64(3*min(i, 1)) {
			t.Errorf("%q is at %d, %v", s, at, err)
		}
	}
	got := make([]byte, 4)
	if err := f.Read(got, 2); err != nil || string(got) != "ethr" {
		t.Errorf("%q, %v", got, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("in the directory: %v, %v", left, err)
	}
	if err := f.Close(); err != nil || f.Len() != 0 {
		t.Error(err)
	}
}

// The records come back in order and all of them, from memory and from runs, whoever added them.
func TestSorterGivesAllInOrder(t *testing.T) {
	type record struct{ key, who uint32 }
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := NewSorter(dir, "records", 0, func(a, b record) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.who, b.who))
		})
		n := rapid.IntRange(0, 5*leastRoom).Draw(t, "n")
		spread := rapid.Uint32Range(1, 1<<20).Draw(t, "spread")
		most := rapid.IntRange(1, 2*leastRoom).Draw(t, "at once")
		want := make([]record, n)
		for i := range want {
			want[i] = record{uint32(i) * 2654435761 % spread, uint32(i)}
		}
		var wait sync.WaitGroup
		for from := 0; from < n; from += most {
			wait.Go(func() {
				if err := s.Add(want[from:min(n, from+most)]...); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if cap(s.mem) > leastRoom {
			t.Fatalf("%d records in memory, which may be %d", cap(s.mem), leastRoom)
		}
		slices.SortFunc(want, s.compare)
		got := make([]record, 0, n)
		for r, err := range s.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d records of %d, or not in order", len(got), n)
		}
	})
}

// Who wants no more records ends the sorter, and what it has goes.
func TestSorterStops(t *testing.T) {
	s := NewSorter(t.TempDir(), "records", 0, cmp.Compare[uint32])
	for i := range uint32(3 * leastRoom) {
		if err := s.Add(i); err != nil {
			t.Fatal(err)
		}
	}
	for r, err := range s.All() {
		if err != nil {
			t.Fatal(err)
		}
		if r == 5 {
			break
		}
	}
	if len(s.mem) != 0 || s.file.Len() != 0 {
		t.Errorf("%d records and %d bytes are left", len(s.mem), s.file.Len())
	}
}
