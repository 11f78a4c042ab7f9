package index

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

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
// all. Articles are worked on some thousands at a time by all workers: words get codes, seeds go to
// an external sort. Cost: 20 µs an article of 200 words; memory stays within Options.Memory.
type Add struct {
	w        *Writer
	origin   string
	c        *change
	batch    Batch
	totals   totals
	last     *dictionary       // the newest, the store's or one of this batch
	taken    map[string]uint64 // ids of this batch and the sums of their words
	versions map[string]*versions
	added    Added // all that was worked on
	whole    Added // as of the last whole batch
	failed   error // nothing goes on after it

	// The articles that are not worked on yet.
	entries []entry
	texts   [][]uint64 // words of each, in pages
	pages   [][]uint64 // the last is being filled
	free    [][]uint64 // of the chunk before
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

// A chunk is what is worked on at a time.
const chunkArticles = 1 << 15

func (w *Writer) chunkWords() int { return int(w.opt.Memory / 64) }

// NewAdd begins to add articles; origin says where they come from, for their provenance. Until its
// Commit or Discard the writer does nothing else.
func (w *Writer) NewAdd(origin string) *Add {
	return &Add{w: w, origin: origin, versions: map[string]*versions{}}
}

// Article adds one article. words are the hashes of its words, with lines that repeat at once left
// out (text.Once). Nothing of the arguments is kept. Number and Batch of e are given by the index.
// After an error, only Discard makes sense.
func (a *Add) Article(ctx context.Context, e Entry, words []uint64) error {
	if a.failed == nil {
		a.failed = a.article(ctx, e, words)
	}
	return a.failed
}

func (a *Add) article(ctx context.Context, e Entry, words []uint64) error {
	if most := uint(math.MaxInt32); uint(e.Line) > most || uint(e.Bytes) > most || uint(e.Tokens) > most || uint(len(words)) > most {
		return fmt.Errorf("article %q: line %d, %s, %s: an index holds numbers from 0 to %d", e.ID, e.Line, plural.Count(e.Bytes, "byte"), plural.Count(max(e.Tokens, len(words)), "word"), most)
	}
	a.entries = append(a.entries, entry{Entry: e})
	a.texts = append(a.texts, a.keep(words))
	a.words += len(words)
	left := a.w.opt.Batch - a.batch.Added
	if len(a.entries) < min(chunkArticles, left) && a.words < a.w.chunkWords() {
		return nil
	}
	if err := a.chunk(ctx); err != nil {
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
		a.failed = a.chunk(ctx)
	}
	if a.failed == nil && a.batch.Added > 0 {
		a.failed = a.commit(ctx)
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

// end gives back the change.
func (a *Add) end() error {
	if a.c == nil {
		return nil
	}
	c := a.c
	a.c, a.w.open = nil, nil
	return c.discard()
}

func (a *Add) begin() error {
	if a.w.open != nil {
		return errBusy
	}
	a.c = a.w.newChange()
	a.w.open = a.c
	a.totals, a.last = a.w.totals, a.w.last
	a.batch = Batch{Number: a.totals.nextBatch, First: a.totals.nextEntry, At: a.w.opt.Now().UTC(), Program: a.w.opt.Program, Origin: a.origin}
	a.taken = map[string]uint64{}
	return nil
}

func (a *Add) commit(ctx context.Context) error {
	a.totals.nextBatch++
	if err := a.c.commit(ctx, []Batch{a.batch}, a.totals); err != nil {
		return err
	}
	a.w.last = a.last
	a.added.Batches++
	a.whole = a.added
	a.batch = Batch{}
	return a.end()
}

// chunk works on the articles that are waiting.
func (a *Add) chunk(ctx context.Context) error {
	if a.c == nil {
		if err := a.begin(); err != nil {
			return err
		}
	}
	fresh, err := a.fresh(ctx)
	if err != nil {
		return err
	}
	if len(fresh) > 0 {
		if err := a.chooseDictionary(fresh); err != nil {
			return err
		}
		if err := a.encode(ctx, fresh); err != nil {
			return err
		}
	}
	for _, i := range fresh {
		e := &a.entries[i]
		a.totals.bytes += int64(e.Bytes)
		a.totals.tokens += int64(e.Tokens)
	}
	a.totals.articles += len(fresh)
	a.batch.Added += len(fresh)
	a.added.Articles += len(fresh)
	clear(a.entries)
	clear(a.texts)
	for _, p := range a.pages {
		if cap(p) == pageWords { // what one huge article took is given back
			a.free = append(a.free, p)
		}
	}
	clear(a.pages)
	a.entries, a.texts, a.pages, a.words = a.entries[:0], a.texts[:0], a.pages[:0], 0
	return nil
}

// fresh settles ids, numbers the articles that are not in the index yet and lists them.
func (a *Add) fresh(ctx context.Context) ([]int, error) {
	hashes := make([]uint64, len(a.entries))
	g, _ := errgroup.WithContext(ctx)
	const step = 1024
	g.SetLimit(a.w.opt.Workers)
	for from := 0; from < len(a.entries); from += step {
		g.Go(func() error {
			for i := from; i < min(from+step, len(a.entries)); i++ {
				hashes[i] = xxh3.HashString(a.entries[i].ID)
				a.entries[i].words = wordsSum(a.texts[i])
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	old, err := a.w.storedIDs(hashes)
	if err != nil {
		return nil, err
	}
	var fresh []int
	for i := range a.entries {
		e := &a.entries[i]
		if _, has := a.taken[e.ID]; has || old[i] {
			known, err := a.settle(e)
			if err != nil {
				return nil, err
			}
			if known {
				a.added.Known++
				continue
			}
		}
		a.taken[e.ID] = e.words
		e.Number, e.Batch = a.totals.nextEntry, a.batch.Number
		if a.totals.nextEntry++; a.totals.nextEntry == 0 {
			return nil, fmt.Errorf("index %s: 4,294,967,295 entries were added, and numbers are not given twice\nhint: export it into a new one", a.w.dir)
		}
		fresh = append(fresh, i)
	}
	return fresh, ctx.Err()
}
