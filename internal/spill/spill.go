// Package spill keeps data that does not fit into memory in temporary files.
//
//	File     pieces that are written one after another, and read again at their places
//	Group    files that are mapped into memory
//	Sorter   records that come back sorted
//
// The files have no name, so they are gone when the process ends, however it ends. Their integers
// are written as they are in memory, because only this process reads them.
package spill

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"dedup/internal/output"
)

// File is a temporary file that grows. It is made when something is written first. Its methods may
// be called by many goroutines at once, but Close.
type File struct {
	dir, what string

	mu  sync.Mutex
	f   *os.File
	end int64
}

// New makes a file in dir (empty: the system's directory) for what an error calls what.
func New(dir, what string) *File { return &File{dir: dir, what: what} }

// Append writes b behind all that was written, and gives its place. It writes no more than a grain
// at a time: Linux keeps what is written at once in one piece of its cache (a folio), from 6.16 on
// for ext4 too, and maps all of that piece where one byte of it is looked at.
func (f *File) Append(b []byte) (at int64, err error) {
	f.mu.Lock()
	if f.f == nil {
		if f.f, err = output.Temp(f.dir, "dedup-*"); err != nil {
			f.mu.Unlock()
			return 0, f.failed("keep", err)
		}
	}
	at = f.end
	f.end += int64(len(b))
	f.mu.Unlock()
	for to := at; len(b) > 0; {
		n := min(int64(len(b)), grain-to%grain)
		if _, err := f.f.WriteAt(b[:n], to); err != nil {
			return 0, f.failed("write", err)
		}
		b, to = b[n:], to+n
	}
	return at, nil
}

// Read fills b with what stands at a place.
func (f *File) Read(b []byte, at int64) error {
	if len(b) == 0 {
		return nil
	}
	if _, err := f.f.ReadAt(b, at); err != nil {
		return f.failed("read", err)
	}
	return nil
}

func (f *File) failed(doing string, err error) error {
	return fmt.Errorf("%s %s beyond the memory limit in a temporary file: %w\nhint: --tmp names another directory", doing, f.what, err)
}

// Len is how many bytes were written. It is 0 for no file.
func (f *File) Len() int64 {
	if f == nil {
		return 0
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.end
}

// Close gives the space of the file back. The file is empty then and may be used again.
func (f *File) Close() (err error) {
	if f == nil || f.f == nil {
		return nil
	}
	if err = f.f.Close(); err != nil {
		err = f.failed("close", err)
	}
	f.f, f.end = nil, 0
	return err
}

// Bytes is the memory of records, which must hold no pointers.
func Bytes[T any](records []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(records))), len(records)*int(unsafe.Sizeof(one)))
}
