package near

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"unsafe"

	"dedup/internal/shingle"
)

// A round of the prefix filter. In: records (shingle, article). Out: candidate pairs, and buckets
// that are too hot to make pairs.
//
//  1. group: the records of a part are sorted by shingle. Those of a shingle are a bucket. A bucket
//     of one article is dropped; the others are put into lists by size, as article numbers alone,
//     the first of each bucket marked. met counts the buckets of each article.
//  2. The caller sets quotas: the number of buckets that an article must take to be found as the
//     smaller side. Shingles that it has alone count as taken.
//  3. choose: articles take buckets until their quota is used up, rare ones first. Whoever takes a
//     bucket makes a pair with each other article in it. Any choice is right, so goroutines choose
//     side by side; what is verified in the end is the same.
//  4. hot: buckets of more than hotArticles articles make no pairs, since these could be
//     quadratically many. The caller is told who would take them.
//
// Cost: ~8 ns a record, and for each of those not alone ~20 ns more.

const hotArticles = 32

// classes are the sizes of buckets: the greatest of each class; the last is the hot one.
var classes = [...]int{2, 3, 4, 8, 16, hotArticles}

type round struct {
	near  *Finder
	rate  sampleRate
	deals []*deal
	dead  flags                       // articles that are left out; may be nil
	met   []uint32                    // buckets of each article
	quota []int32                     // buckets that each article is still to take
	last  []uint64                    // of each article: 1 + the place of the bucket that it made pairs of last
	lists [][len(classes) + 1]buckets // of each part
	hots  []hotBucket                 // that nobody took yet
	maps  [][]uint64                  // memory of the lists of each part
	pairs []met                       // of each goroutine
}

// buckets is one bucket after another.
type buckets []uint32

const (
	firstMark  = 1 << 31 // marks the first article of a bucket
	takerMark  = 1 << 30 // marks an article that took the bucket
	numberMask = takerMark - 1
)

// next cuts off the first bucket. Its first article is still marked.
func (b buckets) next() (bucket, rest buckets) {
	k := 1
	for k < len(b) && b[k]&firstMark == 0 {
		k++
	}
	return b[:k], b[k:]
}

func (n *Finder) newRound(rate sampleRate, deals []*deal, dead flags) *round {
	r := &round{near: n, rate: rate, deals: deals, dead: dead, met: make([]uint32, n.n), quota: make([]int32, n.n), last: make([]uint64, n.n)}
	r.lists = make([][len(classes) + 1]buckets, rate.parts)
	r.maps = make([][]uint64, rate.parts)
	r.pairs = make([]met, n.opt.Workers)
	return r
}

// grouping is the scratch of one goroutine.
type grouping struct {
	records []uint64
	buf     []uint64
	sieve   sieve
}

// group fills met and lists.
func (r *round) group(ctx context.Context) error {
	work := make([]grouping, r.near.opt.Workers)
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
func (r *round) list(p int, records []uint64) {
	var size [len(classes) + 1]int
	for rest := records; len(rest) > 0; {
		k := sameSlices(rest)
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
	r.maps[p] = mapPages(all/2 + 1) // much is not on the heap, which may grow to many times what it holds
	room := r.memory(p)
	room[all] = firstMark // ends the last bucket
	for c, n := range size {
		lists[c], room = room[:0:n], room[n:]
	}
	for rest := records; len(rest) > 0; {
		k := sameSlices(rest)
		if k > 1 {
			list := &lists[r.class(k)]
			first := uint32(firstMark)
			for _, x := range rest[:k] {
				*list = append(*list, uint32(x)|first)
				first = 0
			}
		}
		rest = rest[k:]
	}
}

// sameSlices is how many records from the first have its shingle.
func sameSlices(records []uint64) int {
	k, key := 1, records[0]>>32
	for k < len(records) && records[k]>>32 == key {
		k++
	}
	return k
}

// class is the class of a bucket of k articles.
func (r *round) class(k int) int {
	if k > r.near.hot {
		return len(classes)
	}
	c := 0
	for classes[c] < k {
		c++
	}
	return c
}

// choose lets articles take buckets that are not hot, small ones first, and then makes the pairs of
// what was taken, large buckets first.
func (r *round) choose(ctx context.Context) error {
	for c := range classes {
		if err := r.near.parallel(ctx, r.rate.parts, func(_, p int) error {
			r.take(r.lists[p][c])
			return nil
		}); err != nil {
			return err
		}
	}
	for c := len(classes) - 1; c >= 0; c-- {
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
func (r *round) take(list buckets) {
	for i, x := range list {
		if q := &r.quota[x&numberMask]; atomic.LoadInt32(q) > 0 {
			atomic.AddInt32(q, -1) // two goroutines may take it below 0: a bucket more than needed
			list[i] = x | takerMark
		}
	}
}

// pair makes the pairs of a list: whoever took a bucket with each other article in it. Versions of
// a text meet in many buckets; one that holds no article that the last bucket of the taker did not
// hold makes none.
func (r *round) pair(pairs *met, p, class int) {
	off := uint64(p) << 32
	for c := range class {
		off += uint64(len(r.lists[p][c]))
	}
	for rest := r.lists[p][class]; len(rest) > 0; {
		var bucket buckets
		bucket, rest = rest.next()
		for i, x := range bucket {
			if x&takerMark == 0 {
				continue
			}
			last := &r.last[x&numberMask]
			if old := atomic.LoadUint64(last); old != 0 && r.within(bucket, old-1) {
				continue
			}
			atomic.StoreUint64(last, off+1)
			for j, y := range bucket {
				if i != j && (y&takerMark == 0 || i < j || atomic.LoadUint64(&r.last[y&numberMask]) != off+1) {
					pairs.add(x&numberMask, y&numberMask)
				}
			}
		}
		off += uint64(len(bucket))
	}
}

// within tells whether the bucket at a place holds all articles of another one.
func (r *round) within(bucket buckets, place uint64) bool {
	other := r.memory(int(place >> 32))[uint32(place):]
	k := 0
	for _, x := range bucket {
		for other[k]&numberMask != x&numberMask {
			if k++; other[k]&firstMark != 0 {
				return false
			}
		}
	}
	return true
}

// memory is that of the lists of a part.
func (r *round) memory(p int) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(r.maps[p]))), 2*len(r.maps[p]))
}

// hungry counts the articles that still have quota.
func (r *round) hungry() int {
	k := 0
	for _, q := range r.quota {
		if q > 0 {
			k++
		}
	}
	return k
}

// hotBucket is a bucket of which articles may be found by an index alone.
type hotBucket struct {
	buckets
	number int
	cost   int // articles of it that have no quota and are not in yet
}

// hot lets the articles that still have quota take hot buckets and calls fn with each that is
// taken: takers tells who has. Buckets come first that draw in the fewest articles that neither
// have quota nor are in already: the text of a template before a phrase that other articles have
// too. Unless any bucket will do, those that would draw in more than a quarter of their articles
// are left.
func (r *round) hot(in flags, any bool, fn func(number int, bucket buckets, takers func(id int32) bool)) {
	if r.hungry() == 0 {
		return
	}
	if r.hots == nil {
		for p := range r.lists {
			for rest := r.lists[p][len(classes)]; len(rest) > 0; {
				h := hotBucket{number: len(r.hots)}
				h.buckets, rest = rest.next()
				h.buckets[0] &^= firstMark
				r.hots = append(r.hots, h)
			}
		}
	}
	for i := range r.hots {
		h := &r.hots[i]
		h.cost = 0
		for _, x := range h.buckets {
			if r.quota[x] <= 0 && !in.has(int32(x)) {
				h.cost++
			}
		}
	}
	slices.SortFunc(r.hots, func(a, b hotBucket) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(len(a.buckets), len(b.buckets)), cmp.Compare(a.number, b.number))
	})
	took := make([]int32, len(r.quota)) // number of the last bucket that an article took, and 1
	rest := r.hots[:0]
	for _, h := range r.hots {
		taken := false
		for _, x := range h.buckets {
			if q := &r.quota[x]; *q > 0 && (any || 4*h.cost <= len(h.buckets)) {
				*q--
				took[x], taken = int32(h.number)+1, true
			}
		}
		if taken {
			fn(h.number, h.buckets, func(id int32) bool { return took[id] == int32(h.number)+1 })
		} else {
			rest = append(rest, h)
		}
	}
	r.hots = rest
}

// release gives back what the round holds but for its pairs.
func (r *round) release() {
	for _, d := range r.deals {
		d.release()
	}
	for _, words := range r.maps {
		unmapPages(words)
	}
	r.near.pool.trim()
	r.met, r.quota, r.last, r.lists, r.maps, r.hots, r.deals = nil, nil, nil, nil, nil, nil, nil
}

// met are pairs of articles a < b, as a<<32 | b, mostly once. The cache keeps out those that come
// again soon: two versions of a text meet in all that they take.
type met struct {
	cache []uint64
	list  []uint64
	most  int
}

const pairCache = 14 // bits

func (p *met) add(a, b uint32) {
	if p.cache == nil {
		p.cache, p.most = make([]uint64, 1<<pairCache), 1<<20
	}
	pair := uint64(min(a, b))<<32 | uint64(max(a, b))
	c := &p.cache[pair*0x9e3779b97f4a7c15>>(64-pairCache)]
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
