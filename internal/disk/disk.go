// Package disk has the calls of the file system that publish files, and those that read the inputs
// of clean. They do what package os does. A test can let the n-th call fail, for every n, as SQLite
// tests itself (https://sqlite.org/testing.html#i_o_error_testing).
package disk

import (
	"io"
	"io/fs"
	"os"
	"sync/atomic"
)

// Op is a call of the file system.
type Op string

// Calls.
const (
	OpOpen     Op = "open"
	OpCreate   Op = "create"
	OpRead     Op = "read"
	OpWrite    Op = "write"
	OpSync     Op = "sync"
	OpClose    Op = "close"
	OpRename   Op = "rename"
	OpExchange Op = "exchange"
	OpRemove   Op = "remove"
	OpMkdir    Op = "mkdir"
	OpChmod    Op = "chmod"
	OpList     Op = "list"
)

// Fault decides what becomes of a call: nil, and it is made; an error, and it fails with it. Of a
// write, the first keep bytes are written all the same. It is called by many goroutines at once.
type Fault func(op Op, name string) (keep int, err error)

var fault atomic.Pointer[Fault] // nil but in tests

// SetFault has f decide from now on; nil: everything is done. It is for tests alone.
func SetFault(f Fault) {
	if f == nil {
		fault.Store(nil)
		return
	}
	fault.Store(&f)
}

func check(op Op, name string) (keep int, err error) {
	f := fault.Load()
	if f == nil {
		return 0, nil
	}
	if keep, err = (*f)(op, name); err != nil {
		err = &fs.PathError{Op: string(op), Path: name, Err: err}
	}
	return keep, err
}

// do makes a call unless it is to fail.
func do(op Op, name string, call func() error) error {
	if _, err := check(op, name); err != nil {
		return err
	}
	return call()
}

// File is an open file.
type File struct{ *os.File }

// Of is an open file whose calls can fail from now on.
func Of(f *os.File) *File { return &File{f} }

// Opened makes a call that opens a file.
func Opened(op Op, name string, open func() (*os.File, error)) (*File, error) {
	if _, err := check(op, name); err != nil {
		return nil, err
	}
	f, err := open()
	if err != nil {
		return nil, err
	}
	return &File{f}, nil
}

// Open is os.Open.
func Open(name string) (*File, error) {
	return Opened(OpOpen, name, func() (*os.File, error) { return os.Open(name) })
}

// OpenFile is os.OpenFile.
func OpenFile(name string, flag int, perm fs.FileMode) (*File, error) {
	op := OpOpen
	if flag&os.O_CREATE != 0 {
		op = OpCreate
	}
	return Opened(op, name, func() (*os.File, error) { return os.OpenFile(name, flag, perm) })
}

// CreateTemp is os.CreateTemp.
func CreateTemp(dir, pattern string) (*File, error) {
	return Opened(OpCreate, dir, func() (*os.File, error) { return os.CreateTemp(dir, pattern) })
}

// Write is that of os.File.
func (f *File) Write(p []byte) (int, error) {
	keep, err := check(OpWrite, f.Name())
	if err == nil {
		return f.File.Write(p)
	}
	if n := min(keep, len(p)); n > 0 {
		n, _ = f.File.Write(p[:n])
		return n, err
	}
	return 0, err
}

// WriteString is that of os.File.
func (f *File) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

// ReadFrom is io.ReaderFrom by way of Write; that of os.File would go past it.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{f}, r)
}

// Read is that of os.File.
func (f *File) Read(p []byte) (int, error) {
	if _, err := check(OpRead, f.Name()); err != nil {
		return 0, err
	}
	return f.File.Read(p)
}

// ReadAt is that of os.File.
func (f *File) ReadAt(p []byte, at int64) (int, error) {
	if _, err := check(OpRead, f.Name()); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, at)
}

// WriteTo is io.WriterTo by way of Read; that of os.File would go past it.
func (f *File) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}

// Sync is that of os.File.
func (f *File) Sync() error { return do(OpSync, f.Name(), f.File.Sync) }

// Close is that of os.File. The file is closed even when it fails.
func (f *File) Close() error {
	_, failed := check(OpClose, f.Name())
	if err := f.File.Close(); failed == nil {
		return err
	}
	return failed
}

// Rename is os.Rename.
func Rename(from, to string) error {
	return do(OpRename, to, func() error { return os.Rename(from, to) })
}

// Exchange makes a call that exchanges two names.
func Exchange(a, b string, call func() error) error { return do(OpExchange, b, call) }

// Remove is os.Remove.
func Remove(name string) error { return do(OpRemove, name, func() error { return os.Remove(name) }) }

// RemoveAll is os.RemoveAll.
func RemoveAll(name string) error {
	return do(OpRemove, name, func() error { return os.RemoveAll(name) })
}

// Mkdir is os.Mkdir.
func Mkdir(name string, perm fs.FileMode) error {
	return do(OpMkdir, name, func() error { return os.Mkdir(name, perm) })
}

// MkdirAll is os.MkdirAll.
func MkdirAll(name string, perm fs.FileMode) error {
	return do(OpMkdir, name, func() error { return os.MkdirAll(name, perm) })
}

// MkdirTemp is os.MkdirTemp.
func MkdirTemp(dir, pattern string) (name string, err error) {
	if _, err := check(OpMkdir, dir); err != nil {
		return "", err
	}
	return os.MkdirTemp(dir, pattern)
}

// Chmod is that of os.File.
func (f *File) Chmod(mode fs.FileMode) error {
	return do(OpChmod, f.Name(), func() error { return f.File.Chmod(mode) })
}

// ReadDir is os.ReadDir.
func ReadDir(name string) ([]fs.DirEntry, error) {
	if _, err := check(OpList, name); err != nil {
		return nil, err
	}
	return os.ReadDir(name)
}
