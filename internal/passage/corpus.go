package passage

import (
	"context"
	"fmt"
	"math"
	"sort"
	"sync"
	"sync/atomic"

	"dedup/internal/text"
)

// corpus holds the tokens of all articles end to end, as the low 32 bits of their hashes: 4 bytes a token, and two different words of a corpus are taken for one
// about once in 4·10⁹ comparisons. A place in it is a uint32.
type corpus struct {
	toks  []uint32
	first []uint32 // place of the first token of every article, and len(toks) at the end
	same  []int32  // the first article with the same tokens, itself for most; the others have no tokens in toks
	find  []int32  // by place>>placeShift: the article that holds it
}

const placeShift = 9

// tokens gives the tokens of article i, those of its first copy if it is one.
func (c *corpus) tokens(i int) []uint32 { return c.toks[c.first[c.same[i]]:c.first[c.same[i]+1]] }

// article gives the article that holds a place.
func (c *corpus) article(place uint32) int32 {
	i := c.find[place>>placeShift]
	for c.first[i+1] <= place {
		i++
	}
	return i
}

// readCorpus tokenises all articles.
func readCorpus(ctx context.Context, n int, at func(i int) Article, workers int, done *progress) (*corpus, error) {
	const block = 64
	type part struct {
		toks []uint32
		ends []int
		sums []uint64 // hash of the tokens of every article
	}
	parts := make([]part, (n+block-1)/block)
	err := parallel(ctx, workers, len(parts), func() func(int) error {
		var buf []text.Token
		var w words
		return func(b int) error {
			p := &parts[b]
			for i := b * block; i < min(n, (b+1)*block); i++ {
				buf = w.append(buf[:0], at(i).Text)
				var sum uint64
				for _, t := range buf {
					p.toks = append(p.toks, uint32(t.Hash))
					sum = mix(sum, t.Hash)
				}
				p.ends = append(p.ends, len(p.toks))
				p.sums = append(p.sums, sum)
			}
			done.add(int64(len(p.ends)))
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	c := &corpus{first: make([]uint32, 0, n+1), same: make([]int32, n)}
	total := 0
	for _, p := range parts {
		total += len(p.toks)
	}
	if total > math.MaxUint32-1 {
		return nil, fmt.Errorf("find passages: %d tokens are more than %d; split the input", total, uint32(math.MaxUint32-1))
	}
	c.toks = make([]uint32, 0, total)
	seen := make(map[uint64]int32, n)
	for b := range parts {
		p := &parts[b]
		from := 0
		for k, end := range p.ends {
			i := int32(len(c.first))
			c.first = append(c.first, uint32(len(c.toks)))
			c.same[i] = i
			toks := p.toks[from:end]
			from = end
			if j, ok := seen[p.sums[k]]; ok && len(toks) > 0 && len(toks) == int(c.first[j+1]-c.first[j]) {
				c.same[i] = j
				continue
			} else if !ok {
				seen[p.sums[k]] = i
			}
			c.toks = append(c.toks, toks...)
		}
		*p = part{}
	}
	c.first = append(c.first, uint32(len(c.toks)))
	c.index()
	return c, nil
}

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

// parallel calls the function that start gives each of the workers for every i in [0, n), until one fails or ctx is done.
func parallel(ctx context.Context, workers, n int, start func() func(i int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, workers)
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			fn := start()
			for {
				i := int(next.Add(1) - 1)
				if i >= n {
					return
				}
				if errs[w] = ctx.Err(); errs[w] != nil {
					return
				}
				if errs[w] = fn(i); errs[w] != nil {
					next.Store(int64(n))
					return
				}
			}
		}()
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
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
