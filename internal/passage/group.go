package passage

import (
	"cmp"
	"slices"
)

// Grouping: each hit has a side in two articles. Sides of one article that cover nearly the same tokens are one place (samePlace of the
// longer one in common, longest first); hits unite places (union-find), and what is united is a passage. A short passage inside a longer
// one, shared with other articles, stays a passage of its own. Invariant: every hit lies in exactly one passage, on both sides. Cost: a
// sort of the sides, and for each a look at the places of its article that it overlaps.
const samePlace = 0.8

// place is a range of tokens of an article.
type place struct{ article, from, to int32 }

// grouper is the state of one grouping.
type grouper struct {
	f      *finder
	places []place
	parent []int32
	copies [][]int32 // by article: the later articles with the same tokens
	group  []int32   // by hit: its place on side a
}

// newGrouper unites the places of the hits.
func (f *finder) newGrouper(found []hit) *grouper {
	g := &grouper{f: f, copies: make([][]int32, len(f.corpus.same)), group: make([]int32, len(found))}
	type side struct {
		place
		hit int32 // index, negative-1 for side b
	}
	sides := make([]side, 0, 2*len(found))
	for i, h := range found {
		sides = append(sides, side{place{h.a, h.aFrom, h.aTo}, int32(i)}, side{place{h.b, h.bFrom, h.bTo}, int32(-i - 1)})
	}
	slices.SortFunc(sides, func(x, y side) int {
		return cmp.Or(cmp.Compare(x.article, y.article), cmp.Compare(y.to-y.from, x.to-x.from), cmp.Compare(x.from, y.from), cmp.Compare(x.hit, y.hit))
	})
	other := make([]int32, len(found))
	first := 0 // the first place of the article
	for i, s := range sides {
		if i > 0 && s.article != sides[i-1].article {
			first = len(g.places)
		}
		id := g.find(first, s.place)
		if s.hit >= 0 {
			g.group[s.hit] = id
		} else {
			other[-s.hit-1] = id
		}
	}
	for i := range found {
		g.unite(g.group[i], other[i])
	}
	for i, j := range f.corpus.same {
		if int32(i) == j {
			continue
		}
		if n := int32(len(f.corpus.tokens(i))); g.copies[j] == nil && n >= int32(f.opt.MinTokens) && !slices.Contains(g.places, place{j, 0, n}) {
			g.add(place{j, 0, n})
		}
		g.copies[j] = append(g.copies[j], int32(i))
	}
	return g
}

// find gives the place that p belongs to, a new one if there is none; places from first on are of its article, longest first.
func (g *grouper) find(first int, p place) int32 {
	n := p.to - p.from
	for i := len(g.places) - 1; i >= first; i-- {
		q := g.places[i]
		if float64(n) < samePlace*float64(q.to-q.from) {
			break // they get longer from here
		}
		if float64(overlap(p.from, p.to, q.from, q.to)) >= samePlace*float64(q.to-q.from) {
			return int32(i)
		}
	}
	return g.add(p)
}

func (g *grouper) add(p place) int32 {
	g.places = append(g.places, p)
	g.parent = append(g.parent, int32(len(g.parent)))
	return int32(len(g.parent) - 1)
}

func (g *grouper) root(i int32) int32 {
	for g.parent[i] != i {
		g.parent[i] = g.parent[g.parent[i]]
		i = g.parent[i]
	}
	return i
}

func (g *grouper) unite(i, j int32) {
	i, j = g.root(i), g.root(j)
	g.parent[max(i, j)] = min(i, j)
}

// groups gives the places of every passage, in the order of the passages, and the passage of every hit.
func (g *grouper) groups() (groups [][]place, ofHit []int32) {
	byRoot := make(map[int32]int32)
	var all [][]place
	for i, p := range g.places {
		r := g.root(int32(i))
		k, ok := byRoot[r]
		if !ok {
			k = int32(len(all))
			byRoot[r] = k
			all = append(all, nil)
		}
		all[k] = append(all[k], p)
		for _, copied := range g.copies[p.article] {
			all[k] = append(all[k], place{copied, p.from, p.to})
		}
	}
	for k := range all {
		all[k] = mergePlaces(all[k])
	}
	covers := cover(all)
	var order []int32
	for k := range all {
		if covers[k] == int32(k) {
			order = append(order, int32(k))
		}
	}
	slices.SortFunc(order, func(x, y int32) int {
		p, q := all[x][0], all[y][0]
		return cmp.Or(cmp.Compare(p.article, q.article), cmp.Compare(p.from, q.from), cmp.Compare(q.to, p.to), cmp.Compare(x, y))
	})
	rank := make([]int32, len(all))
	for at, k := range order {
		rank[k] = int32(at)
		groups = append(groups, all[k])
	}
	ofHit = make([]int32, len(g.group))
	for i, p := range g.group {
		ofHit[i] = rank[covers[byRoot[g.root(p)]]]
	}
	return groups, ofHit
}

// cover gives for every group the group that says all it says: a longer one with a place around nine tenths of each of its places, or
// itself. coverTries bounds how many longer ones are tried.
func cover(groups [][]place) []int32 {
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
			if within(groups[k], groups[tries[i]]) {
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
func within(x, y []place) bool {
	for _, p := range x {
		for len(y) > 0 && (y[0].article < p.article || y[0].article == p.article && y[0].to <= p.from) {
			y = y[1:]
		}
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
