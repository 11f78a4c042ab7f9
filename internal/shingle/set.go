package shingle

import (
	"math/bits"
	"slices"
	"sync"
)

// Set sorts s and drops what it holds twice, in place.
//
// Shingles are hashes, spread evenly, so the top bits of one say where in the order it belongs: a
// bucket sort with two or so to a bucket, and an insertion sort over the whole. Uneven input costs
// what slices.Sort costs. Big sets are first parted by their top byte, to stay in cache.
func Set(s []uint64) []uint64 {
	if len(s) <= small {
		insertion(s)
	} else {
		tmp := buffers.Get().(*buffer)
		tmp.sort(s, 64)
		buffers.Put(tmp)
	}
	return slices.Compact(s)
}

const (
	small   = 24      // elements; below, insertion sort is faster
	inCache = 1 << 15 // elements that fit the first two cache levels twice
	crowded = 24      // elements of one bucket that insertion sort would be slow for
)

type buffer struct {
	keys []uint64
	ends []uint32
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// sort sorts s, whose elements agree in all but their low n bits.
func (b *buffer) sort(s []uint64, n int) {
	if len(s) <= small {
		insertion(s)
		return
	}
	k := min(bits.Len(uint(len(s)))-2, n)
	if len(s) > inCache {
		k = min(8, n)
	}
	if k <= 0 {
		return
	}
	b.part(s, n-k, k)
	if len(s) <= inCache {
		if b.widest(1<<k) <= crowded {
			insertion(s)
			return
		}
		from := uint32(0)
		for _, to := range b.ends[:1<<k] {
			if part := s[from:to]; len(part) <= crowded {
				insertion(part)
			} else {
				slices.Sort(part)
			}
			from = to
		}
		return
	}
	ends := slices.Clone(b.ends[:1<<k])
	from := uint32(0)
	for _, to := range ends {
		b.sort(s[from:to], n-k)
		from = to
	}
}

// part orders s by the k bits above the low shift bits; b.ends then holds the end of each bucket.
func (b *buffer) part(s []uint64, shift, k int) {
	b.keys = append(b.keys[:0], s...)
	if cap(b.ends) < 1<<k {
		b.ends = make([]uint32, 1<<k)
	}
	ends := b.ends[:1<<k]
	clear(ends)
	mask := uint64(1)<<k - 1
	for _, x := range b.keys {
		ends[x>>shift&mask]++
	}
	at := uint32(0)
	for i, n := range ends {
		ends[i] = at
		at += n
	}
	for _, x := range b.keys {
		e := &ends[x>>shift&mask]
		s[*e] = x
		*e++
	}
}

// widest is the size of the biggest of n buckets.
func (b *buffer) widest(n int) uint32 {
	from, most := uint32(0), uint32(0)
	for _, to := range b.ends[:n] {
		most = max(most, to-from)
		from = to
	}
	return most
}

func insertion(s []uint64) {
	for i := 1; i < len(s); i++ {
		x, j := s[i], i
		for j > 0 && s[j-1] > x {
			s[j] = s[j-1]
			j--
		}
		s[j] = x
	}
}

// gallop is how many times bigger one set must be for a search to beat a merge.
const gallop = 16

// Shared is |A∩B| of two sets (sorted, no element twice). Cost: linear; where one is much smaller,
// its size times the logarithm of the distance between two neighbours of it in the other.
func Shared(a, b []uint64) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) >= gallop*len(a) {
		return sharedGallop(a, b)
	}
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		n += one(x == y)
		i += one(x <= y)
		j += one(y <= x)
	}
	return n
}

// one is 1 for true, without a branch that the processor would guess wrong every second time.
func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sharedGallop(a, b []uint64) int {
	n := 0
	for _, x := range a {
		step := 1
		for step < len(b) && b[step] < x {
			step *= 2
		}
		lo, hi := step/2, min(step+1, len(b))
		at, found := slices.BinarySearch(b[lo:hi], x)
		if found {
			n++
		}
		b = b[lo+at:]
		if len(b) == 0 {
			break
		}
	}
	return n
}

// Resemblance is |A∩B|/|A∪B| of two sets, 0 to 1; of two empty ones 0.
func Resemblance(a, b []uint64) float64 {
	n := Shared(a, b)
	if n == 0 {
		return 0
	}
	return float64(n) / float64(len(a)+len(b)-n)
}
