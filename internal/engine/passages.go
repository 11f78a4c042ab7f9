package engine

import (
	"context"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/passage"
	"dedup/internal/phrase"
	"dedup/internal/report"
)

// reportPassages fills passages, repeats and furniture.
func (r *run) reportPassages(ctx context.Context, rep *report.Report) error {
	for i := range r.leftovers {
		r.reportLeftovers(rep, i, &r.leftovers[i])
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
		if !p.Boilerplate {
			rp.Origin = r.origin(p)
		}
		rep.Passages = append(rep.Passages, rp)
	}
	rep.Summary.Passages = len(rep.Passages)
	return nil
}

// origin says where a passage most likely came from.
func (r *run) origin(p *passage.Passage) *report.Origin {
	var articles []int
	var carriers []phrase.Carrier
	for _, o := range p.Occurrences {
		if n := len(articles); n > 0 && articles[n-1] == o.Article {
			continue // occurrences come by article
		}
		m := &r.store.Meta[o.Article]
		articles = append(articles, o.Article)
		carriers = append(carriers, phrase.Carrier{Source: m.Source, Agency: r.agency[o.Article], Published: m.Published, Shared: r.shared[o.Article]})
	}
	src := phrase.Origin(carriers)
	out := &report.Origin{Agency: src.Agency, By: src.By}
	if src.Carrier >= 0 {
		out.Article = r.store.Meta[articles[src.Carrier]].ID
	}
	return out
}

func (r *run) passageOptions() passage.Options {
	opt := r.cfg.Passages
	opt.Workers, opt.Memory, opt.Tmp, opt.Progress = r.cfg.Workers, r.cfg.Memory/2, r.cfg.Tmp, r.stage("finding passages")
	return opt
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

// Match is a passage that two articles share, by article id.
type Match struct {
	A, B            string
	ASpan, BSpan    article.Span
	Tokens, Matched int
}

// Matches calls yield for every passage that two articles share and returns how many inputs were
// skipped.
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
