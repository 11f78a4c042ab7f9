package cluster

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// NearWorker takes the articles of one goroutine.
type NearWorker struct {
	near   *Near
	low    nearHalf
	high   nearHalf
	blocks [][]nearArticle // nearBlock articles each
	n      int             // articles
	runs   []nearRun
	scrap  []uint64
	err    error // of writing to Tmp, reported by Pairs and Clusters
}

// nearRun is a row of articles of one batch.
type nearRun struct {
	seq    int
	worker *NearWorker
	local  int   // number of the first article among its worker's
	first  int32 // number of the first article among all; known when all are in
	n      int
}

// Worker returns a new feeder; each goroutine needs its own.
func (n *Near) Worker() *NearWorker {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := &NearWorker{near: n}
	w.low = nearHalf{pool: &n.pool, mark: true}
	w.high = nearHalf{pool: &n.pool}
	n.workers = append(n.workers, w)
	return w
}

// Add takes the tokens of the next article of batch seq. One worker adds all articles of a batch, in order and at a stretch; batches come in
// any order. An error of writing to Tmp is kept for Pairs and Clusters to return.
func (w *NearWorker) Add(seq int, toks []text.Token) {
	if k := len(w.runs); k == 0 || w.runs[k-1].seq != seq {
		w.runs = append(w.runs, nearRun{seq: seq, worker: w, local: w.n})
	}
	w.runs[len(w.runs)-1].n++
	if w.n%nearBlock == 0 {
		w.blocks = append(w.blocks, make([]nearArticle, nearBlock))
	}
	a := w.article(w.n)
	w.n++
	if w.err != nil {
		return
	}
	w.scrap = shingle.Append(w.scrap[:0], toks, w.near.opt.Shingle)
	low, err := w.low.room(len(w.scrap), w.n-1)
	if err == nil {
		var high []uint64
		if high, err = w.high.room(len(w.scrap), w.n-1); err == nil {
			i := nearPart(low, high, w.scrap)
			j := len(w.scrap) - i
			*a = nearArticle{[2]nearPlace{w.low.used(i), w.high.used(j)}, [2]uint32{uint32(i), uint32(j)}}
		}
	}
	w.err = err
}

// nearPart writes the shingles with a top bit of 0 to low and the others to high, both as long as s, and returns how many are low. Every
// shingle is written to both and one end moves on: the bit is random, so a branch would be guessed wrong half of the time.
func nearPart(low, high, s []uint64) int {
	low, high = low[:len(s)], high[:len(s)]
	i := 0
	for k, h := range s {
		low[i] = h
		high[k-i] = h
		i += int(^h >> 63)
	}
	return i
}

func (w *NearWorker) article(local int) *nearArticle {
	return &w.blocks[local/nearBlock][local%nearBlock]
}

// Len is the number of articles fed.
func (n *Near) Len() int {
	total := 0
	for _, w := range n.workers {
		total += w.n
	}
	return total
}

// number gives every article its number: by batch, then by place in it.
func (n *Near) number() error {
	n.runs = n.runs[:0]
	for _, w := range n.workers {
		if w.err != nil {
			return fmt.Errorf("near-duplicates: %w", w.err)
		}
		n.runs = append(n.runs, w.runs...)
		for half := range 2 {
			if h := w.half(half); n.pool.spilled {
				if err := h.spill(); err != nil {
					return fmt.Errorf("near-duplicates: %w", err)
				}
			}
		}
	}
	slices.SortStableFunc(n.runs, func(a, b nearRun) int { return cmp.Compare(a.seq, b.seq) })
	next := 0
	for i := range n.runs {
		n.runs[i].first = int32(next)
		next += n.runs[i].n
		if int(int32(next)) != next {
			return fmt.Errorf("near-duplicates: %d articles are more than one run can number", next)
		}
	}
	n.n = next
	return nil
}

// at finds article i: its worker and what is known of it.
func (n *Near) at(i int32) (*NearWorker, *nearArticle) {
	k, found := slices.BinarySearchFunc(n.runs, i, func(r nearRun, i int32) int { return cmp.Compare(r.first, i) })
	if !found {
		k--
	}
	for n.runs[k].n == 0 {
		k--
	}
	r := &n.runs[k]
	return r.worker, r.worker.article(r.local + int(i-r.first))
}

// nearList is what a scan hands over: an article and one half of its shingles.
type nearList struct {
	id    int32
	total int // shingles in both halves, repetitions counted
	words []uint64
}

// scan calls fn for one half (0 low, 1 high) of every article that want asks for (nil: all), side by side; g is the number of the goroutine.
// Files are read a slab at a time; what fn does to the words of one is lost.
func (n *Near) scan(ctx context.Context, half int, want nearFlags, fn func(g int, l nearList) error) error {
	type unit struct {
		worker *NearWorker
		slab   int
	}
	var units []unit
	starts := make(map[*NearWorker][]nearRun) // by local number
	for _, w := range n.workers {
		for i := range w.half(half).slabs {
			units = append(units, unit{w, i})
		}
	}
	for _, r := range n.runs {
		starts[r.worker] = append(starts[r.worker], r)
	}
	for _, runs := range starts {
		slices.SortFunc(runs, func(a, b nearRun) int { return cmp.Compare(a.local, b.local) })
	}
	bufs := make([][]uint64, n.opt.Workers)
	var done int64
	return n.parallel(ctx, len(units), func(g, u int) error {
		w := units[u].worker
		h := w.half(half)
		defer n.tell(&done, len(units))
		words, err := h.slab(units[u].slab, &bufs[g])
		if err != nil {
			return err
		}
		local, end := h.slabs[units[u].slab].first, w.n
		if u := units[u].slab + 1; u < len(h.slabs) {
			end = h.slabs[u].first
		}
		runs := starts[w]
		r, found := slices.BinarySearchFunc(runs, local, func(r nearRun, l int) int { return cmp.Compare(r.local, l) })
		if !found {
			r--
		}
		for ; local < end; local++ {
			for local >= runs[r].local+runs[r].n {
				r++
			}
			id := runs[r].first + int32(local-runs[r].local)
			if want == nil || want.has(id) {
				a := w.article(local)
				off := a.place[half].off
				if err := fn(g, nearList{id, int(a.n[0] + a.n[1]), words[off : off+a.n[half]]}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (w *NearWorker) half(i int) *nearHalf {
	if i == 0 {
		return &w.low
	}
	return &w.high
}

// parallel calls fn for 0..units−1 on the goroutines of the options. It ends early on an error or when ctx does.
func (n *Near) parallel(ctx context.Context, units int, fn func(g, u int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, n.opt.Workers)
	for g := range min(n.opt.Workers, units) {
		wait.Go(func() {
			for errs[g] == nil {
				u := int(next.Add(1)) - 1
				if u >= units {
					return
				}
				if errs[g] = ctx.Err(); errs[g] == nil {
					errs[g] = fn(g, u)
				}
			}
			next.Store(int64(units)) // an error ends the others too
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// nearFlags is a set of article numbers.
type nearFlags []uint64

func newNearFlags(n int) nearFlags { return make(nearFlags, (n+63)/64) }

func (f nearFlags) has(i int32) bool { return f[i>>6]>>(i&63)&1 != 0 }

func (f nearFlags) set(i int32) { atomic.OrUint64(&f[i>>6], 1<<(i&63)) }

func (f nearFlags) count() int {
	n := 0
	for _, w := range f {
		n += bits.OnesCount64(w)
	}
	return n
}
