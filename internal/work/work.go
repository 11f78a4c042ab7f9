// Package work runs loops on several goroutines.
package work

import (
	"context"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Start calls, for 0 … n-1, the functions that start gives each of workers goroutines (0: one a
// processor). A free goroutine takes the next number. The first error ends the loop, and so does
// the end of ctx.
func Start(ctx context.Context, workers, n int, start func(worker int) func(i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for w := range min(workers, n) {
		g.Go(func() error {
			fn := start(w)
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return ctx.Err()
				}
				if err := fn(i); err != nil {
					return err
				}
			}
		})
	}
	return g.Wait()
}

// Each is Start for a function that wants no more than the number of its goroutine, in [0,
// workers).
func Each(ctx context.Context, workers, n int, fn func(worker, i int) error) error {
	return Start(ctx, workers, n, func(worker int) func(int) error {
		return func(i int) error { return fn(worker, i) }
	})
}

// Told calls fn as Each does, and tells how many calls are done. Calls of tell do not overlap, and
// may leave out numbers.
func Told(ctx context.Context, workers, n int, tell func(done, total int64), fn func(worker, i int) error) error {
	var done atomic.Int64
	var mu sync.Mutex
	return Each(ctx, workers, n, func(w, i int) error {
		if err := fn(w, i); err != nil {
			return err
		}
		if d := done.Add(1); mu.TryLock() { // one goroutine at a time tells
			tell(d, int64(n))
			mu.Unlock()
		}
		return nil
	})
}

// Feed hands items to fn on workers goroutines while the next ones are made. An error among the
// items ends it, as does one of fn and the end of ctx.
func Feed[T any](ctx context.Context, workers int, items iter.Seq2[T, error], fn func(worker int, item T) error) error {
	g, ctx := errgroup.WithContext(ctx)
	queue := make(chan T)
	g.Go(func() error {
		defer close(queue)
		for item, err := range items {
			if err != nil {
				return err
			}
			select {
			case queue <- item:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for w := range max(workers, 1) {
		g.Go(func() error {
			for item := range queue {
				if err := fn(w, item); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}
