package story

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// The index of a block of units: an inverted index (Salton 1968) over each unit's most telling
// terms gives the units that it may be close to, by their inner product over the index.
//
// Invariant: the list of a bucket, of the terms with the same top bits, is in order of term and
// then of unit. Bucket and tag together are the term. Memory: some 12 bytes a posting.
const (
	telling    = 60  // terms of a unit in the index, the heaviest
	postings   = 255 // places of a term that a unit looks back at
	candidates = 64  // earlier units that a unit is weighed against
	perBucket  = 2   // power of two of the postings of a bucket, on the average
)

type index struct {
	first int // unit of the block
	shift uint
	from  []uint32
	list  []posting
}

type posting struct {
	unit   uint32 // from the first of the block
	weight uint16
	tag    uint16 // low bits of the term
}

// newIndex makes the index of vectors, which are those of units first, first + 1 and so on.
func newIndex(first int, vectors [][]uint64, share [3]float64) *index {
	n := 0
	for _, v := range vectors {
		n += min(len(v), telling)
	}
	ix := &index{first: first, shift: 32 - uint(min(max(bits.Len(uint(n))-perBucket, 16), 28)), list: make([]posting, n)}
	ix.from = make([]uint32, 1<<(32-ix.shift)+1)
	for _, v := range vectors {
		for _, x := range v[:min(len(v), telling)] {
			ix.from[weighed(x).term()>>ix.shift+1]++
		}
	}
	for b := 1; b < len(ix.from); b++ {
		ix.from[b] += ix.from[b-1]
	}
	for i, v := range vectors {
		for _, x := range v[:min(len(v), telling)] {
			w := weighed(x)
			at := &ix.from[w.term()>>ix.shift]
			ix.list[*at] = posting{uint32(i), w.heavy(share), uint16(w.term())}
			*at++
		}
	}
	copy(ix.from[1:], ix.from) // each is where the next one begins by now
	ix.from[0] = 0
	for b := range len(ix.from) - 1 {
		if l := ix.list[ix.from[b]:ix.from[b+1]]; len(l) > 1 && !slices.IsSortedFunc(l, byTag) {
			slices.SortStableFunc(l, byTag)
		}
	}
	return ix
}

func byTag(a, b posting) int { return cmp.Compare(a.tag, b.tag) }

// bucket is a part of the list, which the postings of a term are all or a part of.
type bucket struct {
	from, to uint32
	first    uint16 // tags of its ends
	last     uint16
}

// buckets are those of the terms of v. Each look is far from the others: in loops that do nothing
// but load, the waits overlap.
func (ix *index) buckets(to *[telling]bucket, v []uint64) {
	for t, x := range v {
		b := weighed(x).term() >> ix.shift
		to[t].from, to[t].to = ix.from[b], ix.from[b+1]
	}
	for t := range v {
		if b := &to[t]; b.from < b.to {
			b.first, b.last = ix.list[b.from].tag, ix.list[b.to-1].tag
		}
	}
}

// of is the list of a term, in its bucket.
func (ix *index) of(b *bucket, term uint32) []posting {
	l := ix.list[b.from:b.to]
	tag := uint16(term)
	switch {
	case len(l) == 0 || tag < b.first || tag > b.last:
		return nil
	case b.first != tag:
		l = l[tagsBelow(l, uint32(tag)):]
	}
	if b.last != tag {
		l = l[:tagsBelow(l, uint32(tag)+1)]
	}
	return l
}

// tagsBelow is how many postings of a bucket have a tag below one. A search by a function that
// compares takes twice as long.
func tagsBelow(l []posting, tag uint32) int {
	from, to := 0, len(l)
	for from < to {
		if mid := int(uint(from+to) / 2); uint32(l[mid].tag) < tag {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// unitsBelow is how many postings of a term are of units before one.
func unitsBelow(l []posting, unit uint32) int {
	from, to := 0, len(l)
	for from < to {
		if mid := int(uint(from+to) / 2); l[mid].unit < unit {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return from
}

// heavy is the weight of a term in all channels together: the products of those of two units are at
// least what the term adds to their weight (Cauchy and Schwarz).
func (w weighed) heavy(share [3]float64) uint16 {
	a, b, c := float64(w.all())/allOne, float64(w.opening())/smallOne, float64(w.title())/smallOne
	return uint16(min(math.Sqrt(share[0]*a*a+share[1]*b*b+share[2]*c*c), 1) * math.MaxUint16)
}

// finds is what a unit has found so far: its best candidates, and how many places of each of its
// terms it may still look at.
type finds struct {
	best []scored
	left [telling]uint8
}

// scored is an earlier unit with its inner product over the index, and its weight once it is known.
type scored struct {
	unit   uint32
	score  uint32
	weight float32
}

// worse orders candidates: the better is the closer one, or else the later.
func (a scored) worse(b scored) bool {
	return a.score < b.score || a.score == b.score && a.unit < b.unit
}

// seeker is the scratch of one goroutine: a sum for every unit of a block, zero but while seek
// runs, and those that are not.
type seeker struct {
	sums    []uint32
	touched []uint32
	buckets [telling]bucket
	table   table
}

// seek adds the units of the block before unit i to what it has found. fits tells whether a unit
// may be a candidate.
func (ix *index) seek(k *seeker, i int, v []uint64, share [3]float64, n *finds, fits func(j int) bool) {
	k.touched = k.touched[:0]
	before := uint32(i - ix.first) // units from here on are i itself and later ones
	v = v[:min(len(v), telling)]
	ix.buckets(&k.buckets, v)
	for t, x := range v {
		if n.left[t] == 0 {
			continue
		}
		w := weighed(x)
		l := ix.of(&k.buckets[t], w.term())
		if len(l) > 0 && l[len(l)-1].unit >= before {
			l = l[:unitsBelow(l, before)]
		}
		l = l[max(0, len(l)-int(n.left[t])):]
		n.left[t] -= uint8(len(l))
		h := uint32(w.heavy(share))
		for _, p := range l {
			if k.sums[p.unit] == 0 {
				k.touched = append(k.touched, p.unit)
			}
			k.sums[p.unit] += h*uint32(p.weight)>>heavyShift | 1
		}
	}
	for _, j := range k.touched {
		sum := k.sums[j]
		k.sums[j] = 0
		if c := (scored{unit: uint32(ix.first) + j, score: sum, weight: unweighed}); sum >= partial && (len(n.best) < candidates || n.best[0].worse(c)) && fits(int(c.unit)) {
			n.keep(c)
		}
	}
}

const (
	heavyShift = 8                  // so that the sum of 60 products stays within 32 bits
	partial    = 1 << (32 - 8) / 67 // least inner product over the index, 0.015: few pairs under it are edges
	unweighed  = -1
)

// keep puts c among the best, a heap with the worst on top.
func (n *finds) keep(c scored) {
	if len(n.best) < candidates {
		n.best = append(n.best, c)
		for i := len(n.best) - 1; i > 0 && n.best[i].worse(n.best[(i-1)/2]); i = (i - 1) / 2 {
			n.best[i], n.best[(i-1)/2] = n.best[(i-1)/2], n.best[i]
		}
		return
	}
	n.best[0] = c
	for i := 0; ; {
		k := 2*i + 1
		if k >= len(n.best) {
			return
		}
		if k+1 < len(n.best) && n.best[k+1].worse(n.best[k]) {
			k++
		}
		if !n.best[k].worse(n.best[i]) {
			return
		}
		n.best[i], n.best[k] = n.best[k], n.best[i]
		i = k
	}
}
