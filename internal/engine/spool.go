package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"dedup/internal/article"
)

// Clean reads its inputs twice. What can be read only once, standard input, a pipe, `<(cmd)`, a FIFO, a device, is copied to a file in Tmp first, and both
// readings are of that file. Without it the second reading would find nothing, and the output would be empty.

// spooled names the copies by the paths of the inputs.
type spooled map[string]string

// spool copies the inputs that are no regular files, and has cfg read the copies.
func spool(ctx context.Context, cfg *Config, inputs []article.Input) (spooled, error) {
	s := spooled{}
	for _, in := range inputs {
		if info, err := os.Stat(in.Path); in.Path != "-" && (err != nil || info.Mode().IsRegular()) {
			continue // what is not there is named when it is read
		}
		if err := s.add(ctx, cfg, in.Path); err != nil {
			return s, fmt.Errorf("copy %s, which can be read only once, to %s: %w", in.Path, cfg.Tmp, err)
		}
	}
	cfg.Article.From = s
	return s, nil
}

func (s spooled) add(ctx context.Context, cfg *Config, path string) (err error) {
	in := cfg.Article.Stdin
	if path != "-" || in == nil {
		f := os.Stdin
		if path != "-" {
			if f, err = os.Open(path); err != nil {
				return err
			}
			defer f.Close()
		}
		in = f
	}
	to, err := os.CreateTemp(cfg.Tmp, "dedup-once-*")
	if err != nil {
		return err
	}
	s[path] = to.Name()
	_, err = io.Copy(to, article.Patient(ctx, in))
	return errors.Join(err, to.Close())
}

// remove takes the copies away.
func (s spooled) remove() (err error) {
	for _, name := range s {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}
