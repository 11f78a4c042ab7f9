package passage

import (
	"cmp"
	"context"
	"slices"
)

// copiesMax is the number of articles with the same words that the matches of the first of them are repeated for.
const copiesMax = 8

// grouped is a hit with the passage it belongs to.
type grouped struct {
	hit
	passage int32
}

// matches gives the hits in bytes, those of an article also for its copies; of is the passage of every hit.
func (g *grouper) matches(ctx context.Context, found []hit, of []int32, passages []Passage) ([]Match, error) {
	all := g.withCopies(found, of, passages)
	out := make([]Match, len(all))
	for i, h := range all {
		out[i] = Match{A: int(h.a), B: int(h.b), Tokens: int(max(h.aTo-h.aFrom, h.bTo-h.bFrom)), Matched: int(h.matched),
			Passage: int(h.passage), Boilerplate: passages[h.passage].Boilerplate}
	}
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	err := g.perArticle(ctx, len(order), func(i int) int32 { return all[i].a }, func(i int, r *reader) {
		out[i].ASpan = r.span(all[i].aFrom, all[i].aTo)
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(order, func(x, y int32) int { return cmp.Compare(all[x].b, all[y].b) })
	err = g.perArticle(ctx, len(order), func(i int) int32 { return all[order[i]].b }, func(i int, r *reader) {
		out[order[i]].BSpan = r.span(all[order[i]].bFrom, all[order[i]].bTo)
	})
	return out, err
}

// withCopies gives the hits for all articles with the same words, and the articles with the same words as hits, ordered by a, b and place.
func (g *grouper) withCopies(found []hit, of []int32, passages []Passage) []grouped {
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
	for i, p := range passages {
		first := p.Occurrences[0].Article
		n := int32(len(g.f.corpus.tokens(first)))
		if int(n) != p.Tokens {
			continue
		}
		for _, b := range g.copies[first] {
			all = append(all, grouped{hit{int32(first), b, 0, n, 0, n, n}, int32(i)})
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

// perArticle calls fn for 0 to n-1, where each has an article and equal articles stand together, with a reader of its article.
func (g *grouper) perArticle(ctx context.Context, n int, article func(i int) int32, fn func(i int, r *reader)) error {
	var starts []int
	for i := range n {
		if i == 0 || article(i) != article(i-1) {
			starts = append(starts, i)
		}
	}
	starts = append(starts, n)
	return parallel(ctx, g.f.opt.Workers, len(starts)-1, func(int) func(int) error {
		var r reader
		return func(k int) error {
			r.read(g.f.at(int(article(starts[k]))).Text)
			for i := starts[k]; i < starts[k+1]; i++ {
				fn(i, &r)
			}
			return nil
		}
	})
}
