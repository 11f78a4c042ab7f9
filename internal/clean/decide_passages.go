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
	scratch []passage.Occurrence
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
	p := &passageCuts{decisions: d, least: d.leastWords(), cutters: map[int]*Cutter{}}
	shared := p.shared(found)
	for _, k := range shared {
		if found[k].Boilerplate && !opt.KeepBoilerplate {
			p.copied(&found[k], RuleBoilerplate)
		}
	}
	for _, k := range shared {
		if !found[k].Boilerplate {
			p.copied(&found[k], RulePassage)
		}
	}
	return ctx.Err()
}

// shared lists the passages that two articles or more of those that stay have, by the best-ranked
// article of each.
func (p *passageCuts) shared(found []passage.Passage) (list []int) {
	best := make([]int32, len(found))
	for k := range found {
		if all := p.standing(&found[k]); len(all) > 0 && all[0].Article != all[len(all)-1].Article {
			best[k], list = p.rank[all[0].Article], append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(best[a], best[b]) })
	return list
}

// standing gives, until it is called again, the occurrences in articles that stay, the best-ranked
// article first. The passage belongs to the corpus and is not changed.
func (p *passageCuts) standing(f *passage.Passage) []passage.Occurrence {
	p.scratch = p.scratch[:0]
	for _, o := range f.Occurrences {
		if p.whole[int32(o.Article)] == nil {
			p.scratch = append(p.scratch, o)
		}
	}
	slices.SortStableFunc(p.scratch, func(a, b passage.Occurrence) int { return cmp.Compare(p.rank[a.Article], p.rank[b.Article]) })
	return p.scratch
}

// copied cuts every occurrence but the best one of which nothing is cut already. An occurrence may
// differ from the best one in a few words; of it go the sentences and lines that stand in the best
// one word for word, together at least as many words as a passage must have.
func (p *passageCuts) copied(f *passage.Passage, rule Rule) {
	all := p.standing(f)
	kept := slices.IndexFunc(all, func(o passage.Occurrence) bool { return !p.cutBy(o.Article, o.Span) })
	if kept < 0 {
		return
	}
	keep := all[kept]
	words := NewWords(p.Text(keep.Article)[keep.Span.Start:keep.Span.End])
	used := false
	for _, o := range all[kept+1:] {
		if o.Article != keep.Article && !p.versions(o.Article, keep.Article) && p.cut(o, words, Reason{Rule: rule, Articles: len(all)}, keep) {
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
