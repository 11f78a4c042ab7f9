package passage

import (
	"context"
	"slices"

	"dedup/internal/work"
)

// parts is the number of ranges of gram hashes that are sorted apart: in cache up to 10 M places.
const parts = 256

// postings are the places of all grams of one length, as gram hash << 32 | place, by ranges of the
// hash, each sorted. What does not fit into memory at once is made range by range, again for every
// look.
type postings struct {
	c     *corpus
	gram  int
	rest  bool // only places whose short gram is common
	step  int  // ranges made at once
	kept  bool
	parts [parts][]uint64
}

// newPostings plans to use a quarter of the memory, and as much again for sorting.
func newPostings(c *corpus, gram int, rest bool, memory int64) *postings {
	passes := 1 + int64(len(c.toks))*8/(memory/4+1)
	return &postings{c: c, gram: gram, rest: rest, step: max(1, int((parts+passes-1)/passes))}
}

// each calls fn for every gram that stands in two places or more, with the number of the calling
// worker and the places in order.
func (p *postings) each(ctx context.Context, workers int, fn func(worker int, places []uint64) error) error {
	for from := 0; from < parts; from += p.step {
		to := min(parts, from+p.step)
		if !p.kept {
			if err := p.fill(ctx, workers, from, to); err != nil {
				return err
			}
			p.kept = p.step >= parts
		}
		err := work.Start(ctx, workers, to-from, func(worker int) func(int) error {
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
	counts := make([][parts]uint32, (n+block-1)/block)
	err := work.Start(ctx, workers, len(counts), func(int) func(int) error {
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
	err = work.Start(ctx, workers, len(counts), func(int) func(int) error {
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
	return p.sort(ctx, workers, from, to)
}

// sort sorts the ranges [from, to).
func (p *postings) sort(ctx context.Context, workers, from, to int) error {
	return work.Start(ctx, workers, to-from, func(int) func(int) error {
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
		c.look(start, end)
		for i := start; i+p.gram <= end; i++ {
			if p.rest && c.flags[i]&common == 0 {
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
