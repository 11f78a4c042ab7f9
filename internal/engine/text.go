package engine

import (
	"context"
	"io"
	"sync/atomic"

	"dedup/internal/article"
)

// Texts writes a row for every article, in input order, and returns how many inputs were skipped.
// add appends the row of an article; it is called by all workers at once. Rows of batches that come
// before their turn wait in memory; there are at most a few of them, one a worker.
func Texts(ctx context.Context, cfg Config, add func(dst []byte, a *article.Article) []byte, w io.Writer) (skipped int, err error) {
	cfg.setDefaults()
	var count atomic.Int64
	inputs, opt := cfg.reading(&skipped, &count)
	q := newInOrder(func(rows []byte) error {
		_, err := w.Write(rows)
		return err
	})
	err = cfg.read(ctx, inputs, opt, &count, func(_ int, b *article.Batch) error {
		var rows []byte
		for i := range b.Articles {
			rows = add(rows, &b.Articles[i])
		}
		count.Add(int64(len(b.Articles)))
		return q.put(b.Seq, rows)
	})
	return skipped, err
}
