package index

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// Dense articles: those whose seeds are mostly hot. A near-duplicate of such an article may share
// only hot seeds with it. In: the article. Out: the entries that share the most seeds with it, to
// be compared. The entries of all its seeds are counted for that.
//
// Bounds: of a seed at most denseList entries are counted, and of an article at most denseMost (as
// many as a page of 200 words makes that 25,000 entries hold). At most denseNear entries are
// compared. Cost: 6 ns a count, so 6 ms an article at most.
//
// Two kinds of near-duplicates can be missed. One is an entry that was not counted for any of its
// seeds. The other shares fewer seeds with the article than denseNear others do; these are then
// near-duplicates too, unless the text of the article jumps.
const (
	denseMost = 1 << 20
	denseList = 1 << 17
	denseNear = nearMost
)

// tally counts how many seeds entries share with an article.
type tally struct {
	counts []uint16 // by place
	places []uint32 // that are counted
	buf    []uint32
}

func (t *tally) add(place uint32) {
	if t.counts[place] == 0 {
		t.places = append(t.places, place)
	}
	t.counts[place] += uint16(min(1, 1<<16-1-int(t.counts[place])))
}

// dense gives the candidates of article i by counting. Where a seed was not counted to the end,
// shared is raised by one, as for seeds that were not listed.
func (l *lookup) dense(ctx context.Context, i int, t *tally) ([]candidate, error) {
	if t.counts == nil {
		last := l.x.segments[len(l.x.segments)-1]
		t.counts = make([]uint16, int(last.base)+last.rows)
	}
	a := &l.articles[i]
	for _, h := range l.hits[l.spanned[i]:l.spanned[i+1]] {
		if !l.hot[h.look()] {
			t.add(h.place())
		}
	}
	left, uncounted := denseMost, 0
	for _, key := range slices.Sorted(maps.Keys(a.hot)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		most := denseList
		if left <= 0 {
			most = listed
		}
		var err error
		if t.buf, err = l.x.places(t.buf[:0], key, most); err != nil {
			return nil, err
		}
		if len(t.buf) == most {
			uncounted++
		}
		for _, place := range t.buf {
			t.add(place)
		}
		left -= len(t.buf)
	}
	out := t.best(a.least-uncounted, denseNear)
	for k := range out {
		out[k].article = int32(i)
		out[k].shared += int32(uncounted)
	}
	return out, nil
}

// best gives the most entries with the highest counts, of least or more, and forgets all counts.
func (t *tally) best(least, most int) []candidate {
	var with [256]int // entries of each count, 255 for all above
	for _, place := range t.places {
		with[min(t.counts[place], 255)]++
	}
	bar, n := 256, 0
	for bar > max(least, 1) && n < most {
		bar--
		n += with[bar]
	}
	var out []candidate
	for _, place := range t.places {
		if int(t.counts[place]) >= bar {
			out = append(out, candidate{place: place, shared: int32(t.counts[place])})
		}
		t.counts[place] = 0
	}
	t.places = t.places[:0]
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.shared, a.shared), cmp.Compare(a.place, b.place))
	})
	return out[:min(len(out), most)]
}

// places appends the entries that have a seed, at most so many.
func (x *state) places(dst []uint32, key uint64, most int) ([]uint32, error) {
	for _, s := range x.segments {
		err := s.pages(&s.seeds).find(key, func(row uint32) bool {
			if !s.gone.has(row) {
				dst = append(dst, s.base+row)
			}
			return len(dst) < most
		})
		if err != nil || len(dst) >= most {
			return dst, err
		}
	}
	return dst, nil
}
