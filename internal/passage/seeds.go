package passage

import (
	"context"
	"slices"
	"sync"
)

// Seeds are n-grams of tokens that two places share. Their number, not that of the passages, is
// what a search costs, so rare ones lead and common ones are capped: a short gram that stands in at
// most shortCap places seeds every pair of them; where it stands in more, the long gram at that
// place takes over; a long gram in more than longCap places seeds only pairs with the first of
// them, so that a page copied 100,000 times costs 100,000 pairs. Four tokens, because of a passage
// with 20 % of its words changed 41 % of the 4-grams survive, 33 % of the 5-grams and 17 % of the
// 8-grams.
//
// Invariant: of every two places that share an exact run of shortGram tokens whose first gram is
// rare, or of longGram tokens, one seed starts at or inside the run (pairs of a capped gram
// excepted). Cost: sorting 8 bytes a token by radix, O(tokens), plus at most shortCap/2 and
// longCap/2 pairs a place.
const (
	shortGram = 4
	shortCap  = 16
	longGram  = 8
	longCap   = 64
)

// What the grams at a place are good for, and what corpus.go knows of it.
const (
	seedShort   uint8 = 1 << iota // its short gram seeds all pairs
	seedLong                      // its long gram seeds all pairs
	seedFirst                     // its long gram is capped, and it is the first place that has it
	common                        // its short gram is capped
	startsUnit                    // a sentence, a clause, a quotation or a line may begin here
	addressPart                   // inside an address: not its first token
	hanPart                       // a character of a script without spaces, of which a word has few (wordPart)
	thaiPart                      // one of which a word has more
)

// seeds are the exact runs from which matches are extended, as place in the first article << 32 |
// place in the second, in slices sorted by the first.
type seeds struct {
	runs  []ints[uint64]
	first []ints[uint64] // those of capped grams
}

// seed finds the seeds.
func (f *finder) seed(ctx context.Context) (seeds, error) {
	short, long, err := f.judgeGrams(ctx)
	if err != nil {
		return seeds{}, err
	}
	c, workers := f.corpus, f.opt.Workers
	short.takeBefore()
	long.takeBefore()
	runs, first := newCollector(&f.spill, workers, f.opt.Memory), newCollector(&f.spill, workers, f.opt.Memory)
	err = short.each(ctx, workers, func(worker int, places []uint64, before []uint32) error {
		if len(places) > shortCap {
			return nil
		}
		return runs.add(worker, func(dst []uint64) []uint64 { return c.allPairs(dst, places, before, seedShort) })
	})
	if err != nil {
		return seeds{}, err
	}
	err = long.each(ctx, workers, func(worker int, places []uint64, before []uint32) error {
		if len(places) > longCap {
			return first.add(worker, func(dst []uint64) []uint64 { return c.pairsWithFirst(dst, places, before) })
		}
		return runs.add(worker, func(dst []uint64) []uint64 { return c.allPairs(dst, places, before, seedShort|seedLong) })
	})
	f.done.add(int64(len(c.same)))
	return seeds{runs.sorted(), first.sorted()}, err
}

// judgeGrams flags every place by what its short gram, and where that is common its long one, is
// good for.
func (f *finder) judgeGrams(ctx context.Context) (short, long *postings, err error) {
	flags, in := f.corpus.flags, &f.corpus.flagsIn
	short = newPostings(f.corpus, shortGram, false, f.opt.Memory)
	err = short.each(ctx, f.opt.Workers, func(_ int, places []uint64, _ []uint32) error {
		flag := seedShort
		if len(places) > shortCap {
			flag = common
		}
		for _, p := range places {
			in.touch(int(uint32(p)), int(uint32(p))+1)
			flags[uint32(p)] |= flag
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	long = newPostings(f.corpus, longGram, true, f.opt.Memory)
	err = long.each(ctx, f.opt.Workers, func(_ int, places []uint64, _ []uint32) error {
		if len(places) > longCap {
			in.touch(int(uint32(places[0])), int(uint32(places[0]))+1)
			flags[uint32(places[0])] |= seedFirst
			return nil
		}
		for _, p := range places {
			in.touch(int(uint32(p)), int(uint32(p))+1)
			flags[uint32(p)] |= seedLong
		}
		return nil
	})
	return short, long, err
}

// collector gathers pairs from the workers; a worker that holds its share of the memory sorts it
// and puts it into a file. Later work takes the pairs of an article from all slices and sorts them,
// so the result does not depend on who found what.
type collector struct {
	spill   *spill
	share   int
	mu      sync.Mutex
	workers [][]uint64
	files   []ints[uint64]
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
func (c *collector) sorted() []ints[uint64] {
	s := slices.Concat(c.workers...)
	c.workers = nil
	s, _ = radixSort(s, make([]uint64, len(s)))
	if len(s) > 0 {
		c.files = append(c.files, ints[uint64]{all: s})
	}
	return c.files
}

// before gives the flags of the place before p, which is not the first.
func (c *corpus) before(p uint32) uint8 {
	c.flagsIn.touch(int(p)-1, int(p))
	return c.flags[p-1]
}

// equalBefore tells whether the tokens before the i-th and the j-th place of a gram are the same.
// Neither is the first of the corpus.
func (c *corpus) equalBefore(places []uint64, before []uint32, i, j int) bool {
	if before != nil {
		return before[i] == before[j]
	}
	return c.toks[uint32(places[i])-1] == c.toks[uint32(places[j])-1]
}

// allPairs appends the pairs of places in different articles where a run starts: the tokens before
// differ, or their gram has not seeded this pair.
func (c *corpus) allPairs(dst []uint64, places []uint64, before []uint32, flags uint8) []uint64 {
	for i, x := range places {
		p := uint32(x)
		a := c.article(p)
		inside := p > c.first[a] && c.before(p)&flags != 0
		for j := i + 1; j < len(places); j++ {
			q := uint32(places[j])
			if q < c.first[a+1] {
				continue
			}
			if inside && c.equalBefore(places, before, i, j) && q > c.first[c.article(q)] {
				continue
			}
			dst = append(dst, uint64(p)<<32|uint64(q))
		}
	}
	return dst
}

// pairsWithFirst appends the pairs of the first place with all others, in the same way.
func (c *corpus) pairsWithFirst(dst []uint64, places []uint64, before []uint32) []uint64 {
	p := uint32(places[0])
	a := c.article(p)
	inside := p > c.first[a] && c.before(p)&(seedShort|seedLong|seedFirst) != 0
	for j := 1; j < len(places); j++ {
		q := uint32(places[j])
		if q < c.first[a+1] || inside && c.equalBefore(places, before, 0, j) && q > c.first[c.article(q)] {
			continue
		}
		dst = append(dst, uint64(p)<<32|uint64(q))
	}
	return dst
}
