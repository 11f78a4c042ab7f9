package cluster

import (
	"context"
	"math/bits"
	"slices"

	"dedup/internal/lsh"
)

// Past the memory budget an index of all canonicals would not fit either, so candidates come from an external sort: every active article gives a
// record (shingle, place in the order) for each shingle that some article is found by; records of one shingle meet; two articles of which one was
// chosen by it are a candidate pair; pairs are sorted by the later of the two, each once.
//
// A shingle of more than nearHot articles would make quadratically many pairs. It is hot: it makes none, and the join looks it up in an index of
// the articles that stay, as it does with all shingles when everything is in memory. So 100,000 versions of a page still cost 100,000
// verifications, and no candidate is lost.
//
// Cost: one record of 16 bytes a shingle looked for, ~60 an active article of 200 words, and one for each pair it makes, both written and read
// once. Memory: the sort's share of the budget, 8 bytes a candidate pair, and the index of hot shingles.

const nearHot = 32

// nearSorted are the candidates of a join that come from sorting.
type nearSorted struct {
	pairs []uint64            // place of the later article << 32 | place of the earlier one, in order
	hot   map[uint64]struct{} // shingles to look up in the index
	warm  nearFlags           // places of articles that have a hot shingle
	place []int32             // of an article in the order
	order []int32
}

// newNearSorted gives the articles of order, out of n, their places; others have none, -1.
func newNearSorted(n int, order []int32) *nearSorted {
	c := &nearSorted{order: order, place: make([]int32, n), hot: map[uint64]struct{}{}, warm: newNearFlags(len(order))}
	for i := range c.place {
		c.place[i] = -1
	}
	for i, id := range order {
		c.place[id] = int32(i)
	}
	return c
}

// sortCandidates finds the candidate pairs of all active articles.
func (n *Near) sortCandidates(ctx context.Context, s *nearSearch, order []int32) (*nearSorted, error) {
	c := newNearSorted(n.n, order)
	records := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 64)
	defer records.Close()
	if err := n.record(ctx, s, c.place, records); err != nil {
		return nil, err
	}
	pairs := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 32+bits.Len(uint(len(order))))
	defer pairs.Close()
	if err := c.pair(ctx, n.opt.Workers, records, pairs); err != nil {
		return nil, err
	}
	var err error
	c.pairs, err = lsh.Distinct(ctx, n.opt.Workers, pairs)
	return c, err
}

// record writes what each article is looked up and found by, and flags as active those that are.
func (n *Near) record(ctx context.Context, s *nearSearch, place []int32, records *lsh.Spool) error {
	loads := n.loaders()
	writers := make([]*lsh.Writer, n.opt.Workers)
	for g := range writers {
		writers[g] = records.Writer()
	}
	if err := n.scan(ctx, 0, nil, func(g int, list nearList) error {
		if place[list.id] < 0 {
			return nil
		}
		l := &loads[g]
		l.take(list)
		if err := l.keys(s); err != nil {
			return err
		}
		if len(l.known) == 0 {
			return nil
		}
		s.active.set(list.id)
		chosen := l.chosen // in the order of l.known, as a part of it
		for _, h := range l.known {
			r := lsh.Record{Key: h, ID: uint32(place[list.id])}
			if len(chosen) > 0 && chosen[0] == h {
				r.Tag, chosen = 1, chosen[1:]
			}
			if err := writers[g].Add(r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, w := range writers {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// pair writes the pairs of articles that meet in a shingle.
func (c *nearSorted) pair(ctx context.Context, workers int, records, pairs *lsh.Spool) error {
	writers := make([]*lsh.Writer, workers)
	hot := make([][]uint64, workers)
	for g := range writers {
		writers[g] = pairs.Writer()
	}
	if err := records.Groups(ctx, workers, func(g, _ int, group []lsh.Record) error {
		if len(group) > nearHot {
			hot[g] = append(hot[g], group[0].Key)
			for _, r := range group {
				c.warm.set(int32(r.ID))
			}
			return nil
		}
		for i, a := range group {
			for _, b := range group[:i] {
				if a.Tag|b.Tag != 0 {
					if err := writers[g].Add(lsh.Record{Key: uint64(a.ID)<<32 | uint64(b.ID)}); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for g, w := range writers {
		if err := w.Flush(); err != nil {
			return err
		}
		for _, h := range hot[g] {
			c.hot[h] = struct{}{}
		}
	}
	return nil
}

// earlier appends the candidates of article id whose place is in [from, to).
func (c *nearSorted) earlier(dst []int32, id int32, from, to int) []int32 {
	x := uint64(c.place[id]) << 32
	i, _ := slices.BinarySearch(c.pairs, x|uint64(from))
	for ; i < len(c.pairs) && c.pairs[i] < x|uint64(to); i++ {
		dst = append(dst, c.order[uint32(c.pairs[i])])
	}
	return dst
}

// cool drops all but the hot shingles.
func (c *nearSorted) cool(shingles []uint64) []uint64 {
	if len(c.hot) == 0 {
		return shingles[:0]
	}
	return slices.DeleteFunc(shingles, func(h uint64) bool { _, ok := c.hot[h]; return !ok })
}
