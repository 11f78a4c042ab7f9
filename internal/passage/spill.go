package passage

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"unsafe"

	"dedup/internal/mapped"
	"dedup/internal/output"
)

// spill keeps arrays that do not fit into memory in files of a temporary directory, mapped into the
// address space. Pages are given back once more was looked at than a file may keep. The files have
// no format beyond the machine's own integers, for they do not outlive the search.
type spill struct {
	dir   string
	pages *mapped.Group // of what is read in order
	flags *mapped.Group // of what is not
	mu    sync.Mutex
	files []*os.File
}

// newSpill makes files in dir, for a search that may use memory bytes.
func newSpill(dir string, memory int64) spill {
	return spill{dir: dir, pages: mapped.NewGroup(memory / 8), flags: mapped.NewGroup(memory / 2)}
}

// integer is what an array of a spill holds.
type integer interface{ ~uint8 | ~uint32 | ~uint64 }

// create opens one more file, which is gone when the process is, however that ends.
func (s *spill) create() (*os.File, error) {
	f, err := output.Temp(s.dir, "dedup-passages-*")
	if err != nil {
		return nil, fmt.Errorf("find passages: make a temporary file: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, f)
	return f, nil
}

// close gives everything back; arrays of the spill must not be used any more.
func (s *spill) close() error {
	errs := []error{s.pages.Close(), s.flags.Close()}
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.files = nil
	return errors.Join(errs...)
}

// ints are integers in memory, or in a file that is mapped into it.
type ints[T integer] struct {
	all  []T
	file *mapped.File // nil: in memory
	at   *os.File     // the same
}

// read gives the integers [from, to), in scratch where they lie in a file: places in no order would
// bring in 64 KiB each.
func (s *ints[T]) read(scratch []T, from, to int) []T {
	if s.file == nil || from == to {
		return s.all[from:to]
	}
	scratch = slices.Grow(scratch[:0], to-from)[:to-from]
	size := int(unsafe.Sizeof(T(0)))
	if _, err := s.at.ReadAt(unsafe.Slice((*byte)(unsafe.Pointer(&scratch[0])), len(scratch)*size), int64(from*size)); err != nil {
		s.touch(from, to) // the mapping has them too
		return s.all[from:to]
	}
	return scratch
}

// touch tells that the integers [from, to) are about to be looked at.
func (s *ints[T]) touch(from, to int) {
	if s.file != nil {
		size := int(unsafe.Sizeof(T(0)))
		s.file.Touch(int64(from*size), int64((to-from)*size))
	}
}

// open gives the n integers of a file.
func open[T integer](pages *mapped.Group, f *os.File, n int) (ints[T], error) {
	if n == 0 {
		return ints[T]{}, nil
	}
	m, err := pages.Map(f, true)
	if err != nil {
		return ints[T]{}, fmt.Errorf("find passages: map %q: %w", f.Name(), err)
	}
	return ints[T]{unsafe.Slice((*T)(unsafe.Pointer(&m.Bytes()[0])), n), m, f}, nil
}

// array is an array that grows in memory up to limit elements, then goes on in a file.
type array[T integer] struct {
	spill *spill
	limit int
	n     int

	scattered bool // it will be looked at in no order

	mem  []T
	file *os.File
	w    *bufio.Writer
}

// add appends v.
func (a *array[T]) add(v []T) error {
	a.n += len(v)
	if a.file == nil && a.n <= a.limit {
		a.mem = append(a.mem, v...)
		return nil
	}
	if a.file == nil {
		var err error
		if a.file, err = a.spill.create(); err != nil {
			return err
		}
		a.w = bufio.NewWriterSize(a.file, 1<<20)
		if err := a.write(a.mem); err != nil {
			return err
		}
		a.mem = nil
	}
	return a.write(v)
}

// expect makes room for times as many elements as were added, and a few more, so that they need not
// be moved again and again.
func (a *array[T]) expect(times float64) {
	if n := min(int(1.02*times*float64(a.n)), a.limit); a.file == nil && times > 1 && n > cap(a.mem) {
		a.mem = slices.Grow(a.mem, n-len(a.mem))
	}
}

func (a *array[T]) write(v []T) error {
	if len(v) == 0 {
		return nil
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
	if _, err := a.w.Write(b); err != nil {
		return fmt.Errorf("find passages: write %q: %w", a.file.Name(), err)
	}
	return nil
}

// done gives all that was added; a must not be used any more.
func (a *array[T]) done() (ints[T], error) {
	if a.file == nil {
		return ints[T]{all: a.mem}, nil
	}
	if err := a.w.Flush(); err != nil {
		return ints[T]{}, fmt.Errorf("find passages: write %q: %w", a.file.Name(), err)
	}
	pages := a.spill.pages
	if a.scattered {
		pages = a.spill.flags
	}
	return open[T](pages, a.file, a.n)
}
