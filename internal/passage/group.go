package passage

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"

	"dedup/internal/forest"
	"dedup/internal/spill"
)

// Grouping: each hit has a side in two articles. Sides of one article that cover nearly the same
// tokens are one place (samePlace of the longer one in common, longest first); hits unite places
// (union-find), and what is united is a passage. A short passage inside a longer one, shared with
// other articles, stays a passage of its own. Invariant: every hit lies in exactly one passage, on
// both sides. Cost: a sort of the sides, and for each a look at the places of its article that it
// overlaps.
const samePlace = 0.8

// place is a range of tokens of an article.
type place struct{ article, from, to int32 }

// grouper is the state of one grouping.
type grouper struct {
	f      *finder
	sides  *spill.Sorter[hitSide] // of the hits, by article, the longest first
	hits   atomic.Int32
	places []place
	sets   forest.Of[int32]
	whole  []bool         // by article: a place is all of it
	cells  map[cell]int32 // the last place of the article in it, plus one
	next   []int32        // by place: the place before it in its cell, plus one
	steps  int            // places that were looked at
}

// hitSide is a side of a hit: a place, and the number of the hit.
type hitSide struct {
	place
	hit int32
}

// cell holds the places of one article that are about as long and begin about at the same token.
// Places of a cell overlap so much that after a few dozen every further one is the same place as
// one of them.
type cell struct{ length, from int32 }

// cellGrowth is the length of the longest place of a cell by that of the shortest; what is the same
// place is in the same cells or the next.
const cellGrowth = 1 / samePlace

// cellLength gives the number of a length.
func cellLength(n int32) int32 { return int32(math.Log(float64(max(n, 1))) / math.Log(cellGrowth)) }

// cellWidth is how many tokens apart the places of a cell begin at most.
func cellWidth(length int32) int32 {
	return max(1, int32((1-samePlace)*math.Pow(cellGrowth, float64(length))))
}

func (f *finder) newGrouper() *grouper {
	return &grouper{f: f, whole: make([]bool, len(f.corpus.same)), cells: map[cell]int32{},
		sides: spill.NewSorter(f.opt.Tmp, "passages", f.opt.Memory/8, func(x, y hitSide) int {
			return cmp.Or(cmp.Compare(x.article, y.article), cmp.Compare(y.to-y.from, x.to-x.from), cmp.Compare(x.from, y.from))
		}),
	}
}

// add takes the sides of hits. Many goroutines may add.
func (g *grouper) add(found []hit) error {
	sides := make([]hitSide, 0, 2*len(found))
	for _, h := range found {
		n := g.hits.Add(1) - 1
		sides = append(sides, hitSide{place{h.a, h.aFrom, h.aTo}, n}, hitSide{place{h.b, h.bFrom, h.bTo}, n})
	}
	return g.sides.Add(sides...)
}

// join makes places of the sides, and unites the two of each hit.
func (g *grouper) join() error {
	of := make([]int32, g.hits.Load()) // by hit: the place of the side that came first, plus one
	article := int32(-1)
	for s, err := range g.sides.All() {
		if err != nil {
			return err
		}
		if s.article != article {
			g.forget()
			article = s.article
		}
		id := g.find(s.place)
		if of[s.hit] == 0 {
			of[s.hit] = id + 1
			continue
		}
		g.sets.Join(id, of[s.hit]-1)
	}
	for i, j := range g.f.corpus.same {
		if int32(i) == j {
			continue
		}
		if n := int32(g.f.corpus.size(i)); n >= int32(g.f.opt.MinTokens) && !g.whole[j] {
			g.make(place{j, 0, n})
		}
	}
	return nil
}

// find gives the place that p belongs to, of several the one that was found last, or a new one.
// Places of an article come the longest first.
func (g *grouper) find(p place) int32 {
	n := p.to - p.from
	longest := int32(math.Ceil(float64(n)/samePlace)) + 1
	before, behind := longest-n, n-int32(samePlace*float64(n))+1 // how far from p the others may begin
	found := int32(-1)
	for length := cellLength(n); length <= cellLength(longest); length++ {
		width := cellWidth(length)
		for from := max(0, p.from-before) / width; from <= (p.from+behind)/width; from++ {
			for at := g.cells[cell{length, from}]; at > 0; at = g.next[at-1] {
				g.steps++
				if id, q := at-1, g.places[at-1]; id > found && float64(overlap(p.from, p.to, q.from, q.to)) >= samePlace*float64(q.to-q.from) {
					found = id
				}
			}
		}
	}
	if found >= 0 {
		return found
	}
	c := cell{cellLength(n), p.from / cellWidth(cellLength(n))}
	id := g.make(p)
	g.next[id], g.cells[c] = g.cells[c], id+1
	return id
}

// forget empties the cells. A large table is dropped: clearing it for every article to come would
// cost its size each time.
func (g *grouper) forget() {
	if len(g.cells) > 64 {
		g.cells = map[cell]int32{}
		return
	}
	clear(g.cells)
}

// make makes a place.
func (g *grouper) make(p place) int32 {
	g.places = append(g.places, p)
	g.sets = g.sets.Alone(len(g.places))
	g.next = append(g.next, 0)
	if p.from == 0 && int(p.to) == g.f.corpus.size(int(p.article)) {
		g.whole[p.article] = true
	}
	return int32(len(g.sets) - 1)
}

// groups gives the places of every passage, in the order of the passages.
func (g *grouper) groups() (groups [][]place) {
	byRoot, copies := make(map[int32]int32), g.f.corpus.copies()
	var all [][]place
	for i, p := range g.places {
		r := g.sets.Root(int32(i))
		k, ok := byRoot[r]
		if !ok {
			k = int32(len(all))
			byRoot[r] = k
			all = append(all, nil)
		}
		all[k] = append(all[k], p)
		for _, copied := range copies[p.article] {
			all[k] = append(all[k], place{copied, p.from, p.to})
		}
	}
	g.places, g.sets, g.next = nil, nil, nil
	for k := range all {
		all[k] = mergePlaces(all[k])
	}
	for k, by := range cover(all, &g.steps) {
		if by == int32(k) {
			groups = append(groups, all[k])
		}
	}
	slices.SortStableFunc(groups, func(x, y []place) int {
		p, q := x[0], y[0]
		return cmp.Or(cmp.Compare(p.article, q.article), cmp.Compare(p.from, q.from), cmp.Compare(q.to, p.to))
	})
	return groups
}

// cover gives for every group the group that says all it says: a longer one with a place around
// nine tenths of each of its places, or itself. coverTries bounds how many longer ones are tried,
// and one that has far more places costs no more than a search in them.
func cover(groups [][]place, steps *int) []int32 {
	longest := func(k int32) (n int32) {
		for _, p := range groups[k] {
			n = max(n, p.to-p.from)
		}
		return n
	}
	order, by, sizes := make([]int32, len(groups)), make([]int32, len(groups)), make([]int32, len(groups))
	for k := range groups {
		order[k], by[k], sizes[k] = int32(k), int32(k), longest(int32(k))
	}
	slices.SortFunc(order, func(x, y int32) int { return cmp.Or(cmp.Compare(sizes[y], sizes[x]), cmp.Compare(x, y)) })
	kept := map[int32][]int32{} // by article
	for _, k := range order {
		rarest := groups[k][0].article
		for _, p := range groups[k] {
			if len(kept[p.article]) < len(kept[rarest]) {
				rarest = p.article
			}
		}
		tries := kept[rarest]
		for i := len(tries) - 1; i >= max(0, len(tries)-coverTries) && by[k] == k; i-- {
			if within(groups[k], groups[tries[i]], steps) {
				by[k] = tries[i]
			}
		}
		if by[k] != k {
			continue
		}
		for i, p := range groups[k] {
			if i == 0 || p.article != groups[k][i-1].article {
				kept[p.article] = append(kept[p.article], k)
			}
		}
	}
	return by
}

const (
	coverTries = 200
	coverPart  = 0.9
)

// within tells whether every place of x lies for the most part inside one of y; both are ordered.
// It looks ahead in y by steps that double.
func within(x, y []place, steps *int) bool {
	for _, p := range x {
		before := func(q place) bool { return q.article < p.article || q.article == p.article && q.to <= p.from }
		ahead := 1
		for ; ahead <= len(y) && before(y[ahead-1]); ahead *= 2 {
			*steps++
		}
		lo, hi := ahead/2, min(ahead, len(y)) // y[:lo] is before p, y[hi-1] is not, or hi is the end
		for *steps++; lo < hi; *steps++ {
			if m := (lo + hi) / 2; before(y[m]) {
				lo = m + 1
			} else {
				hi = m
			}
		}
		y = y[lo:]
		if len(y) == 0 || y[0].article != p.article || float64(overlap(p.from, p.to, y[0].from, y[0].to)) < coverPart*float64(p.to-p.from) {
			return false
		}
	}
	return true
}

// mergePlaces orders places and makes those of one article that overlap one.
func mergePlaces(s []place) []place {
	slices.SortFunc(s, func(x, y place) int {
		return cmp.Or(cmp.Compare(x.article, y.article), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	out := s[:1]
	for _, p := range s[1:] {
		if l := &out[len(out)-1]; l.article == p.article && p.from < l.to {
			l.to = max(l.to, p.to)
			continue
		}
		out = append(out, p)
	}
	return out
}
