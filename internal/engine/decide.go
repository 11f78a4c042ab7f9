package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/cluster"
	"dedup/internal/passage"
	"dedup/internal/report"
	"dedup/internal/text"
)

// What goes is decided from what the stages found. Invariants: whatever is given as the reason of a removal stays: near-duplicates match the
// canonical of their cluster; of passages the copy of the best-ranked article stays, and its bytes are protected from other cuts; a repeat
// matches its first copy. Cost of the default (near-duplicates, repeats, furniture, boilerplate): one pass over the text, and 24 bytes a line
// at the end of an article.

// cleanMeta is what Clean keeps of an article.
type cleanMeta struct {
	raw   article.Raw
	sum   uint64 // xxh3 of the text, where there are cuts
	cuts  []clean.Cut
	tails []tailLine
}

// tailLine is one of the last lines of an article.
type tailLine struct {
	hash uint64
	gap  int // where the white space before it starts
	span article.Span
}

// Boilerplate without comparing texts: what stands under an article, among its last tailLines lines, is boilerplate when a source prints it
// under tailArticles articles or more that are no near-duplicates of each other: signatures, imprints and disclaimers. Lines in the middle are left to --passages, which knows stories: a paragraph of background in five reports on one trial
// is not boilerplate.
const (
	tailLines    = 4
	tailArticles = 5
	tailWords    = 4 // words of the shortest line
	tailShare    = 0.3
)

// leftovers finds the repeats, the furniture and the last lines of a text.
func (m *cleanMeta) leftovers(s string, toks []text.Token, keepBoilerplate bool) {
	repeats, furniture := passage.LeftoversOf(s, toks)
	if keepBoilerplate {
		furniture = nil
	}
	var cuts []clean.Cut
	for _, f := range furniture {
		cuts = append(cuts, clean.Cut{Span: f, Reason: clean.Reason{Rule: clean.RuleFurniture}})
	}
	if len(repeats) > 0 {
		c := clean.NewCutter(s)
		var units []article.Span
		for _, r := range repeats {
			for _, again := range r.Spans[1:] {
				for _, u := range c.Units(units[:0], again) {
					first := r.Spans[0]
					cuts = append(cuts, clean.Cut{Span: u, Reason: clean.Reason{Rule: clean.RuleRepeat, Matched: &clean.Place{Start: first.Start, End: first.End}}})
				}
			}
		}
	}
	if !keepBoilerplate {
		m.tails = lastLines(s, furniture)
	}
	m.cuts = clean.Settle(s, cuts)
	if len(m.cuts)+len(m.tails) > 0 {
		m.sum = xxh3.HashString(s)
	}
}

// lastLines gives the last lines of s that are no furniture, the last first.
func lastLines(s string, furniture []article.Span) (tails []tailLine) {
	end := len(s)
	for len(tails) < tailLines && end > 0 {
		start := strings.LastIndexByte(s[:end], '\n') + 1
		line := strings.TrimSpace(s[start:end])
		at := start + strings.Index(s[start:end], line)
		end = max(start-1, 0)
		if line == "" {
			continue
		}
		if float64(len(s)-at) > tailShare*float64(len(s)) {
			break
		}
		for len(furniture) > 0 && furniture[len(furniture)-1].Start > at {
			furniture = furniture[:len(furniture)-1]
		}
		if n := len(furniture) - 1; n >= 0 && furniture[n].End > at {
			continue
		}
		if words(line) < tailWords {
			break
		}
		tails = append(tails, tailLine{xxh3.HashString(line), len(strings.TrimRightFunc(s[:at], unicode.IsSpace)), article.Span{Start: at, End: at + len(line)}})
	}
	return tails
}

func words(line string) int { return len(text.AppendTokens(nil, line)) }

// decisions are what goes.
type decisions struct {
	run   *run
	rank  []int32
	whole map[int32]*clean.Reason
	tally clean.Tally
}

// decide makes the decisions.
func (r *run) decide(ctx context.Context, opt CleanOptions) (*decisions, error) {
	if err := r.findClusters(ctx); err != nil {
		return nil, err
	}
	d := &decisions{run: r, rank: r.cfg.Keep.rank(r.store.Meta), whole: map[int32]*clean.Reason{}}
	d.nearDuplicates()
	if opt.DropEmpty {
		d.empty()
	}
	if opt.PerStory > 0 || opt.Passages {
		if err := r.findStories(ctx); err != nil {
			return nil, err
		}
	}
	if opt.PerStory > 0 {
		d.stories(opt.PerStory)
	}
	if !opt.KeepBoilerplate {
		d.tails()
	}
	if opt.Passages {
		if err := d.passages(ctx, opt); err != nil {
			return nil, err
		}
	}
	d.settle()
	return d, nil
}

// nearDuplicates removes all members of a cluster but the canonical.
func (d *decisions) nearDuplicates() {
	meta := d.run.store.Meta
	for _, c := range d.run.clusters {
		kept := int(c.Members[0].Article)
		d.tally.Cluster(clean.BigCluster{Canonical: meta[kept].ID, Path: meta[kept].Path, Members: len(c.Members)})
		for _, m := range c.Members[1:] {
			at := d.place(kept)
			at.End = meta[kept].Bytes
			why := &clean.Reason{Rule: clean.RuleResemblance, Resemblance: report.Ratio(m.Resemblance), Containment: report.Ratio(m.Containment), Matched: &at}
			if m.Rule == cluster.RuleContainment {
				why.Rule = clean.RuleContainment
			}
			d.whole[m.Article] = why
		}
	}
}

// empty removes the articles without text.
func (d *decisions) empty() {
	for i := range d.run.store.Meta {
		if d.run.store.Meta[i].Empty {
			d.whole[int32(i)] = &clean.Reason{Rule: clean.RuleEmpty}
		}
	}
}

// stories removes all articles of a story but the n best. One without text takes the place of none, and goes for none.
func (d *decisions) stories(n int) {
	for _, s := range d.run.stories {
		var left []int
		for _, i := range s.Articles {
			if d.whole[int32(i)] == nil && !d.run.store.Meta[i].Empty {
				left = append(left, i)
			}
		}
		slices.SortFunc(left, func(a, b int) int { return cmp.Compare(d.rank[a], d.rank[b]) })
		for _, i := range left[min(n, len(left)):] {
			at := d.place(left[0])
			d.whole[int32(i)] = &clean.Reason{Rule: clean.RuleStory, Articles: len(s.Articles), Matched: &at}
		}
	}
}

// tails cuts the last lines that are boilerplate.
func (d *decisions) tails() {
	type carrier struct{ article, line int32 }
	meta := d.run.store.Meta
	all := map[uint64][]carrier{}
	for i := range meta {
		if d.whole[int32(i)] != nil {
			continue
		}
		for k, t := range meta[i].clean.tails {
			if c := all[t.hash]; len(c) == 0 || c[len(c)-1].article != int32(i) {
				all[t.hash] = append(c, carrier{int32(i), int32(k)})
			}
		}
	}
	for _, carriers := range all { // each article's cuts are put in order at the end
		bySource := map[string][]carrier{}
		for _, c := range carriers {
			bySource[meta[c.article].Source] = append(bySource[meta[c.article].Source], c)
		}
		for _, of := range bySource {
			if len(of) < tailArticles {
				continue
			}
			for k, c := range of {
				other := of[0]
				if k == 0 {
					other = of[1]
				}
				at := d.place(int(other.article))
				span := meta[other.article].clean.tails[other.line].span
				at.Start, at.End = span.Start, span.End
				m := meta[c.article].clean
				line := m.tails[c.line]
				m.cuts = append(m.cuts, clean.Cut{Span: article.Span{Start: line.gap, End: line.span.End}, Reason: clean.Reason{Rule: clean.RuleBoilerplate, Articles: len(of), Matched: &at}})
			}
		}
	}
}

// settle puts the cuts of every article in order, fills in which article a repeat matches, and counts for the guard.
func (d *decisions) settle() {
	meta := d.run.store.Meta
	for i := range meta {
		m := meta[i].clean
		d.tally.Add(meta[i].Source, d.whole[int32(i)] != nil)
		if len(m.cuts) == 0 {
			continue
		}
		if d.run.store.withText {
			m.sum = xxh3.HashString(d.run.store.text(i))
			m.cuts = clean.Settle(d.run.store.text(i), m.cuts)
		} else {
			m.cuts = apart(m.cuts, meta[i].Bytes)
		}
		for k := range m.cuts {
			if c := &m.cuts[k]; c.Matched != nil && c.Matched.Article == "" {
				p := d.place(i)
				p.Start, p.End = c.Matched.Start, c.Matched.End
				c.Matched = &p
			}
		}
	}
}

// almostAll is the share of a text from which cuts are not made: what is left would be no article.
const almostAll = 0.95

// apart is what is left of clean.Settle where the text is gone: every cut has its white space already. Boilerplate yields to other cuts.
func apart(cuts []clean.Cut, size int) []clean.Cut {
	slices.SortStableFunc(cuts, func(a, b clean.Cut) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	out, end, sum := cuts[:0], 0, 0
	for _, c := range cuts {
		c.Start = max(c.Start, end)
		if c.Start < c.End {
			out, end, sum = append(out, c), c.End, sum+c.End-c.Start
		}
	}
	if float64(sum) > almostAll*float64(size) {
		return slices.DeleteFunc(out, func(c clean.Cut) bool { return c.Rule == clean.RuleBoilerplate })
	}
	return out
}
