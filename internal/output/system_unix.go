//go:build unix

package output

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"dedup/internal/disk"
)

// openPending opens a file that is to take a name, which must be new when create is set.
func openPending(name string, create bool) (*disk.File, error) {
	if !create {
		return disk.Open(name)
	}
	return disk.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// lock locks a file or a directory until it is closed or the process ends: errLocked where another
// process has locked it, another error where that cannot be told.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// LockDir locks a directory until the file is closed or the process ends; an error when another
// process holds it.
func LockDir(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Abandoned tells whether no living process holds the lock of a directory: then it may go.
func Abandoned(dir string) bool {
	f, err := LockDir(dir)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// Rename gives a file or a directory another name; what has that name gives way in the same step.
func Rename(from, to string) error { return disk.Rename(from, to) }

// SyncDir brings the names in a directory to the disk, where the file system can.
func SyncDir(name string) error {
	d, err := disk.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, unix.EINVAL) {
		return err
	}
	return nil
}

// Temp makes a file in dir (empty: the system's) for what does not fit into memory. The file has no
// name and is gone when it is closed or the process ends, however it ends.
func Temp(dir, pattern string) (*os.File, error) {
	f, err := disk.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if err := disk.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.File, nil
}

// windowsNames tells whether files are named as Windows has it.
const windowsNames = false

// ReaderGone tells whether a write failed because nobody reads the pipe any more.
func ReaderGone(err error) bool { return errors.Is(err, unix.EPIPE) }
