package engine

import "sync"

// inOrder hands out batches that arrive in any order by their number.
type inOrder struct {
	mu      sync.Mutex
	next    int
	waiting map[int][]Sketch
	yield   func(Sketch) error
}

// put takes the sketches of batch seq and yields what has its turn. Safe for concurrent use.
func (q *inOrder) put(seq int, rows []Sketch) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting[seq] = rows
	for {
		rows, ok := q.waiting[q.next]
		if !ok {
			return nil
		}
		delete(q.waiting, q.next)
		q.next++
		for _, k := range rows {
			if err := q.yield(k); err != nil {
				return err
			}
		}
	}
}
