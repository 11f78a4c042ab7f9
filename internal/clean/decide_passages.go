package clean

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/article"
	"dedup/internal/passage"
)

// passageCuts is the search for what of copied passages may go.
type passageCuts struct {
	*decisions
	least   int // words of what goes
	cutters map[int]*Cutter
}

// leastWords is how many words a passage that goes has at least.
func (d *decisions) leastWords() int {
	return cmp.Or(max(0, d.Options.MinTokens), passage.DefaultMinTokens)
}

// passages cuts copied passages and boilerplate out of all articles but the one that ranks best.
func (d *decisions) passages(ctx context.Context, opt RunOptions) error {
	found, err := d.Passages()
	if err != nil {
		return err
	}
	p := &passageCuts{d, d.leastWords(), map[int]*Cutter{}}
	for k := range found {
		f := &found[k]
		f.Occurrences = slices.DeleteFunc(f.Occurrences, func(o passage.Occurrence) bool { return d.whole[int32(o.Article)] != nil })
		slices.SortStableFunc(f.Occurrences, func(a, b passage.Occurrence) int { return cmp.Compare(d.rank[a.Article], d.rank[b.Article]) })
	}
	found = slices.DeleteFunc(found, func(f passage.Passage) bool {
		n := len(f.Occurrences)
		return n == 0 || f.Occurrences[0].Article == f.Occurrences[n-1].Article
	})
	slices.SortStableFunc(found, func(a, b passage.Passage) int {
		return cmp.Compare(d.rank[a.Occurrences[0].Article], d.rank[b.Occurrences[0].Article])
	})
	for k := range found {
		if found[k].Boilerplate && !opt.KeepBoilerplate {
			p.copied(&found[k], RuleBoilerplate)
		}
	}
	for k := range found {
		if !found[k].Boilerplate {
			p.copied(&found[k], RulePassage)
		}
	}
	return ctx.Err()
}

// copied cuts every occurrence but the best one of which nothing is cut already. An occurrence may
// differ from the best one in a few words; of it go the sentences and lines that stand in the best
// one word for word, together at least as many words as a passage must have.
func (p *passageCuts) copied(f *passage.Passage, rule Rule) {
	kept := slices.IndexFunc(f.Occurrences, func(o passage.Occurrence) bool { return !p.cutBy(o.Article, o.Span) })
	if kept < 0 {
		return
	}
	keep := f.Occurrences[kept]
	words := NewWords(p.Text(keep.Article)[keep.Span.Start:keep.Span.End])
	used := false
	for _, o := range f.Occurrences[kept+1:] {
		if o.Article != keep.Article && !p.versions(o.Article, keep.Article) && p.cut(o, words, Reason{Rule: rule, Articles: len(f.Occurrences)}, keep) {
			used = true
		}
	}
	if used {
		p.protected[keep.Article] = append(p.protected[keep.Article], keep.Span)
	}
}

// versions tells whether two articles stay although they are near-duplicates: for their sources. Then
// none is cut for the other.
func (p *passageCuts) versions(a, b int) bool {
	return p.sources && p.clusters.Of[a] >= 0 && p.clusters.Of[a] == p.clusters.Of[b]
}

// cut takes what of an occurrence may go, unless another cut needs it; it tells whether any was
// taken.
func (p *passageCuts) cut(o passage.Occurrence, words *Words, why Reason, kept passage.Occurrence) (any bool) {
	if p.needed(o.Article, o.Span) {
		return false
	}
	c := p.cutters[o.Article]
	if c == nil {
		c = NewCutter(p.Text(o.Article))
		p.cutters[o.Article] = c
	}
	n := &p.notes[o.Article]
	for _, u := range c.Copies(nil, o.Span, words, p.least) {
		at := p.place(kept.Article)
		at.Start, at.End = kept.Span.Start, kept.Span.End
		why.Matched = &at
		n.cuts = append(n.cuts, Cut{Span: u, Reason: why})
		any = true
	}
	return any
}

func overlap(a, b article.Span) bool { return a.Start < b.End && b.Start < a.End }
