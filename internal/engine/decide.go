package engine

import (
	"cmp"
	"context"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/cluster/near"
	"dedup/internal/passage"
	"dedup/internal/report"
	"dedup/internal/text"
)

// What goes is decided from what the stages found. Invariant: text of which no copy stays is never
// removed, and what is given as the reason of a removal stays. Near-duplicates match the canonical
// of their cluster; a repeat matches its first copy; of passages and boilerplate the copy of the
// best-ranked article stays, and what goes of the others stands in it word for word. What one cut
// gives as its reason is protected from the others. Two kinds of text go everywhere, by their rules
// alone: furniture, and a short last line that a known source prints under everything
// (decide_tails.go). Cost of the default (near-duplicates, repeats, furniture, boilerplate): one
// pass over the text, and 24 bytes a line at the end of an article.

// cleanMeta is what Clean keeps of an article.
type cleanMeta struct {
	raw   article.Raw
	sum   uint64 // xxh3 of the text, where there are cuts
	cuts  []clean.Cut
	tails []passage.TailLine
}

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
		m.tails = passage.TailLines(s, furniture)
	}
	m.cuts = clean.Settle(s, cuts)
	if len(m.cuts)+len(m.tails) > 0 {
		m.sum = xxh3.HashString(s)
	}
}

// decisions are what goes.
type decisions struct {
	run   *run
	rank  []int32
	whole map[int32]*clean.Reason
	tally clean.Tally

	protected map[int][]article.Span // by article: what cuts give as the copy that stays
}

// decide makes the decisions.
func (r *run) decide(ctx context.Context, opt CleanOptions) (*decisions, error) {
	if err := r.findClusters(ctx); err != nil {
		return nil, err
	}
	d := &decisions{run: r, rank: r.cfg.Keep.rank(r.store.Meta), whole: map[int32]*clean.Reason{}, protected: map[int][]article.Span{}}
	if err := d.nearDuplicates(); err != nil {
		return nil, err
	}
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
func (d *decisions) nearDuplicates() error {
	meta := d.run.store.Meta
	for _, c := range d.run.clusters {
		if err := d.run.store.state.add(int64(len(c.Members)-1) * wholeSize); err != nil {
			return err
		}
		kept := int(c.Members[0].Article)
		d.tally.Cluster(clean.BigCluster{Canonical: meta[kept].ID, Path: meta[kept].Path, Members: len(c.Members)})
		for _, m := range c.Members[1:] {
			at := d.place(kept)
			at.End = meta[kept].Bytes
			why := &clean.Reason{Rule: clean.RuleResemblance, Resemblance: report.Ratio(m.Resemblance), Containment: report.Ratio(m.Containment), Matched: &at}
			if m.Rule == near.RuleContainment {
				why.Rule = clean.RuleContainment
			}
			d.whole[m.Article] = why
		}
	}
	return nil
}

// empty removes the articles without text.
func (d *decisions) empty() {
	for i := range d.run.store.Meta {
		if d.run.store.Meta[i].Empty {
			d.whole[int32(i)] = &clean.Reason{Rule: clean.RuleEmpty}
		}
	}
}

// stories removes all articles of a story but the n best. One without text takes the place of none,
// and goes for none.
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
	for _, c := range d.run.clusters { // a copy of what goes for its story goes for it too: what it matches must stay
		if why := d.whole[c.Members[0].Article]; why != nil {
			for _, m := range c.Members[1:] {
				d.whole[m.Article] = why
			}
		}
	}
}

// settle puts the cuts of every article in order, fills in which article a repeat matches, and
// counts for the guard.
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

// apart is what is left of clean.Settle where the text is gone: every cut has its white space
// already. Boilerplate yields to other cuts.
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
