package story

import (
	"context"
	"math"
)

// Average-link merging (Sokal and Michener, 1958) of a sparse graph: of all pairs of groups that
// fit, the one with the highest mean weight between its members merges, until none fits. A pair of
// units without an edge has weight 0, or in a corpus of one story par.base. Ties go to the groups
// of the earliest units.
//
// Two groups fit when that mean is at least a share of their cohesion, the mean weight inside of
// them (relative closeness: Karypis, Han and Kumar, "Chameleon", 1999). One cut for all corpora
// does not exist: articles on two earthquakes are closer to each other than articles on one loose
// story. A lone article has no inside, so the cohesion of every group starts from a prior that
// counts as a few pairs: par.prior, or more, up to par.crowded, for an article in a crowd, whose
// 40th neighbour is still close, past par.base: in a large corpus of one kind of news the nearest
// neighbour is close by chance. The share grows with the smaller group: a lone article may be far
// off, while two groups of five that stand apart are two stories. It shrinks with the trust in
// short articles.
//
// In a living corpus, parts of what was one group fit at a share that is a tenth smaller, and all
// others need one that is a tenth larger (hysteresis: what is in doubt stays as it was).
//
// What fits gives events. Then merging goes on with a smaller share, par.story of it, which gives
// stories: each is one event or several, whole.
//
// Every group waits in a heap with the best partner that it had when its links were last walked
// (links.go). Average link is reducible: no group is closer to the union of two than to the closer
// one of them (Bruynooghe, 1978). So a union walks its links, and the groups around it need not:
// what they wait with can only be too high, and is put right when its turn comes.
//
// Cost: a union walks at most manyLinks links, and a group is walked again a few times at most,
// some 20 ns a link.
type linker struct {
	par    params
	seats  []seat  // of a living corpus: where each unit was; nil: all are new
	factor float64 // of the share
	nodes  []node
	groups []group
	heap   []merge
	walks  int      // groups whose links were walked
	strong []strong // scratch of cut
}

// node is what walking a link needs of the group at its other end.
type node struct {
	parent int32   // itself, or a group that it went into
	at     int32   // where gather put it
	size   float32 // units
	name   uint32  // of a living corpus: that of the group before; 0: it is new
	tight  float64 // √(cohesion · trust)
}

type group struct {
	prior float64 // cohesion to begin with, the mean of its units'
	thin  float64 // trust in its weights, the mean of its units'
	inner float64 // sum of the weights inside
	last  float32 // mean weight between the two parts that merged last
	links []linkTo
	part  bool // of its links only the strongest are kept

	// The place in the heap: best is the partner, which had bestSize units then, and due the mean
	// weight. Other entries of the group are void. bestSize 0: the links are to be walked first.
	best     int32
	bestSize float32
	due      float32
}

const (
	// crowdRank is far down the list for most stories; one of more articles than this only needs to
	// be a little closer together.
	crowdRank = 40
	// slack is how far what a group waits with may be off where its partner lost links. A hundred
	// thousand articles that wait for one story would be walked again each time that it grows.
	slack = 0.05
)

// merge is an entry of the heap: group a wants group b.
type merge struct {
	mean float32
	a, b int32
}

// tree is what merging gives: the event and the story of each unit, by their first units, and the
// mean weight between the two parts of each that merged last, 0 for one unit.
type tree struct {
	event, story                 []int32
	eventStrength, storyStrength []float32 // by first unit
}

// link merges the units whose trust is given, and in a living corpus their seats.
func link(ctx context.Context, trust []float32, seats []seat, edges *store, par params) (*tree, error) {
	l, err := newLinker(trust, edges, par)
	if err != nil {
		return nil, err
	}
	l.seats = seats
	l.call(func(s seat) uint32 { return s.event })
	t := &tree{}
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	t.event, t.eventStrength = l.level()
	l.factor = par.story
	l.call(func(s seat) uint32 { return s.story })
	if err := l.run(ctx); err != nil {
		return nil, err
	}
	t.story, t.storyStrength = l.level()
	return t, nil
}

// newLinker makes a group of every unit.
func newLinker(trust []float32, edges *store, par params) (*linker, error) {
	n := len(trust)
	l := &linker{par: par, factor: 1, nodes: make([]node, n), groups: make([]group, n)}
	if err := l.addLinks(edges); err != nil {
		return nil, err
	}
	var scratch []float32
	for i := range l.groups {
		l.nodes[i] = node{parent: int32(i), size: 1}
		g := &l.groups[i]
		g.thin = float64(trust[i])
		g.prior = min(max(par.prior, par.crowd*float64(ranked(g.links, crowdRank, &scratch))), par.crowded)
		l.tighten(int32(i))
	}
	return l, nil
}

// run merges until nothing fits.
func (l *linker) run(ctx context.Context) error {
	for a := range l.groups {
		if l.nodes[a].parent == int32(a) {
			l.walk(int32(a))
		}
	}
	for pops := 0; len(l.heap) > 0; pops++ {
		if pops%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		m := l.pop()
		g := &l.groups[m.a]
		if l.nodes[m.a].parent != m.a || g.best != m.b || g.due != m.mean {
			continue
		}
		if b := &l.nodes[m.b]; b.parent == m.b && b.size == g.bestSize {
			l.merge(m.a, m.b, m.mean)
			continue
		}
		l.walk(m.a)
		if g.best >= 0 && l.groups[g.best].part && g.due < m.mean && g.due >= (1-slack)*m.mean {
			l.merge(m.a, g.best, g.due)
		}
	}
	return nil
}

// mean is the mean weight between two groups, of the sum over their edges.
func (l *linker) mean(x, y *node, sum float32) float32 {
	return float32(l.par.base) + sum/(x.size*y.size)
}

// fits tells whether two groups may merge that are so close.
func (l *linker) fits(x, y *node, mean float32) bool {
	share := l.factor * (l.par.ratio + l.par.grow*(1-1/float64(min(x.size, y.size))))
	switch {
	case l.seats == nil:
	case x.name == y.name && x.name != 0:
		share *= 1 - l.par.stay
	default:
		share *= 1 + l.par.stay
	}
	return float64(mean) >= share*x.tight*y.tight
}

// tighten renews node.tight. Cohesion is the mean weight inside of a group, with the prior, and
// never less than par.prior: a loose group would take in what is looser still.
func (l *linker) tighten(a int32) {
	g, size := &l.groups[a], float64(l.nodes[a].size)
	mean := (g.inner + g.prior*l.par.priorPairs) / (size*(size-1)/2 + l.par.priorPairs)
	l.nodes[a].tight = math.Sqrt(max(mean, l.par.prior) * g.thin)
}

// walk finds the best partner of a group, and puts the group in the heap if there is one.
func (l *linker) walk(a int32) {
	l.walks++
	l.gather(a)
	x, g := &l.nodes[a], &l.groups[a]
	g.best, g.due = -1, 0
	for _, e := range g.links {
		y := &l.nodes[e.group]
		mean := l.mean(x, y, e.sum)
		if (mean > g.due || mean == g.due && e.group < g.best) && l.fits(x, y, mean) {
			g.best, g.bestSize, g.due = e.group, y.size, mean
		}
	}
	if g.best >= 0 {
		l.push(merge{g.due, a, g.best})
	}
}

// raise makes a group wait with a mean that is at least so high.
func (l *linker) raise(a int32, mean float32, b int32) {
	if g := &l.groups[a]; mean > g.due {
		g.best, g.bestSize, g.due = b, 0, mean
		l.push(merge{mean, a, b})
	}
}

// merge puts two groups together, in the place of the earlier one.
func (l *linker) merge(a, b int32, mean float32) {
	if l.groups[a].part && !l.groups[b].part {
		mean = max(mean, l.between(b, a)) // some of it may be lost from the links of a
	}
	a, b = min(a, b), max(a, b)
	x, y, g, h := &l.nodes[a], &l.nodes[b], &l.groups[a], &l.groups[b]
	m, n := float64(x.size), float64(y.size)
	g.inner += h.inner + float64(mean)*m*n
	g.prior = (g.prior*m + h.prior*n) / (m + n)
	g.thin = (g.thin*m + h.thin*n) / (m + n)
	g.last = mean
	g.part = g.part || h.part
	if len(g.links) < len(h.links) {
		g.links, h.links = h.links, g.links
	}
	join(g, h)
	if x.name == 0 || y.name != 0 && y.size > x.size {
		x.name = y.name
	}
	x.size += y.size
	y.parent = a
	l.tighten(a)
	l.walk(a)
}

// call gives each group the name that most of its units had, of two the one that was first to have
// so many.
func (l *linker) call(name func(seat) uint32) {
	for i := range l.nodes {
		l.nodes[i].name = 0
	}
	counts, most := map[share]int{}, map[int32]int{}
	for i, s := range l.seats {
		n := share{group: l.root(int32(i)), name: name(s)}
		if n.name == 0 {
			continue
		}
		if counts[n]++; counts[n] > most[n.group] {
			most[n.group] = counts[n]
			l.nodes[n.group].name = n.name
		}
	}
}

// level calls the group of each unit by its first unit, and says how strong it is.
func (l *linker) level() (of []int32, strength []float32) {
	of, strength = make([]int32, len(l.nodes)), make([]float32, len(l.nodes))
	for i := range of {
		of[i] = l.root(int32(i))
		strength[of[i]] = l.groups[of[i]].last
	}
	return of, strength
}

// root is the group that a group went into, with the path to it halved (Tarjan and van Leeuwen,
// 1984).
func (l *linker) root(i int32) int32 {
	for l.nodes[i].parent != i {
		l.nodes[i].parent = l.nodes[l.nodes[i].parent].parent
		i = l.nodes[i].parent
	}
	return i
}

// before orders entries: the highest mean, then the earliest groups.
func (m merge) before(o merge) bool {
	if m.mean != o.mean {
		return m.mean > o.mean
	}
	if x, y := min(m.a, m.b), min(o.a, o.b); x != y {
		return x < y
	}
	if x, y := max(m.a, m.b), max(o.a, o.b); x != y {
		return x < y
	}
	return m.a < o.a
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
