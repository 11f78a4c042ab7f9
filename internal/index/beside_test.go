package index

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestReadersBesideWriters adds, removes and compacts for some seconds, each time as a writer that
// opens and closes the index, while readers open it, hold it for a while and read all of it: every
// state they see is whole, and stays.
func TestReadersBesideWriters(t *testing.T) {
	if testing.Short() {
		t.Skip("runs for some seconds")
	}
	opt := testOptions(t)
	opt.Workers = 2
	dir := build(t, opt, corpus(newRand(30), 40), 1)
	var writes, reads atomic.Int64
	var stop atomic.Bool
	var wait sync.WaitGroup
	wait.Go(func() {
		r := newRand(31)
		for next := 40; !stop.Load(); next += 40 {
			if err := changeSome(dir, opt, r, next); err != nil {
				t.Error(err)
				return
			}
			writes.Add(1)
		}
	})
	for g := range 3 {
		wait.Go(func() {
			r := newRand(uint64(40 + g))
			for !stop.Load() {
				if err := readAll(dir, opt, r); err != nil {
					t.Error(err)
					return
				}
				reads.Add(1)
			}
		})
	}
	time.Sleep(8 * time.Second)
	stop.Store(true)
	wait.Wait()
	t.Logf("%d writers, %d readers", writes.Load(), reads.Load())
	if writes.Load() < 3 || reads.Load() < 3 {
		t.Error("too few to say anything")
	}
	write(t, dir, opt, func(w *Writer) { onlyNamed(t, w) }) // nobody reads any more
	sound(t, open(t, dir))
}

// changeSome adds 40 articles, removes some and compacts, by chance.
func changeSome(dir string, opt Options, r *rand.Rand, next int) (err error) {
	w, err := OpenWriter(dir, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	a := w.NewAdd("more")
	for i, words := range corpus(r, 40) {
		if err := a.Article(ctx, entryOf(next+i, words), words); err != nil {
			return err
		}
	}
	if _, err := a.Commit(ctx); err != nil {
		return err
	}
	if r.IntN(2) == 0 || w.Len() > 400 {
		least := uint32(max(0, next-r.IntN(300)))
		if _, err := w.Remove(ctx, func(e *Entry) bool { return e.Number < least }); err != nil {
			return err
		}
	}
	if r.IntN(3) == 0 {
		return w.Compact(ctx)
	}
	return nil
}

// readAll opens the index and reads all of it twice.
func readAll(dir string, opt Options, r *rand.Rand) (err error) {
	x, err := Open(dir, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	var first []string
	for range 2 {
		var faults []error
		if err := x.Check(ctx, func(s string) { faults = append(faults, errors.New(s)) }); err != nil || len(faults) > 0 {
			return errors.Join(append(faults, err)...)
		}
		info, err := x.Info()
		if err != nil {
			return err
		}
		left := 0
		for _, b := range info.Batches {
			left += b.Added - b.Removed
		}
		var ids []string
		var words [][]uint64
		err = x.EachWithWords(ctx, func(e *Entry, w []uint64) error {
			ids, words = append(ids, e.ID), append(words, slices.Clone(w))
			return nil
		})
		if err != nil {
			return err
		}
		if len(ids) != x.Len() || left != x.Len() || first != nil && !slices.Equal(first, ids) {
			return fmt.Errorf("%d entries, %d in batches, %d at once, then %v", x.Len(), left, len(first), ids)
		}
		first = ids
		found, err := x.Lookup(ctx, words, LookupOptions{})
		if err != nil {
			return err
		}
		for i, f := range found {
			if len(words[i]) > 40 && len(f.Near) == 0 {
				return fmt.Errorf("entry %s is not found by its own words", ids[i])
			}
		}
		time.Sleep(time.Duration(r.IntN(200)) * time.Millisecond)
	}
	return nil
}
