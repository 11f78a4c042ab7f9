package near

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Feeding. In: the tokens of one article after another, in batches that come in any order. Out, of
// each article: its words, coded (words.go); those of its shingles that are in the sample, each
// once, as records (records.go); and an article, which has the sum of its shingles' hashes, how
// many of the sample it has, and whether it is short. When all are in, number gives each article
// its place in the input as its number. Cost: ~6 ns a token. Nothing is allocated for one.

// Worker takes the articles of one goroutine.
type Worker struct {
	near   *Finder
	words  arena
	deal   *deal
	blocks [][]article // block articles each
	n      int         // articles
	runs   []run
	sample []uint64
	set    set
	bits   [countCells / 64]uint64
	marks  [marks / 64]uint64
	sketch *sketch.Sketcher // of fingerprints, with Simhash; else nil
	prints [][]imprint      // block articles each, with Simhash
	err    error            // of writing to Tmp, reported by Pairs and Clusters
}

// article is what is known of an article: 32 bytes, all that stays in memory past the budget.
type article struct {
	sum     uint64 // of the hashes of its shingles, in any order: equal texts have equal ones
	place   place
	toks    uint32
	full    uint32 // tokens that are not coded
	sampled uint32 // different shingles of it in the sample
	short   bool   // may have shortLength shingles or fewer; certain to be true if it has
}

// ArticleBytes is what stays in memory of an article: what is known of it, its number, its cluster
// and its rank.
const ArticleBytes = int64(unsafe.Sizeof(article{})) + 32

// size is the number of words that the article takes.
func (a *article) size() int { return codesFor(int(a.toks)) + int(a.full) }

// shingles is the number of shingles of width w of the article, repetitions counted.
func (a *article) shingles(w int) int {
	if a.toks == 0 {
		return 0
	}
	return max(1, int(a.toks)-w+1)
}

// run is a row of articles of one batch.
type run struct {
	seq    int
	worker *Worker
	local  int   // number of the first article among its worker's
	first  int32 // number of the first article among all; known when all are in
	n      int
}

// imprint is a fingerprint, if the article is long enough to have one.
type imprint struct {
	bits uint64
	has  bool
}

// Worker returns a new feeder; each goroutine needs its own.
func (n *Finder) Worker() *Worker {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := &Worker{near: n, words: arena{pool: &n.pool}}
	if n.opt.Simhash {
		w.sketch = sketch.NewSketcher(sketch.Default)
	} else {
		w.deal = n.newDeal(n.rate)
	}
	n.workers = append(n.workers, w)
	return w
}

// Add takes the tokens of the next article of batch seq. One worker adds all articles of a batch,
// in order and at a stretch; batches come in any order. An error of writing to Tmp is kept for
// Pairs and Clusters to return.
func (w *Worker) Add(seq int, toks []text.Token) {
	if k := len(w.runs); k == 0 || w.runs[k-1].seq != seq {
		w.runs = append(w.runs, run{seq: seq, worker: w, local: w.n})
	}
	w.runs[len(w.runs)-1].n++
	if w.n%block == 0 {
		w.blocks = append(w.blocks, make([]article, block))
		if w.sketch != nil {
			w.prints = append(w.prints, make([]imprint, block))
		}
	}
	if w.sketch != nil {
		p := &w.prints[w.n/block][w.n%block]
		p.bits, p.has = w.sketch.Fingerprint(toks)
	}
	w.n++
	if w.err == nil {
		w.err = w.add(w.article(w.n-1), toks)
	}
}

// add keeps the words of article a and deals out its sample.
func (w *Worker) add(a *article, toks []text.Token) error {
	room, err := w.words.room(room(len(toks)), w.n-1)
	if err != nil {
		return err
	}
	full := w.near.code.encode(room, toks)
	*a = article{toks: uint32(len(toks)), full: uint32(full), place: w.words.used(codesFor(len(toks)) + full)}
	w.draw(a, toks)
	if w.deal == nil {
		return nil
	}
	k := w.once(w.near.rate)
	a.sampled = uint32(k)
	return w.deal.add(w.sample[:k], uint32(w.n-1))
}

const (
	marks      = 1 << 14 // cells that tell most shingles of a sample apart
	mostDoubts = 64      // shingles in a cell of another one that are looked for one by one
)

// once drops what the sample holds twice and returns how many are left. A cell that is free says
// that a shingle is new; only of the others it is looked whether they came before: three of the 300
// of a long article.
func (w *Worker) once(rate sampleRate) int {
	clear(w.marks[:])
	k, doubts := 0, 0
	for i, h := range w.sample {
		key := rate.key(h)
		p, c := &w.marks[key>>6%(marks/64)], key&63
		if *p>>c&1 != 0 {
			if doubts++; doubts > mostDoubts {
				return w.onceBySet(rate, k, i)
			}
			if slices.ContainsFunc(w.sample[:k], func(old uint64) bool { return rate.key(old) == key }) {
				continue
			}
		}
		*p |= 1 << c
		w.sample[k] = h
		k++
	}
	return k
}

// onceBySet is once for a sample of which the first k are different and those from i on are still
// to be seen.
func (w *Worker) onceBySet(rate sampleRate, k, i int) int {
	w.set.reset(k + len(w.sample) - i)
	for _, h := range w.sample[:k] {
		w.set.add(rate.key(h))
	}
	for _, h := range w.sample[i:] {
		w.sample[k] = h
		if w.set.add(rate.key(h)) {
			k++
		}
	}
	return k
}

// draw fills w.sample, the sum and whether the article is short.
func (w *Worker) draw(a *article, toks []text.Token) {
	width := min(w.near.opt.Shingle, len(toks))
	w.sample = w.sample[:0]
	if a.short = len(toks) < w.near.short; len(toks) == 0 {
		return
	}
	n := len(toks) - width + 1
	w.sample = slices.Grow(w.sample, n)[:n]
	if d := (draw{width: width, limit: w.near.rate.limit, dst: w.sample}); a.short || w.near.rate.whole() {
		d.begin(toks)
		d.roll(toks, width, len(toks))
		a.sum, w.sample = d.sum, w.sample[:d.n]
	} else {
		first := min(len(toks), width+w.near.short*5/4)
		clear(w.bits[:])
		d.begin(toks)
		fresh := d.count(toks, width, first, &w.bits)
		d.roll(toks, first, len(toks))
		a.sum, w.sample = d.sum, w.sample[:d.n]
		a.short = fresh <= w.near.short && w.few(toks)
	}
}

// few counts different shingles up to shortLength: of a text that repeats itself.
func (w *Worker) few(toks []text.Token) bool {
	list := shingle.Append(nil, toks, w.near.opt.Shingle)
	w.set.reset(min(len(list), w.near.short+1))
	for _, h := range list {
		if w.set.add(h); w.set.n > w.near.short {
			return false
		}
	}
	return true
}

// draw draws the sample of an article. It is shingle.Append and a filter without branches.
type draw struct {
	width int
	limit uint64
	h     uint64
	sum   uint64
	n     int
	dst   []uint64
}

const turn = 23 // the hash of a shingle is that of package shingle

// begin takes the first shingle.
func (d *draw) begin(toks []text.Token) {
	for _, t := range toks[:d.width] {
		d.h = bits.RotateLeft64(d.h, turn) ^ t.Hash
	}
	x := shingle.Mix(d.h)
	d.sum, d.dst[0] = x, x
	_, in := bits.Sub64(x, d.limit, 0)
	d.n = int(in)
}

// roll takes the shingles that end at tokens [from, to).
func (d *draw) roll(toks []text.Token, from, to int) {
	h, sum, n, dst, out, limit := d.h, d.sum, d.n, d.dst, turn*d.width%64, d.limit
	old := toks[from-d.width : to-d.width]
	for i, t := range toks[from:to] {
		h = bits.RotateLeft64(h, turn) ^ t.Hash ^ bits.RotateLeft64(old[i].Hash, out)
		x := shingle.Mix(h)
		sum += x
		dst[n] = x
		_, in := bits.Sub64(x, limit, 0)
		n += int(in)
	}
	d.h, d.sum, d.n = h, sum, n
}

// countCells is how many cells count tells shingles apart by: of shortLength*5/4 different ones two
// meet.
const countCells = 1 << 12

// count is roll that returns how many different cells the shingles fall into: no more than they
// are, the first one counted.
func (d *draw) count(toks []text.Token, from, to int, cells *[countCells / 64]uint64) int {
	h, sum, n, dst, out, limit := d.h, d.sum, d.n, d.dst, turn*d.width%64, d.limit
	old := toks[from-d.width : to-d.width]
	fresh := uint64(0)
	for i, t := range toks[from:to] {
		h = bits.RotateLeft64(h, turn) ^ t.Hash ^ bits.RotateLeft64(old[i].Hash, out)
		x := shingle.Mix(h)
		sum += x
		dst[n] = x
		_, in := bits.Sub64(x, limit, 0)
		n += int(in)
		p, c := &cells[x>>6%(countCells/64)], x&63
		fresh += ^*p >> c & 1
		*p |= 1 << c
	}
	d.h, d.sum, d.n = h, sum, n
	return int(fresh)
}

func (w *Worker) article(local int) *article {
	return &w.blocks[local/block][local%block]
}

// number gives every article its number: by batch, then by place in it.
func (n *Finder) number() error {
	n.runs = n.runs[:0]
	for _, w := range n.workers {
		if w.err != nil {
			return fmt.Errorf("near-duplicates: %w", w.err)
		}
		for i := range w.runs {
			n.runs = append(n.runs, &w.runs[i])
		}
	}
	slices.SortStableFunc(n.runs, func(a, b *run) int { return cmp.Compare(a.seq, b.seq) })
	next := 0
	for _, r := range n.runs {
		r.first = int32(next)
		next += r.n
		if next > numberMask {
			return fmt.Errorf("near-duplicates: %d articles are more than one run can number", next)
		}
	}
	n.n = next
	n.sizes = make([]int32, next)
	return nil
}

// at finds article i: its worker and what is known of it.
func (n *Finder) at(i int32) (*Worker, *article) {
	w, local := n.place(i)
	return w, w.article(local)
}

// place finds who was fed article i, and its number there.
func (n *Finder) place(i int32) (w *Worker, local int) {
	k, found := slices.BinarySearchFunc(n.runs, i, func(r *run, i int32) int { return cmp.Compare(r.first, i) })
	if !found {
		k--
	}
	r := n.runs[k]
	return r.worker, r.local + int(i-r.first)
}

// all calls fn for every article in order of number.
func (n *Finder) all(fn func(id int32, a *article)) {
	for _, r := range n.runs {
		for i := range r.n {
			fn(r.first+int32(i), r.worker.article(r.local+i))
		}
	}
}
