package passage

import (
	"cmp"
	"slices"
)

// copiesMax is the number of articles with the same words that the matches of the first of them are
// repeated for.
const copiesMax = 8

// grouped is a hit with the passage it belongs to.
type grouped struct {
	hit
	passage int32
}

// withCopies gives the hits for all articles with the same words, and the articles with the same
// words as hits, ordered by a, b and place; of is the passage of every hit, groups the places of
// the passages.
func (g *grouper) withCopies(found []hit, of []int32, groups [][]place) []grouped {
	all := make([]grouped, 0, len(found))
	for i, h := range found {
		for _, a := range g.firstCopies(h.a) {
			for _, b := range g.firstCopies(h.b) {
				c := h
				c.a, c.b = a, b
				if a > b {
					c = hit{a: b, b: a, aFrom: h.bFrom, aTo: h.bTo, bFrom: h.aFrom, bTo: h.aTo, matched: h.matched}
				}
				all = append(all, grouped{c, of[i]})
			}
		}
	}
	for i, group := range groups {
		first := group[0].article
		n := int32(g.f.corpus.size(int(first)))
		if group[0].to-group[0].from != n {
			continue
		}
		for _, b := range g.copies[first] {
			all = append(all, grouped{hit{first, b, 0, n, 0, n, n}, int32(i)})
		}
	}
	slices.SortFunc(all, func(x, y grouped) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom), cmp.Compare(x.aTo, y.aTo))
	})
	return all
}

// firstCopies gives article i and the first of its copies.
func (g *grouper) firstCopies(i int32) []int32 {
	c := g.copies[i]
	return append([]int32{i}, c[:min(len(c), copiesMax-1)]...)
}
