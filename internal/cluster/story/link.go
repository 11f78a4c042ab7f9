package story

import (
	"context"
	"math"
	"slices"
)

// Average-link merging (Sokal and Michener, 1958) of a sparse graph: of all pairs of groups that
// fit, the one with the highest mean weight between its members merges, until none fits. A pair of
// units without an edge has weight 0. Ties go to the groups of the earliest units.
//
// Two groups fit when that mean is at least a share of their cohesion, the mean weight inside of
// them (relative closeness: Karypis, Han and Kumar, "Chameleon", 1999). One cut for all corpora
// does not exist: articles on two earthquakes are closer to each other than articles on one loose
// story. A lone article has no inside, so the cohesion of every group starts from a prior that
// counts as a few pairs: par.prior, or more, up to par.crowded, for an article in a crowd, whose
// 40th neighbour is still close: in a large corpus of one kind of news the nearest neighbour is
// close by chance. The share grows with the smaller group: a lone article may be far off, while two
// groups of five that stand apart are two stories. It shrinks with the trust in short articles.
//
// What fits gives events. Then merging goes on with a smaller share, par.story of it, which gives
// stories: each is one event or several, whole.
//
// Invariant: both of two groups that touch hold the sum of the weights between them. The group with
// fewer links merges into the other, so that a link moves log n times at most. A pair is offered
// again when its sum or, in a group of few links, its size changes. A group of many links would have
// to offer all of them at every merge, a hundred thousand articles on one story ten thousand million
// times; there an offer that is out of date is put right when its turn comes, and holds while it is
// off by less than slack.
type linker struct {
	par    params
	factor float64 // of the share
	groups []group
	heap   []merge
	parent []int32
	pops   int // offers that were looked at
}

type group struct {
	size  float64
	prior float64 // cohesion to begin with, the mean of its units'
	thin  float64 // trust in its weights, the mean of its units'
	inner float64 // sum of the weights inside
	last  float32 // mean weight between the two parts that merged last
	gone  bool
	large bool // had more than manyLinks at some time
	links links
}

const (
	// crowdRank is far down the list for most stories; one of more articles than this only needs to be
	// a little closer together.
	crowdRank = 40
	manyLinks = 512
	slack     = 0.05
)

// merge is an offer.
type merge struct {
	mean float32
	a, b int32 // a < b
}

// tree is what merging gives: the event and the story of each unit, by their first units, and the
// mean weight between the two parts of each that merged last, 0 for one unit.
type tree struct {
	event, story                 []int32
	eventStrength, storyStrength []float32 // by first unit
}

// link merges the units whose trust is given.
func link(ctx context.Context, trust []float32, edges [][]edge, par params) (*tree, error) {
	l := newLinker(trust, edges, par)
	t := &tree{}
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	t.event, t.eventStrength = l.level()
	l.factor = par.story
	for a := range l.groups {
		if g := &l.groups[a]; !g.gone {
			g.links.each(func(b int32, sum float32) {
				if int32(a) < b {
					l.offer(int32(a), b, sum)
				}
			})
		}
	}
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	t.story, t.storyStrength = l.level()
	return t, nil
}

// newLinker makes a group of every unit and offers all edges.
func newLinker(trust []float32, edges [][]edge, par params) *linker {
	n := len(trust)
	l := &linker{par: par, factor: 1, groups: make([]group, n), parent: make([]int32, n)}
	degree := make([]int32, n)
	for _, list := range edges {
		for _, e := range list {
			degree[e.a]++
			degree[e.b]++
		}
	}
	for i := range l.groups {
		l.parent[i] = int32(i)
		l.groups[i] = group{size: 1, thin: float64(trust[i]), links: newLinks(int(degree[i]))}
	}
	for p, list := range edges {
		for _, e := range list {
			l.groups[e.a].links.add(e.b, e.weight)
			l.groups[e.b].links.add(e.a, e.weight)
		}
		_ = p
	}
	var scratch []float32
	for i := range l.groups {
		g := &l.groups[i]
		g.prior = min(max(par.prior, par.crowd*float64(g.links.ranked(crowdRank, &scratch))), par.crowded)
		g.large = g.links.n > manyLinks
	}
	for p, list := range edges {
		for _, e := range list {
			l.offer(e.a, e.b, e.weight)
		}
		edges[p] = nil // its memory is needed
	}
	return l
}

// run merges until nothing fits.
func (l *linker) run(ctx context.Context) error {
	for ; len(l.heap) > 0; l.pops++ {
		if l.pops%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m := l.pop()
		a, b := &l.groups[m.a], &l.groups[m.b]
		if a.gone || b.gone {
			continue
		}
		mean := l.mean(a, b, a.links.of(m.b))
		switch {
		case mean == m.mean || (a.large || b.large) && mean < m.mean && mean >= (1-slack)*m.mean:
			if l.fits(a, b, mean) {
				l.merge(m.a, m.b, mean)
			}
		case (a.large || b.large) && mean < m.mean:
			l.push(merge{mean, m.a, m.b})
		}
	}
	return nil
}

func (l *linker) mean(x, y *group, sum float32) float32 {
	return float32(float64(sum) / (x.size * y.size))
}

// fits tells whether two groups may merge that are so close.
func (l *linker) fits(x, y *group, mean float32) bool {
	share := l.factor * (l.par.ratio + l.par.grow*(1-1/min(x.size, y.size)))
	return float64(mean) >= share*math.Sqrt(l.cohesion(x)*l.cohesion(y)*x.thin*y.thin)
}

// cohesion is the mean weight inside of a group, with the prior, and never less than par.prior: a
// loose group would take in what is looser still.
func (l *linker) cohesion(g *group) float64 {
	mean := (g.inner + g.prior*l.par.priorPairs) / (g.size*(g.size-1)/2 + l.par.priorPairs)
	return max(mean, l.par.prior)
}

// offer puts a pair on the heap if it fits.
func (l *linker) offer(a, b int32, sum float32) {
	x, y := &l.groups[a], &l.groups[b]
	if mean := l.mean(x, y, sum); l.fits(x, y, mean) {
		l.push(merge{mean, min(a, b), max(a, b)})
	}
}

// merge puts two groups together, in the place of the one with more links.
func (l *linker) merge(a, b int32, mean float32) {
	if l.groups[a].links.n < l.groups[b].links.n {
		a, b = b, a
	}
	x, y := &l.groups[a], &l.groups[b]
	x.inner += y.inner + float64(mean)*x.size*y.size
	x.prior = (x.prior*x.size + y.prior*y.size) / (x.size + y.size)
	x.thin = (x.thin*x.size + y.thin*y.size) / (x.size + y.size)
	x.size += y.size
	x.last = mean
	y.gone = true
	l.parent[b] = a
	x.links.remove(b)
	y.links.each(func(c int32, sum float32) {
		if c == a {
			return
		}
		z := &l.groups[c]
		z.links.remove(b)
		z.links.add(a, sum)
		sum = x.links.add(c, sum)
		if x.large {
			l.offer(a, c, sum)
		}
	})
	y.links = links{}
	if x.large {
		return
	}
	x.large = x.links.n > manyLinks
	x.links.each(func(c int32, sum float32) { l.offer(a, c, sum) })
}

// level calls the group of each unit by its first unit, and says how strong it is.
func (l *linker) level() (of []int32, strength []float32) {
	n := len(l.parent)
	first := make([]int32, n)
	for i := range first {
		first[i] = -1
	}
	of, strength = make([]int32, n), make([]float32, n)
	for i := range of {
		r := l.root(int32(i))
		if first[r] < 0 {
			first[r] = int32(i)
			strength[i] = l.groups[r].last
		}
		of[i] = first[r]
	}
	return of, strength
}

// root is the group that a unit is in, with its path halved (Tarjan and van Leeuwen, 1984).
func (l *linker) root(i int32) int32 {
	for l.parent[i] != i {
		l.parent[i] = l.parent[l.parent[i]]
		i = l.parent[i]
	}
	return i
}

// links are the sums of weights to the groups that a group touches: an open hash table.
type links struct {
	slots []linkTo
	n     int
}

// linkTo is a link; group is one more than its number, 0: free.
type linkTo struct {
	group int32
	sum   float32
}

func newLinks(n int) links {
	if n == 0 {
		return links{}
	}
	size := 4
	for size*3 < n*4+4 {
		size *= 2
	}
	return links{slots: make([]linkTo, size)}
}

// at is the slot of a group, or the free one where it would be.
func (t *links) at(group int32) int {
	mask := len(t.slots) - 1
	i := int(uint32(group+1)*0x9e3779b1>>8) & mask
	for t.slots[i].group != 0 && t.slots[i].group != group+1 {
		i = (i + 1) & mask
	}
	return i
}

// of is the sum to a group, 0 where there is no link.
func (t *links) of(group int32) float32 {
	if t.n == 0 {
		return 0
	}
	return t.slots[t.at(group)].sum
}

// add adds to the sum to a group, and gives it.
func (t *links) add(group int32, sum float32) float32 {
	if (t.n+1)*4 > len(t.slots)*3 {
		old := t.slots
		t.slots, t.n = make([]linkTo, max(4, 2*len(old))), 0
		for _, x := range old {
			if x.group != 0 {
				t.add(x.group-1, x.sum)
			}
		}
	}
	s := &t.slots[t.at(group)]
	if s.group == 0 {
		s.group = group + 1
		t.n++
	}
	s.sum += sum
	return s.sum
}

// remove takes a link away and closes the gap (Knuth, TAOCP 3, 6.4, algorithm R).
func (t *links) remove(group int32) {
	if t.n == 0 {
		return
	}
	mask := len(t.slots) - 1
	i := t.at(group)
	if t.slots[i].group == 0 {
		return
	}
	t.n--
	for j := i; ; {
		t.slots[i] = linkTo{}
		for {
			j = (j + 1) & mask
			if t.slots[j].group == 0 {
				return
			}
			home := int(uint32(t.slots[j].group)*0x9e3779b1>>8) & mask
			if (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		t.slots[i] = t.slots[j]
		i = j
	}
}

func (t *links) each(f func(group int32, sum float32)) {
	for _, x := range t.slots {
		if x.group != 0 {
			f(x.group-1, x.sum)
		}
	}
}

// ranked is the k-th largest sum, 0 where there are fewer.
func (t *links) ranked(k int, scratch *[]float32) float32 {
	if t.n < k {
		return 0
	}
	*scratch = (*scratch)[:0]
	t.each(func(_ int32, sum float32) { *scratch = append(*scratch, sum) })
	slices.Sort(*scratch)
	return (*scratch)[len(*scratch)-k]
}

// before orders merges: the highest mean, then the earliest groups.
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
