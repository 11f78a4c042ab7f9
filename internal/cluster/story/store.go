package story

import (
	"sync/atomic"

	"dedup/internal/spill"
)

// store keeps stretches of numbers, one a place, in memory up to a budget and then in a temporary
// file.
type store struct {
	budget int64 // bytes in memory
	held   atomic.Int64
	file   *spill.File
	at     []stretch
}

type stretch struct {
	data []uint64 // nil: in the file
	off  int64
	n    int
}

func newStore(places int, tmp string, budget int64) *store {
	return &store{budget: budget, file: spill.New(tmp, "terms of articles"), at: make([]stretch, places)}
}

// put keeps a copy of data at a place. Safe for concurrent use.
func (s *store) put(place int, data []uint64) error {
	size := int64(len(data)) * 8
	if s.held.Add(size) <= s.budget {
		s.at[place] = stretch{data: append(make([]uint64, 0, len(data)), data...), n: len(data)}
		return nil
	}
	s.held.Add(-size)
	off, err := s.file.Append(spill.Bytes(data))
	s.at[place] = stretch{off: off, n: len(data)}
	return err
}

// get gives what was put at a place. What is in the file is read into *buf.
func (s *store) get(place int, buf *[]uint64) ([]uint64, error) {
	return s.part(place, 0, s.at[place].n, buf)
}

// part gives the numbers [from, to) of a place.
func (s *store) part(place, from, to int, buf *[]uint64) ([]uint64, error) {
	p := &s.at[place]
	switch {
	case from == to: // also of what is in the file, of which there is no data
		return nil, nil
	case p.data != nil:
		return p.data[from:to], nil
	}
	n := to - from
	if cap(*buf) < n {
		*buf = make([]uint64, n+n/4)
	}
	b := (*buf)[:n]
	return b, s.file.Read(spill.Bytes(b), p.off+8*int64(from))
}

// drop forgets what is at a place. A file gives its space back only when it is closed.
func (s *store) drop(place int) { s.at[place].data = nil }

func (s *store) close() error {
	if s == nil {
		return nil
	}
	return s.file.Close()
}
