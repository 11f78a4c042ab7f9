package passage

import (
	"cmp"
	"context"
	"slices"
)

// copiesMax is the number of articles with the same words that the matches of the first of them are repeated for.
const copiesMax = 8

// matches gives the hits in bytes, those of an article also for its copies.
func (g *grouper) matches(ctx context.Context, found []hit, of []int32, passages []Passage) ([]Match, error) {
	type full struct {
		hit
		passage int32
	}
	all := make([]full, 0, len(found))
	for i, h := range found {
		for _, a := range g.withCopies(h.a) {
			for _, b := range g.withCopies(h.b) {
				c := h
				c.a, c.b = a, b
				if a > b {
					c = hit{a: b, b: a, aFrom: h.bFrom, aTo: h.bTo, bFrom: h.aFrom, bTo: h.aTo, matched: h.matched}
				}
				all = append(all, full{c, of[i]})
			}
		}
	}
	for i, p := range passages {
		first := p.Occurrences[0].Article
		if n := int32(len(g.f.corpus.tokens(first))); len(g.copies[first]) > 0 && int(n) == p.Tokens {
			for _, b := range g.copies[first] {
				all = append(all, full{hit{int32(first), b, 0, n, 0, n, n}, int32(i)})
			}
		}
	}
	slices.SortFunc(all, func(x, y full) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom), cmp.Compare(x.aTo, y.aTo))
	})
	out := make([]Match, len(all))
	byB := make([]int32, len(all))
	for i := range byB {
		byB[i] = int32(i)
	}
	slices.SortStableFunc(byB, func(x, y int32) int { return cmp.Compare(all[x].b, all[y].b) })
	halves := []struct {
		article func(i int) int32
		set     func(i int, r *reader)
	}{
		{func(i int) int32 { return all[i].a }, func(i int, r *reader) {
			h := &all[i]
			out[i] = Match{A: int(h.a), B: int(h.b), ASpan: r.span(h.aFrom, h.aTo), Tokens: int(max(h.aTo-h.aFrom, h.bTo-h.bFrom)), Matched: int(h.matched),
				Passage: int(h.passage), Boilerplate: passages[h.passage].Boilerplate}
		}},
		{func(i int) int32 { return all[byB[i]].b }, func(i int, r *reader) {
			k := byB[i]
			out[k].BSpan = r.span(all[k].bFrom, all[k].bTo)
		}},
	}
	for _, half := range halves {
		var starts []int
		for i := range all {
			if i == 0 || half.article(i) != half.article(i-1) {
				starts = append(starts, i)
			}
		}
		starts = append(starts, len(all))
		err := parallel(ctx, g.f.opt.Workers, len(starts)-1, func(int) func(int) error {
			var r reader
			return func(k int) error {
				r.read(g.f.at(int(half.article(starts[k]))).Text)
				for i := starts[k]; i < starts[k+1]; i++ {
					half.set(i, &r)
				}
				return nil
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// withCopies gives article i and the first of its copies.
func (g *grouper) withCopies(i int32) []int32 {
	c := g.copies[i]
	return append([]int32{i}, c[:min(len(c), copiesMax-1)]...)
}
