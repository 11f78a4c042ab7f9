package article

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// openWaiting opens a file. Opening a FIFO waits for somebody who writes to it, until ctx ends.
func openWaiting(ctx context.Context, path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(path)
	}
	type opened struct {
		f   *os.File
		err error
	}
	got := make(chan opened, 1)
	go func() { // left behind when ctx ends: no system can interrupt it
		f, err := os.Open(path)
		got <- opened{f, err}
	}()
	select {
	case o := <-got:
		return o.f, o.err
	case <-ctx.Done():
		go func() {
			if o := <-got; o.err == nil {
				o.f.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// Open opens a file to be read from its start to its end. What is no regular file is waited for, to open and to read, until ctx ends.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	f, err := openWaiting(ctx, path)
	if err != nil || regular(f) {
		return f, err
	}
	return waited{newPatient(ctx, f), f}, nil
}

// waited is a file that is read ahead.
type waited struct {
	io.Reader
	io.Closer
}
