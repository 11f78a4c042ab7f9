package index

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	"dedup/internal/lsh"
	"dedup/internal/plural"
	"dedup/internal/sketch"
)

// shingleWords is how many words a shingle has.
var shingleWords = sketch.Default.W

// Added is what became of the articles that an Add was given.
type Added struct {
	Articles int // are new in the index
	Known    int // were in it, with the same id and the same words
	Renamed  int // of the new ones: another text had the id, so they have "#2", "#3" … after it
	Batches  int
}

// Add takes articles into the index, batch by batch: each batch appears whole, on disk, or not at
// all. Articles are worked on some ten thousand at a time, a stripe of the segment that the batch
// becomes; seeds go to an external sort. Cost: 12 µs an article of 200 words; memory stays within
// Options.Memory.
type Add struct {
	w        *Writer
	origin   string
	m        *manifest // with what this batch takes
	out      *segmentWriter
	sort     *sorting
	batch    Batch
	finder   *finder
	taken    map[uint64]uint64 // hashes of ids of this batch, and the sums of their words
	versions map[string]*versions
	added    Added // all that was worked on
	whole    Added // as of the last whole batch
	failed   error // nothing goes on after it
	links    *links
	placing  *placing
	leaving  bool // from here on articles of this batch are left out
	left     int  // so many

	// The articles that are not worked on yet.
	entries []coming
	texts   [][]uint64 // words of each, in pages
	pages   [][]uint64 // the last is being filled
	free    [][]uint64 // of the stripe before
	words   int        // in all texts
}

// pageWords is how many words a page holds, unless an article has more: pages spare growing and
// copying one large slice.
const pageWords = 1 << 17

// keep copies words into a page.
func (a *Add) keep(words []uint64) []uint64 {
	if n := len(a.pages); n == 0 || cap(a.pages[n-1])-len(a.pages[n-1]) < len(words) {
		page := make([]uint64, 0, max(pageWords, len(words)))
		if k := len(a.free); k > 0 && cap(a.free[k-1]) >= len(words) {
			page, a.free = a.free[k-1][:0], a.free[:k-1]
		}
		a.pages = append(a.pages, page)
	}
	page := &a.pages[len(a.pages)-1]
	from := len(*page)
	*page = append(*page, words...)
	return (*page)[from:len(*page):len(*page)]
}

// A stripe is what is worked on at a time: at the default memory, 16 million words.
const stripeArticles = 1 << 17

func (o *Options) stripeWords() int { return int(o.Memory / 64) }

// NewAdd begins to add articles; origin says where they come from, for their provenance. Until its
// Commit or Discard the writer does nothing else.
func (w *Writer) NewAdd(origin string) *Add {
	return &Add{w: w, origin: origin, versions: map[string]*versions{}}
}

// Article adds one article. words are the hashes of its words, with lines that repeat at once left
// out (text.Once). Nothing of the arguments is kept but strings. Number and Batch of e are given by
// the index. After an error, only Discard makes sense.
func (a *Add) Article(ctx context.Context, e Entry, words []uint64) error {
	return a.put(ctx, coming{Entry: e}, words)
}

// Left counts an article that came and is left out; it has the fields of one of Article. All that
// are added in its batch come before it. One that is an entry, with its id and its words, or with
// its id and most of them, came when that did.
func (a *Add) Left(ctx context.Context, e Entry, words []uint64) error {
	return a.put(ctx, coming{Entry: e, left: true}, words)
}

func (a *Add) put(ctx context.Context, e coming, words []uint64) error {
	if a.failed == nil {
		a.failed = of(a.w.dir, a.article(ctx, e, words))
	}
	return a.failed
}

func (a *Add) article(ctx context.Context, e coming, words []uint64) error {
	if most := uint(math.MaxInt32); uint(e.Line) > most || uint(e.Bytes) > most || uint(e.Tokens) > most || uint(len(words)) > most/8 {
		return fmt.Errorf("article %q: line %d, %s, %s: an index holds numbers from 0 to %d", e.ID, e.Line, plural.Count(e.Bytes, "byte"), plural.Count(max(e.Tokens, len(words)), "word"), most)
	}
	e.Seat = Seat{} // of another index
	if a.leaving && !e.left {
		return errors.New("articles are added behind those that are left out")
	}
	a.leaving = e.left
	a.entries = append(a.entries, e)
	a.texts = append(a.texts, a.keep(words))
	a.words += len(words)
	left := a.w.opt.Batch - a.batch.Added
	if len(a.entries) < min(stripeArticles, left) && a.words < a.w.opt.stripeWords() {
		return nil
	}
	if err := a.stripe(ctx); err != nil {
		return err
	}
	if a.batch.Added < a.w.opt.Batch {
		return nil
	}
	return a.commit(ctx)
}

// Commit makes the last batch whole. Nothing may be added after it. When it fails, what is not in a
// whole batch is left out, and not counted.
func (a *Add) Commit(ctx context.Context) (Added, error) {
	if a.failed == nil && len(a.entries) > 0 {
		a.failed = of(a.w.dir, a.stripe(ctx))
	}
	if a.failed == nil && a.batch.Added+a.left > 0 {
		a.failed = of(a.w.dir, a.commit(ctx))
	}
	if a.failed != nil {
		return a.whole, errors.Join(a.failed, a.Discard())
	}
	return a.added, a.Discard()
}

// Added is what went into whole batches so far, and what was known.
func (a *Add) Added() Added { return a.whole }

// errEnded is what an Add says when more is added after its end.
var errEnded = errors.New("articles are added after the end")

// Discard leaves out what is not in a whole batch yet.
func (a *Add) Discard() error {
	if a.failed == nil {
		a.failed = errEnded
	}
	return a.end()
}

// end gives back what an unfinished batch holds.
func (a *Add) end() error {
	if a.sort == nil {
		return nil
	}
	err := a.sort.close()
	if a.out != nil {
		err = errors.Join(err, a.out.discard(a.w.dir, a.w.opt.disk))
	}
	if a.links != nil {
		err = errors.Join(err, a.links.close())
	}
	if a.placing != nil {
		err = errors.Join(err, a.placing.close())
	}
	a.sort, a.out, a.links, a.placing, a.w.adding = nil, nil, nil, nil, false
	return err
}

func (a *Add) begin() (err error) {
	if err := a.w.ready(); err != nil {
		return err
	}
	a.m = a.w.change()
	if a.out, err = newSegment(a.w.dir, a.w.opt.disk, a.w.fileName(a.m, "seg")); err != nil {
		return err
	}
	a.w.adding = true
	a.sort = newSorting(a.w.opt)
	a.out.s.stories, a.out.s.linked, a.left = a.w.HasStories(), true, 0
	if a.links, err = newLinks(&a.w.state, &a.w.opt); err != nil {
		return err
	}
	if a.out.s.stories {
		if a.placing, err = newPlacing(&a.w.state, &a.w.opt); err != nil {
			return err
		}
	}
	a.batch = Batch{Number: a.m.nextBatch, First: a.m.nextEntry, At: a.w.opt.Now().UTC(), Program: a.w.opt.Program, Origin: a.origin}
	a.finder, a.taken = a.w.finder(), map[uint64]uint64{}
	return nil
}

// commit ends the segment of the batch and publishes it.
func (a *Add) commit(ctx context.Context) error {
	a.m.nextBatch++
	a.batch.rows = a.batch.Added
	a.out.s.batches = []Batch{a.batch}
	placed, err := a.seats(ctx)
	if err == nil {
		err = a.out.flushColumns()
	}
	if err == nil {
		err = a.out.sorted(&a.out.s.seeds, a.sort.each(ctx, a.sort.seeds))
	}
	if err == nil {
		err = a.out.sorted(&a.out.s.ids, a.sort.each(ctx, a.sort.ids))
	}
	if err != nil {
		return err
	}
	p, err := a.out.finish()
	if err != nil {
		return err
	}
	a.m.parts = append(a.m.parts, p)
	a.out = nil // its file is kept, whether the next step fails or not
	if err := a.w.publish(a.m); err != nil {
		return err
	}
	a.added.Batches++
	a.whole = a.added
	a.batch, a.left, a.leaving = Batch{}, 0, false
	for _, p := range placed {
		a.w.opt.Placed(p)
	}
	if err := a.end(); err != nil {
		return err
	}
	return a.w.level(ctx)
}

// stripe works on the articles that are waiting.
func (a *Add) stripe(ctx context.Context) error {
	if a.sort == nil {
		if err := a.begin(); err != nil {
			return err
		}
	}
	t, err := a.fresh(ctx)
	if err != nil {
		return err
	}
	if err := a.links.stripe(ctx, t.all, t.words); err != nil {
		return err
	}
	t.words = t.words[:len(t.entries)] // what is left out stands behind
	if len(t.entries) > 0 {
		if err := t.write(ctx, a.out, a.w.opt.Workers, a.sort.pairs); err != nil {
			return err
		}
		if a.placing != nil {
			if err := a.placing.stripe(t.entries, t.words); err != nil {
				return err
			}
		}
	}
	a.batch.Added += len(t.entries)
	a.added.Articles += len(t.entries)
	for _, p := range a.pages {
		if cap(p) == pageWords { // what one huge article took is given back
			a.free = append(a.free, p)
		}
	}
	clear(a.entries)
	clear(a.texts)
	clear(a.pages)
	a.entries, a.texts, a.pages, a.words = a.entries[:0], a.texts[:0], a.pages[:0], 0
	return ctx.Err()
}

// fresh settles ids, numbers the articles that are not in the index yet and gives them.
func (a *Add) fresh(ctx context.Context) (t stripe, err error) {
	hashes, sums := make([]uint64, len(a.entries)), make([]uint64, len(a.entries))
	g, _ := errgroup.WithContext(ctx)
	const step = 1024
	g.SetLimit(a.w.opt.Workers)
	for from := 0; from < len(a.entries); from += step {
		g.Go(func() error {
			for i := from; i < min(from+step, len(a.entries)); i++ {
				hashes[i], sums[i] = xxh3.HashString(a.entries[i].ID), wordsSum(a.texts[i])
			}
			return nil
		})
	}
	_ = g.Wait() // nothing can fail
	old, err := a.finder.mayHave(hashes)
	if err != nil {
		return t, err
	}
	for i := range a.entries {
		e := &a.entries[i]
		if _, has := a.taken[hashes[i]]; has || old[i] {
			if i%64 == 0 && ctx.Err() != nil {
				return t, ctx.Err()
			}
			known, err := a.settle(e, sums[i])
			if err != nil {
				return t, err
			}
			if known {
				if !e.left {
					a.added.Known++
				}
				continue
			}
			hashes[i] = xxh3.HashString(e.ID)
		}
		if e.left {
			a.left++
			t.all, t.words = append(t.all, *e), append(t.words, a.texts[i])
			continue
		}
		a.taken[hashes[i]] = sums[i]
		e.Number, e.Batch = a.m.nextEntry, a.batch.Number
		if a.m.nextEntry++; a.m.nextEntry == 0 {
			return t, errors.New("4,294,967,295 entries were added, and numbers are not given twice\nhint: export it into a new one")
		}
		t.all, t.words, t.entries = append(t.all, *e), append(t.words, a.texts[i]), append(t.entries, e.Entry)
	}
	return t, ctx.Err()
}

// seats says where the entries of the batch are: in which cluster, and where the index has stories
// in which.
func (a *Add) seats(ctx context.Context) (placed []Placement, err error) {
	clusters, err := a.links.finish(ctx)
	if err != nil {
		return nil, err
	}
	var seats []Seat
	if a.placing == nil {
		for i := range a.batch.Added {
			seats = append(seats, Seat{Unit: a.links.rows[i].unit})
		}
	} else {
		all, err := a.placing.finish(ctx, a.links, clusters, a.m.nextEntry)
		if err != nil {
			return nil, err
		}
		a.m.nextEntry, seats, placed = all.next, all.seats, all.told
		a.out.putMoves(all.moves)
	}
	a.out.s.cameBytes = a.links.came.append(nil, a.batch.Number)
	a.out.s.copiesBytes = appendCopies(nil, a.links.leftOut())
	return placed, a.out.writeSeats(seats)
}

// sorting is the external sort of the seeds and ids of a batch.
type sorting struct{ seeds, ids *lsh.Spool }

func newSorting(opt Options) *sorting {
	return &sorting{lsh.NewSpool(opt.Tmp, opt.Memory/4, keyBits), lsh.NewSpool(opt.Tmp, opt.Memory/16, keyBits)}
}

func (s *sorting) close() error { return errors.Join(s.seeds.Close(), s.ids.Close()) }

// each gives what a spool holds, in order.
func (s *sorting) each(ctx context.Context, spool *lsh.Spool) func(fn func(key uint64, row uint32) error) error {
	return func(fn func(key uint64, row uint32) error) error {
		return spool.Range(ctx, 0, lsh.Parts, func(group []lsh.Record) error {
			for _, r := range group {
				if err := fn(r.Key, r.ID); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// pairs is for one goroutine.
func (s *sorting) pairs() pairs { return &sortedPairs{s.seeds.Writer(), s.ids.Writer()} }

type sortedPairs struct{ seeds, ids *lsh.Writer }

func (p *sortedPairs) seed(key uint64, row uint32) error {
	return p.seeds.Add(lsh.Record{Key: key, ID: row})
}

func (p *sortedPairs) id(key uint64, row uint32) error {
	return p.ids.Add(lsh.Record{Key: key, ID: row})
}

func (p *sortedPairs) close() error { return errors.Join(p.seeds.Flush(), p.ids.Flush()) }
