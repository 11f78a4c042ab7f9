package gate

import (
	"cmp"
	"slices"

	"dedup/internal/article"
	"dedup/internal/passage"
)

// Boilerplate of a drop is what a run over it calls so (passage.Votes). The passages are looked for
// in all articles; stories, which cost as much as all else together, only among the articles of
// passages that may be boilerplate at all. In a drop of one report told by many that is nearly
// none.

// findBoilerplate finds it.
func (c *check) findBoilerplate() error {
	found, err := c.PassagesBefore()
	if err != nil {
		return err
	}
	at := c.ForPassages(nil)
	found = slices.DeleteFunc(found, func(p passage.Passage) bool { return p.Near || !p.MayBeBoilerplate(at) })
	stories, err := c.StoriesAmong(articlesOf(found))
	if err != nil {
		return err
	}
	at = c.ForPassages(&stories)
	spans := make(map[int][]article.Span)
	for k := range found {
		if found[k].Judge(at); !found[k].Boilerplate {
			continue
		}
		for _, o := range found[k].Occurrences {
			spans[o.Article] = append(spans[o.Article], o.Span)
		}
	}
	for i, list := range spans {
		c.boilerplate[i] = outermost(list)
	}
	return nil
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
