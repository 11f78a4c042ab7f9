package passage

import (
	"context"
	"slices"
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
	shortCap  = 24
	longGram  = 8
	longCap   = 64
)

// What the grams at a place are good for.
const (
	seedShort uint8 = 1 << iota // its short gram seeds all pairs
	seedLong                    // its long gram seeds all pairs
	seedFirst                   // its long gram is capped, and it is the first place that has it
	common                      // its short gram is capped
)

// parts is the number of ranges of gram hashes that are sorted apart: in cache up to 10 M places.
const parts = 256

// seed finds the exact runs from which matches are extended, as place in the first article << 32 | place in the second, sorted.
func (f *finder) seed(ctx context.Context) ([]uint64, error) {
	c := f.corpus
	flags := make([]uint8, len(c.toks))
	short := postings{c: c, gram: shortGram}
	if err := short.sort(ctx, f.opt.Workers, nil); err != nil {
		return nil, err
	}
	err := short.each(ctx, f.opt.Workers, func(_ int, places []uint64) {
		flag := seedShort
		if len(places) > shortCap {
			flag = common
		}
		for _, p := range places {
			flags[uint32(p)] = flag
		}
	})
	if err != nil {
		return nil, err
	}
	long := postings{c: c, gram: longGram}
	if err := long.sort(ctx, f.opt.Workers, flags); err != nil {
		return nil, err
	}
	err = long.each(ctx, f.opt.Workers, func(_ int, places []uint64) {
		if len(places) > longCap {
			flags[uint32(places[0])] |= seedFirst
			return
		}
		for _, p := range places {
			flags[uint32(p)] |= seedLong
		}
	})
	if err != nil {
		return nil, err
	}
	out := make([][]uint64, 2*parts)
	err = short.each(ctx, f.opt.Workers, func(part int, places []uint64) {
		if len(places) <= shortCap {
			out[part] = c.allPairs(out[part], places, flags, seedShort)
		}
	})
	if err != nil {
		return nil, err
	}
	err = long.each(ctx, f.opt.Workers, func(part int, places []uint64) {
		if len(places) <= longCap {
			out[parts+part] = c.allPairs(out[parts+part], places, flags, seedShort|seedLong)
		} else {
			out[parts+part] = c.pairsWithFirst(out[parts+part], places, flags)
		}
	})
	if err != nil {
		return nil, err
	}
	runs := slices.Concat(out...)
	slices.Sort(runs)
	f.done.add(int64(len(c.same)))
	return runs, nil
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

// postings are the places of all grams of one length, as gram hash (low bits) << 32 | place, in parts ranges of the hash, each sorted.
type postings struct {
	c     *corpus
	gram  int
	parts [parts][]uint64
}

// sort fills the parts; with flags, only with places whose short gram is common.
func (p *postings) sort(ctx context.Context, workers int, flags []uint8) error {
	const block = 256
	n := len(p.c.same)
	blocks := (n + block - 1) / block
	counts := make([][parts]uint32, blocks)
	err := parallel(ctx, workers, blocks, func() func(int) error {
		return func(b int) error {
			p.each1(b*block, min(n, (b+1)*block), flags, func(h uint64, _ uint32) { counts[b][h>>56]++ })
			return nil
		}
	})
	if err != nil {
		return err
	}
	for part := range parts {
		total := uint32(0)
		for b := range counts {
			counts[b][part], total = total, total+counts[b][part]
		}
		p.parts[part] = make([]uint64, total)
	}
	err = parallel(ctx, workers, blocks, func() func(int) error {
		return func(b int) error {
			next := &counts[b]
			p.each1(b*block, min(n, (b+1)*block), flags, func(h uint64, place uint32) {
				part := h >> 56
				p.parts[part][next[part]] = h>>24<<32 | uint64(place)
				next[part]++
			})
			return nil
		}
	})
	if err != nil {
		return err
	}
	return parallel(ctx, workers, parts, func() func(int) error {
		var scratch []uint64
		return func(part int) error {
			scratch = slices.Grow(scratch[:0], len(p.parts[part]))[:len(p.parts[part])]
			p.parts[part], scratch = radixSort(p.parts[part], scratch)
			return nil
		}
	})
}

// each1 calls fn for every gram of articles [from, to), in order of place.
func (p *postings) each1(from, to int, flags []uint8, fn func(h uint64, place uint32)) {
	c := p.c
	for a := from; a < to; a++ {
		start, end := int(c.first[a]), int(c.first[a+1])
		for i := start; i+p.gram <= end; i++ {
			if flags != nil && flags[i]&common == 0 {
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

// each calls fn for every gram that stands in two places or more, with its part and its places in order; for one part by one goroutine at a time.
func (p *postings) each(ctx context.Context, workers int, fn func(part int, places []uint64)) error {
	return parallel(ctx, workers, parts, func() func(int) error {
		return func(part int) error {
			s := p.parts[part]
			for i := 0; i < len(s); {
				j := i + 1
				for j < len(s) && s[j]>>32 == s[i]>>32 {
					j++
				}
				if j > i+1 {
					fn(part, s[i:j])
				}
				i = j
			}
			return nil
		}
	})
}

// radixSort sorts s, whose low 32 bits ascend already, by its high 32 bits in three stable passes (LSD: Knuth, TAOCP 5.2.5). It
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
