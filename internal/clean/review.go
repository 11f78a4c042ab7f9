package clean

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dedup/internal/article"
)

// A review is what a dry run shows: of each rule, and of near-duplicates of each band of
// resemblance, how much goes, from which sources, and some of it. The samples of a group are spread
// evenly over it in input order, so that the first file of a corpus does not stand for all of it.

// bandFloors are where bands of resemblance begin, from the top. What the last one holds met the
// rule of containment.
var bandFloors = []float64{0.95, 0.9, 0.8, 0.7, 0.5, 0}

// Band names the band that a resemblance is in; empty for none.
func Band(resemblance float64) string {
	if resemblance == 0 {
		return ""
	}
	top := 1.0
	for _, floor := range bandFloors {
		if resemblance >= floor {
			return fmt.Sprintf("%.2f-%.2f", floor, top)
		}
		top = floor
	}
	return ""
}

// Group is what goes by one rule, in one band.
type Group struct {
	Rule    Rule
	Band    string        // of resemblance; empty: the rule has none
	Count   int           // articles, or spans
	Sources []SourceCount // Removed of each, the most first; Articles is not set
	Sample  []Sample      // each with one cut, where spans go
}

// reviewSamples is how many examples a group has.
const reviewSamples = 3

// removal is an article that goes, or the cut-th cut of one that stays.
type removal struct {
	article int32
	cut     int32 // -1: the article
}

// review makes the groups. Cost: a look at every article, and 8 bytes for each removal.
func (d *decisions) review() []Group {
	type key struct {
		rule Rule
		band string
	}
	lists := map[key][]removal{}
	for i := range d.Len() {
		it, ok := d.item(i)
		switch {
		case !ok:
		case it.Whole != nil:
			k := key{it.Whole.Rule, Band(it.Whole.Resemblance)}
			lists[k] = append(lists[k], removal{int32(i), -1})
		default:
			for c := range it.Cuts {
				k := key{it.Cuts[c].Rule, ""}
				lists[k] = append(lists[k], removal{int32(i), int32(c)})
			}
		}
	}
	out := make([]Group, 0, len(lists))
	for k, list := range lists {
		g := Group{Rule: k.rule, Band: k.band, Count: len(list), Sources: d.sourcesOf(list)}
		n := min(reviewSamples, len(list))
		for s := range n {
			g.Sample = append(g.Sample, d.sampled(list[s*len(list)/n]))
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(ruleOrder(a.Rule), ruleOrder(b.Rule)), cmp.Compare(b.Band, a.Band))
	})
	d.bylines(out)
	return out
}

// rules are all of them, in the order in which they are shown.
var rules = []Rule{RuleResemblance, RuleContainment, RuleStory, RuleEmpty, RuleRepeat, RuleFurniture, RuleBoilerplate, RulePassage}

func ruleOrder(r Rule) int { return slices.Index(rules, r) }

// sourcesOf counts removals by source.
func (d *decisions) sourcesOf(list []removal) []SourceCount {
	var t Tally
	for _, r := range list {
		t.Add(d.Source(int(r.article)), true)
	}
	return t.Sources()
}

// sampled is one removal as people see it.
func (d *decisions) sampled(r removal) Sample {
	i := int(r.article)
	it, _ := d.item(i)
	s := Sample{Item: *it, About: d.byline(i)}
	if r.cut < 0 {
		s.Words = excerptOf(d.Text(i), article.Span{End: len(d.Text(i))})
		return s
	}
	c := it.Cuts[r.cut]
	s.Cuts, s.Words = []Cut{c}, excerptOf(d.Text(i), c.Span)
	return s
}

// excerptBytes is how much of a text an example quotes.
const excerptBytes = 400

// excerptOf copies the beginning of a span, on one line.
func excerptOf(text string, s article.Span) string {
	b := strings.ToValidUTF8(text[s.Start:min(s.End, s.Start+excerptBytes)], "")
	return strings.Join(strings.Fields(b), " ")
}
