package index

import (
	"context"
	"errors"
	"slices"
)

// Segments are merged so that a look-up meets few of them and small additions stay cheap (O'Neil et
// al., "The log-structured merge-tree", 1996): a segment has a class by its size, and levelWidth
// neighbours of one class become one segment. An entry is written again once for each class that it
// passes through: 5 times on the way to a million that came a thousand at a time.
const (
	levelWidth = 4       // segments of one class at most, and one
	levelFirst = 1 << 12 // entries: what has fewer is of the least class
)

// class of a segment of so many entries.
func class(entries int) int {
	c := 0
	for ; entries >= levelFirst; entries /= levelWidth {
		c++
	}
	return c
}

// crowd finds neighbours that are to be merged: the last ones of one class, where what stands
// before a larger segment counts as much as that.
func crowd(parts []part) (from, to int, ok bool) {
	classes, most := make([]int, len(parts)), 0
	for i := len(parts) - 1; i >= 0; i-- {
		most = max(most, class(parts[i].live))
		classes[i] = most
	}
	for to = len(parts); to > 0; to = from {
		for from = to; from > 0 && classes[from-1] == classes[to-1]; {
			from--
		}
		if to-from >= levelWidth {
			return from, to, true
		}
	}
	return 0, 0, false
}

// level merges as long as there is a crowd.
func (w *Writer) level(ctx context.Context) error {
	for {
		from, to, ok := crowd(w.manifest.parts)
		if !ok {
			return nil
		}
		if err := w.rewrite(ctx, from, to); err != nil {
			return err
		}
	}
}

// Compact merges all segments into one, so that looking up takes one look each and what was removed
// takes no more room.
func (w *Writer) Compact(ctx context.Context) error {
	if err := w.ready(); err != nil {
		return of(w.dir, err)
	}
	if n := len(w.segments); n == 0 || n == 1 && w.segments[0].gone == nil {
		return nil
	}
	return of(w.dir, w.rewrite(ctx, 0, len(w.segments)))
}

// rewrite puts one segment in the place of segments [from, to): their entries that are left, in the
// same order. In: segments that each are sorted. Out: their rows one after another, written anew in
// stripes; seeds and ids merged, for they are sorted and only rows change. Memory is that of Add
// without a sort. Cost: 6 µs an entry of 200 words.
func (w *Writer) rewrite(ctx context.Context, from, to int) (err error) {
	if err := w.ready(); err != nil {
		return err
	}
	m := w.change()
	out, err := newSegment(w.dir, w.opt.disk, w.fileName(m, "seg"))
	if err != nil {
		return err
	}
	out.s.stories, out.s.linked, out.seated = w.HasStories(), true, true
	p, err := w.rewritten(ctx, out, w.segments[from:to])
	if err != nil {
		return errors.Join(err, out.discard(w.dir, w.opt.disk))
	}
	m.parts = slices.Replace(m.parts, from, to, p)
	return w.publish(m)
}

// rewritten fills a segment with the rows of others.
func (w *Writer) rewritten(ctx context.Context, out *segmentWriter, old []*segment) (part, error) {
	var rows [][]uint32 // of each segment, what its rows become; gone where they do not
	total, done := int64(0), int64(0)
	for _, s := range old {
		total += int64(s.rows)
	}
	t := &rewriting{ctx: ctx, w: w, out: out, copies: map[uint32]uint32{}}
	for _, s := range old {
		became, err := t.add(s)
		if err != nil {
			return part{}, err
		}
		rows = append(rows, became)
		done += int64(s.rows)
		w.opt.Progress(done, total)
	}
	if err := t.flush(); err != nil {
		return part{}, err
	}
	out.putMoves(t.moves)
	out.s.copiesBytes = appendCopies(nil, t.copies)
	if err := out.flushColumns(); err != nil {
		return part{}, err
	}
	for _, kind := range []struct {
		to *postings
		of func(*segment) *postings
	}{
		{&out.s.seeds, func(s *segment) *postings { return &s.seeds }},
		{&out.s.ids, func(s *segment) *postings { return &s.ids }},
	} {
		var list []*cursor
		for i, s := range old {
			became := rows[i]
			list = append(list, &cursor{r: s.pages(kind.of(s)), renumber: func(row uint32) (uint32, bool) { return became[row], became[row] != goneRow }})
		}
		err := out.sorted(kind.to, func(fn func(key uint64, row uint32) error) error { return mergePairs(ctx, list, fn) })
		if err != nil {
			return part{}, err
		}
	}
	return out.finish()
}

// goneRow is what a row becomes that was removed. No segment has so many.
const goneRow = 1<<32 - 1

// rewriting collects stripes of entries.
type rewriting struct {
	ctx   context.Context
	w     *Writer
	out   *segmentWriter
	t     stripe
	words int
	next  uint32
	moves []move

	copies map[uint32]uint32 // that were left out, by unit
}

// add takes the rows of a segment that are left.
func (t *rewriting) add(s *segment) (became []uint32, err error) {
	became = make([]uint32, s.rows)
	for i := range became {
		became[i] = goneRow
	}
	for _, b := range s.lists() {
		b.rows, b.Removed = b.Added-b.Removed, 0
		t.out.s.batches = append(t.out.s.batches, b)
	}
	r := t.w.reader(s)
	t.moves = append(t.moves, s.moves...)
	t.out.s.cameBytes = append(t.out.s.cameBytes, s.cameBytes...)
	copies, err := s.copies()
	if err != nil {
		return nil, err
	}
	for _, c := range copies {
		t.copies[c.unit] += c.n
	}
	err = s.each(t.ctx, func(row uint32) error {
		var e Entry
		if err := r.entry(row, &e); err != nil {
			return err
		}
		h, err := r.head(row)
		if err != nil {
			return err
		}
		words, err := r.words(make([]uint64, 0, h.words), row)
		if err != nil {
			return err
		}
		became[row] = t.next
		t.next++
		t.t.entries, t.t.words = append(t.t.entries, e), append(t.t.words, words)
		if t.words += len(words); t.words < t.w.opt.stripeWords() && len(t.t.entries) < stripeArticles {
			return nil
		}
		return t.flush()
	})
	return became, err
}

func (t *rewriting) flush() error {
	if len(t.t.entries) == 0 {
		return nil
	}
	err := t.t.write(t.ctx, t.out, t.w.opt.Workers, nil)
	clear(t.t.entries)
	clear(t.t.words)
	t.t.entries, t.t.words, t.words = t.t.entries[:0], t.t.words[:0], 0
	return err
}

// Merge adds all entries of another index, with what is known of them; batches are made anew, and
// say where they came from. An id that both have is treated as by Add; after an error, what is in
// whole batches stays and is counted.
func (w *Writer) Merge(ctx context.Context, other *Index, origin string) (Added, error) {
	a := w.NewAdd(origin)
	left := map[uint32]uint32{} // copies that other left out, until the first entry of their cluster comes
	for _, s := range other.segments {
		copies, err := s.copies()
		if err != nil {
			return Added{}, errors.Join(other.named(err), a.Discard())
		}
		for _, c := range copies {
			left[c.unit] += c.n
		}
	}
	err := other.EachWithWords(ctx, func(e *Entry, words []uint64) error {
		n := left[e.Unit]
		delete(left, e.Unit)
		return a.put(ctx, coming{Entry: *e, copies: n}, words)
	})
	if err != nil {
		return a.whole, errors.Join(err, a.Discard())
	}
	return a.Commit(ctx)
}
