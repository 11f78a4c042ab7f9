package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	"dedup/internal/lsh"
	"dedup/internal/shingle"
)

// change is what goes into the store together. Seeds and hashes of ids come in any order and are
// sorted outside of memory; the rest comes sorted.
type change struct {
	w            *Writer
	t            *tables
	entries      *run // by number
	words        *run // by number
	dictionaries *run // by number
	seeds        *lsh.Spool
	ids          *lsh.Spool
	mu           sync.Mutex
	nSeeds       int
	nIDs         int
}

// What to do with a key, as the tag of its record.
const (
	tagSet uint32 = iota
	tagDelete
)

func (w *Writer) newChange() *change {
	t := w.tables()
	return &change{
		w: w, t: t, entries: t.run(), words: t.run(), dictionaries: t.run(),
		seeds: lsh.NewSpool(w.opt.Tmp, w.opt.Memory/4, seedBits), ids: lsh.NewSpool(w.opt.Tmp, w.opt.Memory/16, 64),
	}
}

// feeder hands the seeds and ids of one goroutine to a change.
type feeder struct {
	c          *change
	tag        uint32
	seeds, ids *lsh.Writer
	shingles   []uint64
	own        []uint64 // seeds of the article
	nSeeds     int
	nIDs       int
}

func (c *change) feeder(tag uint32) *feeder {
	return &feeder{c: c, tag: tag, seeds: c.seeds.Writer(), ids: c.ids.Writer()}
}

// feed takes the keys of an entry, whose record and words are given, and returns what they add to
// the sums.
func (f *feeder) feed(e *entry, record []byte, words []uint64) (sums, error) {
	s := sums{entries: entrySum(e.Number, record), words: shingle.Mix(e.words + uint64(e.Number))}
	id := xxh3.HashString(e.ID)
	s.ids = idSum(id, e.Number)
	if err := f.ids.Add(lsh.Record{Key: id, ID: e.Number, Tag: f.tag}); err != nil {
		return s, err
	}
	f.nIDs++
	f.shingles = shingle.AppendHashes(f.shingles[:0], words, shingleWords)
	f.own = appendSeeds(f.own[:0], f.shingles, seedAll)
	for _, k := range f.own {
		s.seeds += seedSum(k, e.Number)
		if err := f.seeds.Add(lsh.Record{Key: k, ID: e.Number, Tag: f.tag}); err != nil {
			return s, err
		}
	}
	s.seedCount = uint64(len(f.own))
	f.nSeeds += len(f.own)
	return s, nil
}

// entrySum is a hash over the record of an entry.
func entrySum(number uint32, record []byte) uint64 {
	return shingle.Mix(xxh3.Hash(record) + uint64(number))
}

// close hands over what is left.
func (f *feeder) close() error {
	f.c.mu.Lock()
	f.c.nSeeds += f.nSeeds
	f.c.nIDs += f.nIDs
	f.c.mu.Unlock()
	return errors.Join(f.seeds.Flush(), f.ids.Flush())
}

// commit writes what is left to write and takes all of it in, with the new state of batches, which
// come by number, and of the totals.
func (c *change) commit(ctx context.Context, batches []Batch, t totals) error {
	runs := []*run{c.entries, c.words, c.dictionaries}
	seeds, err := c.sorted(ctx, c.seeds, c.nSeeds, seedKey)
	if err != nil {
		return err
	}
	ids, err := c.sorted(ctx, c.ids, c.nIDs, idKey)
	if err != nil {
		return err
	}
	last := c.t.run()
	for i := range batches {
		if err := last.set(numberKey(nil, keyBatch, batches[i].Number), batches[i].append(nil)); err != nil {
			return err
		}
	}
	if err := last.close(); err != nil {
		return err
	}
	if err := last.set([]byte{keyTotals}, t.append(nil)); err != nil { // a table of its own: ids lie between
		return err
	}
	var names []string
	for _, r := range slices.Concat(runs, seeds, ids, []*run{last}) {
		if err := r.close(); err != nil {
			return err
		}
		names = append(names, r.names...)
	}
	if err := c.w.ingest(ctx, names); err != nil {
		return err
	}
	c.w.totals = t
	// The change is made; where this cannot be written, the old one only knows less, and the next
	// writer writes it.
	_ = writeNewest(c.w.dir, t)
	return c.discard()
}

// sorted writes the records of a spool, in runs side by side.
func (c *change) sorted(ctx context.Context, s *lsh.Spool, n int, key func(dst []byte, hash uint64, number uint32) []byte) ([]*run, error) {
	const keyBytes, worthwhile = 10, 1 << 20 // keys for a goroutine of their own
	pieces := min(max(n*keyBytes/tableSize, min(n/worthwhile, c.w.opt.Workers), 1), lsh.Parts)
	runs := make([]*run, pieces)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(c.w.opt.Workers)
	for i := range runs {
		r := c.t.run()
		runs[i] = r
		g.Go(func() error {
			var k []byte
			err := s.Range(ctx, i*lsh.Parts/pieces, (i+1)*lsh.Parts/pieces, func(group []lsh.Record) error {
				for _, rec := range group {
					k = key(k[:0], rec.Key, rec.ID)
					write := r.delete
					if rec.Tag == tagSet {
						write = func(k []byte) error { return r.set(k, nil) }
					}
					if err := write(k); err != nil {
						return err
					}
				}
				return nil
			})
			return errors.Join(err, r.close())
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("index %s: %w", c.w.dir, err)
	}
	return runs, nil
}

// discard gives back what the change holds.
func (c *change) discard() error {
	c.t.discard()
	return errors.Join(c.seeds.Close(), c.ids.Close())
}
