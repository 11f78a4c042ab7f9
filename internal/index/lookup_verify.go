package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// candidate is an article and an entry that share seeds.
type candidate struct {
	place   uint32
	article int32
	shared  int32
}

// candidates are the pairs that share as many seeds as they must, by place.
func (l *lookup) candidates(ctx context.Context) ([]candidate, error) {
	var list []candidate
	var tally tally
	for i := range l.articles {
		a := &l.articles[i]
		if a.mode == counted {
			dense, err := l.dense(ctx, i, &tally)
			if err != nil {
				return nil, err
			}
			list = append(list, dense...)
			continue
		}
		for at := l.spanned[i]; at < l.spanned[i+1]; {
			end, hot := at, 0
			for ; end < l.spanned[i+1] && l.hits[end].place() == l.hits[at].place(); end++ {
				if l.hot[l.hits[end].look()] {
					hot++
				}
			}
			shared := int(end-at) - hot
			if sum := shared + len(a.hot); sum >= a.least && (shared > 0 || a.mode == exact) {
				list = append(list, candidate{l.hits[at].place(), int32(i), int32(sum)})
			}
			at = end
		}
	}
	order := make([]uint64, len(list)) // list is by article
	for k, c := range list {
		order[k] = uint64(c.place)<<32 | uint64(k)
	}
	slices.Sort(order)
	sorted := make([]candidate, len(list))
	for k, o := range order {
		sorted[k] = list[uint32(o)]
	}
	return sorted, nil
}

// verify compares every article with the entries that may be near-duplicates of it.
func (l *lookup) verify(ctx context.Context) error {
	list, err := l.candidates(ctx)
	if err != nil {
		return err
	}
	workers := l.x.opt.Workers
	pieces := make([][]match, min(4*workers, 1+len(list)/pieceLooks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for p := range pieces {
		from, to := p*len(list)/len(pieces), (p+1)*len(list)/len(pieces)
		g.Go(func() (err error) {
			pieces[p], err = l.verifyPiece(ctx, list[from:to])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, p := range pieces {
		for _, m := range p {
			f := &l.found[m.article]
			if m.supersedes {
				f.Superseded = append(f.Superseded, m.near)
			} else {
				f.Near = append(f.Near, m.near)
			}
		}
	}
	for i := range l.found {
		l.found[i].Near, l.found[i].Superseded = nearest(l.found[i].Near), nearest(l.found[i].Superseded)
	}
	return nil
}

// nearest puts near-duplicates in order and drops those past nearMost.
func nearest(near []Near) []Near {
	slices.SortFunc(near, func(a, b Near) int {
		return cmp.Or(cmp.Compare(b.Resemblance, a.Resemblance), cmp.Compare(a.Entry, b.Entry))
	})
	return near[:min(len(near), nearMost)]
}

// match is a near-duplicate of an article.
type match struct {
	article    int32
	near       Near
	supersedes bool // the entry may go for the article, not the article for the entry
}

// at finds the segment that a place is in.
func (x *state) at(place uint32) (k int, row uint32) {
	k = sort.Search(len(x.segments), func(i int) bool { return x.segments[i].base > place }) - 1
	return k, place - x.segments[k].base
}

// numberAt is the number of the entry at a place.
func (x *state) numberAt(place uint32) uint32 {
	k, row := x.at(place)
	return x.segments[k].number(row)
}

func (l *lookup) verifyPiece(ctx context.Context, list []candidate) (out []match, err error) {
	var r *rowReader
	var words, set []uint64
	for i := 0; i < len(list); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		k, row := l.x.at(list[i].place)
		if s := l.x.segments[k]; r == nil || r.s != s {
			r = s.reader()
		}
		h, err := r.head(row)
		if err != nil {
			return nil, err
		}
		set = set[:0]
		first := i
		for ; i < len(list) && list[i].place == list[first].place; i++ {
			c := list[i]
			need := l.rule.need
			if l.articles[c.article].mode == usual {
				need = l.rule.usual
			}
			if least, ok := need(&l.articles[c.article], h); !ok || int(c.shared) < least {
				continue
			}
			if len(set) == 0 {
				if words, err = r.words(words[:0], row); err != nil {
					return nil, err
				}
				set = shingle.Set(shingle.AppendHashes(set, words, shingleWords))
			}
			if m, ok := l.compare(c, r.s.number(row), set); ok {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// compare compares sets of shingles exactly.
func (l *lookup) compare(c candidate, number uint32, entry []uint64) (match, bool) {
	article := l.articles[c.article].set
	e := near.Edge{A: c.article, NA: int32(len(article)), NB: int32(len(entry)), Shared: int32(shingle.Shared(article, entry))}
	rule, ok := l.rule.Near(e)
	if !ok {
		return match{}, false
	}
	_, goes := l.rule.Goes(e)
	return match{c.article, Near{number, e.Resemblance(), e.ContainmentA(), e.ContainmentB(), rule}, !goes}, true
}

// cover lists for each article entries that hold the seeds which its near-duplicates lack: those
// with the most seeds first, each with at least one that fewer than coverTimes before it have (the
// greedy set cover). Once would do for seeds; a passage is longer, and an entry may have its seed
// by chance, or a part of it.
func (l *lookup) cover() {
	covered := make([]uint8, len(l.looks)) // times; a look is of one article
	l.byArticle(func(i int) { l.coverOne(&l.found[i], l.hits[l.spanned[i]:l.spanned[i+1]], covered) })
}

// coverOne is cover for one article with its hits. The numbers of entries rise as their places do.
func (l *lookup) coverOne(f *Found, hits []hit, covered []uint8) {
	near := make(map[uint32]bool, len(f.Near)+len(f.Superseded)) // places
	for _, n := range slices.Concat(f.Near, f.Superseded) {
		if k, row, ok := l.x.rowOf(n.Entry); ok {
			near[l.x.segments[k].base+row] = true
		}
	}
	var order, once []uint64 // where the hits of an entry begin; of several seeds, below how few they are
	for from, to := 0, 0; from < len(hits); from = to {
		known := near[hits[from].place()]
		for ; to < len(hits) && hits[to].place() == hits[from].place(); to++ {
			if known {
				covered[hits[to].look()] = coverTimes
			}
		}
		if n := to - from; !known && n > 1 {
			order = append(order, uint64(math.MaxUint32-n)<<32|uint64(from))
		} else if !known {
			once = append(once, uint64(from))
		}
	}
	slices.Sort(order)
	for _, o := range append(order, once...) {
		from := int(uint32(o))
		to, more := from, false
		for ; to < len(hits) && hits[to].place() == hits[from].place(); to++ {
			more = more || covered[hits[to].look()] < coverTimes
		}
		if !more {
			continue
		}
		if f.Others = append(f.Others, l.x.numberAt(hits[from].place())); len(f.Others) == othersMost {
			return
		}
		for _, h := range hits[from:to] {
			covered[h.look()] = min(covered[h.look()]+1, coverTimes)
		}
	}
}
