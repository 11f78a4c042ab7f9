package filter

import (
	"context"
	"strings"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/report"
)

// A stream may also be held against a corpus index: articles that it holds are left out, by the
// definition of near-duplicates that runs have, and verified. The workers look their pieces up, so
// order and answering at once stay as they are.

// corpusIndex is the index of a filter; nil for none.
type corpusIndex struct {
	index *index.Index
	opt   index.LookupOptions
}

func openIndex(cfg corpus.Config, opt Options) (*corpusIndex, error) {
	if opt.Index == "" {
		return nil, nil
	}
	look := index.LookupOptions{Near: near.Options{Threshold: opt.Threshold}}
	if _, err := look.Judge(); err != nil {
		return nil, err
	}
	// One goroutine for each look-up: every worker has a piece of its own.
	x, err := index.Open(opt.Index, index.Options{Memory: cfg.Memory / 2, Tmp: cfg.Tmp, Workers: 1})
	if err != nil {
		return nil, err
	}
	return &corpusIndex{x, look}, nil
}

func (x *corpusIndex) close() error {
	if x == nil {
		return nil
	}
	return x.index.Close()
}

// known is the entry that an article resembles most.
type known struct {
	near       index.Near
	id, path   string
	line       int
	superseded bool // the article contains it and is let through
}

// lookUp fills in what the index holds of the articles of a piece.
func (x *corpusIndex) lookUp(ctx context.Context, p *piece, words [][]uint64) error {
	if x == nil || len(p.arts) == 0 {
		return nil
	}
	found, err := x.index.Lookup(ctx, words, x.opt)
	if err != nil {
		return corpus.Wrap("look articles up in the corpus index", err)
	}
	var numbers []uint32
	var of []*known
	for i := range found {
		f := &found[i]
		k := &known{}
		switch {
		case len(f.Near) > 0:
			k.near = f.Near[0]
		case len(f.Superseded) > 0:
			k.near, k.superseded = f.Superseded[0], true
		default:
			continue
		}
		p.arts[i].known = k
		numbers, of = append(numbers, k.near.Entry), append(of, k)
	}
	return x.index.Entries(ctx, numbers, func(i int, e *index.Entry) error {
		k := of[i]
		k.id, k.path, k.line = strings.Clone(e.ID), strings.Clone(e.Path), e.Line
		return nil
	})
}

// leftOut says that the article is left out for what the index holds, or that it supersedes that.
func (k *known) leftOut(a *record) leftOut {
	rule := k.near.Rule.String()
	if k.superseded {
		rule = "supersedes"
	}
	return leftOut{
		Article: a.id, Line: a.line, Rule: rule, Resemblance: report.Ratio(k.near.Resemblance),
		Containment: report.Ratio(max(k.near.ContainmentQuery, k.near.ContainmentEntry)), Matched: k.id, InIndex: true, MatchedPath: k.path, MatchedLine: k.line,
	}
}
