package engine

import "sync"

// inOrder hands out what arrives in any order by its number.
type inOrder[T any] struct {
	mu      sync.Mutex
	next    int
	waiting map[int]T
	yield   func(T) error
	err     error // of yield: nothing is handed out after it
}

func newInOrder[T any](yield func(T) error) *inOrder[T] {
	return &inOrder[T]{waiting: map[int]T{}, yield: yield}
}

// put takes number seq and yields what has its turn. Safe for concurrent use.
func (q *inOrder[T]) put(seq int, item T) error {
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
