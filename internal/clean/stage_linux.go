package clean

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/unix"

	"dedup/internal/disk"
)

// exchange swaps two names in one step.
func exchange(a, b string) error {
	return disk.Exchange(a, b, func() error { return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE) })
}

// syncEach is the number of files up to which each is brought to the disk by itself; for more,
// everything on their file system is at once.
const syncEach = 64

// toDisk waits until all that was written below a directory is on the disk.
func toDisk(dir string) error {
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		if len(files) > syncEach {
			return fs.SkipAll
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(files) <= syncEach {
		for _, f := range files {
			if err := syncFile(f); err != nil {
				return err
			}
		}
		return nil
	}
	d, err := disk.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return unix.Syncfs(int(d.Fd()))
}

// eager is a file whose pages are on their way to the disk while more are written, so that the end
// need not wait for all of them.
type eager struct {
	f     *disk.File
	n, on int64
}

const eagerStep = 8 << 20

func (e *eager) Write(p []byte) (int, error) {
	n, err := e.f.Write(p)
	if e.n += int64(n); e.n-e.on >= eagerStep {
		_ = unix.SyncFileRange(int(e.f.Fd()), e.on, e.n-e.on, unix.SYNC_FILE_RANGE_WRITE) // only a hint: toDisk reports errors
		e.on = e.n
	}
	return n, err
}
