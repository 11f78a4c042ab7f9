package index

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"dedup/internal/output"
)

// Pending is an index that is being built beside its place.
type Pending struct {
	*Writer
	place string
	empty bool // an empty directory was there, which is the one that is being filled
}

// NewPending begins an index for a directory that does not exist or is empty. A link leads to where
// the index is to be.
func NewPending(dir string, opt Options) (*Pending, error) {
	place, err := placeOf(dir)
	if err == nil {
		err = vacant(place)
	}
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	p := &Pending{place: place}
	tmp, err := p.beside()
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", dir, err)
	}
	if p.Writer, err = Create(tmp, opt); err != nil {
		return nil, errors.Join(err, p.remove(tmp))
	}
	return p, nil
}

// placeOf is where the links of dir lead. Its parent directories need not be there.
func placeOf(dir string) (string, error) {
	t, err := output.Look(filepath.Clean(dir))
	switch {
	case err != nil:
		if _, e := os.Lstat(dir); errors.Is(e, os.ErrNotExist) {
			return filepath.Abs(dir)
		}
		return "", err
	case t.Kind != output.New && t.Kind != output.Directory:
		return "", errors.New("it is no directory\nhint: name a directory that does not exist yet")
	}
	return filepath.Abs(t.Path)
}

// beside gives an empty directory beside the place of the index that is nobody else's, whatever
// their pid: two containers may both have 1. An empty directory that is at the place is given, by
// another name: so one that cannot be replaced, as a mount point, is known before the work.
func (p *Pending) beside() (string, error) {
	if err := os.MkdirAll(filepath.Dir(p.place), 0o777); err != nil {
		return "", err
	}
	if err := p.sweep(); err != nil {
		return "", err
	}
	_, err := os.Lstat(p.place)
	p.empty = err == nil
	for n := 0; ; n++ {
		tmp := filepath.Join(filepath.Dir(p.place), fmt.Sprintf(".%s.building-%d.%d", filepath.Base(p.place), os.Getpid(), n))
		if p.empty {
			err = os.Rename(p.place, tmp)
		} else {
			err = os.Mkdir(tmp, 0o777)
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil && p.empty {
			err = fmt.Errorf("%w\nhint: name a directory that does not exist yet", err)
		}
		return tmp, err
	}
}

// sweep removes what builders of this place left that were killed: directories whose lock nobody
// holds. One that has no lock yet is being made.
func (p *Pending) sweep() error {
	top := filepath.Dir(p.place)
	files, err := os.ReadDir(top)
	if err != nil {
		return err
	}
	for _, f := range files {
		dir := filepath.Join(top, f.Name())
		if !f.IsDir() || !strings.HasPrefix(f.Name(), "."+filepath.Base(p.place)+".building-") || ownParts(dir) != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, lockFile)); err != nil {
			continue
		}
		l, err := lockWriter(dir)
		if err != nil {
			continue // somebody builds in it
		}
		if err := errors.Join(os.RemoveAll(dir), l.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Publish closes the index and gives it its name.
func (p *Pending) Publish() error {
	err := p.Close()
	if err == nil {
		if err = vacant(p.place); err != nil {
			err = fmt.Errorf("index %s: %w", p.place, err)
		}
	}
	if err == nil {
		_ = os.Remove(p.place) // an empty directory, or nothing; if it stays, so does the error of the next step
		err = os.Rename(p.dir, p.place)
	}
	if err != nil {
		return errors.Join(err, p.remove(p.dir))
	}
	return nil
}

// Abandon removes what there is.
func (p *Pending) Abandon() error { return errors.Join(p.Close(), p.remove(p.dir)) }

// remove leaves what was there before.
func (p *Pending) remove(tmp string) error {
	if !p.empty {
		return os.RemoveAll(tmp)
	}
	files, err := os.ReadDir(tmp)
	for _, f := range files {
		err = errors.Join(err, os.RemoveAll(filepath.Join(tmp, f.Name())))
	}
	if err == nil {
		err = os.Rename(tmp, p.place)
	}
	return err
}

// vacant wants dir not to exist or to be empty.
func vacant(dir string) error {
	files, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(files) > 0:
		return errors.New("the directory exists and is not empty\nhint: dedup index add adds to an index")
	}
	return nil
}
