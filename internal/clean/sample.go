package clean

import "dedup/internal/gate"

// Sample is an article of which something goes, with what people know it by.
type Sample struct {
	Item
	About   gate.Byline
	Matched []gate.Byline // of the article that Whole matched, or of those that Cuts did, one a cut
}

// sampleSize is how many articles a dry run shows.
const sampleSize = 10

// sample gives the first articles of which something goes. Cost: a look at every article, for what
// those are known by that they matched.
func (d *decisions) sample() (out []Sample) {
	known := map[Place]gate.Byline{}
	for i := 0; i < d.Len() && len(out) < sampleSize; i++ {
		it, ok := d.item(i)
		if !ok {
			continue
		}
		s := Sample{Item: *it, About: d.byline(i)}
		for _, r := range s.reasons() {
			known[matchedArticle(r)] = gate.Byline{}
		}
		out = append(out, s)
	}
	for i := range d.Len() {
		at := d.place(i)
		if _, wanted := known[at]; wanted {
			known[at] = d.byline(i)
		}
	}
	for k := range out {
		for _, r := range out[k].reasons() {
			if r.about != nil {
				out[k].Matched = append(out[k].Matched, *r.about)
				continue
			}
			out[k].Matched = append(out[k].Matched, known[matchedArticle(r)])
		}
	}
	return out
}

// reasons are why the article goes, or why each of its cuts does.
func (s *Sample) reasons() []*Reason {
	if s.Whole != nil {
		return []*Reason{s.Whole}
	}
	out := make([]*Reason, len(s.Cuts))
	for k := range s.Cuts {
		out[k] = &s.Cuts[k].Reason
	}
	return out
}

// matchedArticle is the place of the article that a reason matched; zero where it matched none.
func matchedArticle(r *Reason) Place {
	if r.Matched == nil {
		return Place{}
	}
	at := *r.Matched
	at.Start, at.End = 0, 0
	return at
}

// byline is what people know article i by, also where texts are not kept.
func (d *decisions) byline(i int) gate.Byline {
	b := gate.BylineOf(d.Corpus, i)
	if b.Title == "" {
		b.Title = d.notes[i].title
	}
	return b
}
