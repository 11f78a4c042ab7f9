package index

import (
	"context"
	"errors"
)

// Merge adds all entries of another index, with what is known of them; batches are made anew, and
// say where they came from. An id that both have is treated as by Add; after an error, what is in
// whole batches stays and is counted.
func (w *Writer) Merge(ctx context.Context, other *Index, origin string) (Added, error) {
	a := w.NewAdd(origin)
	err := other.EachWithWords(ctx, func(e *Entry, words []uint64) error { return a.Article(ctx, *e, words) })
	if err != nil {
		return a.whole, errors.Join(err, a.Discard())
	}
	return a.Commit(ctx)
}

// EachWithWords calls fn with every entry and the hashes of its words, by number. Both are only
// lent.
func (x *Index) EachWithWords(ctx context.Context, fn func(e *Entry, words []uint64) error) error {
	const step = 1024
	var entries []Entry
	var numbers []uint32
	done := int64(0)
	flush := func() error {
		err := x.Words(ctx, numbers, func(i int, words []uint64) error { return fn(&entries[i], words) })
		done += int64(len(numbers))
		x.opt.Progress(done, int64(x.Len()))
		entries, numbers = entries[:0], numbers[:0]
		return err
	}
	err := x.Each(ctx, func(e *Entry) error {
		entries, numbers = append(entries, *e), append(numbers, e.Number)
		if len(entries) < step {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
