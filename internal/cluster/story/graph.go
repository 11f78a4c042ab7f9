package story

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
	"slices"
)

// The graph of units that may tell one story. Every unit is weighed against its candidates, which
// are earlier ones: each pair is weighed once.
//
// Where the vectors and the index of all units do not fit in memory, the units are cut into blocks,
// stretches of time. A round puts one block in memory and leads all units from its first on past
// it. Rounds go back in time, since a unit looks at the nearest places of a term first; what each
// has found goes from round to round through a file. Whatever the blocks, a unit ends with the same
// candidates.
//
// Cost: a unit looks at telling × postings places of the index at most, about 2 ns each, and is
// weighed against candidates others, about 0.5 µs each.

// leastEdge is the least weight of an edge.
const leastEdge = 0.01

// edge links a unit to an earlier one: from the top, 32 bits of the earlier one, and 32 of the
// weight, a float32.
type edge uint64

func edgeTo(unit uint32, weight float32) edge {
	return edge(unit)<<32 | edge(math.Float32bits(weight))
}

func (e edge) unit() int32     { return int32(e >> 32) }
func (e edge) weight() float32 { return math.Float32frombits(uint32(e)) }

// block is the units [first, first + len(vectors)).
type block struct {
	first   int
	vectors [][]uint64
	index   *index
}

// findEdges returns the edges of each unit to earlier ones, ascending; a place is as one of vectors.
func (s *run) findEdges() (*store, error) {
	places := len(s.vectors.at)
	edges := newStore(places, s.opt.Tmp, s.opt.Memory/8)
	per := s.blockPlaces()
	var found *store // what the units behind the block have found
	for from := (places - 1) / per * per; from >= 0; from -= per {
		b, err := s.loadBlock(from, min(from+per, places))
		if err != nil {
			return nil, errors.Join(err, found.close(), edges.close())
		}
		next := (*store)(nil)
		if from > 0 {
			next = newStore(places, s.opt.Tmp, s.opt.Memory/8)
		}
		err = errors.Join(s.round(b, from, found, next, edges), found.close())
		if found = next; err != nil {
			return nil, errors.Join(err, found.close(), edges.close())
		}
	}
	return edges, nil
}

// blockPlaces is how many places of the vectors a block may have: as many as fit in half of the
// memory, with their index.
func (s *run) blockPlaces() int {
	const perUnit = telling*12 + 64
	words := 0
	for _, p := range s.vectors.at {
		words += p.n
	}
	places := len(s.vectors.at)
	if s.opt.blockPlaces > 0 {
		return s.opt.blockPlaces
	}
	size := int64(perUnit+4*s.opt.Workers) * step
	if s.vectors.file.Len() > 0 {
		size += int64(words) * 8 / int64(places)
	}
	return int(min(max(s.opt.Memory/2/size, 16), int64(places)))
}

// loadBlock makes the block of the places [from, to).
func (s *run) loadBlock(from, to int) (*block, error) {
	b := &block{first: from * step}
	for p := from; p < to; p++ {
		var own []uint64
		data, err := s.vectors.get(p, &own)
		if err != nil {
			return nil, err
		}
		n := min(step, len(s.units)-p*step)
		vectorsIn(data, n, func(_ int, v []uint64) { b.vectors = append(b.vectors, v) })
	}
	b.index = newIndex(b.first, b.vectors, s.par.channels)
	return b, s.ctx.Err()
}

// round leads the units of the places from on past a block. What they found before comes from
// found, and goes to next, or where there is none to edges.
func (s *run) round(b *block, from int, found, next, edges *store) error {
	for w := range s.workers {
		s.workers[w].seeker.sums = make([]uint32, len(b.vectors))
	}
	first := from * step
	return s.each(len(s.units)-first, func(w, lo, hi int) error {
		k, place := &s.workers[w], (first+lo)/step
		data, err := s.vectors.get(place, &k.block)
		if err != nil {
			return err
		}
		to, out, was := next, k.out[:0], []uint64(nil)
		if next == nil {
			to, out = edges, append(out, make([]uint64, step)...)
		}
		if first+lo >= b.first+len(b.vectors) {
			if was, err = found.get(place, &k.found); err != nil {
				return err
			}
		}
		var n finds
		vectorsIn(data, hi-lo, func(at int, v []uint64) {
			i := first + lo + at
			was = n.load(was)
			s.seek(&k.seeker, b, i, v, &n)
			if next == nil {
				out = n.appendEdges(out)
				out[at] = uint64(len(out))
			} else {
				out = n.append(out)
			}
		})
		k.out = out
		return to.put(place, out)
	})
}

// seek adds the candidates in the block to what unit i has found, and weighs those that stay.
func (s *run) seek(k *seeker, b *block, i int, v []uint64, n *finds) {
	b.index.seek(k, i, v, s.par.channels, n, func(j int) bool { return s.opt.Window == 0 || s.dateFactor(i, j) > 0 })
	loaded := false
	for c := range n.best {
		if n.best[c].weight != unweighed {
			continue
		}
		if !loaded {
			k.table.load(v)
			loaded = true
		}
		j := int(n.best[c].unit)
		n.best[c].weight = k.table.weight(b.vectors[j-b.first], s.par.channels)
		if n.best[c].weight >= leastEdge { // else it is none, whatever the dates
			n.best[c].weight *= s.dateFactor(i, j)
		}
	}
}

// load takes what a unit has found off the front of data; of nothing, it has found nothing.
func (n *finds) load(data []uint64) []uint64 {
	n.best = n.best[:0]
	for t := range n.left {
		n.left[t] = postings
	}
	if len(data) == 0 {
		return data
	}
	size := int(data[0])
	data = data[1:]
	for range size {
		n.best = append(n.best, scored{uint32(data[0] >> 32), uint32(data[0]), math.Float32frombits(uint32(data[1]))})
		data = data[2:]
	}
	for t := range n.left {
		n.left[t] = uint8(data[t/8] >> (t % 8 * 8))
	}
	return data[(telling+7)/8:]
}

// append is the reverse of load.
func (n *finds) append(to []uint64) []uint64 {
	to = append(to, uint64(len(n.best)))
	for _, c := range n.best {
		to = append(to, uint64(c.unit)<<32|uint64(c.score), uint64(math.Float32bits(c.weight)))
	}
	var left [(telling + 7) / 8]uint64
	for t, x := range n.left {
		left[t/8] |= uint64(x) << (t % 8 * 8)
	}
	return append(to, left[:]...)
}

// appendEdges appends the edges of a unit.
func (n *finds) appendEdges(to []uint64) []uint64 {
	slices.SortFunc(n.best, func(a, b scored) int { return cmp.Compare(a.unit, b.unit) })
	for _, c := range n.best {
		if c.weight >= leastEdge {
			to = append(to, uint64(edgeTo(c.unit, c.weight)))
		}
	}
	return to
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

// table is one vector as a hash table, for inner products with many others. Nine of ten terms of
// another vector are not in it; maybe, a bit for each of its terms, tells of nearly all of those in
// 1 ns. The others go to hits first: which terms are in it is for no processor to foresee.
type table struct {
	slots []weighed // 0: free
	bits  uint
	maybe [1 << 14 / 64]uint64
	hits  []weighed
}

func (t *table) load(v []uint64) {
	t.bits = uint(max(bits.Len(uint(4*len(v))), 4))
	if n := 1 << t.bits; n > cap(t.slots) {
		t.slots = make([]weighed, n)
	} else {
		t.slots = t.slots[:n]
		clear(t.slots)
	}
	clear(t.maybe[:])
	mask := uint32(len(t.slots) - 1)
	for _, x := range v {
		t.maybe[x>>(32+6)&(1<<8-1)] |= 1 << (x >> 32 & 63)
		i := weighed(x).term() * 0x9e3779b1 >> (32 - t.bits)
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = weighed(x)
	}
}

// weight is the weight of the pair with v: the cosines of the channels, each times its share.
func (t *table) weight(v []uint64, share [3]float64) float32 {
	var all, opening, title int64
	slots, mask, shift := t.slots, uint32(len(t.slots)-1), 32-t.bits
	if len(v) > len(t.hits) {
		t.hits = make([]weighed, len(v)+terms)
	}
	n, hits := 0, t.hits
	for _, x := range v {
		if n >= len(hits) {
			break // never
		}
		hits[n] = weighed(x)
		n += int(t.maybe[x>>(32+6)&(1<<8-1)] >> (x >> 32 & 63) & 1)
	}
	for _, w := range hits[:n] {
		for i := w.term() * 0x9e3779b1 >> shift; ; i = (i + 1) & mask {
			s := slots[i&mask]
			if s == 0 {
				break
			}
			if s.term() == w.term() {
				all += s.all() * w.all()
				opening += s.opening() * w.opening()
				title += s.title() * w.title()
				break
			}
		}
	}
	return float32(share[0]*float64(all)/(allOne*allOne) + share[1]*float64(opening)/(smallOne*smallOne) + share[2]*float64(title)/(smallOne*smallOne))
}
