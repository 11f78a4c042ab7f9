package dedup

import (
	"errors"
	"strings"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/known"
)

// Counts returns, for every article in the order of reading, the number of articles in its
// near-duplicate cluster: 1 if there is no other. It is a weight for training or ranking, where
// copies are not to be removed.
//
// With an index x, everything that the index has seen counts too: its entries, and the copies that
// "dedup clean --add" left out. The first article of a cluster that is known to the index decides
// which of its clusters is meant: that of the entry which the article resembles most. An article
// that is an entry itself counts once. Counts are the same after [Index.Add] of the same articles.
// Texts must have been kept, so [Options.Only] must ask for more than clusters; and the options of
// near-duplicates must be the default ones, by which an index counts. If x is nil, only the corpus
// counts.
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

// Came counts the articles of one source and one month of publication that came into an index in
// one batch.
type Came struct {
	Batch    int
	Source   string
	Month    string // "2026-03"; empty: the date is not known
	Articles int
	Known    int // near-duplicates of articles that had come before
	Added    int // became entries; the others were left out
}

// Came returns what came into the index, by batch, then source, then month. Articles that an early
// version of the program added, which did not count, are not in it.
func (x *Index) Came() ([]Came, error) {
	list, err := x.x.Came()
	out := make([]Came, len(list))
	for i := range list {
		c := &list[i]
		out[i] = Came{int(c.Batch), strings.Clone(c.Source), c.Month, c.Articles, c.Known, c.Added}
	}
	return out, err
}

// ReadIndex opens an index. Unlike [OpenIndex] it never makes one.
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
