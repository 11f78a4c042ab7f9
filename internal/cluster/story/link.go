package story

import (
	"context"
	"math"
	"slices"
)

// Average-link merging (Sokal and Michener, 1958) of a sparse graph: of all pairs of groups that
// fit, the one with the highest mean weight between its members merges, until none fits. A pair of
// articles without an edge has weight 0. Ties go to the groups that were made first.
//
// Two groups fit when that mean is at least a share of their cohesion, the mean weight inside of
// them (relative closeness: Karypis, Han and Kumar, "Chameleon", 1999). One cut for all corpora
// does not exist: articles on two earthquakes are closer to each other than articles on one loose
// story. A lone article has no inside, so the cohesion of every group starts from a prior that
// counts as a few pairs: par.prior, or more, up to par.crowded, for an article in a crowd, whose
// 40th neighbour is still close: in a large corpus of one kind of news the nearest neighbour is
// close by chance. The share grows with the smaller group: a lone article may be far off, while two
// groups of five that stand apart are two stories.
//
// Invariant: the list of a group holds the sum of weights to every group that it touches, in order
// of the other's number, and perhaps groups that are gone. Cost: each merge walks two lists and
// touches the groups on them, some 10 µs with lists as in graph.go.
type linker struct {
	par    params
	groups []group
	heap   []merge
}

type group struct {
	size  float64
	prior float64 // cohesion to begin with, the mean of its articles'
	inner float64 // sum of the weights inside
	gone  bool
	links []linkTo
}

type linkTo struct {
	group int32
	sum   float32
}

// crowdRank is far down the list for most stories; one of more articles than this only needs to be
// a little closer together.
const crowdRank = 40

type merge struct {
	mean float32
	a, b int32 // a < b
}

// link returns a group number below n for each of n units. Edges are in order of a, then b.
func link(ctx context.Context, n int, edges []edge, par params) ([]int32, error) {
	l := &linker{par: par, groups: make([]group, n, 2*n)}
	for i, w := range crowd(n, edges) {
		l.groups[i] = group{size: 1, prior: min(max(par.prior, par.crowd*float64(w)), par.crowded)}
	}
	for _, e := range edges { // first the links to lower numbers
		l.groups[e.b].links = append(l.groups[e.b].links, linkTo{e.a, e.weight})
	}
	for _, e := range edges {
		l.groups[e.a].links = append(l.groups[e.a].links, linkTo{e.b, e.weight})
		l.offer(e.a, e.b, e.weight)
	}
	parent := make([]int32, n, 2*n)
	for i := range parent {
		parent[i] = int32(i)
	}
	for step := 0; len(l.heap) > 0; step++ {
		if step%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m := l.pop()
		if l.groups[m.a].gone || l.groups[m.b].gone {
			continue
		}
		c := l.merge(m)
		parent = append(parent, c)
		parent[m.a], parent[m.b] = c, c
	}
	return roots(parent, n), nil
}

// crowd is, of each unit, the weight of its crowdRank-th heaviest edge, 0 if it has fewer.
func crowd(n int, edges []edge) []float32 {
	all := make([][]float32, n)
	for _, e := range edges {
		all[e.a] = append(all[e.a], e.weight)
		all[e.b] = append(all[e.b], e.weight)
	}
	crowd := make([]float32, n)
	for i, w := range all {
		if len(w) >= crowdRank {
			slices.Sort(w)
			crowd[i] = w[len(w)-crowdRank]
		}
	}
	return crowd
}

// roots follows parents, which have higher numbers than their children, and calls each group by its
// first unit.
func roots(parent []int32, n int) []int32 {
	for i := len(parent) - 1; i >= 0; i-- {
		parent[i] = parent[parent[i]]
	}
	first := make(map[int32]int32)
	for i, r := range parent[:n] {
		if _, ok := first[r]; !ok {
			first[r] = int32(i)
		}
		parent[i] = first[r]
	}
	return parent[:n]
}

// offer puts a pair on the heap if it fits. Neither group changes while both are there, so this
// needs asking only once.
func (l *linker) offer(a, b int32, sum float32) {
	x, y := &l.groups[a], &l.groups[b]
	mean := float64(sum) / (x.size * y.size)
	share := l.par.ratio + l.par.grow*(1-1/min(x.size, y.size))
	if mean >= share*math.Sqrt(l.cohesion(x)*l.cohesion(y)) {
		l.push(merge{float32(mean), a, b})
	}
}

// cohesion is the mean weight inside of a group, with the prior.
func (l *linker) cohesion(g *group) float64 {
	return (g.inner + g.prior*l.par.priorPairs) / (g.size*(g.size-1)/2 + l.par.priorPairs)
}

// merge makes a new group of two and offers its links.
func (l *linker) merge(m merge) int32 {
	c := int32(len(l.groups))
	x, y := &l.groups[m.a], &l.groups[m.b]
	x.gone, y.gone = true, true
	g := group{prior: (x.prior*x.size + y.prior*y.size) / (x.size + y.size), size: x.size + y.size, inner: x.inner + y.inner + float64(m.mean)*x.size*y.size, links: l.union(x.links, y.links)}
	x.links, y.links = nil, nil
	l.groups = append(l.groups, g)
	for _, t := range g.links {
		l.groups[t.group].links = append(l.groups[t.group].links, linkTo{c, t.sum})
		l.offer(t.group, c, t.sum)
	}
	return c
}

// union adds two lists, without groups that are gone.
func (l *linker) union(x, y []linkTo) []linkTo {
	out := make([]linkTo, 0, max(len(x), len(y)))
	for len(x) > 0 || len(y) > 0 {
		var t linkTo
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].group < y[0].group:
			t, x = x[0], x[1:]
		case len(x) == 0 || y[0].group < x[0].group:
			t, y = y[0], y[1:]
		default:
			t = linkTo{x[0].group, x[0].sum + y[0].sum}
			x, y = x[1:], y[1:]
		}
		if !l.groups[t.group].gone {
			out = append(out, t)
		}
	}
	return out
}

// before orders merges: the highest mean, then the oldest groups.
func (m merge) before(o merge) bool {
	switch {
	case m.mean != o.mean:
		return m.mean > o.mean
	case m.a != o.a:
		return m.a < o.a
	}
	return m.b < o.b
}

func (l *linker) push(m merge) {
	l.heap = append(l.heap, m)
	h := l.heap
	i := len(h) - 1
	for i > 0 && m.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = m
}

func (l *linker) pop() merge {
	h := l.heap
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	l.heap = h
	i := 0
	for k := 1; k < len(h); k = 2*i + 1 {
		if k+1 < len(h) && h[k+1].before(h[k]) {
			k++
		}
		if last.before(h[k]) {
			break
		}
		h[i] = h[k]
		i = k
	}
	if len(h) > 0 {
		h[i] = last
	}
	return top
}
