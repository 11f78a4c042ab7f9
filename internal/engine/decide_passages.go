package engine

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/passage"
)

// passageCuts is the search for what of copied passages may go.
type passageCuts struct {
	*decisions
	protected map[int][]article.Span // by article: what other cuts refer to
	cutters   map[int]*clean.Cutter
}

// passages cuts copied passages out of all articles but the one that ranks best, and boilerplate out of all of them.
func (d *decisions) passages(ctx context.Context, opt CleanOptions) error {
	r := d.run
	found, err := passage.Find(ctx, len(r.store.Meta), r.passageArticle, r.passageOptions())
	if err != nil {
		return wrap("find passages", err)
	}
	p := &passageCuts{d, map[int][]article.Span{}, map[int]*clean.Cutter{}}
	for i := range r.store.Meta {
		for _, c := range r.store.Meta[i].clean.cuts {
			if c.Rule == clean.RuleRepeat {
				p.protected[i] = append(p.protected[i], article.Span{Start: c.Matched.Start, End: c.Matched.End})
			}
		}
	}
	for k := range found {
		f := &found[k]
		f.Occurrences = slices.DeleteFunc(f.Occurrences, func(o passage.Occurrence) bool { return d.whole[int32(o.Article)] != nil })
		slices.SortStableFunc(f.Occurrences, func(a, b passage.Occurrence) int { return cmp.Compare(d.rank[a.Article], d.rank[b.Article]) })
	}
	found = slices.DeleteFunc(found, func(f passage.Passage) bool {
		n := len(f.Occurrences)
		return n == 0 || f.Occurrences[0].Article == f.Occurrences[n-1].Article
	})
	slices.SortStableFunc(found, func(a, b passage.Passage) int {
		return cmp.Compare(d.rank[a.Occurrences[0].Article], d.rank[b.Occurrences[0].Article])
	})
	for k := range found {
		if found[k].Boilerplate && !opt.KeepBoilerplate {
			p.boilerplate(&found[k])
		}
	}
	for k := range found {
		if !found[k].Boilerplate {
			p.copied(&found[k])
		}
	}
	return ctx.Err()
}

// boilerplate cuts every occurrence.
func (p *passageCuts) boilerplate(f *passage.Passage) {
	for k, o := range f.Occurrences {
		other := f.Occurrences[0]
		for j := 1; k == 0 && other.Article == o.Article && j < len(f.Occurrences); j++ {
			other = f.Occurrences[j]
		}
		p.cut(o, clean.RuleBoilerplate, len(f.Occurrences), other)
	}
}

// copied cuts every occurrence but the best one that is not cut already.
func (p *passageCuts) copied(f *passage.Passage) {
	meta := p.run.store.Meta
	kept := slices.IndexFunc(f.Occurrences, func(o passage.Occurrence) bool {
		return !slices.ContainsFunc(meta[o.Article].clean.cuts, func(c clean.Cut) bool { return overlap(c.Span, o.Span) })
	})
	if kept < 0 {
		return
	}
	keep := f.Occurrences[kept]
	used := false
	for _, o := range f.Occurrences[kept+1:] {
		if o.Article != keep.Article && p.cut(o, clean.RulePassage, len(f.Occurrences), keep) {
			used = true
		}
	}
	if used {
		p.protected[keep.Article] = append(p.protected[keep.Article], keep.Span)
	}
}

// cut takes the whole sentences and lines of an occurrence, unless another cut refers to them; it tells whether any were taken.
func (p *passageCuts) cut(o passage.Occurrence, rule clean.Rule, n int, kept passage.Occurrence) (any bool) {
	if slices.ContainsFunc(p.protected[o.Article], func(s article.Span) bool { return overlap(s, o.Span) }) {
		return false
	}
	c := p.cutters[o.Article]
	if c == nil {
		c = clean.NewCutter(p.run.store.text(o.Article))
		p.cutters[o.Article] = c
	}
	m := p.run.store.Meta[o.Article].clean
	for _, u := range c.Units(nil, o.Span) {
		at := p.place(kept.Article)
		at.Start, at.End = kept.Span.Start, kept.Span.End
		m.cuts = append(m.cuts, clean.Cut{Span: u, Reason: clean.Reason{Rule: rule, Articles: n, Matched: &at}})
		any = true
	}
	return any
}

func overlap(a, b article.Span) bool { return a.Start < b.End && b.Start < a.End }
