package story

import (
	"cmp"
	"slices"
)

// The links of a group are a list of the groups that it touches, with the sums of the weights. A
// merge only puts two lists end to end: the groups around it are not told. Who walks a list finds
// the groups that the entries have gone into, and adds up those that are one by now.
//
// A group of more than manyLinks links keeps fewLinks: those that fit, the strongest first, then
// others. By strength alone, two large groups of one story lost each other to the many pairs around
// them that are closer and do not fit. A group that it lost still has
// the whole sum in its own list, and is made to look there. Only between two groups that both lost
// each other is the sum too small: these are far from the strongest links of either.

// linkTo is a link: the sum of the weights, each less par.base, to the units of another group.
type linkTo struct {
	group int32
	sum   float32
}

const (
	manyLinks = 512
	fewLinks  = 256
)

// addLinks turns edges into lists. Each is a piece of memory of its own: that of a group that merged
// goes, where one piece for all would stay beside what unions take.
func (l *linker) addLinks(edges *store) error {
	degree := make([]int32, len(l.groups))
	err := l.eachEdge(edges, func(a, b int32, _ float32) {
		degree[a]++
		degree[b]++
	})
	if err != nil {
		return err
	}
	for i, d := range degree {
		if d > 0 {
			l.groups[i].links = make([]linkTo, 0, d)
		}
	}
	return l.eachEdge(edges, func(a, b int32, weight float32) {
		g, h := &l.groups[a], &l.groups[b]
		weight -= float32(l.par.base)
		g.links = append(g.links, linkTo{b, weight})
		h.links = append(h.links, linkTo{a, weight})
	})
}

// eachEdge calls f with every edge, a < b, in order of b, then a.
func (l *linker) eachEdge(edges *store, f func(a, b int32, weight float32)) error {
	var buf []uint64
	for p := range edges.at {
		data, err := edges.get(p, &buf)
		if err != nil {
			return err
		}
		vectorsIn(data, min(step, len(l.groups)-p*step), func(k int, list []uint64) {
			for _, e := range list {
				f(edge(e).unit(), int32(p*step+k), edge(e).weight())
			}
		})
	}
	return nil
}

// join puts the links of b behind those of a. What append would leave room for, no later merge may
// need.
func join(a, b *group) {
	if cap(a.links)-len(a.links) < len(b.links) {
		a.links = append(make([]linkTo, 0, len(a.links)+len(b.links)), a.links...)
	}
	a.links, b.links = append(a.links, b.links...), nil
}

// gather puts the list of a group in order: one entry for each group that it touches.
func (l *linker) gather(a int32) {
	g := &l.groups[a]
	out := g.links[:0]
	for _, e := range g.links {
		r := l.root(e.group)
		if r == a {
			continue
		}
		if at := int(l.nodes[r].at); at < len(out) && out[at].group == r {
			out[at].sum += e.sum
			continue
		}
		l.nodes[r].at = int32(len(out))
		out = append(out, linkTo{r, e.sum})
	}
	if g.links = out; len(out) > manyLinks {
		l.cut(a)
	}
}

// strong is a link with what it is ranked by.
type strong struct {
	linkTo
	mean float32
	fits bool
}

// cut leaves a group its best links. Those who lose theirs look at their own.
func (l *linker) cut(a int32) {
	x, g := &l.nodes[a], &l.groups[a]
	g.part = true
	list := l.strong[:0]
	for _, e := range g.links {
		y := &l.nodes[e.group]
		mean := l.mean(x, y, e.sum)
		list = append(list, strong{e, mean, l.fits(x, y, mean)})
	}
	l.strong = list
	slices.SortFunc(list, func(x, y strong) int {
		if x.fits != y.fits {
			if x.fits {
				return -1
			}
			return 1
		}
		return cmp.Or(-cmp.Compare(x.mean, y.mean), cmp.Compare(x.group, y.group))
	})
	g.links = g.links[:0]
	for _, e := range list[:fewLinks] {
		g.links = append(g.links, e.linkTo)
	}
	for _, e := range list[fewLinks:] {
		l.raise(e.group, e.mean, a)
	}
}

// between is the mean weight between two groups, by the links of a.
func (l *linker) between(a, b int32) float32 {
	l.gather(a)
	for _, e := range l.groups[a].links {
		if e.group == b {
			return l.mean(&l.nodes[a], &l.nodes[b], e.sum)
		}
	}
	return 0
}

// ranked is the k-th largest sum, 0 where there are fewer.
func ranked(list []linkTo, k int, scratch *[]float32) float32 {
	if len(list) < k {
		return 0
	}
	*scratch = (*scratch)[:0]
	for _, e := range list {
		*scratch = append(*scratch, e.sum)
	}
	slices.Sort(*scratch)
	return (*scratch)[len(*scratch)-k]
}
