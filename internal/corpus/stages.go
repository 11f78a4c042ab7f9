package corpus

import (
	"unsafe"

	"dedup/internal/article"
	"dedup/internal/cluster/story"
	"dedup/internal/flow"
	"dedup/internal/passage"
	"dedup/internal/phrase"
	"dedup/internal/work"
)

// each calls fn for 0 … n-1 on all workers, and tells how far it is.
func (c *Corpus) each(stage string, n int, fn func(worker, i int) error) error {
	return work.Told(c.ctx, c.Options.Workers, n, c.Options.Stage(stage), fn)
}

// Leftovers are what an article repeats and what its page left behind.
type Leftovers struct {
	Repeats   []passage.Repeat
	Furniture []article.Span
}

// size is the memory that they take.
func (l *Leftovers) size() int64 {
	n := int64(unsafe.Sizeof(*l)) + int64(cap(l.Furniture))*int64(unsafe.Sizeof(article.Span{}))
	for i := range l.Repeats {
		n += int64(unsafe.Sizeof(l.Repeats[i])) + int64(cap(l.Repeats[i].Spans))*int64(unsafe.Sizeof(article.Span{}))
	}
	return n
}

// Leftovers finds the repeats and the furniture of every article.
func (c *Corpus) Leftovers() ([]Leftovers, error) {
	return c.leftovers.get(func() ([]Leftovers, error) {
		if c.texts == nil {
			return nil, ErrNotKept
		}
		all := make([]Leftovers, c.n)
		err := c.each("finding repeats", len(all), func(_, i int) error {
			all[i].Repeats, all[i].Furniture = passage.Leftovers(c.Text(i))
			return c.Keep(all[i].size())
		})
		return all, err
	})
}

// skips is what phrases must not be taken from: furniture, and every copy of a repeat but the
// first.
func (l *Leftovers) skips() []article.Span {
	skip := append([]article.Span(nil), l.Furniture...)
	for _, r := range l.Repeats {
		skip = append(skip, r.Spans[1:]...)
	}
	return skip
}

// voices are the articles of a story as the phrase finder sees them.
func (c *Corpus) voices(s *story.Story, nearOf []int32, leftovers []Leftovers) []phrase.Voice {
	voices := make([]phrase.Voice, len(s.Articles))
	for j, i := range s.Articles {
		voices[j] = phrase.Voice{Text: c.Text(i), Source: c.Source(i), Near: nearOf[i], Skip: leftovers[i].skips()}
	}
	return voices
}

// Credit is the agency that an article credits, empty for none, and the share of its text that also
// stands in other sources of its story.
type Credit struct {
	Agency string
	Shared float64
}

// Credits finds the credit of every article.
func (c *Corpus) Credits() ([]Credit, error) {
	return c.credits.get(func() ([]Credit, error) {
		t, err := c.tell(true, c.Options.Only.Phrases)
		return t.credits, err
	})
}

// Phrases gives the phrases of each story of two articles or more. A voice of theirs is the place of
// an article in its story.
func (c *Corpus) Phrases() ([][]phrase.Phrase, error) {
	return c.phrases.get(func() ([][]phrase.Phrase, error) {
		t, err := c.tell(false, true)
		return t.phrases, err
	})
}

// told is what is told of articles by their stories. Each half is there if it was asked for.
type told struct {
	credits []Credit
	phrases [][]phrase.Phrase
}

// tell reads every story once for credits, phrases, or both. Who will be asked for both keeps the
// half that is not asked for yet.
func (c *Corpus) tell(credits, phrases bool) (t told, err error) {
	if c.told.phrases != nil {
		return c.told, nil
	}
	stories, err := c.Stories()
	if err != nil {
		return t, err
	}
	clusters, err := c.Clusters()
	if err != nil {
		return t, err
	}
	leftovers, err := c.Leftovers()
	if err != nil {
		return t, err
	}
	bg, err := c.speaking()
	if err != nil {
		return t, err
	}
	n, several, stage := len(stories.List), stories.several(), "finding credits"
	if phrases {
		t.phrases, stage = make([][]phrase.Phrase, several), "finding phrases"
	}
	if credits {
		t.credits = make([]Credit, c.n)
	} else {
		n = several
	}
	readers := make([]phrase.Reader, c.Options.Workers)
	err = c.each(stage, n, func(w, k int) error {
		s, r := &stories.List[k], &readers[w]
		if k >= several {
			for _, i := range s.Articles {
				t.credits[i].Agency, _ = phrase.Credit(c.Text(i))
			}
			return nil
		}
		r.Read(c.voices(s, clusters.Of, leftovers))
		if credits {
			for j, share := range r.Shared(0) {
				t.credits[s.Articles[j]] = Credit{r.Agency(j), share}
			}
		}
		if phrases {
			t.phrases[k] = r.Phrases(bg, phrase.Options{})
		}
		return nil
	})
	if err == nil && credits && phrases {
		c.told = t
	}
	return t, err
}

// search is every search for passages: it gives find its options, and takes their memory back.
func (c *Corpus) search(find func(opt passage.Options) error) error {
	if c.texts == nil {
		return ErrNotKept
	}
	o := &c.Options
	lent := c.budget.take()
	defer c.budget.give(lent)
	return Wrap("find passages", find(passage.Options{
		MinTokens: o.MinTokens, Workers: o.Workers, Memory: max(lent, 1), Tmp: o.Tmp, Keep: c.Keep, Progress: o.Stage("finding passages"),
	}))
}

// Passages finds the passages that articles share, with what near-duplicates and stories say of
// them: which are boilerplate, and which stand only in versions of one text.
func (c *Corpus) Passages() ([]passage.Passage, error) {
	return c.passages.get(func() ([]passage.Passage, error) {
		stories, err := c.Stories()
		if err != nil {
			return nil, err
		}
		var found []passage.Passage
		err = c.search(func(opt passage.Options) (err error) {
			found, err = passage.Find(c.ctx, c.n, c.ForPassages(&stories), opt)
			return err
		})
		return found, err
	})
}

// Origins are the passages as flow sees them, and where each came from.
type Origins struct {
	Passages []flow.Passage
	Of       []flow.Origin
}

// Origins finds where the passages came from.
func (c *Corpus) Origins() (Origins, error) {
	return c.origins.get(func() (out Origins, err error) {
		found, err := c.Passages()
		if err != nil {
			return out, err
		}
		credits, err := c.Credits()
		if err != nil {
			return out, err
		}
		out.Passages = make([]flow.Passage, len(found))
		for k := range found {
			p := &found[k]
			out.Passages[k] = flow.Passage{Tokens: p.Tokens, Boilerplate: p.Boilerplate, Occurrences: make([]flow.Occurrence, len(p.Occurrences))}
			for j, o := range p.Occurrences {
				out.Passages[k].Occurrences[j] = flow.Occurrence{Article: o.Article, Span: o.Span}
			}
		}
		out.Of, err = flow.Origins(c.ctx, c.Options.Workers, c.n, out.Passages, c.forFlow(credits), c.Options.Stage("finding origins"))
		return out, Wrap("find origins", err)
	})
}

// forFlow gives article i as flow sees it.
func (c *Corpus) forFlow(credits []Credit) func(i int) flow.Article {
	return func(i int) flow.Article {
		a := c.At(i)
		return flow.Article{Text: a.Text, Source: a.Source, Agency: credits[i].Agency, Published: a.Published, Shared: credits[i].Shared, Tokens: a.Tokens}
	}
}

// Flow is who copied from whom.
func (c *Corpus) Flow() (*flow.Chart, error) {
	return c.flow.get(func() (*flow.Chart, error) {
		origins, err := c.Origins()
		if err != nil {
			return nil, err
		}
		credits, err := c.Credits()
		if err != nil {
			return nil, err
		}
		return flow.Draw(c.n, origins.Passages, origins.Of, c.forFlow(credits)), nil
	})
}

// PassagesBefore finds the passages before the stories are known.
func (c *Corpus) PassagesBefore() (found []passage.Passage, err error) {
	err = c.search(func(opt passage.Options) error {
		found, err = passage.Find(c.ctx, c.n, c.ForPassages(nil), opt)
		return err
	})
	return found, err
}

// Matches calls yield for every passage that two articles share, in input order, whatever stories
// say of it. They are not kept.
func (c *Corpus) Matches(yield func(passage.Match) error) error {
	return c.search(func(opt passage.Options) error { return passage.Matches(c.ctx, c.n, c.forPassages, opt, yield) })
}

// forPassages is what article i says by itself, with its furniture if the pass looked for it.
func (c *Corpus) forPassages(i int) passage.Article {
	a := passage.Article{Text: c.Text(i), Source: c.Source(i), Story: -1, Near: -1}
	if known := c.leftovers.v; known != nil {
		a.Furniture, a.Furnished = known[i].Furniture, true
	}
	return a
}

// ForPassages gives article i as the search for passages sees it; stories may be nil. The
// near-duplicates must have been found.
func (c *Corpus) ForPassages(stories *Stories) func(i int) passage.Article {
	clusters, _ := c.Clusters()
	return func(i int) passage.Article {
		a := c.forPassages(i)
		if clusters.Of != nil {
			a.Near = clusters.Of[i]
		}
		if stories != nil {
			a.Story = stories.Of[i]
		}
		return a
	}
}
