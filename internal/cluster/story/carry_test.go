package story

import (
	"slices"
	"testing"
)

// Linking another window must not move what nothing new touches: a build of a large corpus, then a
// small addition, once renamed a third of the window.
func TestSettleLeavesWhatHasNoNews(t *testing.T) {
	//           event 1: 0 1, event 2: 2 3, event 3: 4 5; 6 is new
	seats := []seat{{1, 1}, {1, 1}, {2, 2}, {2, 2}, {3, 3}, {3, 3}, {}}
	tree := &tree{event: []int32{0, 0, 0, 3, 4, 5, 5}, story: []int32{0, 0, 0, 3, 4, 5, 5}}
	tree.settle(seats)
	if want := []int32{0, 0, 2, 2, 4, 5, 5}; !slices.Equal(tree.event, want) || !slices.Equal(tree.story, want) {
		t.Errorf("%v, %v, not %v", tree.event, tree.story, want)
	}
}

// Names go to the groups that have most of their units; what no group keeps was merged, and what
// has no name was split off or opened.
func TestNames(t *testing.T) {
	seats := []seat{{1, 0}, {1, 0}, {1, 0}, {2, 0}, {2, 0}, {3, 0}, {}}
	groups, numbers := named([]int32{0, 0, 2, 0, 0, 5, 6}, make([]float32, 7), seats, func(s seat) uint32 { return s.event })
	if want := []int32{0, 0, 1, 0, 0, 2, 3}; !slices.Equal(numbers, want) {
		t.Error(numbers)
	}
	if g := groups[0]; g.Name != 1 || !slices.Equal(g.Merged, []uint32{2}) {
		t.Errorf("%+v", g)
	}
	if groups[1].Name != 0 || groups[1].Split != 1 || groups[2].Name != 3 || groups[3].Name != 0 || groups[3].Split != 0 {
		t.Errorf("%+v", groups)
	}
}
