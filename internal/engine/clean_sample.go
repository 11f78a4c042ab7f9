package engine

import (
	"strings"

	"dedup/internal/clean"
	"dedup/internal/gate"
)

// CleanSample is an article of which something goes, with what people know it by.
type CleanSample struct {
	clean.Item
	About   gate.Byline
	Matched []gate.Byline // of the article that Whole matched, or of those that Cuts did, one a cut
}

// sampleSize is how many articles a dry run shows.
const sampleSize = 10

// sample gives the first articles of which something goes. Cost: a look at every article, for what
// those are known by that they matched.
func (d *decisions) sample() (out []CleanSample) {
	meta, known := d.run.store.Meta, map[clean.Place]gate.Byline{}
	for i := 0; i < len(meta) && len(out) < sampleSize; i++ {
		it, ok := d.item(i)
		if !ok {
			continue
		}
		s := CleanSample{Item: *it, About: d.run.byline(i)}
		s.Article = strings.Clone(s.Article)
		for _, r := range s.reasons() {
			known[matchedArticle(r)] = gate.Byline{}
		}
		out = append(out, s)
	}
	for i := range meta {
		at := d.place(i)
		if _, wanted := known[at]; wanted {
			known[at] = d.run.byline(i)
		}
	}
	for k := range out {
		for _, r := range out[k].reasons() {
			out[k].Matched = append(out[k].Matched, known[matchedArticle(r)])
		}
	}
	return out
}

// reasons are why the article goes, or why each of its cuts does.
func (s *CleanSample) reasons() []*clean.Reason {
	if s.Whole != nil {
		return []*clean.Reason{s.Whole}
	}
	out := make([]*clean.Reason, len(s.Cuts))
	for k := range s.Cuts {
		out[k] = &s.Cuts[k].Reason
	}
	return out
}

// matchedArticle is the place of the article that a reason matched; zero where it matched none.
func matchedArticle(r *clean.Reason) clean.Place {
	if r.Matched == nil {
		return clean.Place{}
	}
	at := *r.Matched
	at.Start, at.End = 0, 0
	return at
}
