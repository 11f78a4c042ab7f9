package clean

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
)

// told is a story with what of it may go: articles in order of rank.
type told struct {
	articles int // that tell it
	left     []int
	entries  int // of the index
	entry    *index.Entry
}

// perStory removes all articles of a story but the n best. One without text takes the place of none,
// and goes for none. Of an index that keeps stories, entries take the first places.
func (d *decisions) perStory(ctx context.Context, opt RunOptions) error {
	list, err := d.stories(ctx, opt)
	if err != nil {
		return err
	}
	for _, s := range list {
		slices.SortFunc(s.left, func(a, b int) int { return cmp.Compare(d.rank[a], d.rank[b]) })
		n := max(0, opt.PerStory-s.entries)
		if len(s.left) <= n {
			continue
		}
		why := &Reason{Rule: RuleStory, Articles: s.articles}
		if s.entry != nil {
			why.Matched, why.InIndex, why.about = entryPlace(s.entry), true, entryByline(s.entry)
		} else {
			at := d.place(s.left[0])
			why.Matched = &at
		}
		for _, i := range s.left[n:] {
			d.goes(int32(i), why)
		}
		if err := d.Keep(reasonSize + int64(len(s.left)-n)*mapSize); err != nil {
			return err
		}
	}
	for _, g := range d.groups { // a copy of what goes for its story goes for it too: what it matches must stay
		if why := d.whole[g[0]]; why != nil {
			for _, i := range g[1:] {
				d.goes(i, why)
			}
		}
	}
	return nil
}

// stories are those of the articles, or where the index keeps stories those that they would be in.
func (d *decisions) stories(ctx context.Context, opt RunOptions) (list []told, err error) {
	if opt.Index != "" {
		x, err := index.Open(opt.Index, index.Options{Memory: d.Options.Memory / 4, Tmp: d.Options.Tmp, Workers: d.Options.Workers})
		if err != nil {
			return nil, err
		}
		if x.HasStories() {
			list, err := d.placed(ctx, x)
			return list, corpus.Wrap("find the stories of the corpus index", errors.Join(err, x.Close()))
		}
		if err := x.Close(); err != nil {
			return nil, err
		}
	}
	own, err := d.Stories()
	for _, s := range own.List {
		t := told{articles: len(s.Articles)}
		for _, i := range s.Articles {
			if d.mayStay(i) {
				t.left = append(t.left, i)
			}
		}
		list = append(list, t)
	}
	return list, err
}

// mayStay tells whether an article takes a place in its story.
func (d *decisions) mayStay(i int) bool { return d.whole[int32(i)] == nil && !d.At(i).Empty }

// placed are the stories that the articles would be in if they were added to an index.
func (d *decisions) placed(ctx context.Context, x *index.Index) ([]told, error) {
	var fed []int
	list, err := indexing.PlaceOf(ctx, func(yield func(article.Article, error) bool) {
		for i := range d.Len() {
			if !d.mayStay(i) {
				continue
			}
			a := d.At(i)
			fed = append(fed, i)
			if !yield(article.Article{ID: a.ID, Path: a.Path, Line: a.Line, Source: a.Source, Title: d.Title(i), Published: a.Published, DateOnly: a.DateOnly, Text: a.Text}, nil) {
				return
			}
		}
	}, d.Options.Workers, x)
	if err != nil {
		return nil, err
	}
	running := corpus.Granularity(d.Options.Granularity) == corpus.Running
	held, err := x.Held(ctx, running, list[len(fed):])
	if err != nil {
		return nil, err
	}
	at := map[uint32]int{}
	var out []told
	var first []uint32 // an entry of each story that has one
	var of []int
	for k, i := range fed {
		name := list[k].Event
		if running {
			name = list[k].Story
		}
		s, ok := at[name]
		if !ok {
			s = len(out)
			at[name] = s
			h := held[name]
			out = append(out, told{articles: h.Entries, entries: h.Entries})
			if h.Entries > 0 {
				first, of = append(first, h.First), append(of, s)
			}
		}
		out[s].articles++
		out[s].left = append(out[s].left, i)
	}
	return out, x.Entries(ctx, first, func(k int, e *index.Entry) error {
		entry := *e
		out[of[k]].entry = &entry
		return nil
	})
}
