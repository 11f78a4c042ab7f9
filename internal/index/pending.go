package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Pending is an index that is being built beside its place.
type Pending struct {
	*Writer
	place string
}

// NewPending begins an index for a directory that does not exist or is empty.
func NewPending(dir string, opt Options) (*Pending, error) {
	if err := vacant(dir); err != nil {
		return nil, err
	}
	clean := filepath.Clean(dir)
	tmp := filepath.Join(filepath.Dir(clean), fmt.Sprintf(".%s.building-%d", filepath.Base(clean), os.Getpid()))
	w, err := Create(tmp, opt)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(tmp))
	}
	return &Pending{w, clean}, nil
}

// Publish closes the index and gives it its name.
func (p *Pending) Publish() error {
	if err := p.Close(); err != nil {
		return errors.Join(err, os.RemoveAll(p.dir))
	}
	err := vacant(p.place)
	if err == nil {
		_ = os.Remove(p.place) // an empty directory, or nothing; if it stays, so does the error of the next step
		err = os.Rename(p.dir, p.place)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(p.dir))
	}
	return nil
}

// Abandon removes what there is.
func (p *Pending) Abandon() error { return errors.Join(p.Close(), os.RemoveAll(p.dir)) }

// vacant wants dir not to exist or to be empty.
func vacant(dir string) error {
	files, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("index %s: %w", dir, err)
	case len(files) > 0:
		return fmt.Errorf("index %s: the directory exists and is not empty\nhint: dedup index add adds to an index", dir)
	}
	return nil
}
