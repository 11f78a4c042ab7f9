//go:build !linux

package clean

import (
	"io/fs"
	"path/filepath"

	"dedup/internal/disk"
)

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
