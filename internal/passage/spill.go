package passage

import (
	"errors"
	"slices"
	"sync"
	"unsafe"

	"dedup/internal/spill"
)

// spilled keeps arrays that do not fit into memory in temporary files that are mapped into it. Pages
// are given back once more was looked at than the files may keep.
type spilled struct {
	dir   string
	pages *spill.Group // of what is read in order
	flags *spill.Group // of what is not
	mu    sync.Mutex
	files []*spill.File
}

// newSpilled makes files in dir, for a search that may use memory bytes.
func newSpilled(dir string, memory int64) spilled {
	return spilled{dir: dir, pages: spill.NewGroup(memory / 8), flags: spill.NewGroup(memory / 2)}
}

// create makes one more file.
func (s *spilled) create() *spill.File {
	f := spill.New(s.dir, "words and passages")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, f)
	return f
}

// close gives everything back; arrays must not be used any more.
func (s *spilled) close() error {
	errs := []error{s.pages.Close(), s.flags.Close()}
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.files = nil
	return errors.Join(errs...)
}

// integer is what such an array holds.
type integer interface{ ~uint8 | ~uint32 | ~uint64 }

// ints are integers in memory, or a part of a file that is mapped into it.
type ints[T integer] struct {
	all  []T
	from int           // of the file: how many integers stand before
	file *spill.File   // nil: in memory
	in   *spill.Mapped // the same
}

// read gives the integers [from, to), in scratch where they lie in a file: places in no order would
// bring in 64 KiB each.
func (s *ints[T]) read(scratch []T, from, to int) []T {
	if s.file == nil || from == to {
		return s.all[from:to]
	}
	scratch = slices.Grow(scratch[:0], to-from)[:to-from]
	if err := s.file.Read(spill.Bytes(scratch), int64(s.from+from)*sizeOf[T]()); err != nil {
		s.touch(from, to) // the mapping has them too
		return s.all[from:to]
	}
	return scratch
}

// touch tells that the integers [from, to) are about to be looked at.
func (s *ints[T]) touch(from, to int) {
	if s.in != nil {
		s.in.Touch(int64(s.from+from)*sizeOf[T](), int64(to-from)*sizeOf[T]())
	}
}

func sizeOf[T integer]() int64 { return int64(unsafe.Sizeof(T(0))) }

// mapInts gives all integers of a file.
func mapInts[T integer](pages *spill.Group, f *spill.File) (ints[T], error) {
	m, err := pages.Map(f, true)
	if m == nil || err != nil {
		return ints[T]{}, err
	}
	return ints[T]{all: unsafe.Slice((*T)(unsafe.Pointer(&m.Bytes()[0])), f.Len()/sizeOf[T]()), file: f, in: m}, nil
}

// part gives the integers [from, to) by themselves.
func (s ints[T]) part(from, to int) ints[T] {
	s.all, s.from = s.all[from:to], s.from+from
	return s
}

// array is an array that grows in memory up to limit elements, then goes on in a file.
type array[T integer] struct {
	spill *spilled
	limit int
	n     int

	scattered bool // it will be looked at in no order

	mem  []T // all of it, or what is not in the file yet
	file *spill.File
}

// piece is how many elements are written to a file at once.
const piece = 1 << 18

// add appends v.
func (a *array[T]) add(v []T) error {
	a.n += len(v)
	a.mem = append(a.mem, v...)
	if a.file == nil && a.n > a.limit {
		a.file = a.spill.create()
	}
	if a.file == nil || len(a.mem) < piece {
		return nil
	}
	return a.flush()
}

// flush writes what is in memory to the file.
func (a *array[T]) flush() error {
	_, err := a.file.Append(spill.Bytes(a.mem))
	if a.mem = a.mem[:0]; cap(a.mem) > 2*piece {
		a.mem = nil
	}
	return err
}

// expect makes room for times as many elements as were added, and a few more, so that they need not
// be moved again and again.
func (a *array[T]) expect(times float64) {
	if n := min(int(1.02*times*float64(a.n)), a.limit); a.file == nil && times > 1 && n > cap(a.mem) {
		a.mem = slices.Grow(a.mem, n-len(a.mem))
	}
}

// done gives all that was added; a must not be used any more.
func (a *array[T]) done() (ints[T], error) {
	if a.file == nil {
		return ints[T]{all: a.mem}, nil
	}
	if err := a.flush(); err != nil {
		return ints[T]{}, err
	}
	pages := a.spill.pages
	if a.scattered {
		pages = a.spill.flags
	}
	return mapInts[T](pages, a.file)
}
