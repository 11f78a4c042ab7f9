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
// look. The tokens before the places go with them where asked for: read one by one from a file, they
// cost more than all else.
type postings struct {
	c      *corpus
	gram   int
	rest   bool // only places whose short gram is common
	memory int64
	step   int // ranges made at once
	kept   bool
	block  int             // articles that are counted together
	counts [][parts]uint32 // places of a block in each range
	parts  [parts][]uint64

	withBefore bool
	before     [parts][]uint32 // the token before each place; 0 at the start of an article
}

// newPostings plans to use a third of the memory. Sorting takes a range more a worker.
func newPostings(c *corpus, gram int, rest bool, memory int64) *postings {
	const blocks = 4096 // at most: a kilobyte each
	p := &postings{c: c, gram: gram, rest: rest, memory: memory, block: max(256, len(c.same)/blocks)}
	p.plan(8)
	return p
}

// plan sets how many ranges are made at once, of so many bytes a place.
func (p *postings) plan(size int64) {
	passes := 1 + int64(len(p.c.toks))*size/(p.memory/3+1)
	p.step = max(1, int((parts+passes-1)/passes))
}

// takeBefore has the tokens before the places go with them from now on, where tokens lie in a file.
func (p *postings) takeBefore() {
	if p.c.toksIn.file == nil {
		return
	}
	p.withBefore, p.kept = true, false
	clear(p.parts[:])
	p.plan(12)
}

// each calls fn for every gram that stands in two places or more, with the number of the calling
// worker, the places in order, and the tokens before them where they were taken.
func (p *postings) each(ctx context.Context, workers int, fn func(worker int, places []uint64, before []uint32) error) error {
	for from := 0; from < parts; from += p.step {
		to := min(parts, from+p.step)
		if !p.kept {
			if err := p.fill(ctx, workers, from, to); err != nil {
				return err
			}
			p.kept = p.step >= parts
		}
		err := work.Start(ctx, workers, to-from, func(worker int) func(int) error {
			return func(i int) error { return eachGram(p.parts[from+i], p.before[from+i], worker, fn) }
		})
		if err != nil {
			return err
		}
		if !p.kept {
			clear(p.parts[from:to])
			clear(p.before[from:to])
		}
	}
	return nil
}

// eachGram calls fn for every gram of a range that stands in two places or more.
func eachGram(s []uint64, before []uint32, worker int, fn func(worker int, places []uint64, before []uint32) error) error {
	for i := 0; i < len(s); {
		j := i + 1
		for j < len(s) && s[j]>>32 == s[i]>>32 {
			j++
		}
		if j > i+1 {
			var b []uint32
			if before != nil {
				b = before[i:j]
			}
			if err := fn(worker, s[i:j], b); err != nil {
				return err
			}
		}
		i = j
	}
	return nil
}

// fill makes the ranges [from, to): it counts once, lays them out, and sorts.
func (p *postings) fill(ctx context.Context, workers, from, to int) error {
	n := len(p.c.same)
	blocks := (n + p.block - 1) / p.block
	if p.counts == nil {
		p.counts = make([][parts]uint32, blocks)
		err := work.Start(ctx, workers, blocks, func(int) func(int) error {
			return func(b int) error {
				p.eachPlace(b*p.block, min(n, (b+1)*p.block), func(h uint64, _, _ int) { p.counts[b][h>>56]++ })
				return nil
			}
		})
		if err != nil {
			return err
		}
	}
	at := slices.Clone(p.counts)
	for part := from; part < to; part++ {
		total := uint32(0)
		for b := range at {
			at[b][part], total = total, total+at[b][part]
		}
		p.parts[part] = make([]uint64, total)
		if p.withBefore {
			p.before[part] = make([]uint32, total)
		}
	}
	err := work.Start(ctx, workers, blocks, func(int) func(int) error {
		return func(b int) error {
			next := &at[b]
			p.eachPlace(b*p.block, min(n, (b+1)*p.block), func(h uint64, start, place int) {
				part := int(h >> 56)
				if part < from || part >= to {
					return
				}
				p.parts[part][next[part]] = h>>24<<32 | uint64(place)
				if p.withBefore && place > start {
					p.before[part][next[part]] = p.c.toks[place-1]
				}
				next[part]++
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
		var other []uint32
		return func(i int) error {
			s := p.parts[from+i]
			scratch = slices.Grow(scratch[:0], len(s))[:len(s)]
			if p.withBefore {
				other = slices.Grow(other[:0], len(s))[:len(s)]
				p.parts[from+i], scratch, p.before[from+i], other = radixSortWith(s, scratch, p.before[from+i], other)
				return nil
			}
			p.parts[from+i], scratch = radixSort(s, scratch)
			return nil
		}
	})
}

// eachPlace calls fn for every gram of articles [from, to), in order of place, with the first place
// of its article.
func (p *postings) eachPlace(from, to int, fn func(h uint64, start, place int)) {
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
			fn(h, start, i)
		}
	}
}

// digitPlaces is where the values of s with each digit begin when they are sorted by it: the 11 bits
// from shift on.
func digitPlaces(s []uint64, shift int) (count [1 << 11]uint32) {
	for _, x := range s {
		count[x>>shift&(1<<11-1)]++
	}
	at := uint32(0)
	for i, n := range count {
		count[i], at = at, at+n
	}
	return count
}

// radixSort sorts s by its high 32 bits in three stable passes (LSD: Knuth, TAOCP 5.2.5). It
// returns the sorted slice and the other one, which is free.
func radixSort(s, scratch []uint64) (sorted, free []uint64) {
	if len(s) < 256 {
		slices.Sort(s)
		return s, scratch
	}
	for shift := 32; shift < 64; shift += 11 {
		count := digitPlaces(s, shift)
		for _, x := range s {
			d := x >> shift & (1<<11 - 1)
			scratch[count[d]] = x
			count[d]++
		}
		s, scratch = scratch, s
	}
	return s, scratch
}

// radixSortWith is radixSort with a value that goes with each.
func radixSortWith(s, scratch []uint64, with, other []uint32) (sorted, free []uint64, sortedWith, freeWith []uint32) {
	for shift := 32; shift < 64; shift += 11 {
		count := digitPlaces(s, shift)
		for i, x := range s {
			d := x >> shift & (1<<11 - 1)
			scratch[count[d]], other[count[d]] = x, with[i]
			count[d]++
		}
		s, scratch, with, other = scratch, s, other, with
	}
	return s, scratch, with, other
}
