package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"dedup/internal/output"
)

// Every operation of the index on files goes through disk, so that a test can make each one of them
// fail in turn (fault_test.go).

// disk does what an index asks of the file system. fault is called before each operation with its
// name and that of the file; an error of it takes the place of the operation. Of a write, half of
// the bytes are written first.
type disk struct{ fault func(op, name string) error }

func (d disk) may(op, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(op, name)
}

// file is a file of an index: written from start to end, then read.
type file struct {
	*os.File
	disk disk
}

func (d disk) create(name string) (*file, error) {
	if err := d.may("create", name); err != nil {
		return nil, pathError(err, name)
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, pathError(err, name)
	}
	return &file{f, d}, nil
}

func (d disk) open(name string) (*file, error) {
	if err := d.may("open", name); err != nil {
		return nil, pathError(err, name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, pathError(err, name)
	}
	return &file{f, d}, nil
}

// readFile reads a small file.
func (d disk) readFile(name string) ([]byte, error) {
	if err := d.may("read", name); err != nil {
		return nil, pathError(err, name)
	}
	return os.ReadFile(name)
}

func (f *file) Write(p []byte) (int, error) {
	if err := f.disk.may("write", f.Name()); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, pathError(err, f.Name())
	}
	n, err := f.File.Write(p)
	return n, pathError(err, f.Name())
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.disk.may("read", f.Name()); err != nil {
		return 0, pathError(err, f.Name())
	}
	return f.File.ReadAt(p, off)
}

// keep has what was written reach the disk.
func (f *file) keep() error {
	if err := f.disk.may("sync", f.Name()); err != nil {
		return pathError(err, f.Name())
	}
	return pathError(f.Sync(), f.Name())
}

// replace gives a small file new content, in one step.
func (d disk) replace(name string, data []byte) error {
	if err := d.may("replace", name); err != nil {
		return pathError(err, name)
	}
	if err := output.WriteFile(name, data); err != nil {
		return pathError(err, name)
	}
	if err := d.may("replaced", name); err != nil { // it failed after the step was done
		return pathError(err, name)
	}
	return d.keepDir(filepath.Dir(name))
}

// keepDir has the names in a directory reach the disk, where directories can be synced.
func (d disk) keepDir(dir string) error {
	if err := d.may("sync", dir); err != nil {
		return pathError(err, dir)
	}
	f, err := os.Open(dir)
	if err != nil {
		return pathError(err, dir)
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
		return pathError(err, dir)
	}
	return nil
}

func (d disk) remove(name string) error {
	if err := d.may("remove", name); err != nil {
		return pathError(err, name)
	}
	return os.Remove(name)
}

const (
	hintDamaged = "\nhint: put a copy of the index in its place, or build it again; nothing was changed"
	hintDisk    = "\nhint: make room on the disk, then do the same again"
	hintAgain   = "\nhint: look at the file and the disk it is on; dedup index check reads all of the index"
)

// pathError says what to do about an error of the file system. What is none stays as it is.
func pathError(err error, name string) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		return err
	}
	var path *fs.PathError
	if !errors.As(err, &path) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fmt.Errorf("%w%s", err, hintDisk)
	}
	return fmt.Errorf("%w%s", err, hintAgain)
}

// damage says that a file of the index is not what was written.
type damage struct{ file, what string }

func (e *damage) Error() string { return e.file + " is damaged: " + e.what + hintDamaged }

// ownParts refuses an index in which something is neither a file nor a directory: what is in it is
// read, replaced and removed as the index's own, so nothing may lead out of it. dir itself may be a
// link: its owner named it. Cost: 1 µs a file.
func ownParts(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil // who opens it says so in better words
	}
	for _, f := range files {
		what, ours := "a special file", ownName(f.Name())
		switch t := f.Type(); {
		case t.IsRegular(), t.IsDir() && !ours:
			continue
		case t.IsDir():
			what = "a directory"
		case t&fs.ModeSymlink != 0:
			what = "a symbolic link"
		}
		return fmt.Errorf("%s is %s, not a file\nhint: put a copy of the index in its place, with the files that links lead to; nothing was changed", f.Name(), what)
	}
	return nil
}

// ownName tells whether a file of that name belongs to an index.
func ownName(name string) bool {
	return name == manifestFile || name == lockFile || partName(name)
}

// of says which index an error is of.
func of(dir string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("index %s: %w", dir, err)
}
