package cluster

import (
	"cmp"
	"container/heap"
	"context"
	"math"
)

// Average-link merging (Sokal and Michener 1958) of a sparse graph: the two groups whose members have the highest mean weight between them merge,
// until no pair reaches the cut. A pair of articles without an edge has weight 0. Ties go to the groups that were made first.
//
// Invariant: the list of a group holds the sum of weights to every group that it touches, in order of the other's number, and perhaps
// groups that are gone. Cost: each merge walks two lists and touches the groups on them; with lists capped as in story_graph.go, some 10 µs
// a merge.

type storyLinker struct {
	size  []int32 // of each group; 0: gone
	lists [][]storyLinkTo
	heap  storyHeap
	inner []float64 // sum of weights inside of a group
	par   storyParams
	size0 []int32
}

func (l *storyLinker) cohesion(g int32) float64 {
	n := float64(l.size0[g])
	return (l.inner[g] + l.par.priorN*l.par.prior) / (n*(n-1)/2 + l.par.priorN)
}

func (l *storyLinker) fits(m storyMerge) bool {
	return float64(m.mean) >= (l.par.ratio+l.par.grow*(1-1/float64(min(l.size0[m.a],l.size0[m.b]))))*math.Sqrt(l.cohesion(m.a)*l.cohesion(m.b))
}

type storyLinkTo struct {
	group int32
	sum   float32
}

type storyMerge struct {
	mean float32
	a, b int32 // a < b
}

// storyLink returns the group of each of n units: the number of its smallest unit.
func storyLink(ctx context.Context, n int, edges []storyEdge, par storyParams) ([]int32, error) {
	l := &storyLinker{size: make([]int32, n, 2*n), lists: make([][]storyLinkTo, n, 2*n), inner: make([]float64, n, 2*n), par: par}
	parent := make([]int32, n, 2*n)
	for i := range parent {
		parent[i], l.size[i] = int32(i), 1
	}
	l.size0 = append([]int32(nil), l.size...)
	for _, e := range edges { // by a, then b: the lower ones of a list come first
		l.lists[e.b] = append(l.lists[e.b], storyLinkTo{e.a, e.weight})
	}
	for _, e := range edges {
		l.lists[e.a] = append(l.lists[e.a], storyLinkTo{e.b, e.weight})
		l.offer(e.a, e.b, e.weight)
	}
	heap.Init(&l.heap)
	for step := 0; len(l.heap) > 0; step++ {
		if step%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		m := heap.Pop(&l.heap).(storyMerge)
		if l.size[m.a] == 0 || l.size[m.b] == 0 {
			continue
		}
		if !l.fits(m) {
			continue
		}
		c := l.merge(m.a, m.b)
		l.inner = append(l.inner, l.inner[m.a]+l.inner[m.b]+float64(m.mean)*float64(l.size0[m.a])*float64(l.size0[m.b]))
		l.size0 = append(l.size0, l.size0[m.a]+l.size0[m.b])
		parent = append(parent, c)
		parent[m.a], parent[m.b] = c, c
	}
	for i := len(parent) - 1; i >= 0; i-- { // a parent has a higher number
		parent[i] = parent[parent[i]]
	}
	return parent[:n], nil
}

func (l *storyLinker) offer(a, b int32, sum float32) {
	mean := sum / float32(l.size[a]) / float32(l.size[b])
	if float64(mean) >= l.par.cut {
		l.heap = append(l.heap, storyMerge{mean, a, b})
	}
}

// merge makes a new group of a and b and offers its links.
func (l *storyLinker) merge(a, b int32) int32 {
	c := int32(len(l.size))
	l.size = append(l.size, l.size[a]+l.size[b])
	l.size[a], l.size[b] = 0, 0
	list := l.union(l.lists[a], l.lists[b])
	l.lists[a], l.lists[b] = nil, nil
	l.lists = append(l.lists, list)
	for _, t := range list {
		l.lists[t.group] = append(l.lists[t.group], storyLinkTo{c, t.sum})
		n := len(l.heap)
		if l.offer(t.group, c, t.sum); len(l.heap) > n {
			heap.Fix(&l.heap, n)
		}
	}
	return c
}

// union adds two lists, without groups that are gone.
func (l *storyLinker) union(x, y []storyLinkTo) []storyLinkTo {
	out := make([]storyLinkTo, 0, max(len(x), len(y)))
	for len(x) > 0 || len(y) > 0 {
		var t storyLinkTo
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].group < y[0].group:
			t, x = x[0], x[1:]
		case len(x) == 0 || y[0].group < x[0].group:
			t, y = y[0], y[1:]
		default:
			t = storyLinkTo{x[0].group, x[0].sum + y[0].sum}
			x, y = x[1:], y[1:]
		}
		if l.size[t.group] > 0 {
			out = append(out, t)
		}
	}
	return out
}

// storyHeap has the highest mean on top.
type storyHeap []storyMerge

func (h storyHeap) Len() int { return len(h) }
func (h storyHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[j].mean, h[i].mean), cmp.Compare(h[i].a, h[j].a), cmp.Compare(h[i].b, h[j].b)) < 0
}
func (h storyHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *storyHeap) Push(x any)   { *h = append(*h, x.(storyMerge)) }
func (h *storyHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
