package spill

import (
	"container/heap"
	"iter"
	"slices"
	"sync"
	"unsafe"
)

// Sorter gives records back in order, however many they are: what does not fit into memory is
// sorted by pieces, each piece is written to a file as a run, and the runs are merged (Knuth, TAOCP
// 3, 5.4.1).
//
// In: records without pointers. Out: all of them, in the order of compare; records that compare
// equal come in any order. Cost: a comparison sort, and each record is written once and read once.
// Memory: what NewSorter is told, while records come in and while they go out.
type Sorter[T any] struct {
	compare func(a, b T) int
	room    int // records in memory
	file    *File

	mu     sync.Mutex
	mem    []T
	starts []int64 // of the runs in the file
}

// leastRoom is how many records a sorter holds at least.
const leastRoom = 1 << 10

// NewSorter makes a sorter that keeps to memory bytes and spills to dir; an error calls its records
// what.
func NewSorter[T any](dir, what string, memory int64, compare func(a, b T) int) *Sorter[T] {
	var one T
	return &Sorter[T]{compare: compare, room: max(leastRoom, int(memory/int64(unsafe.Sizeof(one)))), file: New(dir, what)}
}

// Add adds records. It may be called by many goroutines at once.
func (s *Sorter[T]) Add(records ...T) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(records) > 0 {
		if len(s.mem) == s.room {
			if err := s.spill(); err != nil {
				return err
			}
		}
		k := min(len(records), s.room-len(s.mem))
		if need := len(s.mem) + k; need > cap(s.mem) { // twice as many, but no more than there is room for
			grown := make([]T, len(s.mem), min(s.room, max(2*cap(s.mem), need, 64)))
			copy(grown, s.mem)
			s.mem = grown
		}
		s.mem, records = append(s.mem, records[:k]...), records[k:]
	}
	return nil
}

// spill writes what is in memory as a run.
func (s *Sorter[T]) spill() error {
	slices.SortFunc(s.mem, s.compare)
	at, err := s.file.Append(Bytes(s.mem))
	s.starts, s.mem = append(s.starts, at), s.mem[:0]
	return err
}

// All gives the records in order, once; the sorter is empty and closed then. A record that comes
// with an error is none, and the last.
func (s *Sorter[T]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := s.each(func(r T) bool { return yield(r, nil) })
		if e := s.Close(); err == nil {
			err = e
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func (s *Sorter[T]) each(yield func(T) bool) error {
	if len(s.starts) == 0 {
		slices.SortFunc(s.mem, s.compare)
		for _, r := range s.mem {
			if !yield(r) {
				return nil
			}
		}
		return nil
	}
	if err := s.spill(); err != nil {
		return err
	}
	m := merge[T]{compare: s.compare}
	piece := max(1, s.room/len(s.starts))
	s.mem = nil
	for k, at := range s.starts {
		r := &run[T]{file: s.file, at: at, end: s.file.Len(), room: piece}
		if k+1 < len(s.starts) {
			r.end = s.starts[k+1]
		}
		if err := r.fill(); err != nil {
			return err
		}
		if len(r.left) > 0 {
			m.runs = append(m.runs, r)
		}
	}
	return m.each(yield)
}

// Close forgets the records.
func (s *Sorter[T]) Close() error {
	s.mem, s.starts = nil, nil
	return s.file.Close()
}

// run is a sorted run that is read piece by piece.
type run[T any] struct {
	file    *File
	at, end int64
	room    int // records read at once
	buf     []T
	left    []T // that were read
}

// fill reads the next piece; left is empty at the end.
func (r *run[T]) fill() error {
	var one T
	size := int64(unsafe.Sizeof(one))
	n := int(min(int64(r.room), (r.end-r.at)/size))
	if r.buf == nil {
		r.buf = make([]T, n)
	}
	r.left = r.buf[:n]
	err := r.file.Read(Bytes(r.left), r.at)
	r.at += int64(n) * size
	return err
}

// merge is a heap of runs, the one with the least record first (container/heap).
type merge[T any] struct {
	compare func(a, b T) int
	runs    []*run[T]
}

func (m *merge[T]) Len() int           { return len(m.runs) }
func (m *merge[T]) Less(i, j int) bool { return m.compare(m.runs[i].left[0], m.runs[j].left[0]) < 0 }
func (m *merge[T]) Swap(i, j int)      { m.runs[i], m.runs[j] = m.runs[j], m.runs[i] }
func (m *merge[T]) Push(any)           {}
func (m *merge[T]) Pop() any {
	m.runs = m.runs[:len(m.runs)-1]
	return nil
}

func (m *merge[T]) each(yield func(T) bool) error {
	heap.Init(m)
	for len(m.runs) > 0 {
		r := m.runs[0]
		if !yield(r.left[0]) {
			return nil
		}
		if r.left = r.left[1:]; len(r.left) == 0 {
			if err := r.fill(); err != nil {
				return err
			}
			if len(r.left) == 0 {
				heap.Pop(m)
				continue
			}
		}
		heap.Fix(m, 0)
	}
	return nil
}
