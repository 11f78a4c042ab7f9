package clean

import "dedup/internal/gate"

// Sample is an article of which something goes, with what people know it by.
type Sample struct {
	Item
	About   gate.Byline
	Words   string        // how what goes begins
	Matched []gate.Byline // of the article that Whole matched, or of those that Cuts did, one a cut
}

// bylines fills in what those are known by that the samples matched. Cost: a look at every article.
func (d *decisions) bylines(groups []Group) {
	known := map[Place]gate.Byline{}
	for g := range groups {
		for k := range groups[g].Sample {
			for _, r := range groups[g].Sample[k].reasons() {
				known[matchedArticle(r)] = gate.Byline{}
			}
		}
	}
	for i := range d.Len() {
		at := d.place(i)
		if _, wanted := known[at]; wanted {
			known[at] = d.byline(i)
		}
	}
	for g := range groups {
		for k := range groups[g].Sample {
			s := &groups[g].Sample[k]
			for _, r := range s.reasons() {
				by := known[matchedArticle(r)]
				if r.about != nil {
					by = *r.about
				}
				s.Matched = append(s.Matched, by)
			}
		}
	}
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

// byline is what people know article i by.
func (d *decisions) byline(i int) gate.Byline { return gate.BylineOf(d.Corpus, i) }
