package engine

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/article"
	"dedup/internal/cluster/story"
	"dedup/internal/gate"
	"dedup/internal/passage"
)

// Boilerplate of a drop is what a run over it calls so (passage.Votes). The passages are looked for
// in all articles; stories, which cost as much as all else together, only among the articles of
// passages that may be boilerplate at all. In a drop of one report told by many that is nearly
// none.

// findBoilerplate marks it.
func (c *check) findBoilerplate(ctx context.Context) error {
	opt := c.passageOptions()
	opt.NoSentences = true
	found, err := passage.Find(ctx, len(c.store.Meta), c.passageArticle, opt)
	if err != nil {
		return wrap("find passages", err)
	}
	found = slices.DeleteFunc(found, func(p passage.Passage) bool { return p.Near || !p.MayBeBoilerplate(c.passageArticle) })
	if err := c.storiesAmong(ctx, found); err != nil {
		return err
	}
	spans := make(map[int][]article.Span)
	for k := range found {
		if found[k].Judge(c.passageArticle); !found[k].Boilerplate {
			continue
		}
		for _, o := range found[k].Occurrences {
			spans[o.Article] = append(spans[o.Article], o.Span)
		}
	}
	for i, list := range spans {
		c.boilerplate[i] = outermost(list)
		for _, s := range c.boilerplate[i] {
			c.mark(i, mark{rule: gate.Boilerplate, span: s})
		}
	}
	return nil
}

// storiesAmong finds the stories of the articles that the passages stand in; every other article
// stays without one.
func (c *check) storiesAmong(ctx context.Context, found []passage.Passage) error {
	var articles []int
	for k := range found {
		for _, o := range found[k].Occurrences {
			articles = append(articles, o.Article)
		}
	}
	slices.Sort(articles)
	articles = slices.Compact(articles)
	opt := c.cfg.Stories
	opt.Workers, opt.Progress, opt.NoLabels = c.cfg.Workers, c.stage("finding stories"), true
	opt.Memory, opt.Tmp = c.cfg.Memory/4, c.cfg.Tmp
	told, err := story.Find(ctx, len(articles), func(k int) story.Article {
		i := articles[k]
		m := &c.store.Meta[i]
		return story.Article{Title: m.Title, Text: c.store.text(i), Source: m.Source, Published: m.Published, Near: c.nearOf[i]}
	}, c.cfg.Background, opt)
	if err != nil {
		return wrap("find stories", err)
	}
	c.storyOf = make([]int32, len(c.store.Meta))
	for i := range c.storyOf {
		c.storyOf[i] = -1
	}
	for n := range told.Events {
		for _, k := range told.Events[n].Articles {
			c.storyOf[articles[k]] = int32(n)
		}
	}
	return nil
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
