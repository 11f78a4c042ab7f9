package story

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// store keeps stretches of numbers, one a place, in memory up to a budget and then in a temporary
// file. The file has no name, so that it is gone when the process is.
type store struct {
	tmp    string
	budget int64 // bytes in memory

	mu   sync.Mutex
	held int64
	file *os.File
	end  int64
	at   []stretch
}

type stretch struct {
	data []uint64 // nil: in the file
	off  int64
	n    int
}

func newStore(places int, tmp string, budget int64) *store {
	return &store{tmp: tmp, budget: budget, at: make([]stretch, places)}
}

// put keeps a copy of data at a place. Safe for concurrent use.
func (s *store) put(place int, data []uint64) error {
	size := int64(len(data)) * 8
	s.mu.Lock()
	if s.held+size <= s.budget {
		s.held += size
		s.mu.Unlock()
		s.at[place] = stretch{data: append(make([]uint64, 0, len(data)), data...), n: len(data)}
		return nil
	}
	if err := s.open(); err != nil {
		s.mu.Unlock()
		return err
	}
	off := s.end
	s.end += size
	s.mu.Unlock()
	s.at[place] = stretch{off: off, n: len(data)}
	if _, err := s.file.WriteAt(bytesOf(data), off); err != nil {
		return fmt.Errorf("write terms of articles to a temporary file: %w\nhint: another directory: --tmp", err)
	}
	return nil
}

// open makes the file.
func (s *store) open() error {
	if s.file != nil {
		return nil
	}
	f, err := os.CreateTemp(s.tmp, "dedup-terms-*")
	if err != nil {
		return fmt.Errorf("keep terms of articles beyond the memory limit: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return errors.Join(fmt.Errorf("keep terms of articles beyond the memory limit: %w", err), f.Close())
	}
	s.file = f
	return nil
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
	if _, err := s.file.ReadAt(bytesOf(b), p.off+8*int64(from)); err != nil {
		return nil, fmt.Errorf("read terms of articles from a temporary file: %w", err)
	}
	return b, nil
}

// drop forgets what is at a place. A file gives its space back only when it is closed.
func (s *store) drop(place int) { s.at[place].data = nil }

func (s *store) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// bytesOf is the same memory.
func bytesOf(data []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), 8*len(data))
}
