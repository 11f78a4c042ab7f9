package cluster

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"unsafe"

	"dedup/internal/shingle"
)

// A round of the prefix filter. In: records (shingle, article). Out: candidate pairs, and buckets that are too hot to make pairs.
//
//  1. group: the records of a part are sorted by shingle. Those of a shingle are a bucket. A bucket of one article is dropped; the others are put
//     into lists by size, as article numbers alone, the first of each bucket marked. met counts the buckets of each article.
//  2. The caller sets quotas: how many of an article's buckets it is to be found by as the smaller side. (What it has alone counts as taken.)
//  3. choose: articles take buckets until their quota is used up, rare ones first. Whoever takes a bucket makes a pair with each other article in it.
//     Any choice is right, so goroutines choose side by side; what is verified in the end is the same.
//  4. hot: buckets of more than nearHot articles make no pairs, since these could be quadratically many. The caller is told who would take them.
//
// Cost: ~8 ns a record, and for each of those not alone ~20 ns more.

const nearHot = 32

// nearClasses are the sizes of buckets: the greatest of each class; the last is the hot one.
var nearClasses = [...]int{2, 3, 4, 8, 16, nearHot}

type nearRound struct {
	near  *Near
	rate  nearRate
	deals []*nearDeal
	dead  nearFlags                           // articles that are left out; may be nil
	met   []uint32                            // buckets of each article
	quota []int32                             // buckets that each article is still to take
	last  []uint64                            // of each article: 1 + the place of the bucket that it made pairs of last
	lists [][len(nearClasses) + 1]nearBuckets // of each part
	hots  []nearHotBucket                     // that nobody took yet
	maps  [][]uint64                          // memory of the lists of each part
	pairs []nearMet                           // of each goroutine
}

// nearBuckets is one bucket after another.
type nearBuckets []uint32

const (
	nearFirst  = 1 << 31 // marks the first article of a bucket
	nearTaker  = 1 << 30 // marks an article that took the bucket
	nearNumber = nearTaker - 1
)

// next cuts off the first bucket. Its first article is still marked.
func (b nearBuckets) next() (bucket, rest nearBuckets) {
	k := 1
	for k < len(b) && b[k]&nearFirst == 0 {
		k++
	}
	return b[:k], b[k:]
}

func (n *Near) newRound(rate nearRate, deals []*nearDeal, dead nearFlags) *nearRound {
	r := &nearRound{near: n, rate: rate, deals: deals, dead: dead, met: make([]uint32, n.n), quota: make([]int32, n.n), last: make([]uint64, n.n)}
	r.lists = make([][len(nearClasses) + 1]nearBuckets, rate.parts)
	r.maps = make([][]uint64, rate.parts)
	r.pairs = make([]nearMet, n.opt.Workers)
	return r
}

// nearGrouping is the scratch of one goroutine.
type nearGrouping struct {
	records []uint64
	buf     []uint64
	sieve   nearSieve
}

// group fills met and lists.
func (r *nearRound) group(ctx context.Context) error {
	work := make([]nearGrouping, r.near.opt.Workers)
	var done int64
	return r.near.parallel(ctx, r.rate.parts, func(g, p int) error {
		defer r.near.tell(&done, r.rate.parts)
		w := &work[g]
		size := 0
		for _, d := range r.deals {
			size += d.size(p)
		}
		if cap(w.records) < size {
			w.records = make([]uint64, 0, size+size/8)
		}
		records := w.records[:0]
		for _, d := range r.deals {
			var err error
			if records, err = d.part(records, p, r.dead, &w.buf); err != nil {
				return err
			}
		}
		r.list(p, shingle.Set(w.sieve.sift(records)))
		return nil
	})
}

// list makes the lists of a part from its records, sorted.
func (r *nearRound) list(p int, records []uint64) {
	var size [len(nearClasses) + 1]int
	for rest := records; len(rest) > 0; {
		k := nearSame(rest)
		if k > 1 {
			size[r.class(k)] += k
			for _, x := range rest[:k] {
				atomic.AddUint32(&r.met[uint32(x)], 1)
			}
		}
		rest = rest[k:]
	}
	lists := &r.lists[p]
	all := 0
	for _, n := range size {
		all += n
	}
	if all == 0 {
		return
	}
	r.maps[p] = nearMap(all/2 + 1) // not on the heap, which may grow to many times what it holds
	room := r.memory(p)
	room[all] = nearFirst // ends the last bucket
	for c, n := range size {
		lists[c], room = room[:0:n], room[n:]
	}
	for rest := records; len(rest) > 0; {
		k := nearSame(rest)
		if k > 1 {
			list := &lists[r.class(k)]
			first := uint32(nearFirst)
			for _, x := range rest[:k] {
				*list = append(*list, uint32(x)|first)
				first = 0
			}
		}
		rest = rest[k:]
	}
}

// nearSame is how many records from the first have its shingle.
func nearSame(records []uint64) int {
	k, key := 1, records[0]>>32
	for k < len(records) && records[k]>>32 == key {
		k++
	}
	return k
}

// class is the class of a bucket of k articles.
func (r *nearRound) class(k int) int {
	if k > r.near.hot {
		return len(nearClasses)
	}
	c := 0
	for nearClasses[c] < k {
		c++
	}
	return c
}

// choose lets articles take buckets that are not hot, small ones first, and then makes the pairs of what was taken, large buckets first.
func (r *nearRound) choose(ctx context.Context) error {
	for c := range nearClasses {
		if err := r.near.parallel(ctx, r.rate.parts, func(_, p int) error {
			r.take(r.lists[p][c])
			return nil
		}); err != nil {
			return err
		}
	}
	for c := len(nearClasses) - 1; c >= 0; c-- {
		if err := r.near.parallel(ctx, r.rate.parts, func(g, p int) error {
			r.pair(&r.pairs[g], p, c)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// take marks who takes the buckets of a list.
func (r *nearRound) take(list nearBuckets) {
	for i, x := range list {
		if q := &r.quota[x&nearNumber]; atomic.LoadInt32(q) > 0 {
			atomic.AddInt32(q, -1) // two goroutines may take it below 0: a bucket more than needed
			list[i] = x | nearTaker
		}
	}
}

// pair makes the pairs of a list: whoever took a bucket with each other article in it. Versions of a text meet in many buckets; one that holds no article that the
// last bucket of the taker did not hold makes none.
func (r *nearRound) pair(pairs *nearMet, p, class int) {
	off := uint64(p) << 32
	for c := range class {
		off += uint64(len(r.lists[p][c]))
	}
	for rest := r.lists[p][class]; len(rest) > 0; {
		var bucket nearBuckets
		bucket, rest = rest.next()
		for i, x := range bucket {
			if x&nearTaker == 0 {
				continue
			}
			last := &r.last[x&nearNumber]
			if old := atomic.LoadUint64(last); old != 0 && r.within(bucket, old-1) {
				continue
			}
			atomic.StoreUint64(last, off+1)
			for j, y := range bucket {
				if i != j && (y&nearTaker == 0 || i < j || atomic.LoadUint64(&r.last[y&nearNumber]) != off+1) {
					pairs.add(x&nearNumber, y&nearNumber)
				}
			}
		}
		off += uint64(len(bucket))
	}
}

// within tells whether the bucket at a place holds all articles of another one.
func (r *nearRound) within(bucket nearBuckets, place uint64) bool {
	other := r.memory(int(place >> 32))[uint32(place):]
	k := 0
	for _, x := range bucket {
		for other[k]&nearNumber != x&nearNumber {
			if k++; other[k]&nearFirst != 0 {
				return false
			}
		}
	}
	return true
}

// memory is that of the lists of a part.
func (r *nearRound) memory(p int) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(r.maps[p]))), 2*len(r.maps[p]))
}

// hungry counts the articles that still have quota.
func (r *nearRound) hungry() int {
	k := 0
	for _, q := range r.quota {
		if q > 0 {
			k++
		}
	}
	return k
}

// nearHotBucket is a bucket of which articles may be found by an index alone.
type nearHotBucket struct {
	nearBuckets
	number int
	cost   int // articles of it that have no quota and are not in yet
}

// hot lets the articles that still have quota take hot buckets and calls fn with each that is taken: takers tells who has. Buckets come first that draw in
// the fewest articles that neither have quota nor are in already: the text of a template before a phrase that other articles have too. Unless any
// bucket will do, those that would draw in more than a quarter of their articles are left.
func (r *nearRound) hot(in nearFlags, any bool, fn func(number int, bucket nearBuckets, takers func(id int32) bool)) {
	if r.hungry() == 0 {
		return
	}
	if r.hots == nil {
		for p := range r.lists {
			for rest := r.lists[p][len(nearClasses)]; len(rest) > 0; {
				h := nearHotBucket{number: len(r.hots)}
				h.nearBuckets, rest = rest.next()
				h.nearBuckets[0] &^= nearFirst
				r.hots = append(r.hots, h)
			}
		}
	}
	for i := range r.hots {
		h := &r.hots[i]
		h.cost = 0
		for _, x := range h.nearBuckets {
			if r.quota[x] <= 0 && !in.has(int32(x)) {
				h.cost++
			}
		}
	}
	slices.SortFunc(r.hots, func(a, b nearHotBucket) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.nearBuckets), len(b.nearBuckets)), cmp.Compare(a.number, b.number))
	})
	took := make([]int32, len(r.quota)) // number of the last bucket that an article took, and 1
	rest := r.hots[:0]
	for _, h := range r.hots {
		taken := false
		for _, x := range h.nearBuckets {
			if q := &r.quota[x]; *q > 0 && (any || 4*h.cost <= len(h.nearBuckets)) {
				*q--
				took[x], taken = int32(h.number)+1, true
			}
		}
		if taken {
			fn(h.number, h.nearBuckets, func(id int32) bool { return took[id] == int32(h.number)+1 })
		} else {
			rest = append(rest, h)
		}
	}
	r.hots = rest
}

// release gives back what the round holds but for its pairs.
func (r *nearRound) release() {
	for _, d := range r.deals {
		d.release()
	}
	for _, words := range r.maps {
		nearUnmap(words)
	}
	r.near.pool.trim()
	r.met, r.quota, r.last, r.lists, r.maps, r.hots, r.deals = nil, nil, nil, nil, nil, nil, nil
}

// nearMet are pairs of articles a < b, as a<<32 | b, mostly once. The cache keeps out those that come again soon: two versions of a text meet in all
// that they take.
type nearMet struct {
	cache []uint64
	list  []uint64
	most  int
}

const nearPairCache = 14 // bits

func (p *nearMet) add(a, b uint32) {
	if p.cache == nil {
		p.cache, p.most = make([]uint64, 1<<nearPairCache), 1<<20
	}
	pair := uint64(min(a, b))<<32 | uint64(max(a, b))
	c := &p.cache[pair*0x9e3779b97f4a7c15>>(64-nearPairCache)]
	if *c == pair {
		return
	}
	*c = pair
	p.list = append(p.list, pair)
	if len(p.list) == p.most {
		p.list = sortedPairs(p.list)
		p.most = max(p.most, 2*len(p.list))
	}
}

// sortedPairs sorts pairs and drops what comes twice.
func sortedPairs(pairs []uint64) []uint64 {
	slices.Sort(pairs)
	return slices.Compact(pairs)
}
