package passage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"unsafe"

	"github.com/edsrzf/mmap-go"

	"dedup/internal/output"
)

// spill keeps arrays that do not fit into memory in files of a temporary directory, mapped into the
// address space: the kernel reads what is looked at and drops what is not. The files have no format
// beyond the machine's own integers, for they do not outlive the search.
type spill struct {
	dir   string
	files []*os.File
	maps  []mmap.MMap
}

// integer is what an array of a spill holds.
type integer interface{ ~uint8 | ~uint32 | ~uint64 }

// create opens one more file, which is gone when the process is, however that ends.
func (s *spill) create() (*os.File, error) {
	f, err := output.Temp(s.dir, "dedup-passages-*")
	if err != nil {
		return nil, fmt.Errorf("find passages: make a temporary file: %w", err)
	}
	s.files = append(s.files, f)
	return f, nil
}

// close gives everything back; arrays of the spill must not be used any more.
func (s *spill) close() error {
	var errs []error
	for _, m := range s.maps {
		errs = append(errs, m.Unmap())
	}
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	s.maps, s.files = nil, nil
	return errors.Join(errs...)
}

// mapped gives the n integers of a file.
func mapped[T integer](s *spill, f *os.File, n int) ([]T, error) {
	if n == 0 {
		return nil, nil
	}
	m, err := mmap.Map(f, mmap.RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("find passages: map %q: %w", f.Name(), err)
	}
	s.maps = append(s.maps, m)
	return unsafe.Slice((*T)(unsafe.Pointer(&m[0])), n), nil
}

// array is an array that grows in memory up to limit elements, then goes on in a file.
type array[T integer] struct {
	spill *spill
	limit int
	n     int
	mem   []T
	file  *os.File
	w     *bufio.Writer
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
	if err := binary.Write(a.w, binary.NativeEndian, v); err != nil {
		return fmt.Errorf("find passages: write %q: %w", a.file.Name(), err)
	}
	return nil
}

// done gives all that was added; a must not be used any more.
func (a *array[T]) done() ([]T, error) {
	if a.file == nil {
		return a.mem, nil
	}
	if err := a.w.Flush(); err != nil {
		return nil, fmt.Errorf("find passages: write %q: %w", a.file.Name(), err)
	}
	return mapped[T](a.spill, a.file, a.n)
}
