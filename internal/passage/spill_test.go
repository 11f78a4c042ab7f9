package passage

import (
	"os"
	"slices"
	"testing"
)

// A search that is killed must leave nothing: its files have no name while they are used. One left
// 410 MB.
func TestSpillFilesHaveNoName(t *testing.T) {
	dir := t.TempDir()
	on := newSpill(dir, 0)
	s := &on
	a := array[uint32]{spill: s, limit: 2}
	for i := range uint32(1000) {
		if err := a.add([]uint32{i}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := a.done()
	if err != nil {
		t.Fatal(err)
	}
	all := got.all
	if len(s.files) != 1 || len(all) != 1000 || !slices.IsSorted(all) || all[999] != 999 {
		t.Errorf("%d files, %d numbers", len(s.files), len(all))
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("in the directory: %v, %v", left, err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
}
