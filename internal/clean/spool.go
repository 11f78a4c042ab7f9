package clean

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/disk"
)

// Clean reads its inputs twice. What can be read only once, standard input, a pipe, `<(cmd)`, a
// FIFO, a device, is copied to a file in Tmp first, and both readings are of that file. Without it
// the second reading would find nothing, and the output would be empty.

// spooled holds the copies by the paths of the inputs.
type spooled map[string]*spoolFile

// spoolFile is a copy: an open file that has no name any more where the system lets an open file be
// opened again, as /proc/self/fd does. It is gone when the process is, however that ends. Elsewhere
// it has a name, which remove takes away.
type spoolFile struct {
	f    *disk.File
	name string // opens it
}

// spool copies the inputs that are no regular files, and has cfg read the copies.
func spool(ctx context.Context, cfg *corpus.Config, inputs []article.Input) (spooled, error) {
	s := spooled{}
	cfg.From = map[string]string{}
	for _, in := range inputs {
		if info, err := os.Stat(in.Path); in.Path != "-" && (err != nil || info.Mode().IsRegular()) {
			continue // what is not there is named when it is read
		}
		if err := s.add(ctx, cfg, in.Path); err != nil {
			return s, fmt.Errorf("copy %s, which can be read only once, to %s: %w", in.Path, cfg.Tmp, err)
		}
		cfg.From[in.Path] = s[in.Path].name
	}
	return s, nil
}

func (s spooled) add(ctx context.Context, cfg *corpus.Config, path string) error {
	in, err := onceReader(ctx, cfg, path)
	if err != nil {
		return err
	}
	defer in.Close()
	to, err := newSpoolFile(cfg.Tmp)
	if err != nil {
		return err
	}
	s[path] = to
	_, err = io.Copy(to.f, in)
	return err
}

// onceReader opens an input that can be read only once. Waiting for it ends when ctx does.
func onceReader(ctx context.Context, cfg *corpus.Config, path string) (io.ReadCloser, error) {
	if path != "-" {
		return article.Open(ctx, path)
	}
	stdin := cfg.Stdin
	if stdin == nil {
		stdin = os.Stdin
	}
	return io.NopCloser(article.Patient(ctx, stdin)), nil
}

func newSpoolFile(tmp string) (*spoolFile, error) {
	f, err := disk.CreateTemp(tmp, "dedup-once-*")
	if err != nil {
		return nil, err
	}
	s := &spoolFile{f: f, name: f.Name()}
	again := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	own, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	if there, err := os.Stat(again); err == nil && os.SameFile(own, there) && disk.Remove(f.Name()) == nil {
		s.name = again
	}
	return s, nil
}

func (s *spoolFile) remove() error {
	err := s.f.Close()
	if s.name == s.f.Name() {
		err = errors.Join(err, disk.Remove(s.name))
	}
	return err
}

// name opens the copy of an input; empty where there is none.
func (s spooled) name(path string) string {
	if f := s[path]; f != nil {
		return f.name
	}
	return ""
}

// remove takes the copies away.
func (s spooled) remove() (err error) {
	for _, f := range s {
		err = errors.Join(err, f.remove())
	}
	return err
}
