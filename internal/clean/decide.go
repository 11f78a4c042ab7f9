package clean

import (
	"context"
	"errors"
	"slices"
	"unsafe"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/known"
	"dedup/internal/passage"
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

// note is what is kept of an article besides its record.
type note struct {
	raw   article.Raw
	sum   uint64 // xxh3 of the text, where there are cuts
	cuts  []Cut
	tails []passage.TailLine
}

// size is the memory that the note takes.
func (n *note) size() int64 {
	return int64(unsafe.Sizeof(*n)) + int64(cap(n.cuts))*int64(unsafe.Sizeof(Cut{})) + int64(cap(n.tails))*int64(unsafe.Sizeof(passage.TailLine{}))
}

// Bytes of an article that goes as a whole, in a map, and of its reason.
const (
	mapSize    = 32
	reasonSize = int64(unsafe.Sizeof(Reason{}) + unsafe.Sizeof(Place{}))
)

// leftovers finds the repeats, the furniture and the last lines of a text.
func (n *note) leftovers(s string, toks []text.Token, keepBoilerplate bool) {
	repeats, furniture := passage.LeftoversOf(s, toks)
	if keepBoilerplate {
		furniture = nil
	}
	var cuts []Cut
	for _, f := range furniture {
		cuts = append(cuts, Cut{Span: f, Reason: Reason{Rule: RuleFurniture}})
	}
	if len(repeats) > 0 {
		c := NewCutter(s)
		var units []article.Span
		for _, r := range repeats {
			for _, again := range r.Spans[1:] {
				for _, u := range c.Units(units[:0], again) {
					first := r.Spans[0]
					cuts = append(cuts, Cut{Span: u, Reason: Reason{Rule: RuleRepeat, Matched: &Place{Start: first.Start, End: first.End}}})
				}
			}
		}
	}
	if !keepBoilerplate {
		n.tails = passage.TailLines(s, furniture)
	}
	n.cuts = Settle(s, cuts)
	if len(n.cuts)+len(n.tails) > 0 {
		n.sum = xxh3.HashString(s)
	}
}

// decisions are what goes of a corpus.
type decisions struct {
	*corpus.Corpus
	notes    []note // by article
	withText bool
	sources  bool // of near-duplicates one copy of each source stays
	rank     []int32
	clusters corpus.Clusters
	groups   [][]int32 // near-duplicates that are left for one of them, which comes first
	whole    map[int32]*Reason
	stays    []Stay
	tally    Tally

	index  *index.Index  // nil: none, or it was asked
	screen *known.Screen // nil: no index

	protection *Protection            // nil: none
	protected  map[int][]article.Span // by article: what cuts give as the copy that stays
}

// open reads the corpus and notes what goes of each article by itself.
func open(ctx context.Context, cfg corpus.Config, opt RunOptions) (*decisions, error) {
	d := &decisions{withText: opt.PerStory > 0 || opt.Passages || opt.Index != "", whole: map[int32]*Reason{}, sources: opt.KeepPerSource, protection: opt.Protect, protected: map[int][]article.Span{}}
	if opt.Index != "" {
		if err := d.openIndex(ctx, &cfg, opt.Index); err != nil {
			return nil, err
		}
	}
	var column corpus.Column[note]
	noted := make([][]note, cfg.Workers)                               // of the batch that each worker has
	cfg.Want = corpus.Want{Near: true, Text: d.withText || opt.DryRun} // who reviews a plan reads
	cfg.Visit = func(worker int, b *article.Batch, i int, toks []text.Token) int64 {
		if i == 0 {
			noted[worker] = column.Batch(b.Seq, len(b.Articles))
		}
		n, a := &noted[worker][i], &b.Articles[i]
		n.raw = a.Raw
		n.leftovers(a.Text, toks, opt.KeepBoilerplate)
		if d.screen != nil {
			return n.size() + d.screen.Visit(worker, b, i, toks)
		}
		return n.size()
	}
	var err error
	if d.Corpus, err = corpus.Open(ctx, cfg); err != nil {
		return nil, errors.Join(err, d.closeIndex())
	}
	d.notes = column.All()
	return d, nil
}

// decide makes the decisions.
func (d *decisions) decide(ctx context.Context, opt RunOptions) (err error) {
	if d.clusters, err = d.Clusters(); err != nil {
		return errors.Join(err, d.closeIndex())
	}
	d.rank = d.Rank()
	if opt.Index != "" {
		if err := d.lookUp(ctx, opt); err != nil {
			return corpus.Wrap("look articles up in the corpus index", err)
		}
	}
	if err := d.nearDuplicates(); err != nil {
		return err
	}
	if opt.DropEmpty {
		if err := d.empty(); err != nil {
			return err
		}
	}
	if opt.PerStory > 0 {
		if err := d.perStory(ctx, opt); err != nil {
			return err
		}
	}
	if !opt.KeepBoilerplate {
		d.tails()
	}
	if opt.Passages {
		if err := d.passages(ctx, opt); err != nil {
			return err
		}
	}
	d.settle()
	return nil
}

// nearDuplicates removes all members of a cluster but the canonical. Where the canonical goes for an
// entry of the index, its members need not resemble that: those which stay are clustered anew.
func (d *decisions) nearDuplicates() error {
	var left []int
	for _, c := range d.clusters.List {
		kept := c.Members[0].Article
		a := d.At(int(kept))
		d.tally.Cluster(BigCluster{Canonical: a.ID, Path: a.Path, Members: len(c.Members)})
		if d.whole[kept] == nil {
			if err := d.group(c.Members); err != nil {
				return err
			}
			continue
		}
		n := len(left)
		for _, m := range c.Members[1:] {
			if d.whole[m.Article] == nil {
				left = append(left, int(m.Article))
			}
		}
		if len(left) == n+1 {
			left = left[:n]
		}
	}
	if len(left) == 0 {
		return nil
	}
	again, err := d.ClustersAmong(left)
	if err != nil {
		return err
	}
	for _, c := range again {
		if err := d.group(c.Members); err != nil {
			return err
		}
	}
	return nil
}

// group removes all members but the first; with KeepPerSource also the best of each other source
// stays. An article without a source stands for none. All that goes is a near-duplicate of the
// first, which stays. Members that resemble it alike have one reason: of a
// million copies, each would take more than its article.
func (d *decisions) group(members []near.Member) error {
	kept := members[0].Article
	group := []int32{kept}
	at := d.place(int(kept))
	at.End = d.At(int(kept)).Bytes
	reasons, last := int64(1), (*Reason)(nil)
	has := map[string]bool{"": true, d.Source(int(kept)): true}
	for _, m := range members[1:] {
		if d.whole[m.Article] != nil {
			continue
		}
		if s := d.Source(int(m.Article)); d.sources && !has[s] {
			has[s] = true
			continue
		}
		why := Reason{Rule: RuleResemblance, Resemblance: corpus.Ratio(m.Resemblance), Containment: corpus.Ratio(m.Containment), Matched: &at}
		if m.Rule == near.RuleContainment {
			why.Rule = RuleContainment
		}
		if last == nil || *last != why {
			reasons, last = reasons+1, &why
		}
		if d.goes(m.Article, last) {
			group = append(group, m.Article)
		}
	}
	d.groups = append(d.groups, group)
	return d.Keep(reasons*reasonSize + int64(len(members)-1)*mapSize)
}

// empty removes the articles without text. They have one reason.
func (d *decisions) empty() error {
	why := &Reason{Rule: RuleEmpty}
	for i := range d.Len() {
		if d.At(i).Empty {
			d.goes(int32(i), why)
		}
	}
	return d.Keep(int64(d.Corpus.Counts.Empty) * mapSize)
}

// settle puts the cuts of every article in order, fills in which article a repeat matches, and
// counts for the guard.
func (d *decisions) settle() {
	for i := range d.notes {
		n := &d.notes[i]
		d.tally.Add(d.Source(i), d.whole[int32(i)] != nil)
		d.spare(i)
		if len(n.cuts) == 0 {
			continue
		}
		if d.withText {
			n.sum = xxh3.HashString(d.Text(i))
			n.cuts = Settle(d.Text(i), n.cuts)
		} else {
			n.cuts = settled(n.cuts, d.At(i).Bytes)
		}
		for k := range n.cuts {
			if c := &n.cuts[k]; c.Matched != nil && c.Matched.Article == "" {
				p := d.place(i)
				p.Start, p.End = c.Matched.Start, c.Matched.End
				c.Matched = &p
			}
		}
	}
	d.settleStays()
}

// almostAll is the share of a text from which cuts are not made: what is left would be no article.
const almostAll = 0.95

// settled is Settle where the text is gone: every cut has its white space already. Of a text of
// which almost all would go, boilerplate stays.
func settled(cuts []Cut, size int) []Cut {
	out, sum := disjoint(cuts), 0
	for _, c := range out {
		sum += c.End - c.Start
	}
	if float64(sum) > almostAll*float64(size) {
		return slices.DeleteFunc(out, func(c Cut) bool { return c.Rule == RuleBoilerplate })
	}
	return out
}
