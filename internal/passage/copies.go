package passage

import (
	"cmp"
	"context"
	"errors"

	"dedup/internal/article"
	"dedup/internal/spill"
)

// Matches pair by pair. In: hits, in no order, in tokens. First they are repeated for the articles
// with the same words, and sorted by pair. Then their sides are sorted by article, so that each
// article is read once and its tokens become bytes; and the sides are sorted back. Cost: three sorts
// of some 25 bytes a side, which spill.

// copiesMax is the number of articles with the same words that the matches of the first of them are
// repeated for.
const copiesMax = 8

// pairs is the state of that.
type pairs struct {
	f      *finder
	copies [][]int32
	hits   *spill.Sorter[hit]
	sides  *spill.Sorter[side]
}

// side is one side of a match, in bytes.
type side struct {
	i                                    uint32 // number of the match, in order
	article, start, end, tokens, matched int32
}

func (f *finder) newPairs() *pairs {
	return &pairs{f: f, copies: f.corpus.copies(),
		hits: spill.NewSorter(f.opt.Tmp, "matches", f.opt.Memory/8, func(x, y hit) int {
			return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom), cmp.Compare(x.aTo, y.aTo))
		}),
		sides: spill.NewSorter(f.opt.Tmp, "matches", f.opt.Memory/8, func(x, y side) int {
			return cmp.Or(cmp.Compare(x.i, y.i), cmp.Compare(x.article, y.article))
		}),
	}
}

func (p *pairs) close() error { return errors.Join(p.hits.Close(), p.sides.Close()) }

// add adds hits, for all articles with the same words.
func (p *pairs) add(found []hit) error {
	var all []hit
	for _, h := range found {
		if p.copies[h.a] == nil && p.copies[h.b] == nil {
			all = append(all, h)
			continue
		}
		for _, a := range p.firstCopies(h.a) {
			for _, b := range p.firstCopies(h.b) {
				c := h
				c.a, c.b = a, b
				if a > b {
					c = hit{a: b, b: a, aFrom: h.bFrom, aTo: h.bTo, bFrom: h.aFrom, bTo: h.aTo, matched: h.matched}
				}
				all = append(all, c)
			}
		}
	}
	return p.hits.Add(all...)
}

// firstCopies gives article i and the first of its copies.
func (p *pairs) firstCopies(i int32) []int32 {
	c := p.copies[i]
	return append([]int32{i}, c[:min(len(c), copiesMax-1)]...)
}

// copies gives, by article, the later articles with the same tokens.
func (c *corpus) copies() [][]int32 {
	copies := make([][]int32, len(c.same))
	for i, j := range c.same {
		if int32(i) != j {
			copies[j] = append(copies[j], int32(i))
		}
	}
	return copies
}

// cut turns the hits into bytes, and adds the articles with the same words.
func (p *pairs) cut(ctx context.Context, yield func(Match) error) error {
	for i, copies := range p.copies {
		n := int32(p.f.corpus.size(i))
		for _, b := range copies {
			if n < int32(p.f.opt.MinTokens) {
				break
			}
			if err := p.hits.Add(hit{int32(i), b, 0, n, 0, n, n}); err != nil {
				return err
			}
		}
	}
	jobs := newJobs(&p.f.opt)
	i := uint32(0)
	for h, err := range p.hits.All() {
		if err == nil {
			tokens := max(h.aTo-h.aFrom, h.bTo-h.bFrom)
			err = jobs.Add(job{h.a, h.aFrom, h.aTo, i, tokens, h.matched}, job{h.b, h.bFrom, h.bTo, i, tokens, h.matched})
		}
		if err != nil {
			return errors.Join(err, jobs.Close())
		}
		i++
	}
	err := p.f.perArticle(ctx, jobs, func(list []job, r *reader) error {
		out := make([]side, len(list))
		for k, j := range list {
			span := r.span(j.from, j.to)
			out[k] = side{j.i, j.article, int32(span.Start), int32(span.End), j.tokens, j.matched}
		}
		return p.sides.Add(out...)
	})
	if err != nil {
		return err
	}
	return p.matches(ctx, yield)
}

// matches puts the sides together.
func (p *pairs) matches(ctx context.Context, yield func(Match) error) error {
	var a side
	odd := false // a is the first side of a match
	for s, err := range p.sides.All() {
		if err != nil {
			return err
		}
		if odd = !odd; odd {
			a = s
			continue
		}
		m := Match{
			A: int(a.article), ASpan: article.Span{Start: int(a.start), End: int(a.end)}, B: int(s.article), BSpan: article.Span{Start: int(s.start), End: int(s.end)},
			Tokens: int(s.tokens), Matched: int(s.matched),
		}
		if err := errors.Join(ctx.Err(), yield(m)); err != nil {
			return err
		}
	}
	return nil
}
