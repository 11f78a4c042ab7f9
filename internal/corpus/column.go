package corpus

import (
	"maps"
	"slices"
	"sync"
)

// Column is what a pass notes of every article beside its record. The zero value is ready.
type Column[T any] struct {
	mu      sync.Mutex
	batches map[int][]T
}

// Batch makes room for the n articles of a batch, in input order. It is safe for concurrent use.
func (c *Column[T]) Batch(seq, n int) []T {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.batches == nil {
		c.batches = map[int][]T{}
	}
	c.batches[seq] = make([]T, n)
	return c.batches[seq]
}

// All gives the column in input order, once the pass has ended.
func (c *Column[T]) All() []T {
	n := 0
	for _, b := range c.batches {
		n += len(b)
	}
	all := make([]T, 0, n)
	for _, seq := range slices.Sorted(maps.Keys(c.batches)) {
		all = append(all, c.batches[seq]...)
		delete(c.batches, seq) // its memory may go before all are copied
	}
	c.batches = nil
	return all
}
