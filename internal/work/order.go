package work

import "sync"

// InOrder hands out by number what arrives in any order.
type InOrder[T any] struct {
	mu      sync.Mutex
	next    int
	waiting map[int]T
	yield   func(T) error
	err     error // of yield: nothing is handed out after it
}

// NewInOrder has yield called with number 0, then 1, and so on, by one goroutine at a time.
func NewInOrder[T any](yield func(T) error) *InOrder[T] {
	return &InOrder[T]{waiting: map[int]T{}, yield: yield}
}

// Put takes number seq and yields what has its turn. It is safe for concurrent use.
func (q *InOrder[T]) Put(seq int, item T) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting[seq] = item
	for q.err == nil {
		item, ok := q.waiting[q.next]
		if !ok {
			return nil
		}
		delete(q.waiting, q.next)
		q.next++
		q.err = q.yield(item)
	}
	return q.err
}
