package story

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// The graph of articles that may tell one story: an inverted index over each article's most telling
// terms gives candidates (Salton 1968), whose cosine is then computed from the whole vectors.
//
// Invariant: each pair is weighed once, and the weight does not depend on who asked. Cost: an
// article looks at telling × postings places of the index at most and is weighed against candidates
// others, about 1 µs each; a term with a longer list is looked up among the neighbours in time
// only.
const (
	telling    = 60  // terms of an article in the index, the heaviest
	postings   = 512 // places of a term that an article looks at
	candidates = 64  // articles that an article is weighed against
	least      = 0.02
	partial    = 0.015 // least inner product over the index; nearly all pairs under it are under least too
)

// edge links two units, a < b. The weight is at least least.
type edge struct {
	a, b   int32
	weight float32
}

// findEdges returns the edges in order of a, then b.
func (s *run) findEdges() ([]edge, error) {
	ix := newIndex(s.vectors)
	scratch := make([]candidate, s.opt.Workers)
	near := make([][]int32, len(s.units))
	err := s.each(len(s.units), func(w, i int) { near[i] = ix.candidates(&scratch[w], s.vectors, i) })
	if err != nil {
		return nil, err
	}
	found := make([][]edge, len(s.units))
	tables := make([]table, s.opt.Workers)
	err = s.each(len(s.units), func(w, i int) {
		t := &tables[w]
		t.load(s.vectors[i])
		for _, j := range near[i] {
			if _, mutual := slices.BinarySearch(near[j], int32(i)); int(j) == i || mutual && int(j) < i {
				continue
			}
			if c := t.dot(s.vectors[j]) * s.dateFactor(i, int(j)); c >= least {
				found[i] = append(found[i], edge{min(int32(i), j), max(int32(i), j), c})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	edges := slices.Concat(found...)
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b)) })
	return edges, nil
}

// dateFactor is what the distance in time leaves of a cosine: 1 where a date is not known, 0
// outside of the window. A month halves it, and no more, since dates are often wrong (the day of a
// crawl, of a correction); a year takes another 40 %.
func (s *run) dateFactor(i, j int) float32 {
	u, v := &s.units[i], &s.units[j]
	if !u.dated || !v.dated {
		return 1
	}
	days := math.Abs(u.day - v.day)
	if s.opt.Window > 0 && days > s.opt.Window.Hours()/24 {
		return 0
	}
	return float32(max(s.par.dateFloor, math.Exp(-days/s.par.soon)) * math.Exp(-days/s.par.late))
}

// index lists the units that have a term among their most telling ones. The list of a bucket, the
// terms with the same top bits, is in order of term and then of unit.
type index struct {
	shift uint
	from  []uint32
	list  []posting
}

type posting struct {
	term   uint32
	unit   int32
	weight float32
}

func newIndex(vectors []vector) *index {
	n := 0
	for _, v := range vectors {
		n += min(len(v), telling)
	}
	width := max(bits.Len(uint(n)), 1)
	ix := &index{shift: 32 - uint(min(width, 28)), list: make([]posting, n)}
	ix.from = make([]uint32, 1<<(32-ix.shift)+1)
	for _, v := range vectors {
		for _, t := range v[:min(len(v), telling)] {
			ix.from[t.term>>ix.shift+1]++
		}
	}
	for b := 1; b < len(ix.from); b++ {
		ix.from[b] += ix.from[b-1]
	}
	next := slices.Clone(ix.from)
	for i, v := range vectors {
		for _, t := range v[:min(len(v), telling)] {
			at := &next[t.term>>ix.shift]
			ix.list[*at] = posting{t.term, int32(i), t.weight}
			*at++
		}
	}
	for b := range len(ix.from) - 1 {
		if l := ix.list[ix.from[b]:ix.from[b+1]]; len(l) > 1 {
			slices.SortStableFunc(l, func(a, b posting) int { return cmp.Compare(a.term, b.term) })
		}
	}
	return ix
}

// of is the list of a term, or of a long one the part around a unit.
func (ix *index) of(term uint32, unit int32) []posting {
	l := ix.list[ix.from[term>>ix.shift]:ix.from[term>>ix.shift+1]]
	if len(l) > 0 && l[0].term != l[len(l)-1].term {
		from, _ := slices.BinarySearchFunc(l, term, func(p posting, t uint32) int { return cmp.Compare(p.term, t) })
		l = l[from:]
		to, _ := slices.BinarySearchFunc(l, term, func(p posting, t uint32) int {
			if p.term <= t {
				return -1
			}
			return 1
		})
		l = l[:to]
	}
	if len(l) <= postings {
		return l
	}
	at, _ := slices.BinarySearchFunc(l, unit, func(p posting, u int32) int { return cmp.Compare(p.unit, u) })
	from := min(max(at-postings/2, 0), len(l)-postings)
	return l[from:][:postings]
}

// candidate is a worker's scratch: a sum for every unit, zero but while candidates runs, and those
// that are not.
type candidate struct {
	sums    []float32
	touched []int32
	best    []int32 // a heap, the worst on top
}

// candidates returns the units with the largest inner product with unit i over the index,
// ascending.
func (ix *index) candidates(c *candidate, vectors []vector, i int) []int32 {
	if c.sums == nil {
		c.sums = make([]float32, len(vectors))
	}
	c.touched, c.best = c.touched[:0], c.best[:0]
	for _, t := range vectors[i][:min(len(vectors[i]), telling)] {
		for _, p := range ix.of(t.term, int32(i)) {
			if c.sums[p.unit] == 0 {
				c.touched = append(c.touched, p.unit)
			}
			c.sums[p.unit] += t.weight * p.weight
		}
	}
	c.sums[i] = 0
	for _, j := range c.touched {
		if int(j) != i && c.sums[j] >= partial {
			c.keep(j)
		}
	}
	for _, j := range c.touched {
		c.sums[j] = 0
	}
	slices.Sort(c.best)
	return slices.Clone(c.best)
}

// worse orders candidates.
func (c *candidate) worse(a, b int32) bool {
	return c.sums[a] < c.sums[b] || c.sums[a] == c.sums[b] && a > b
}

// keep puts j among the best.
func (c *candidate) keep(j int32) {
	if len(c.best) < candidates {
		c.best = append(c.best, j)
		if len(c.best) == candidates {
			for i := candidates/2 - 1; i >= 0; i-- {
				c.sink(i)
			}
		}
		return
	}
	if c.worse(c.best[0], j) {
		c.best[0] = j
		c.sink(0)
	}
}

func (c *candidate) sink(i int) {
	for {
		k := 2*i + 1
		if k >= len(c.best) {
			return
		}
		if k+1 < len(c.best) && c.worse(c.best[k+1], c.best[k]) {
			k++
		}
		if !c.worse(c.best[k], c.best[i]) {
			return
		}
		c.best[i], c.best[k] = c.best[k], c.best[i]
		i = k
	}
}

// table is one vector as a hash table, for inner products with many others.
type table struct {
	slots []term // weight 0: free
	bits  uint
}

func (t *table) load(v vector) {
	t.bits = uint(max(bits.Len(uint(4*len(v))), 4))
	if n := 1 << t.bits; n > cap(t.slots) {
		t.slots = make([]term, n)
	} else {
		t.slots = t.slots[:n]
		clear(t.slots)
	}
	mask := uint32(len(t.slots) - 1)
	for _, x := range v {
		i := x.term * 0x9e3779b1 >> (32 - t.bits)
		for t.slots[i].weight != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = x
	}
}

// dot is the inner product with v.
func (t *table) dot(v vector) float32 {
	var sum float32
	slots, mask, shift := t.slots, uint32(len(t.slots)-1), 32-t.bits
	for _, x := range v {
		for i := x.term * 0x9e3779b1 >> shift; ; i = (i + 1) & mask {
			s := slots[i&mask]
			if s.term == x.term {
				sum += s.weight * x.weight
				break
			}
			if s.weight == 0 {
				break
			}
		}
	}
	return sum
}
