//go:build !unix

package output

import (
	"errors"
	"os"
	"path/filepath"
)

// pending is a file that is to take a name. It lies in the directory of that name.
type pending struct {
	*os.File
	path string
}

func newPending(path string) (*pending, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path))
	return &pending{f, path}, err
}

// CloseAtomicallyReplace gives the file its name.
func (p *pending) CloseAtomicallyReplace() error {
	if err := errors.Join(p.Sync(), p.Close()); err != nil {
		return err
	}
	return os.Rename(p.Name(), p.path)
}

// Cleanup takes the file away.
func (p *pending) Cleanup() error { return errors.Join(p.Close(), os.Remove(p.Name())) }
