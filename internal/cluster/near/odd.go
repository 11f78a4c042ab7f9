package near

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync/atomic"
)

// Odd articles: those of which the sample has too few rare shingles. In: these articles, and how
// many shingles each lacks. Out: flags of all articles that may be on the other side of an edge
// with one of them and did not meet it in the sample.
//
//  1. want: an odd article wants as many of its other shingles as it lacks, and a few more.
//  2. pass: all articles are read for shingles that are wanted. The codes of the last four words of
//     a shingle, hashed, say by one bit whether it may be one. Only where that bit is set are the
//     shingles of an article made and looked up. A row of codes that many articles have is given
//     up.
//  3. settle: each odd article takes those of the wanted shingles that the fewest articles have.
//     All articles that have one of these are flagged.
//  4. If too few wanted shingles are rare, another pass flags all articles that have the others.
//
// Cost of a pass: ~1.5 ns a token.

const (
	spareShingles = 4  // more shingles than an odd article lacks
	commonGram    = 32 // articles of one gram that the first pass looks at
	grams         = 20 // bits: hashes of codes
)

// odd is the search.
type odd struct {
	near   *Finder
	bits   []uint64   // hashes of the grams
	grams  set        // codes that wanted shingles end with
	hits   []int32    // articles that were looked at for each gram, by its slot there
	gramOf []int32    // the slot of each wanted shingle's
	mask   uint64     // of the codes that count
	wanted set        // shingles
	number []int32    // of each, by its slot there
	count  []int32    // articles that have each
	dead   flags      // articles that are left out
	owners []owner    // odd articles
	poor   []owner    // those that have less to want than they lack, and how much less
	met    [][]wanted // of each goroutine
	flags  flags      // articles found
	common []bool     // wanted shingles of which the second pass finds all articles; nil in the first
}

// owner is an odd article.
type owner struct {
	id     int32
	lacks  int
	wanted []int32
}

// wanted says that an article has a wanted shingle.
type wanted struct{ shingle, id int32 }

// newOdd says which shingles the odd articles want.
func (n *Finder) newOdd(owners []owner, dead flags) (*odd, error) {
	o := &odd{near: n, owners: owners, dead: dead}
	if len(owners) == 0 {
		return o, nil
	}
	o.bits = make([]uint64, 1<<(grams-6))
	o.mask = uint64(math.MaxUint64) >> (64 - 16*min(4, n.opt.Shingle))
	return o, o.want()
}

// find flags the articles that have what the odd ones lack, and these.
func (o *odd) find(ctx context.Context, flags flags) error {
	if len(o.owners) == 0 {
		return nil
	}
	o.flags = flags
	if err := o.pass(ctx); err != nil {
		return err
	}
	if o.settle() {
		return o.pass(ctx)
	}
	return nil
}

// want picks the shingles that the odd articles want.
func (o *odd) want() error {
	r := &o.near.readers()[0]
	most := 0
	for i := range o.owners {
		most += o.owners[i].lacks + spareShingles
	}
	o.grams.reset(most)
	o.wanted.reset(most)
	o.number = make([]int32, len(o.wanted.slots))
	o.hits = make([]int32, len(o.grams.slots))
	for i := range o.owners {
		w := &o.owners[i]
		list, err := r.shingles(w.id)
		if err != nil {
			return err
		}
		r.set.reset(len(list))
		for _, at := range spread(len(list)) {
			h := list[at]
			if len(w.wanted) == w.lacks+spareShingles {
				break
			}
			if h < o.near.rate.limit || !r.set.add(h) {
				continue
			}
			if o.wanted.add(h) {
				o.number[o.wanted.find(h)] = int32(o.wanted.n - 1)
				o.mark(o.gram(r, at))
			}
			w.wanted = append(w.wanted, o.number[o.wanted.find(h)])
		}
		if k := len(w.wanted); k < w.lacks {
			o.poor = append(o.poor, owner{id: w.id, lacks: w.lacks - k})
		}
	}
	o.count = make([]int32, o.wanted.n)
	o.met = make([][]wanted, o.near.opt.Workers)
	return nil
}

// spread gives the numbers below n so that those next to each other come far apart: a line that all
// articles of a source end with is not all that is wanted.
func spread(n int) []int {
	out := make([]int, 0, n)
	for step := 16; len(out) < n; step-- {
		for i := step - 1; i < n; i += 16 {
			out = append(out, i)
		}
	}
	return out
}

// gram is the codes of the last words of the shingle at a place of the article that r holds.
func (o *odd) gram(r *reader, at int) uint64 {
	x := uint64(0)
	for _, h := range r.hashes[at:min(at+o.near.opt.Shingle, len(r.hashes))] {
		x = x<<16 | o.near.code.code(h)
	}
	return x & o.mask
}

func (o *odd) mark(gram uint64) {
	h := gram * 0x9e3779b97f4a7c15
	i := h >> (64 - grams)
	o.bits[i>>6] |= 1 << (i & 63)
	o.grams.add(h ^ h>>32)
	o.gramOf = append(o.gramOf, int32(o.grams.find(h^h>>32)))
}

// may tells whether some row of codes may end a wanted shingle, one that is not common.
func (o *odd) may(codes []uint16) bool {
	x, mask := uint64(0), o.mask
	table := (*[1 << (grams - 6)]uint64)(o.bits)
	for _, c := range codes {
		x = x<<16 | uint64(c)
		h := x & mask * 0x9e3779b97f4a7c15
		i := h >> (64 - grams)
		if table[i>>6%(1<<(grams-6))]>>(i&63)&1 == 0 {
			continue
		}
		at := o.grams.find(h ^ h>>32)
		if at >= 0 && (o.common != nil || int(atomic.LoadInt32(&o.hits[at])) <= o.near.common) {
			atomic.AddInt32(&o.hits[at], 1)
			return true
		}
	}
	return false
}

// pass looks the wanted shingles up in all articles.
func (o *odd) pass(ctx context.Context) error {
	readers := o.near.readers()
	return o.near.scan(ctx, nil, func(g int, id int32, a *article, words []uint64) error {
		if o.dead != nil && o.dead.has(id) || !o.may(shorts(words, int(a.toks))) {
			return nil
		}
		r := &readers[g]
		list := r.of(a, words)
		r.set.reset(len(list))
		for _, h := range list {
			if at := o.wanted.find(h); at >= 0 && r.set.add(h) {
				o.note(g, o.number[at], id)
			}
		}
		return nil
	})
}

func (o *odd) note(g int, k, id int32) {
	if o.common != nil {
		if o.common[k] {
			o.flags.set(id)
		}
		return
	}
	if int(atomic.AddInt32(&o.count[k], 1)) <= o.near.common {
		o.met[g] = append(o.met[g], wanted{k, id})
	}
}

// settle decides by which shingles the odd articles are found, flags who has them, and tells
// whether another pass is needed.
func (o *odd) settle() (again bool) {
	for k, at := range o.gramOf {
		if int(o.hits[at]) > o.near.common {
			o.count[k] = math.MaxInt32 // not all of its articles were looked at
		}
	}
	taken, common := make([]bool, len(o.count)), make([]bool, len(o.count))
	for i := range o.owners {
		w := &o.owners[i]
		slices.SortFunc(w.wanted, func(a, b int32) int { return cmp.Or(cmp.Compare(o.count[a], o.count[b]), cmp.Compare(a, b)) })
		for _, k := range w.wanted[:min(w.lacks, len(w.wanted))] {
			if o.count[k] > 1 {
				taken[k] = true
				common[k] = int(o.count[k]) > o.near.common
				again = again || common[k]
			}
		}
	}
	for _, met := range o.met {
		for _, m := range met {
			if taken[m.shingle] {
				o.flags.set(m.id)
			}
		}
	}
	if o.common = common; !again {
		return false
	}
	clear(o.bits)
	for k, at := range o.gramOf {
		if common[k] {
			key := o.grams.slots[at].key
			i := (key ^ key>>32) >> (64 - grams)
			o.bits[i>>6] |= 1 << (i & 63)
		}
	}
	return true
}
