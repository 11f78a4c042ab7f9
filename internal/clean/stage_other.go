//go:build !linux

package clean

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"dedup/internal/disk"
)

// lockDir does nothing here: what killed runs left is not taken away.
func lockDir(string) (*os.File, error) { return nil, nil }

func unlock(*os.File) {}

func exchange(_, _ string) error { return errors.ErrUnsupported }

// toDisk waits until every file below a directory is on the disk.
func toDisk(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return syncFile(path)
	})
}

// eager is a file.
type eager struct{ f *disk.File }

func (e *eager) Write(p []byte) (int, error) { return e.f.Write(p) }
