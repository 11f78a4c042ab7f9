package index

import (
	"cmp"
	"context"
	"slices"
)

// An article that has many frequent seeds may have a near-duplicate that only those lead to. Then
// the entries of all its seeds are counted, however many there are, and those with the most are
// compared.
//
// What bounds the work: a seed that more than denseList entries have is not counted to the end, nor
// are the most frequent ones once denseMost entries are counted (a page of 200 words that 25,000
// entries hold); denseNear entries are compared. Cost: 10 ns a count, so 10 ms an article at most,
// and 8 ms for comparing. What is lost: a near-duplicate to which only such seeds lead, beyond the
// first entries of each, and one that shares fewer seeds with the article than denseNear others do.
const (
	denseMost = 1 << 20
	denseList = 1 << 17
	denseNear = 1 << 12
)

// dense gives the candidates of article i by counting. Where a seed was not counted to the end,
// shared is raised by one, as for seeds that were not listed.
func (l *lookup) dense(ctx context.Context, i int) ([]candidate, error) {
	a := &l.articles[i]
	lists, uncounted, err := l.lists(ctx, a)
	if err != nil {
		return nil, err
	}
	counts := map[uint32]int32{}
	for _, list := range lists {
		for _, place := range list {
			counts[place]++
		}
	}
	var out []candidate
	for place, n := range counts {
		if n += int32(uncounted); int(n) >= a.least {
			out = append(out, candidate{place, int32(i), n})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.place, b.place))
	})
	return out[:min(len(out), denseNear)], nil
}

// lists gives the places of the entries of each key of an article, and how many lists are cut off.
func (l *lookup) lists(ctx context.Context, a *article) (lists [][]uint32, uncounted int, err error) {
	total := 0
	for k, h := range a.set {
		if k > 0 && keyOf(h) == keyOf(a.set[k-1]) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		list, err := l.x.places(keyOf(h), denseList)
		if err != nil {
			return nil, 0, err
		}
		if len(list) == denseList {
			list = slices.Clone(list[:listed])
			uncounted++
		}
		lists, total = append(lists, list), total+len(list)
		for total > denseMost {
			longest := 0
			for i := range lists {
				if len(lists[i]) > len(lists[longest]) {
					longest = i
				}
			}
			total -= len(lists[longest]) - listed
			lists[longest] = slices.Clone(lists[longest][:listed])
			uncounted++
		}
	}
	return lists, uncounted, nil
}

// places lists the entries that have a seed, at most so many.
func (x *state) places(key uint64, most int) (list []uint32, err error) {
	for _, s := range x.segments {
		err := s.pages(&s.seeds).find(key, func(row uint32) bool {
			if !s.gone.has(row) {
				list = append(list, s.base+row)
			}
			return len(list) < most
		})
		if err != nil || len(list) >= most {
			return list, err
		}
	}
	return list, nil
}
