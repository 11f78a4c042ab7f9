package engine

import (
	"context"
	"math"
	"strings"

	"dedup/internal/phrase"
	"dedup/internal/report"
)

// several is how many stories have two articles or more; those come first.
func (r *run) several() int {
	n := 0
	for n < len(r.stories) && len(r.stories[n].Articles) > 1 {
		n++
	}
	return n
}

// voices are the articles of story k as the phrase finder sees them.
func (r *run) voices(k int) []phrase.Voice {
	articles := r.stories[k].Articles
	voices := make([]phrase.Voice, len(articles))
	for j, i := range articles {
		voices[j] = phrase.Voice{Text: r.store.text(i), Source: r.store.Meta[i].Source, Near: r.nearOf[i], Skip: r.leftovers[i].skips()}
	}
	return voices
}

// findCredits fills r.agency, the agency that each article credits, and r.shared, how much of it
// stands in other sources of its story.
func (r *run) findCredits(ctx context.Context) error {
	n := len(r.store.Meta)
	r.agency, r.shared = make([]string, n), make([]float64, n)
	return r.each(ctx, "finding credits", len(r.stories), func(k int) error {
		for _, i := range r.stories[k].Articles {
			r.agency[i], _ = phrase.Credit(r.store.text(i))
		}
		if articles := r.stories[k].Articles; len(articles) > 1 {
			for j, share := range phrase.Shared(r.voices(k), 0) {
				r.shared[articles[j]] = share
			}
		}
		return nil
	})
}

// reportCredits puts credits into the list of articles.
func (r *run) reportCredits(rep *report.Report) {
	for i := range rep.Articles {
		rep.Articles[i].Agency = strings.Clone(r.agency[i])
		rep.Articles[i].Shared = report.Ratio(r.shared[i])
	}
}

// reportPhrases fills the phrases of every story of two articles or more.
func (r *run) reportPhrases(ctx context.Context, rep *report.Report) error {
	found := make([][]report.Phrase, r.several())
	err := r.each(ctx, "finding phrases", len(found), func(k int) error {
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
	places := r.placers()
	var out []report.Phrase
	for _, p := range phrase.Find(r.voices(k), r.cfg.Background, r.cfg.Phrases) {
		rp := report.Phrase{Text: strings.Clone(p.Text), Tokens: p.Tokens, Bits: math.Round(p.Bits*10) / 10, Kind: p.Kind, Story: storyID(k)}
		for _, o := range p.Occurrences {
			i := articles[o.Voice]
			rp.Occurrences = append(rp.Occurrences, report.Occurrence{Article: r.store.Meta[i].ID, Place: places(i).place(o.Span)})
		}
		out = append(out, rp)
	}
	return out
}
