package cluster

import (
	"math/bits"
	"slices"
	"sync/atomic"
)

// nearFilter says of a shingle whether it may have been seen twice or more: a table of two-bit cells (never, once, more), indexed by hash. It
// never calls a shingle unique that is not; at n shingles in m cells it misses a fraction 1−exp(−n/m) of the unique ones, which costs work and
// never a pair. One access to memory a shingle; ~2 ns while it fits the cache.
type nearFilter struct {
	words []uint64
	shift uint // of a hash, to the number of its word
}

// newNearFilter makes a filter of at least the given number of cells.
func newNearFilter(cells int) nearFilter {
	k := max(bits.Len(uint(max(cells, 1)-1)), 10)
	return nearFilter{nearMap(1 << (k - 5)), uint(64 - (k - 5))}
}

// The low half of the hashes has a top bit of zero, which says nothing: word and cell come from the bits under it.
func (f nearFilter) at(h uint64) (word uint64, cell uint) {
	return h << 1 >> f.shift, uint(h&31) << 1
}

// mark counts the shingles. One goroutine a filter.
func (f nearFilter) mark(shingles []uint64) {
	words, mask := f.words, uint64(len(f.words)-1)
	for _, h := range shingles {
		i, c := f.at(h)
		p := &words[i&mask]
		v := *p
		*p = v | ((v>>c&1)<<1|1)<<c
	}
}

// markShared counts the shingles while other goroutines do. The plain loads first bring the lines of a group in side by side: a locked
// instruction waits for its own line and lets none pass.
func (f nearFilter) markShared(shingles []uint64) {
	for len(shingles) > 0 {
		group := shingles[:min(32, len(shingles))]
		shingles = shingles[len(group):]
		var news [32]uint64
		n := 0
		for _, h := range group {
			i, c := f.at(h)
			news[n] = h
			n += int(^atomic.LoadUint64(&f.words[i]) >> (c + 1) & 1)
		}
		for _, h := range news[:n] {
			i, c := f.at(h)
			if old := atomic.OrUint64(&f.words[i], 1<<c); old>>c&1 != 0 {
				atomic.OrUint64(&f.words[i], 2<<c)
			}
		}
	}
}

// merge adds what another filter of the same size has counted.
func (f nearFilter) merge(g nearFilter) {
	const once = 0x5555555555555555
	for i, b := range g.words {
		a := f.words[i]
		f.words[i] = a | b | a&b&once<<1
	}
}

// unique counts the shingles that no other occurrence was marked of, and stops soon after the count passes limit.
func (f nearFilter) unique(shingles []uint64, limit int) int {
	words, mask := f.words, uint64(len(f.words)-1)
	n := 0
	for len(shingles) > 0 {
		group := shingles[:min(64, len(shingles))]
		shingles = shingles[len(group):]
		more := uint64(0)
		for _, h := range group {
			i, c := f.at(h)
			more += words[i&mask] >> (c + 1) & 1
		}
		if n += len(group) - int(more); n > limit {
			break
		}
	}
	return n
}

// nearBits is a set of shingles that may hold some more: a Bloom filter whose three bits lie in one word (Putze et al., "Cache-, hash- and
// space-efficient Bloom filters", 2007). With a word or more a shingle it holds ~1 in 10,000 of the others.
type nearBits struct{ words []uint64 }

// newNearBits makes a set for n shingles, of a word each or, where that is more than the given number of bytes, of that many.
func newNearBits(n int, most int64) nearBits {
	k := max(bits.Len(uint(max(n, 1)-1)), 12)
	for k > 12 && int64(8)<<k > most {
		k--
	}
	return nearBits{nearMap(1 << k)}
}

// The word comes from bits that the top bit, which tells the halves apart, is none of.
func (t nearBits) at(h uint64) (word, mask uint64) {
	return h >> 18 & uint64(len(t.words)-1), 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63)
}

func (t nearBits) add(h uint64) {
	i, m := t.at(h)
	if atomic.LoadUint64(&t.words[i])&m != m {
		atomic.OrUint64(&t.words[i], m)
	}
}

// pick appends the shingles that the set holds to dst, without branches: the loads of many run side by side.
func (t nearBits) pick(dst, shingles []uint64) []uint64 {
	n := len(dst)
	dst = slices.Grow(dst, len(shingles))[:n+len(shingles)]
	for _, h := range shingles {
		dst[n] = h
		if t.has(h) {
			n++
		}
	}
	return dst[:n]
}

func (t nearBits) has(h uint64) bool {
	i, m := t.at(h)
	return t.words[i]&m == m
}

// pick appends the shingles that may have been seen twice to dst.
func (f nearFilter) pick(dst, shingles []uint64) []uint64 {
	n := len(dst)
	dst = slices.Grow(dst, len(shingles))[:n+len(shingles)]
	for _, h := range shingles {
		dst[n] = h
		i, c := f.at(h)
		n += int(f.words[i] >> (c + 1) & 1)
	}
	return dst[:n]
}

// nearCounts counts occurrences of some shingles, up to 15: four bits a cell, by hash. Counts are upper bounds (shingles may share a cell), so
// one occurrence is certain to be one. Which shingles are counted is for a guard to say: a set of them while it is small beside the corpus, or
// else the filter.
type nearCounts struct {
	open   nearBits
	filter nearFilter // when open has no words
	cells  []uint64
}

const nearMost = 15 // what a cell counts to

// newNearCounts makes cells for n shingles, in at most the given number of bytes.
func newNearCounts(n int, most int64) nearCounts {
	k := max(bits.Len(uint(max(2*n, 1)-1)), 12)
	for k > 12 && int64(1)<<(k-1) > most {
		k--
	}
	return nearCounts{cells: nearMap(1 << (k - 4))}
}

func (t nearCounts) at(h uint64) (word uint64, bit uint) {
	return h >> 12 & uint64(len(t.cells)-1), uint(h>>6&15) << 2
}

// meet counts the shingles that the guard lets pass and says how many these were. As in markShared, the loads of a group come first.
func (t nearCounts) meet(shingles []uint64) int {
	var group [64]uint64
	met := 0
	for len(shingles) > 0 {
		part := shingles[:min(len(group), len(shingles))]
		shingles = shingles[len(part):]
		pass := group[:0]
		if len(t.open.words) > 0 {
			pass = t.open.pick(pass, part)
		} else {
			pass = t.filter.pick(pass, part)
		}
		met += len(pass)
		left := uint64(0)
		for _, h := range pass {
			i, b := t.at(h)
			left += atomic.LoadUint64(&t.cells[i]) >> b & nearMost
		}
		if left == uint64(len(pass))*nearMost {
			continue
		}
		for _, h := range pass {
			t.add(h)
		}
	}
	return met
}

// seal drops the guard: nothing more is counted.
func (t *nearCounts) seal() {
	nearUnmap(t.open.words)
	t.open, t.filter = nearBits{}, nearFilter{}
}

func (t nearCounts) add(h uint64) {
	i, b := t.at(h)
	for {
		old := atomic.LoadUint64(&t.cells[i])
		if old>>b&nearMost == nearMost || atomic.CompareAndSwapUint64(&t.cells[i], old, old+1<<b) {
			return
		}
	}
}

// of is the number of occurrences met, at least the true one (up to 15).
func (t nearCounts) of(h uint64) uint32 {
	i, b := t.at(h)
	return uint32(t.cells[i] >> b & nearMost)
}
