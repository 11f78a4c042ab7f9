package clean

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/gate"
	"dedup/internal/index"
	"dedup/internal/known"
)

// What the index of a corpus has stays there, so it counts as a copy that stays: near-duplicates of
// its entries go, and with Passages what stands in an entry word for word. The rule is that of a
// run: an article that contains an entry is news, and stays; it is named instead (Stay).

// openIndex opens the index before the articles are read, so that a small one is asked about each
// while its words are at hand.
func (d *decisions) openIndex(ctx context.Context, cfg *corpus.Config, dir string) (err error) {
	if d.index, err = index.Open(dir, index.Options{Memory: cfg.Memory / 4, Tmp: cfg.Tmp, Workers: cfg.Workers}); err != nil {
		return err
	}
	if d.screen, err = known.NewScreen(ctx, d.index, cfg.Workers); err != nil {
		return errors.Join(err, d.closeIndex())
	}
	return nil
}

func (d *decisions) closeIndex() (err error) {
	if d.index != nil {
		err, d.index = d.index.Close(), nil
	}
	return err
}

// lookUp decides what goes for the index.
func (d *decisions) lookUp(ctx context.Context, opt RunOptions) (err error) {
	defer func() { err = errors.Join(err, d.closeIndex()) }()
	d.screen.Read()
	var mu sync.Mutex
	look := known.Options{Words: true, Near: func(i int, n *index.Near, supersedes bool, e *index.Entry) {
		mu.Lock()
		defer mu.Unlock()
		why := knownReason(n, e)
		if supersedes {
			d.stays = append(d.stays, Stay{"supersedes", d.place(i), why, int32(i)})
		} else {
			d.goes(int32(i), &why)
		}
	}}
	if opt.Passages {
		look.Copied = func(i int, found []known.Passage) error { d.copiedFromIndex(i, found, opt.KeepBoilerplate); return nil }
	}
	if opt.KeepPerSource {
		look.For = func(i int, source string) bool { s := d.Source(i); return s == "" || s == source }
	}
	look.Skip = func(i int) bool { return d.At(i).Empty || d.screen.Skip(i) }
	return known.Look(ctx, d.Corpus, d.index, look)
}

// knownReason says how an entry of the index verified.
func knownReason(n *index.Near, e *index.Entry) Reason {
	r := Reason{
		Rule: RuleResemblance, Resemblance: corpus.Ratio(n.Resemblance), Containment: corpus.Ratio(max(n.ContainmentQuery, n.ContainmentEntry)),
		Matched: entryPlace(e), InIndex: true, about: entryByline(e),
	}
	if n.Rule == near.RuleContainment {
		r.Rule = RuleContainment
	}
	return r
}

// entryPlace is an entry of an index in the words of the manifest.
func entryPlace(e *index.Entry) *Place {
	return &Place{Article: strings.Clone(e.ID), Path: strings.Clone(e.Path), Line: e.Line}
}

func entryByline(e *index.Entry) *gate.Byline {
	return &gate.Byline{Source: strings.Clone(e.Source), Published: corpus.Published(e.Published, e.DateOnly)}
}

// copiedFromIndex cuts what of article i stands in an entry word for word. A repeat whose first copy
// is cut stays, unless it is found in the entry too: what it matches must stay.
func (d *decisions) copiedFromIndex(i int, found []known.Passage, keepBoilerplate bool) {
	n, c := &d.notes[i], NewCutter(d.Text(i))
	var cuts []Cut
	for k := range found {
		p := &found[k]
		why := Reason{Rule: RulePassage, Matched: entryPlace(&p.Entry), InIndex: true, about: entryByline(&p.Entry)}
		if p.Boilerplate {
			if keepBoilerplate {
				continue
			}
			why.Rule = RuleBoilerplate
		}
		for _, u := range c.Copies(nil, p.Span, WordsOf(p.Words), d.leastWords()) {
			cuts = append(cuts, Cut{Span: u, Reason: why})
		}
	}
	n.cuts = slices.DeleteFunc(n.cuts, func(old Cut) bool {
		return old.Rule == RuleRepeat && slices.ContainsFunc(cuts, func(c Cut) bool {
			return overlap(c.Span, article.Span{Start: old.Matched.Start, End: old.Matched.End})
		})
	})
	n.cuts = append(n.cuts, cuts...)
}
