package output

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/windows"

	"dedup/internal/disk"
)

// openPending opens a file that is to take a name, which must be new when create is set. Windows
// lets an open file be renamed and removed only where every handle shares that.
func openPending(name string, create bool) (*disk.File, error) {
	op := disk.OpOpen
	if create {
		op = disk.OpCreate
	}
	return disk.Opened(op, name, func() (*os.File, error) { return openShared(name, create) })
}

func openShared(name string, create bool) (*os.File, error) {
	whole, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	if len(whole) >= longPath && !strings.HasPrefix(whole, `\\`) {
		whole = `\\?\` + whole
	}
	path, err := windows.UTF16PtrFromString(whole)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	how := uint32(windows.OPEN_EXISTING)
	if create {
		how = windows.CREATE_NEW
	}
	h, err := windows.CreateFile(path, windows.GENERIC_READ|windows.GENERIC_WRITE|windows.DELETE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, how, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), nil
}

// longPath is how long a path may be without the prefix of long ones (MAX_PATH less the name of a
// short file, as for directories).
const longPath = 248

// lock locks a file until it is closed or the process ends. Locks are binding here, so the locked
// byte lies where no content does.
func lock(f *os.File) error {
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errLocked
	}
	return err
}

// dirLock is the file in a directory that is open while a process holds the directory.
const dirLock = "lock"

// LockDir locks a directory until the file is closed or the process ends; an error when another
// process holds it.
func LockDir(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, dirLock), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// Abandoned tells whether no living process holds the lock of a directory: then it may go. A file
// that is open for writing cannot be removed, so removing the lock tells.
func Abandoned(dir string) bool {
	err := os.Remove(filepath.Join(dir, dirLock))
	if errors.Is(err, fs.ErrNotExist) { // just made, or left before it was locked: only an empty one goes
		_ = os.Remove(dir)
		return false
	}
	return err == nil
}

// renameTries and renameWait bound how long Rename waits for another program, such as a virus
// scanner, to close a file: 2 s in all.
const (
	renameTries = 20
	renameWait  = 100 * time.Millisecond
)

// Rename gives a file or a directory another name; what has that name gives way in the same step
// (MoveFileEx with MOVEFILE_REPLACE_EXISTING). Windows refuses while another process has one of the
// two open, which for indexers and scanners is a matter of moments.
func Rename(from, to string) error {
	for try := 1; ; try++ {
		err := disk.Rename(from, to)
		busy := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_SHARING_VIOLATION)
		if !busy || try == renameTries {
			return err
		}
		if info, e := os.Stat(to); e == nil && (info.IsDir() || info.Mode()&0o200 == 0) {
			return err // a directory does not give way, nor does a file that may not be written: waiting is no use
		}
		time.Sleep(renameWait)
	}
}

// SyncDir does nothing: NTFS keeps a journal of names.
func SyncDir(string) error { return nil }

// Temp makes a file in dir (empty: the system's) for what does not fit into memory. The system
// takes it away when it is closed or the process ends, however it ends. The last * of the pattern
// stands for a number.
func Temp(dir, pattern string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	at := strings.LastIndexByte(pattern, '*')
	if at < 0 {
		at, pattern = len(pattern), pattern+"*"
	}
	for {
		name := filepath.Join(dir, pattern[:at]+strconv.FormatUint(rand.Uint64(), 10)+pattern[at+1:])
		f, err := disk.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.O_FILE_FLAG_DELETE_ON_CLOSE, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return f.File, nil
	}
}

// windowsNames tells whether files are named as Windows has it.
const windowsNames = true

// ReaderGone tells whether a write failed because nobody reads the pipe any more.
func ReaderGone(err error) bool {
	return errors.Is(err, windows.ERROR_BROKEN_PIPE) || errors.Is(err, windows.ERROR_NO_DATA) || errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED)
}
