package gate

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/passage"
	"dedup/internal/shingle"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Boilerplate of a drop is what a run over it calls so (passage.Votes). The passages are looked for
// in all articles; stories, which cost as much as all else together, only among the articles of
// passages that may be boilerplate at all. In a drop of one report told by many that is nearly
// none.

// boilerplateOf gives the spans of each article that has some, in order.
func boilerplateOf(c *corpus.Corpus) (map[int][]article.Span, error) {
	if _, err := c.Clusters(); err != nil {
		return nil, err
	}
	found, err := c.PassagesBefore()
	if err != nil {
		return nil, err
	}
	at := c.ForPassages(nil)
	found = slices.DeleteFunc(found, func(p passage.Passage) bool { return p.Near || !p.MayBeBoilerplate(at) })
	spans := make(map[int][]article.Span)
	if len(found) == 0 {
		return spans, nil
	}
	stories, err := c.StoriesAmong(articlesOf(found))
	if err != nil {
		return nil, err
	}
	at = c.ForPassages(&stories)
	for k := range found {
		if found[k].Judge(at); !found[k].Boilerplate {
			continue
		}
		for _, o := range found[k].Occurrences {
			spans[o.Article] = append(spans[o.Article], o.Span)
		}
	}
	for i, list := range spans {
		spans[i] = outermost(list)
	}
	return spans, nil
}

// leastOfSource is how many articles of a source there must be, for a drop to show that the source
// prints something under all of them: boilerplate is in three stories, or in four articles.
const leastOfSource = 3

// dropPrinted takes the marks of copied passages off that the drop shows to be boilerplate. That is
// asked of the articles that share words with those passages, a corpus of their own, or of all where
// these are a quarter. So what is copied does not depend on which other rules are looked for, and where
// little is copied it costs a pass over the words of the drop.
func (c *check) dropPrinted(ctx context.Context, d *Drop) (err error) {
	suspect := func(i int) bool {
		source := c.Source(i)
		return source != "" && d.Sources[source] >= leastOfSource && slices.ContainsFunc(c.marks[i], func(m mark) bool { return m.rule == CopiedPassage })
	}
	sharing, err := c.sharing(ctx, suspect)
	if err != nil || len(sharing) < leastOfSource {
		return err
	}
	spans := c.boilerplate
	if all := 4*len(sharing) > c.Len(); !all || spans == nil {
		if all {
			sharing = nil
			for i := range c.Len() {
				sharing = append(sharing, i)
			}
		}
		if spans, err = c.boilerplateAmong(ctx, sharing); err != nil {
			return err
		}
	}
	for i, list := range spans {
		if suspect(i) {
			c.marks[i] = slices.DeleteFunc(c.marks[i], func(m mark) bool { return m.rule == CopiedPassage && printed(list, m.span) })
		}
	}
	return nil
}

// boilerplateAmong is boilerplateOf as if there were no other articles than the given ones.
func (c *check) boilerplateAmong(ctx context.Context, articles []int) (_ map[int][]article.Span, err error) {
	cfg := corpus.Config{Options: c.Options, Want: corpus.Want{Text: true, Near: true}}
	cfg.Memory = c.lent // the index has done its part
	among, err := corpus.Read(ctx, func(yield func(article.Article, error) bool) {
		for _, i := range articles {
			a := c.At(i)
			if !yield(article.Article{ID: a.ID, Title: c.Title(i), Text: c.Text(i), Source: a.Source, Published: a.Published, DateOnly: a.DateOnly}, nil) {
				return
			}
		}
	}, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, among.Close()) }()
	found, err := boilerplateOf(among)
	spans := make(map[int][]article.Span, len(found))
	for k, list := range found {
		spans[articles[k]] = list
	}
	return spans, err
}

// sharing lists the articles that have five words of a copied passage of a suspect in a row.
func (c *check) sharing(ctx context.Context, suspect func(i int) bool) ([]int, error) {
	const width = 5
	var grams []uint64
	for i := range c.marks {
		if !suspect(i) {
			continue
		}
		s := c.Text(i)
		w := wordsOf{s: s, toks: text.AppendTokens(nil, s)}
		for _, m := range c.marks[i] {
			if m.rule == CopiedPassage {
				grams = shingle.AppendHashes(grams, w.in(m.span), width)
			}
		}
	}
	if len(grams) == 0 {
		return nil, nil
	}
	of := shingle.NewMembers(grams)
	shares := make([]bool, len(c.marks))
	toks, shingles := make([][]text.Token, c.Options.Workers), make([][]uint64, c.Options.Workers)
	err := work.Each(ctx, c.Options.Workers, len(c.marks), func(w, i int) error {
		toks[w] = text.AppendTokens(toks[w][:0], c.Text(i))
		shingles[w] = shingle.Append(shingles[w][:0], toks[w], width)
		shares[i] = slices.ContainsFunc(shingles[w], of.Has)
		return nil
	})
	var list []int
	for i := range shares {
		if shares[i] {
			list = append(list, i)
		}
	}
	return list, err
}

// articlesOf lists the articles that the passages stand in.
func articlesOf(found []passage.Passage) []int {
	var articles []int
	for k := range found {
		for _, o := range found[k].Occurrences {
			articles = append(articles, o.Article)
		}
	}
	slices.Sort(articles)
	return slices.Compact(articles)
}

// outermost puts spans in order and leaves out those that lie inside another.
func outermost(spans []article.Span) []article.Span {
	slices.SortFunc(spans, func(a, b article.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n == 0 || s.End > out[n-1].End {
			out = append(out, s)
		}
	}
	return out
}

// printed tells whether more than half of a span is boilerplate of the drop.
func printed(boilerplate []article.Span, s article.Span) bool {
	n, end := 0, s.Start
	for _, b := range boilerplate { // in order; they may overlap
		from, to := max(b.Start, end), min(b.End, s.End)
		if from < to {
			n, end = n+to-from, to
		}
	}
	return 2*n > s.End-s.Start
}
