package passage

import (
	"context"
	"slices"
	"sync"
)

// Seeds are n-grams of tokens that two places share. Their number, not that of the passages, is what a search costs, so rare ones lead and common ones are capped:
// a short gram that stands in at most shortCap places seeds every pair of them; where it stands in more, the long gram at that place takes over; a long gram in
// more than longCap places seeds only pairs with the first of them, so that a page copied 100,000 times costs 100,000 pairs. Four tokens, because of a passage with 20 % of its words changed
// 41 % of the 4-grams survive, 33 % of the 5-grams and 17 % of the 8-grams.
//
// Invariant: of every two places that share an exact run of shortGram tokens whose first gram is rare, or of longGram tokens, one seed starts at or inside the run (pairs of a capped gram
// excepted). Cost: sorting 8 bytes a token by radix, O(tokens), plus at most shortCap/2 and longCap/2 pairs a place.
const (
	shortGram = 4
	shortCap  = 16
	longGram  = 8
	longCap   = 64
)

// What the grams at a place are good for, and what corpus.go knows of it.
const (
	seedShort  uint8 = 1 << iota // its short gram seeds all pairs
	seedLong                     // its long gram seeds all pairs
	seedFirst                    // its long gram is capped, and it is the first place that has it
	common                       // its short gram is capped
	startsUnit                   // a sentence, a clause, a quotation or a line may begin here
)

// parts is the number of ranges of gram hashes that are sorted apart: in cache up to 10 M places.
const parts = 256

// seeds are the exact runs from which matches are extended, as place in the first article << 32 | place in the second, in slices sorted by the
// first.
type seeds struct {
	runs  [][]uint64
	first [][]uint64 // those of capped grams
}

// seed finds the seeds, in four looks at the grams: which short ones are rare, which long ones are, and the pairs of both.
func (f *finder) seed(ctx context.Context) (s seeds, err error) {
	c, workers := f.corpus, f.opt.Workers
	flags := c.flags
	short := newPostings(c, shortGram, nil, f.opt.Memory)
	err = short.each(ctx, workers, func(_ int, places []uint64) error {
		flag := seedShort
		if len(places) > shortCap {
			flag = common
		}
		for _, p := range places {
			flags[uint32(p)] |= flag
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	long := newPostings(c, longGram, flags, f.opt.Memory)
	err = long.each(ctx, workers, func(_ int, places []uint64) error {
		if len(places) > longCap {
			flags[uint32(places[0])] |= seedFirst
			return nil
		}
		for _, p := range places {
			flags[uint32(p)] |= seedLong
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	runs := newCollector(&f.spill, workers, f.opt.Memory)
	err = short.each(ctx, workers, func(worker int, places []uint64) error {
		if len(places) > shortCap {
			return nil
		}
		return runs.add(worker, func(dst []uint64) []uint64 { return c.allPairs(dst, places, flags, seedShort) })
	})
	if err != nil {
		return s, err
	}
	first := newCollector(&f.spill, workers, f.opt.Memory)
	err = long.each(ctx, workers, func(worker int, places []uint64) error {
		if len(places) > longCap {
			return first.add(worker, func(dst []uint64) []uint64 { return c.pairsWithFirst(dst, places, flags) })
		}
		return runs.add(worker, func(dst []uint64) []uint64 { return c.allPairs(dst, places, flags, seedShort|seedLong) })
	})
	if err != nil {
		return s, err
	}
	s.runs, s.first = runs.sorted(), first.sorted()
	f.done.add(int64(len(c.same)))
	return s, nil
}

// collector gathers pairs from the workers; a worker that holds its share of the memory sorts it and puts it into a file. Later work takes
// the pairs of an article from all slices and sorts them, so the result does not depend on who found what.
type collector struct {
	spill   *spill
	share   int
	mu      sync.Mutex
	workers [][]uint64
	files   [][]uint64
}

func newCollector(s *spill, workers int, memory int64) *collector {
	return &collector{spill: s, share: max(1<<10, int(memory/16/8)/workers), workers: make([][]uint64, workers)}
}

// add has add append pairs to those of a worker.
func (c *collector) add(worker int, add func(dst []uint64) []uint64) error {
	s := add(c.workers[worker])
	c.workers[worker] = s
	if len(s) < c.share {
		return nil
	}
	s, free := radixSort(s, make([]uint64, len(s)))
	c.mu.Lock()
	defer c.mu.Unlock()
	a := array[uint64]{spill: c.spill}
	if err := a.add(s); err != nil {
		return err
	}
	m, err := a.done()
	c.files = append(c.files, m)
	c.workers[worker] = free[:0]
	return err
}

// sorted gives all pairs in sorted slices.
func (c *collector) sorted() [][]uint64 {
	s := slices.Concat(c.workers...)
	s, _ = radixSort(s, make([]uint64, len(s)))
	if len(s) > 0 {
		c.files = append(c.files, s)
	}
	return c.files
}

// allPairs appends the pairs of places in different articles where a run starts: the tokens before differ, or their gram has not seeded this pair.
func (c *corpus) allPairs(dst []uint64, places []uint64, flags []uint8, before uint8) []uint64 {
	for i, x := range places {
		p := uint32(x)
		a := c.article(p)
		inside := p > c.first[a] && flags[p-1]&before != 0
		for _, y := range places[i+1:] {
			q := uint32(y)
			if q < c.first[a+1] {
				continue
			}
			if inside && c.toks[p-1] == c.toks[q-1] && q > c.first[c.article(q)] {
				continue
			}
			dst = append(dst, uint64(p)<<32|uint64(q))
		}
	}
	return dst
}

// pairsWithFirst appends the pairs of the first place with all others, in the same way.
func (c *corpus) pairsWithFirst(dst []uint64, places []uint64, flags []uint8) []uint64 {
	p := uint32(places[0])
	a := c.article(p)
	inside := p > c.first[a] && flags[p-1]&(seedShort|seedLong|seedFirst) != 0
	for _, y := range places[1:] {
		q := uint32(y)
		if q < c.first[a+1] || inside && c.toks[p-1] == c.toks[q-1] && q > c.first[c.article(q)] {
			continue
		}
		dst = append(dst, uint64(p)<<32|uint64(q))
	}
	return dst
}

// postings are the places of all grams of one length, as gram hash << 32 | place, by ranges of the hash, each sorted. What does not fit into
// memory at once is made range by range, again for every look.
type postings struct {
	c     *corpus
	gram  int
	flags []uint8 // not nil: only places whose short gram is common
	step  int     // ranges made at once
	kept  bool
	parts [parts][]uint64
}

// newPostings plans to use a quarter of the memory, and as much again for sorting.
func newPostings(c *corpus, gram int, flags []uint8, memory int64) *postings {
	passes := 1 + int64(len(c.toks))*8/(memory/4+1)
	return &postings{c: c, gram: gram, flags: flags, step: max(1, int((parts+passes-1)/passes))}
}

// each calls fn for every gram that stands in two places or more, with the number of the calling worker and the places in order.
func (p *postings) each(ctx context.Context, workers int, fn func(worker int, places []uint64) error) error {
	for from := 0; from < parts; from += p.step {
		to := min(parts, from+p.step)
		if !p.kept {
			if err := p.fill(ctx, workers, from, to); err != nil {
				return err
			}
			p.kept = p.step >= parts
		}
		err := parallel(ctx, workers, to-from, func(worker int) func(int) error {
			return func(i int) error { return eachGram(p.parts[from+i], worker, fn) }
		})
		if err != nil {
			return err
		}
		if !p.kept {
			clear(p.parts[from:to])
		}
	}
	return nil
}

// eachGram calls fn for every gram of a range that stands in two places or more.
func eachGram(s []uint64, worker int, fn func(worker int, places []uint64) error) error {
	for i := 0; i < len(s); {
		j := i + 1
		for j < len(s) && s[j]>>32 == s[i]>>32 {
			j++
		}
		if j > i+1 {
			if err := fn(worker, s[i:j]); err != nil {
				return err
			}
		}
		i = j
	}
	return nil
}

// fill makes the ranges [from, to): it counts, lays them out, and sorts.
func (p *postings) fill(ctx context.Context, workers, from, to int) error {
	const block = 256
	n := len(p.c.same)
	blocks := (n + block - 1) / block
	counts := make([][parts]uint32, blocks)
	err := parallel(ctx, workers, blocks, func(int) func(int) error {
		return func(b int) error {
			p.eachPlace(b*block, min(n, (b+1)*block), func(h uint64, _ uint32) { counts[b][h>>56]++ })
			return nil
		}
	})
	if err != nil {
		return err
	}
	for part := from; part < to; part++ {
		total := uint32(0)
		for b := range counts {
			counts[b][part], total = total, total+counts[b][part]
		}
		p.parts[part] = make([]uint64, total)
	}
	err = parallel(ctx, workers, blocks, func(int) func(int) error {
		return func(b int) error {
			next := &counts[b]
			p.eachPlace(b*block, min(n, (b+1)*block), func(h uint64, place uint32) {
				if part := int(h >> 56); part >= from && part < to {
					p.parts[part][next[part]] = h>>24<<32 | uint64(place)
					next[part]++
				}
			})
			return nil
		}
	})
	if err != nil {
		return err
	}
	return parallel(ctx, workers, to-from, func(int) func(int) error {
		var scratch []uint64
		return func(i int) error {
			s := p.parts[from+i]
			scratch = slices.Grow(scratch[:0], len(s))[:len(s)]
			p.parts[from+i], scratch = radixSort(s, scratch)
			return nil
		}
	})
}

// eachPlace calls fn for every gram of articles [from, to), in order of place.
func (p *postings) eachPlace(from, to int, fn func(h uint64, place uint32)) {
	c := p.c
	for a := from; a < to; a++ {
		start, end := int(c.first[a]), int(c.first[a+1])
		for i := start; i+p.gram <= end; i++ {
			if p.flags != nil && p.flags[i]&common == 0 {
				continue
			}
			var h uint64
			for _, t := range c.toks[i : i+p.gram] {
				h = (h + uint64(t)) * 0x9e3779b97f4a7c15
				h ^= h >> 32
			}
			fn(h, uint32(i))
		}
	}
}

// radixSort sorts s by its high 32 bits in three stable passes (LSD: Knuth, TAOCP 5.2.5). It
// returns the sorted slice and the other one, which is free.
func radixSort(s, scratch []uint64) (sorted, free []uint64) {
	if len(s) < 256 {
		slices.Sort(s)
		return s, scratch
	}
	for shift := 32; shift < 64; shift += 11 {
		var count [1 << 11]uint32
		for _, x := range s {
			count[x>>shift&(1<<11-1)]++
		}
		at := uint32(0)
		for i, n := range count {
			count[i], at = at, at+n
		}
		for _, x := range s {
			d := x >> shift & (1<<11 - 1)
			scratch[count[d]] = x
			count[d]++
		}
		s, scratch = scratch, s
	}
	return s, scratch
}
