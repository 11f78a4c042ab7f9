package passage

import (
	"context"
	"sync"

	"dedup/internal/spill"
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
// place in the second, in slices sorted by the first. Nineteen of twenty are loose: known to be
// shorter than soloSeed, so that they count beside others alone.
type seeds struct {
	runs  []ints[uint64]
	loose []ints[uint64]
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
	memory := f.opt.Memory / 16
	runs, loose, first := newCollector(&f.spilled, workers, memory/2), newCollector(&f.spilled, workers, memory), newCollector(&f.spilled, workers, memory/2)
	err = short.each(ctx, workers, func(worker int, places []uint64, before []uint32) error {
		if len(places) > shortCap {
			return nil
		}
		c.allPairs(runs.of(worker), loose.of(worker), places, before, seedShort)
		if err := runs.settle(worker); err != nil {
			return err
		}
		return loose.settle(worker)
	})
	if err != nil {
		return seeds{}, err
	}
	err = long.each(ctx, workers, func(worker int, places []uint64, before []uint32) error {
		if len(places) > longCap {
			c.pairsWithFirst(first.of(worker), places, before)
			return first.settle(worker)
		}
		c.allPairs(runs.of(worker), nil, places, before, seedShort|seedLong)
		return runs.settle(worker)
	})
	if err != nil {
		return seeds{}, err
	}
	f.done.add(int64(len(c.same)))
	var s seeds
	if s.runs, err = runs.sorted(); err != nil {
		return s, err
	}
	if s.loose, err = loose.sorted(); err != nil {
		return s, err
	}
	s.first, err = first.sorted()
	return s, err
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
// and puts it into a file. Later work takes the pairs of an article from all runs and sorts them,
// so the result does not depend on who found what.
type collector struct {
	pages   *spill.Group
	share   int
	workers []gathered
	file    *spill.File

	mu   sync.Mutex
	runs [][2]int // in the file: from, to
}

// gathered are the pairs of a worker. Each has its own cache lines: two processors that append to
// neighbours would wait for each other.
type gathered struct {
	pairs []uint64
	_     [128 - 24]byte
}

// newCollector gathers up to so many bytes.
func newCollector(s *spilled, workers int, memory int64) *collector {
	return &collector{pages: s.pages, file: s.create(), share: max(1<<10, int(memory/8)/workers), workers: make([]gathered, workers)}
}

// of are the pairs of a worker, to be appended to; settle follows.
func (c *collector) of(worker int) *[]uint64 { return &c.workers[worker].pairs }

// settle puts the pairs of a worker that holds its share into a file.
func (c *collector) settle(worker int) error {
	s := c.workers[worker].pairs
	if len(s) < c.share {
		return nil
	}
	s, free := radixSort(s, make([]uint64, len(s)))
	at, err := c.file.Append(spill.Bytes(s))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runs = append(c.runs, [2]int{int(at / 8), int(at/8) + len(s)})
	c.workers[worker].pairs = free[:0]
	return err
}

// sorted gives all pairs in sorted slices.
func (c *collector) sorted() (all []ints[uint64], err error) {
	file, err := mapInts[uint64](c.pages, c.file)
	if err != nil {
		return nil, err
	}
	for _, r := range c.runs {
		all = append(all, file.part(r[0], r[1]))
	}
	var s []uint64
	for w := range c.workers {
		s = append(s, c.workers[w].pairs...)
		c.workers[w].pairs = nil
	}
	if s, _ = radixSort(s, make([]uint64, len(s))); len(s) > 0 {
		all = append(all, ints[uint64]{all: s})
	}
	return all, nil
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
// differ, or their gram has not seeded this pair. Those that are known to be loose go to loose
// instead, unless it is nil; nothing is known of tokens that lie in a file.
func (c *corpus) allPairs(runs, loose *[]uint64, places []uint64, before []uint32, flags uint8) {
	look := loose != nil && c.toksIn.file == nil
	for i, x := range places[:len(places)-1] {
		p := uint32(x)
		a := c.article(p)
		start, end := c.first[a], c.first[a+1]
		if uint32(places[len(places)-1]) < end {
			return
		}
		inside := p > start && c.before(p)&flags != 0
		for j := i + 1; j < len(places); j++ {
			q := uint32(places[j])
			if q < end {
				continue
			}
			b := c.article(q)
			if inside && c.equalBefore(places, before, i, j) && q > c.first[b] {
				continue
			}
			dst := runs
			if look && !equalStart(c.toks[p:end], c.toks[q:c.first[b+1]]) {
				dst = loose
			}
			*dst = append(*dst, uint64(p)<<32|uint64(q))
		}
	}
}

// equalStart tells whether the first soloSeed tokens are equal.
func equalStart(x, y []uint32) bool {
	if len(x) < soloSeed || len(y) < soloSeed {
		return false
	}
	return [soloSeed]uint32(x) == [soloSeed]uint32(y)
}

// pairsWithFirst appends the pairs of the first place with all others, in the same way.
func (c *corpus) pairsWithFirst(dst *[]uint64, places []uint64, before []uint32) {
	p := uint32(places[0])
	a := c.article(p)
	inside := p > c.first[a] && c.before(p)&(seedShort|seedLong|seedFirst) != 0
	for j := 1; j < len(places); j++ {
		q := uint32(places[j])
		if q < c.first[a+1] || inside && c.equalBefore(places, before, 0, j) && q > c.first[c.article(q)] {
			continue
		}
		*dst = append(*dst, uint64(p)<<32|uint64(q))
	}
}
