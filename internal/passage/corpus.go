package passage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
	"sync"

	"dedup/internal/work"
)

// corpus holds the tokens of all articles end to end, as the low 32 bits of their hashes: 4 bytes a
// token, and two different words of a corpus are taken for one about once in 4·10⁹ comparisons. A
// place in it is a uint32.
type corpus struct {
	toks  []uint32
	flags []uint8  // by place: startsUnit, and what seeds.go knows of the grams there
	first []uint32 // place of the first token of every article, and len(toks) at the end
	same  []int32  // the first article with the same tokens, itself for most; the others have no tokens in toks
	find  []int32  // by place>>placeShift: the article that holds it

	toksIn  ints[uint32] // of toks and flags: where they are
	flagsIn ints[uint8]
}

const placeShift = 9

// tokens gives the tokens of article i, those of its first copy if it is one.
func (c *corpus) tokens(i int) []uint32 {
	from, to := c.first[c.same[i]], c.first[c.same[i]+1]
	c.look(int(from), int(to))
	return c.toks[from:to]
}

// read is tokens of an article that lies anywhere; in scratch where they lie in a file.
func (c *corpus) read(scratch []uint32, i int) []uint32 {
	from, to := int(c.first[c.same[i]]), int(c.first[c.same[i]+1])
	if c.toksIn.file == nil {
		return c.toks[from:to]
	}
	c.flagsIn.touch(from, to)
	return c.toksIn.read(scratch, from, to)
}

// size is the number of tokens of article i.
func (c *corpus) size(i int) int { return int(c.first[c.same[i]+1] - c.first[c.same[i]]) }

// look tells that the places [from, to) are about to be looked at.
func (c *corpus) look(from, to int) {
	c.toksIn.touch(from, to)
	c.flagsIn.touch(from, to)
}

// article gives the article that holds a place.
func (c *corpus) article(place uint32) int32 {
	i := c.find[place>>placeShift]
	for c.first[i+1] <= place {
		i++
	}
	return i
}

// readCorpus tokenises all articles, a few thousand at a time. Tokens beyond memory/8 bytes go to a
// file.
func readCorpus(ctx context.Context, n int, at func(i int) Article, workers int, memory int64, spill *spilled, done *progress) (*corpus, error) {
	const block, round = 64, 64
	c := &corpus{first: make([]uint32, 0, n+1), same: make([]int32, n)}
	toks, flags := array[uint32]{spill: spill, limit: int(memory / 8 / 4)}, array[uint8]{spill: spill, limit: int(memory / 8), scattered: true}
	seen := make(map[[2]uint64]int32, n)
	buffers := make([]words, workers)
	parts := make([]readPart, round)
	for from := 0; from < n; from += block * round {
		to := min(n, from+block*round)
		err := work.Start(ctx, workers, (to-from+block-1)/block, func(worker int) func(int) error {
			w := &buffers[worker]
			return func(b int) error {
				parts[b].read(w, at, from+b*block, min(to, from+(b+1)*block))
				done.add(int64(len(parts[b].ends)))
				return nil
			}
		})
		if err != nil {
			return nil, err
		}
		for b := range (to - from + block - 1) / block {
			if err := c.take(&parts[b], &toks, &flags, seen); err != nil {
				return nil, err
			}
		}
		toks.expect(float64(n) / float64(to))
		flags.expect(float64(n) / float64(to))
	}
	c.first = append(c.first, uint32(toks.n))
	var err error
	if c.toksIn, err = toks.done(); err != nil {
		return nil, err
	}
	c.flagsIn, err = flags.done()
	c.toks, c.flags = c.toksIn.all, c.flagsIn.all
	c.index()
	return c, err
}

// readPart is the tokens of a block of articles: where those of each end, and two hashes over them.
type readPart struct {
	toks  []uint32
	flags []uint8
	ends  []int
	sums  [][2]uint64
}

func (p *readPart) read(w *words, at func(i int) Article, from, to int) {
	p.toks, p.flags, p.ends, p.sums = p.toks[:0], p.flags[:0], p.ends[:0], p.sums[:0]
	for i := from; i < to; i++ {
		a := at(i)
		s := a.Text
		w.toks = w.of(w.toks[:0], a)
		sum := [2]uint64{uint64(len(w.toks)), 1}
		p.flags = appendFlags(p.flags, s, w.toks)
		for _, t := range w.toks {
			p.toks = append(p.toks, uint32(t.Hash))
			sum[0], sum[1] = mix(sum[0], t.Hash), sum[1]*0xff51afd7ed558ccd+t.Hash
		}
		p.ends = append(p.ends, len(p.toks))
		p.sums = append(p.sums, sum)
	}
}

// take adds the articles of p, but of those with the same tokens only the first with its tokens.
func (c *corpus) take(p *readPart, toks *array[uint32], flags *array[uint8], seen map[[2]uint64]int32) error {
	from := 0
	for k, end := range p.ends {
		i := int32(len(c.first))
		c.first = append(c.first, uint32(toks.n))
		c.same[i] = i
		part, partFlags := p.toks[from:end], p.flags[from:end]
		from = end
		if len(part) == 0 {
			continue
		}
		if j, ok := seen[p.sums[k]]; ok {
			c.same[i] = j
			continue
		}
		seen[p.sums[k]] = i
		if toks.n+len(part) > maxTokens {
			return fmt.Errorf("find passages: more than %d different tokens; split the input", maxTokens)
		}
		if err := errors.Join(toks.add(part), flags.add(partFlags)); err != nil {
			return err
		}
	}
	return nil
}

// maxTokens is the most that a place of 32 bits can tell apart.
const maxTokens = math.MaxUint32 - 1

// index fills find.
func (c *corpus) index() {
	c.find = make([]int32, len(c.toks)>>placeShift+1)
	for b := range c.find {
		place := uint32(b) << placeShift
		c.find[b] = int32(sort.Search(len(c.first)-1, func(i int) bool { return c.first[i+1] > place }))
	}
}

// mix folds one more hash into h.
func mix(h, x uint64) uint64 {
	h = (h ^ x) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

// progress counts work done and reports it.
type progress struct {
	report func(done, total int64)
	mu     sync.Mutex
	done   int64
	total  int64
}

func (p *progress) add(n int64) {
	if p.report == nil || n == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done = min(p.done+n, p.total)
	p.report(p.done, p.total)
}
