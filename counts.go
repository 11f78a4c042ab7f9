package dedup

import (
	"errors"
	"strings"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/known"
)

// Counts gives, of every article in the order of reading, how many articles its near-duplicate
// cluster has: 1 where there is no other. It is a weight to train or rank by in place of removing
// copies.
//
// With an index, x, what the index has seen counts too: its entries, and the copies that
// "dedup clean --add" left out. The articles of a cluster join that of the entry which the first of
// them resembles most; an article that is an entry itself counts once. Then texts must have been
// kept, so [Options.Only] asks for more than clusters, and near-duplicates are those of the default
// Options, which an index counts by. Counts after [Index.Add] of the same articles are the same. Nil
// for x counts the corpus alone.
func (c *Corpus) Counts(x *Index) ([]int, error) {
	if x == nil {
		found, err := c.c.Clusters()
		if err != nil {
			return nil, err
		}
		out := make([]int, c.Len())
		for i := range out {
			if out[i] = 1; found.Of[i] >= 0 {
				out[i] = len(found.List[found.Of[i]].Members)
			}
		}
		return out, nil
	}
	rule, err := c.c.Options.Near().Judge()
	if usual, _ := (near.Options{}).Judge(); err == nil && rule != usual {
		err = errors.New("an index counts near-duplicates by the default threshold and containment, and the corpus has others")
	}
	if err == nil && !c.c.HasTexts() {
		err = ErrNotKept
	}
	if err != nil {
		return nil, err
	}
	out, err := known.Counts(c.c.Context(), c.c, x.x)
	return out, corpus.Wrap("count copies in the index", err)
}

// Came counts what of one source came into an index in one batch, of one month of publication.
type Came struct {
	Batch    int
	Source   string
	Month    string // "2026-03"; empty: the date is not known
	Articles int
	Known    int // near-duplicates of what had come before
	Added    int // are entries, or were; the others were left out
}

// Came gives what came into the index, batch by batch, by source, then month. What was added by a
// version of the program that did not count is not in it.
func (x *Index) Came() ([]Came, error) {
	list, err := x.x.Came()
	out := make([]Came, len(list))
	for i := range list {
		c := &list[i]
		out[i] = Came{int(c.Batch), strings.Clone(c.Source), c.Month, c.Articles, c.Known, c.Added}
	}
	return out, err
}

// ReadIndex opens an index that is there; other than [OpenIndex] it makes none.
func ReadIndex(dir string, opt Options) (*Index, error) {
	x := &Index{dir: dir, opt: corpus.Options(opt).Defaults()}
	if _, err := x.lookup().Judge(); err != nil {
		return nil, err
	}
	var err error
	if x.x, err = index.Open(dir, x.options()); err != nil {
		return nil, err
	}
	return x, nil
}
