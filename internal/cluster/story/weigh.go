package story

import (
	"errors"
	"math"
	"slices"
)

// A vector is the weighed terms of a unit (tf-idf: Salton and Buckley, "Term-weighting approaches
// in automatic text retrieval", 1988) in three channels: all of the article, its title and opening,
// and its title. Each channel has length 1 with the terms that are left out; the weight of two
// units is the sum of the three cosines, each times its share.
//
// Weights are whole numbers, so that sums are the same in any order. Terms that only one unit has
// add to the length and are left out, since no other unit can meet them.

// terms is how many terms a unit keeps, the heaviest.
const terms = 600

// weighed is a term of a vector in 8 bytes: from the top, 32 bits of term, and its weights in the
// three channels, 14, 9 and 9 bits, of 1.
type weighed uint64

const (
	allBits   = 14
	smallBits = 9
	allOne    = 1<<allBits - 1
	smallOne  = 1<<smallBits - 1
)

func (w weighed) term() uint32   { return uint32(w >> 32) }
func (w weighed) all() int64     { return int64(w >> (2 * smallBits) & allOne) }
func (w weighed) opening() int64 { return int64(w >> smallBits & smallOne) }
func (w weighed) title() int64   { return int64(w & smallOne) }

// weigher is the scratch of weighing.
type weigher struct {
	x     []float64 // idf of each term, the capital counted in
	here  []uint32  // of each term, the units that have it
	known []knownIDF
	order []uint64 // of each term that others have, its weight, negated, and its place in the bag
}

// makeVectors fills s.vectors, and empties s.bags.
func (s *run) makeVectors() error {
	s.vectors = newStore((len(s.units)+step-1)/step, s.opt.Tmp, s.opt.Memory/4)
	s.furniture = nil
	err := s.each(len(s.units), func(w, from, to int) error {
		k := &s.workers[w]
		data, err := s.bags.get(from/step, &k.block)
		if err != nil {
			return err
		}
		out := append(k.out[:0], make([]uint64, step)...)
		for i := range to - from {
			n := int(data[0])
			out = s.vector(&k.weigher, out, data[1:1+n])
			out[i] = uint64(len(out))
			data = data[1+n:]
		}
		k.out = out
		s.bags.drop(from / step)
		return s.vectors.put(from/step, out)
	})
	s.counts = nil
	return errors.Join(err, s.bags.close())
}

// A place of s.vectors begins with where the vector of each of its units ends, and then has the
// vectors.

// vectorsIn calls f with the vector of each of n units of a place.
func vectorsIn(data []uint64, n int, f func(k int, v []uint64)) {
	from := uint64(step)
	for k := range n {
		f(k, data[from:data[k]])
		from = data[k]
	}
}

// vectorOf is the vector of one unit, good until the next call.
func (s *run) vectorOf(k *worker, unit int32) ([]uint64, error) {
	place, n := int(unit)/step, int(unit)%step
	head, err := s.vectors.part(place, 0, step, &k.found)
	if err != nil {
		return nil, err
	}
	from, to := step, int(head[n])
	if n > 0 {
		from = int(head[n-1])
	}
	return s.vectors.part(place, from, to, &k.block)
}

// vector appends the vector of a bag: the most telling terms, the heaviest first, then the others.
func (s *run) vector(k *weigher, to, bag []uint64) []uint64 {
	k.x, k.here, k.order = k.x[:0], k.here[:0], k.order[:0]
	for _, b := range bag { // nothing but loads far apart, so that they overlap
		k.here = append(k.here, s.counts.of(entry(b).term()))
	}
	var sum [3]float64
	for i, b := range bag {
		e := entry(b)
		x := s.idfOf(k, e, k.here[i])
		if e.capital() {
			x *= s.par.caps
		}
		k.x = append(k.x, x)
		sum[0] += x * x * float64(e.all())
		sum[1] += x * x * float64(e.opening())
		sum[2] += x * x * float64(e.title())
	}
	for i := range sum {
		sum[i] = 1 / math.Sqrt(max(sum[i], 1e-9))
	}
	for i, b := range bag {
		e := entry(b)
		if k.here[i] < 2 || k.x[i] <= 0 {
			continue
		}
		w1 := k.x[i] * rootOf[e.all()] * sum[0]
		w2 := k.x[i] * rootOf[e.opening()] * sum[1]
		w3 := k.x[i] * rootOf[e.title()] * sum[2]
		heavy := s.par.channels[0]*w1*w1 + s.par.channels[1]*w2*w2 + s.par.channels[2]*w3*w3
		k.order = append(k.order, uint64(^math.Float32bits(float32(heavy)))<<32|uint64(i))
	}
	least(k.order, terms)
	k.order = k.order[:min(len(k.order), terms)]
	least(k.order, telling)
	slices.Sort(k.order[:min(len(k.order), telling)])
	for _, o := range k.order {
		i := uint32(o)
		e := entry(bag[i])
		to = append(to, uint64(e.term())<<32|
			whole(k.x[i]*rootOf[e.all()]*sum[0], allOne)<<(2*smallBits)|
			whole(k.x[i]*rootOf[e.opening()]*sum[1], smallOne)<<smallBits|
			whole(k.x[i]*rootOf[e.title()]*sum[2], smallOne))
	}
	return to
}

// least puts the n least of all different numbers first, in any order (Hoare, "Find", 1961).
func least(list []uint64, n int) {
	for len(list) > n && n > 0 {
		a, b, c := list[0], list[len(list)/2], list[len(list)-1]
		pivot := max(min(a, b), min(max(a, b), c))
		i := 0
		for j, x := range list {
			if x < pivot {
				list[i], list[j] = x, list[i]
				i++
			}
		}
		if i >= n {
			list = list[:i]
			continue
		}
		// the pivot comes next
		at := i + slices.Index(list[i:], pivot)
		list[i], list[at] = list[at], list[i]
		list, n = list[i+1:], n-i-1
	}
}

func whole(x float64, one uint64) uint64 { return min(uint64(x*float64(one)+0.5), one) }

// rootOf are the square roots of the counts of an entry.
var rootOf = func() (r [256]float64) {
	for i := range r {
		r[i] = math.Sqrt(float64(i))
	}
	return r
}()

// knownIDF is the idf of a number of articles, as the low bits of an entry have it, and units.
type knownIDF struct {
	key uint64
	idf float64
}

// idfOf is idf, remembered: there are some 250 numbers of articles, and most terms are of few
// units.
func (s *run) idfOf(k *weigher, e entry, units uint32) float64 {
	const most = 16 // units
	if units >= most || s.outside.units > 0 {
		return s.idf(e.articles(), float64(units)+s.elsewhere(e.term()))
	}
	if k.known == nil {
		k.known = make([]knownIDF, 1<<12)
	}
	key := uint64(e&0xffff)<<8 | uint64(units) | 1<<32 // never 0
	x := &k.known[key*0x9e3779b97f4a7c15>>52]
	if x.key != key {
		*x = knownIDF{key, s.idf(e.articles(), float64(units))}
	}
	return x.idf
}

// idf is the surprise of a term that so many articles of the background model and units have. In a
// corpus on one crisis the background keeps the name of the country telling, so the share of the
// corpus itself counts the more the larger it is (Jelinek and Mercer, 1980). In a corpus of one
// story, that would leave no word that tells: alike.go.
func (s *run) idf(background, units float64) float64 {
	n := float64(len(s.units)) + s.outside.units
	local := s.own * max(0, n-s.par.localFrom) / (n + s.par.local - s.par.localFrom)
	p := (1-local)*(background+s.own*units)/(s.bg.Articles+s.own*n) + local*units/n
	return max(-math.Log(p), 0)
}
