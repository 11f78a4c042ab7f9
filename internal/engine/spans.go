package engine

import (
	"context"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"dedup/internal/article"
	"dedup/internal/passage"
	"dedup/internal/phrase"
	"dedup/internal/report"
)

// leftovers is what an article repeats and what its page left behind.
type leftovers struct {
	repeats   []passage.Repeat
	furniture []article.Span
}

// each calls fn for 0 … n-1 on all workers.
func (r *run) each(ctx context.Context, stage string, n int, fn func(i int) error) error {
	var next, done atomic.Int64
	tell := r.stage(stage)
	g, ctx := errgroup.WithContext(ctx)
	for w := range r.cfg.Workers {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return ctx.Err()
				}
				if err := fn(i); err != nil {
					return err
				}
				if d := done.Add(1); w == 0 { // one goroutine at a time tells
					tell(d, int64(n))
				}
			}
		})
	}
	return g.Wait()
}

// findLeftovers looks for repeats and furniture in every article.
func (r *run) findLeftovers(ctx context.Context) ([]leftovers, error) {
	all := make([]leftovers, len(r.store.Meta))
	err := r.each(ctx, "finding repeats", len(all), func(i int) error {
		s := r.store.text(i)
		all[i] = leftovers{passage.Repeats(s), passage.Furniture(s)}
		return nil
	})
	return all, err
}

// reportPassages fills passages, repeats and furniture.
func (r *run) reportPassages(ctx context.Context, rep *report.Report) error {
	all, err := r.findLeftovers(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		r.reportLeftovers(rep, i, &all[i])
	}
	rep.Summary.Repeats = len(rep.Repeats)
	found, err := passage.Find(ctx, len(r.store.Meta), r.passageArticle, r.passageOptions())
	if err != nil {
		return wrap("find passages", err)
	}
	places := r.placers()
	for k := range found {
		p := &found[k]
		rp := report.Passage{
			ID: "p" + strconv.Itoa(k+1), Text: strings.Clone(p.Text), Tokens: p.Tokens, Boilerplate: p.Boilerplate, NearDuplicates: p.Near,
			Occurrences: make([]report.Occurrence, 0, len(p.Occurrences)),
		}
		for _, o := range p.Occurrences {
			rp.Occurrences = append(rp.Occurrences, report.Occurrence{Article: r.store.Meta[o.Article].ID, Place: places(o.Article).place(o.Span)})
		}
		rep.Passages = append(rep.Passages, rp)
	}
	rep.Summary.Passages = len(rep.Passages)
	return nil
}

func (r *run) passageOptions() passage.Options {
	opt := r.cfg.Passages
	opt.Workers, opt.Memory, opt.Tmp, opt.Progress = r.cfg.Workers, r.cfg.Memory/2, r.cfg.Tmp, r.stage("finding passages")
	return opt
}

// placers keeps the line counts of the articles it was asked for.
func (r *run) placers() func(i int) placer {
	known := map[int]placer{}
	return func(i int) placer {
		p, ok := known[i]
		if !ok {
			p = newPlacer(r.store.text(i))
			known[i] = p
		}
		return p
	}
}

// passageArticle is article i as the passage finder sees it.
func (r *run) passageArticle(i int) passage.Article {
	a := passage.Article{Text: r.store.text(i), Source: r.store.Meta[i].Source, Story: -1, Near: -1}
	if r.nearOf != nil {
		a.Near = r.nearOf[i]
	}
	if r.storyOf != nil {
		a.Story = r.storyOf[i]
	}
	return a
}

func (r *run) reportLeftovers(rep *report.Report, i int, l *leftovers) {
	if len(l.repeats)+len(l.furniture) == 0 {
		return
	}
	id, s := r.store.Meta[i].ID, r.store.text(i)
	places := newPlacer(s)
	for _, rp := range l.repeats {
		first := rp.Spans[0]
		out := report.Repeat{Article: id, Text: strings.Clone(s[first.Start:first.End]), Tokens: rp.Tokens}
		for _, o := range rp.Spans {
			out.Occurrences = append(out.Occurrences, places.place(o))
		}
		rep.Repeats = append(rep.Repeats, out)
	}
	for _, f := range l.furniture {
		rep.Furniture = append(rep.Furniture, report.Furniture{Article: id, Text: strings.Clone(s[f.Start:f.End]), Place: places.place(f)})
	}
}

// reportPhrases fills the phrases of every story of two articles or more.
func (r *run) reportPhrases(ctx context.Context, rep *report.Report) error {
	n := 0
	for n < len(r.stories) && len(r.stories[n].Articles) > 1 {
		n++ // the largest come first
	}
	found := make([][]report.Phrase, n)
	err := r.each(ctx, "finding phrases", n, func(k int) error {
		found[k] = r.storyPhrases(k)
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range found {
		rep.Phrases = append(rep.Phrases, list...)
	}
	rep.Summary.Phrases = len(rep.Phrases)
	return nil
}

// storyPhrases finds the phrases of story k.
func (r *run) storyPhrases(k int) []report.Phrase {
	articles := r.stories[k].Articles
	voices := make([]phrase.Voice, len(articles))
	for j, i := range articles {
		s := r.store.text(i)
		voices[j] = phrase.Voice{Text: s, Source: r.store.Meta[i].Source, Near: r.nearOf[i], Skip: skips(s)}
	}
	places := r.placers()
	var out []report.Phrase
	for _, p := range phrase.Find(voices, r.cfg.Background, r.cfg.Phrases) {
		rp := report.Phrase{Text: strings.Clone(p.Text), Tokens: p.Tokens, Bits: math.Round(p.Bits*10) / 10, Kind: p.Kind, Story: storyID(k)}
		for _, o := range p.Occurrences {
			i := articles[o.Voice]
			rp.Occurrences = append(rp.Occurrences, report.Occurrence{Article: r.store.Meta[i].ID, Place: places(i).place(o.Span)})
		}
		out = append(out, rp)
	}
	return out
}

// skips is what phrases must not be taken from: furniture, and every copy of a repeat but the first.
func skips(s string) []article.Span {
	skip := passage.Furniture(s)
	for _, rp := range passage.Repeats(s) {
		skip = append(skip, rp.Spans[1:]...)
	}
	return skip
}

// Match is a passage that two articles share, by article id.
type Match struct {
	A, B            string
	ASpan, BSpan    article.Span
	Tokens, Matched int
}

// Matches calls yield for every passage that two articles share and returns how many inputs were skipped.
func Matches(ctx context.Context, cfg Config, yield func(Match) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{text: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	matches, err := passage.Matches(ctx, len(r.store.Meta), r.passageArticle, r.passageOptions())
	if err != nil {
		return 0, wrap("find passages", err)
	}
	for _, m := range matches {
		if err := yield(Match{r.store.Meta[m.A].ID, r.store.Meta[m.B].ID, m.ASpan, m.BSpan, m.Tokens, m.Matched}); err != nil {
			return r.skipped, err
		}
	}
	return r.skipped, nil
}
