package cluster

import (
	"cmp"
	"fmt"
	"slices"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
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
	sketch *sketch.Sketcher // of fingerprints, for LSH; else nil
	prints [][]nearPrint    // nearBlock articles each, for LSH
	err    error            // of writing to Tmp, reported by Pairs and Clusters
}

// nearRun is a row of articles of one batch.
type nearRun struct {
	seq    int
	worker *NearWorker
	local  int   // number of the first article among its worker's
	first  int32 // number of the first article among all; known when all are in
	n      int
}

// nearPrint is a fingerprint, if the article is long enough to have one.
type nearPrint struct {
	bits uint64
	has  bool
}

// Worker returns a new feeder; each goroutine needs its own.
func (n *Near) Worker() *NearWorker {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := &NearWorker{near: n}
	w.low = nearHalf{pool: &n.pool, mark: true}
	w.high = nearHalf{pool: &n.pool}
	if n.opt.LSH {
		w.sketch = sketch.NewSketcher(sketch.Default)
	}
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
		if w.sketch != nil {
			w.prints = append(w.prints, make([]nearPrint, nearBlock))
		}
	}
	if w.sketch != nil {
		p := &w.prints[w.n/nearBlock][w.n%nearBlock]
		p.bits, p.has = w.sketch.Fingerprint(toks)
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

// number gives every article its number: by batch, then by place in it.
func (n *Near) number() error {
	n.runs = n.runs[:0]
	for _, w := range n.workers {
		if w.err != nil {
			return fmt.Errorf("near-duplicates: %w", w.err)
		}
		for i := range w.runs {
			n.runs = append(n.runs, &w.runs[i])
		}
		for half := range 2 {
			if h := w.half(half); n.pool.spilled {
				if err := h.spill(); err != nil {
					return fmt.Errorf("near-duplicates: %w", err)
				}
			}
		}
	}
	slices.SortStableFunc(n.runs, func(a, b *nearRun) int { return cmp.Compare(a.seq, b.seq) })
	next := 0
	for _, r := range n.runs {
		r.first = int32(next)
		next += r.n
		if int(int32(next)) != next {
			return fmt.Errorf("near-duplicates: %d articles are more than one run can number", next)
		}
	}
	n.n = next
	return nil
}

// at finds article i: its worker and what is known of it.
func (n *Near) at(i int32) (*NearWorker, *nearArticle) {
	w, local := n.place(i)
	return w, w.article(local)
}

// place finds who was fed article i, and its number there.
func (n *Near) place(i int32) (w *NearWorker, local int) {
	k, found := slices.BinarySearchFunc(n.runs, i, func(r *nearRun, i int32) int { return cmp.Compare(r.first, i) })
	if !found {
		k--
	}
	r := n.runs[k]
	return r.worker, r.local + int(i-r.first)
}

func (w *NearWorker) half(i int) *nearHalf {
	if i == 0 {
		return &w.low
	}
	return &w.high
}
