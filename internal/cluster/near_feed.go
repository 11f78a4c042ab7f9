package cluster

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Feeding. In: the tokens of one article after another. Out: its words, coded (near_words.go); the shingles of it that are in the sample, as records
// (near_records.go); and what nearArticle has. Cost: ~6 ns a token. Nothing is allocated for one.

// NearWorker takes the articles of one goroutine.
type NearWorker struct {
	near   *Near
	words  nearArena
	deal   *nearDeal
	blocks [][]nearArticle // nearBlock articles each
	n      int             // articles
	runs   []nearRun
	sample []uint64
	set    nearSet
	bits   [nearCells / 64]uint64
	marks  [nearMarks / 64]uint64
	sketch *sketch.Sketcher // of fingerprints, for LSH; else nil
	prints [][]nearPrint    // nearBlock articles each, for LSH
	err    error            // of writing to Tmp, reported by Pairs and Clusters
}

// nearArticle is what is known of an article: 32 bytes, all that stays in memory past the budget.
type nearArticle struct {
	sum     uint64 // of the hashes of its shingles, in any order: equal texts have equal ones
	place   nearPlace
	toks    uint32
	full    uint32 // tokens that are not coded
	sampled uint32 // different shingles of it in the sample
	short   bool   // may have nearShort shingles or fewer; certain to be true if it has
}

// size is the number of words that the article takes.
func (a *nearArticle) size() int { return nearCodes(int(a.toks)) + int(a.full) }

// shingles is the number of shingles of width w of the article, repetitions counted.
func (a *nearArticle) shingles(w int) int {
	if a.toks == 0 {
		return 0
	}
	return max(1, int(a.toks)-w+1)
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
	w := &NearWorker{near: n, words: nearArena{pool: &n.pool}}
	if n.opt.LSH {
		w.sketch = sketch.NewSketcher(sketch.Default)
	} else {
		w.deal = newNearDeal(&n.pool, n.rate)
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
	w.n++
	if w.err == nil {
		w.err = w.add(w.article(w.n-1), toks)
	}
}

// add keeps the words of article a and deals out its sample.
func (w *NearWorker) add(a *nearArticle, toks []text.Token) error {
	room, err := w.words.room(nearRoom(len(toks)), w.n-1)
	if err != nil {
		return err
	}
	full := w.near.code.encode(room, toks)
	*a = nearArticle{toks: uint32(len(toks)), full: uint32(full), place: w.words.used(nearCodes(len(toks)) + full)}
	w.draw(a, toks)
	if w.deal == nil {
		return nil
	}
	k := w.once(w.near.rate)
	a.sampled = uint32(k)
	return w.deal.add(w.sample[:k], uint32(w.n-1))
}

const (
	nearMarks  = 1 << 14 // cells that tell most shingles of a sample apart
	nearDoubts = 64      // shingles in a cell of another one that are looked for one by one
)

// once drops what the sample holds twice and returns how many are left. A cell that is free says that a shingle is new; only of the others it is
// looked whether they came before: three of the 300 of a long article.
func (w *NearWorker) once(rate nearRate) int {
	clear(w.marks[:])
	k, doubts := 0, 0
	for i, h := range w.sample {
		key := rate.key(h)
		p, c := &w.marks[key>>6%(nearMarks/64)], key&63
		if *p>>c&1 != 0 {
			if doubts++; doubts > nearDoubts {
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

// onceBySet is once for a sample of which the first k are different and those from i on are still to be seen.
func (w *NearWorker) onceBySet(rate nearRate, k, i int) int {
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
func (w *NearWorker) draw(a *nearArticle, toks []text.Token) {
	width := min(w.near.opt.Shingle, len(toks))
	w.sample = w.sample[:0]
	if a.short = len(toks) < w.near.short; len(toks) == 0 {
		return
	}
	n := len(toks) - width + 1
	w.sample = slices.Grow(w.sample, n)[:n]
	if d := (nearDraw{width: width, limit: w.near.rate.limit, dst: w.sample}); a.short || w.near.rate.whole() {
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

// few counts different shingles up to nearShort: of a text that repeats itself.
func (w *NearWorker) few(toks []text.Token) bool {
	list := shingle.Append(nil, toks, w.near.opt.Shingle)
	w.set.reset(min(len(list), w.near.short+1))
	for _, h := range list {
		if w.set.add(h); w.set.n > w.near.short {
			return false
		}
	}
	return true
}

// nearDraw draws the sample of an article. It is shingle.Append and a filter without branches.
type nearDraw struct {
	width int
	limit uint64
	h     uint64
	sum   uint64
	n     int
	dst   []uint64
}

const nearTurn = 23 // the hash of a shingle is that of package shingle

// begin takes the first shingle.
func (d *nearDraw) begin(toks []text.Token) {
	for _, t := range toks[:d.width] {
		d.h = bits.RotateLeft64(d.h, nearTurn) ^ t.Hash
	}
	x := shingle.Mix(d.h)
	d.sum, d.dst[0] = x, x
	_, in := bits.Sub64(x, d.limit, 0)
	d.n = int(in)
}

// roll takes the shingles that end at tokens [from, to).
func (d *nearDraw) roll(toks []text.Token, from, to int) {
	h, sum, n, dst, out, limit := d.h, d.sum, d.n, d.dst, nearTurn*d.width%64, d.limit
	old := toks[from-d.width : to-d.width]
	for i, t := range toks[from:to] {
		h = bits.RotateLeft64(h, nearTurn) ^ t.Hash ^ bits.RotateLeft64(old[i].Hash, out)
		x := shingle.Mix(h)
		sum += x
		dst[n] = x
		_, in := bits.Sub64(x, limit, 0)
		n += int(in)
	}
	d.h, d.sum, d.n = h, sum, n
}

// nearCells is how many cells count tells shingles apart by: of nearShort*5/4 different ones two meet.
const nearCells = 1 << 12

// count is roll that returns how many different cells the shingles fall into: no more than they are, the first one counted.
func (d *nearDraw) count(toks []text.Token, from, to int, cells *[nearCells / 64]uint64) int {
	h, sum, n, dst, out, limit := d.h, d.sum, d.n, d.dst, nearTurn*d.width%64, d.limit
	old := toks[from-d.width : to-d.width]
	fresh := uint64(0)
	for i, t := range toks[from:to] {
		h = bits.RotateLeft64(h, nearTurn) ^ t.Hash ^ bits.RotateLeft64(old[i].Hash, out)
		x := shingle.Mix(h)
		sum += x
		dst[n] = x
		_, in := bits.Sub64(x, limit, 0)
		n += int(in)
		p, c := &cells[x>>6%(nearCells/64)], x&63
		fresh += ^*p >> c & 1
		*p |= 1 << c
	}
	d.h, d.sum, d.n = h, sum, n
	return int(fresh)
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
	}
	slices.SortStableFunc(n.runs, func(a, b *nearRun) int { return cmp.Compare(a.seq, b.seq) })
	next := 0
	for _, r := range n.runs {
		r.first = int32(next)
		next += r.n
		if next > nearNumber {
			return fmt.Errorf("near-duplicates: %d articles are more than one run can number", next)
		}
	}
	n.n = next
	n.sizes = make([]int32, next)
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

// all calls fn for every article in order of number.
func (n *Near) all(fn func(id int32, a *nearArticle)) {
	for _, r := range n.runs {
		for i := range r.n {
			fn(r.first+int32(i), r.worker.article(r.local+i))
		}
	}
}
