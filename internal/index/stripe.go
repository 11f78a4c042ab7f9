package index

import (
	"context"
	"encoding/binary"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"
)

// A stripe is some ten thousand entries of a segment whose words are written by one dictionary. In:
// entries and their words, in order. Out: their rows in the segment that is being written; pairs of
// seeds and ids for sorting, where they are asked for. The steps are taken by all workers side by
// side: words are counted, the code is made, words are coded and seeds picked, rows are written.
// Cost: 25 ns a word.

// rowHead is what stands before the codes of an article's words.
type rowHead struct {
	words, different, seeds int
	size                    int // bytes of codes
}

// mostDifferent is how many different shingles so many words can have.
func mostDifferent(words int) int {
	if words == 0 {
		return 0
	}
	return max(1, words-shingleWords+1)
}

// append writes the numbers as differences to what they usually are: five bytes, mostly.
func (h rowHead) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(h.words))
	dst = binary.AppendUvarint(dst, uint64(mostDifferent(h.words)-h.different))
	dst = binary.AppendVarint(dst, int64(h.seeds-usualSeeds(h.different)))
	return binary.AppendVarint(dst, int64(h.size-usualSize(h.words)))
}

func usualSeeds(different int) int {
	if different <= seedAll {
		return different
	}
	return (different + seedStep - 1) / seedStep
}

func usualSize(words int) int { return words * 3 / 2 }

// head reads what append wrote.
func (f *fields) head() rowHead {
	h := rowHead{words: f.size()}
	h.different = mostDifferent(h.words) - f.size()
	h.seeds = usualSeeds(max(h.different, 0)) + int(f.int())
	h.size = usualSize(h.words) + int(f.int())
	if f.err == nil && (h.different < 0 || h.seeds < 0 || h.seeds > h.different || h.size < 0 || h.size > len(f.b) || h.words > 8*h.size) {
		f.err = errShort
	}
	return h
}

// stripe is what one is made of.
type stripe struct {
	entries []Entry
	words   [][]uint64
	all     []coming // of an Add: entries, and behind them what is left out
}

// pairs takes the keys of rows; it is nil where nobody sorts them.
type pairs interface {
	seed(key uint64, row uint32) error
	id(key uint64, row uint32) error
	close() error
}

// rows is a piece of a stripe, coded.
type rows struct {
	codes []byte
	ends  []int
	dates []byte
	days  []int // ends of dates
}

// write appends the stripe to a segment.
func (t *stripe) write(ctx context.Context, w *segmentWriter, workers int, sorting func() pairs) error {
	d := newDictionary(t.count(ctx, workers))
	if err := w.stripe(d, len(t.entries)); err != nil {
		return err
	}
	const step = 512
	coder, pieces, first := d.coder(), make([]rows, (len(t.entries)+step-1)/step), uint32(w.s.rows)
	g, gctx := errgroup.WithContext(ctx)
	for from := range workers {
		g.Go(func() error {
			e := encoder{coder: coder}
			if sorting != nil {
				e.pairs = sorting()
			}
			for k := from; k < len(pieces); k += workers {
				if err := gctx.Err(); err != nil {
					return err
				}
				for i := k * step; i < min((k+1)*step, len(t.entries)); i++ {
					if err := e.row(&pieces[k], &t.entries[i], t.words[i], first+uint32(i)); err != nil {
						return err
					}
				}
			}
			if e.pairs == nil {
				return nil
			}
			return e.pairs.close()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return t.rows(w, pieces, step)
}

// rows writes what was coded.
func (t *stripe) rows(w *segmentWriter, pieces []rows, step int) error {
	for k := range pieces {
		p, code, day := &pieces[k], 0, 0
		for j, end := range p.ends {
			e := &t.entries[k*step+j]
			w.entry(e, p.dates[day:p.days[j]])
			w.number(e.Number)
			if err := w.codes(p.codes[code:end]); err != nil {
				return err
			}
			code, day = end, p.days[j]
			if w.s.rows%columnRows == 0 {
				if err := w.flushColumns(); err != nil {
					return err
				}
			}
		}
	}
	return w.flushWords()
}

func (w *segmentWriter) flushColumns() error {
	for c := range w.columns {
		if err := w.columns[c].flush(w); err != nil {
			return err
		}
	}
	return nil
}

// count counts the words.
func (t *stripe) count(ctx context.Context, workers int) *counter {
	counters := make([]*counter, workers)
	g, gctx := errgroup.WithContext(ctx)
	for from := range workers {
		c := newCounter(12)
		counters[from] = c
		g.Go(func() error {
			for i := from; i < len(t.words) && gctx.Err() == nil; i += workers {
				for _, h := range t.words[i] {
					c.add(h, 1)
				}
			}
			return nil
		})
	}
	_ = g.Wait() // nothing can fail; who writes notices that ctx has ended
	all := counters[0]
	for _, c := range counters[1:] {
		for i, h := range c.hashes {
			all.add(h, c.counts[i])
		}
	}
	return all
}

// encoder codes rows for one goroutine.
type encoder struct {
	coder  *coder
	seeder seeder
	pairs  pairs
	codes  []byte
}

func (e *encoder) row(out *rows, entry *Entry, words []uint64, row uint32) error {
	keys, different := e.seeder.seeds(words)
	e.codes = e.coder.append(e.codes[:0], words)
	out.codes = rowHead{len(words), different, len(keys), len(e.codes)}.append(out.codes)
	out.codes = append(out.codes, e.codes...)
	out.ends = append(out.ends, len(out.codes))
	out.dates = appendDate(out.dates, entry.Published, entry.DateOnly)
	out.days = append(out.days, len(out.dates))
	if e.pairs == nil {
		return nil
	}
	for _, k := range keys {
		if err := e.pairs.seed(k, row); err != nil {
			return err
		}
	}
	return e.pairs.id(keyOf(xxh3.HashString(entry.ID)), row)
}
