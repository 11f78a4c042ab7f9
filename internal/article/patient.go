package article

import (
	"context"
	"io"
	"io/fs"
	"os"

	"dedup/internal/disk"
)

// openWaiting opens a file. Opening a FIFO waits for somebody who writes to it, until ctx ends.
func openWaiting(ctx context.Context, path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		f, err := disk.Open(path)
		if err != nil {
			return nil, err
		}
		return f.File, nil
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

// Open opens a file to be read from its start to its end. What is no regular file is waited for, to
// open and to read, until ctx ends.
func Open(ctx context.Context, path string) (io.ReadCloser, error) {
	f, err := openWaiting(ctx, path)
	if err != nil {
		return nil, err
	}
	if regular(f) {
		return disk.Of(f), nil
	}
	return waited{newPatient(ctx, f), f}, nil
}

// waited is a file that is read ahead.
type waited struct {
	io.Reader
	io.Closer
}

// patient reads a pipe or terminal ahead, so that waiting for it ends when the context does.
type patient struct {
	ctx    context.Context
	chunks chan []byte
	free   chan []byte
	err    error // why chunks was closed
	last   []byte
	chunk  []byte
}

// Patient reads ahead of a pipe or a terminal, so that waiting for it ends when ctx does. It may
// read more than is asked of it.
func Patient(ctx context.Context, r io.Reader) io.Reader { return newPatient(ctx, r) }

func newPatient(ctx context.Context, r io.Reader) *patient {
	p := &patient{ctx: ctx, chunks: make(chan []byte, 2), free: make(chan []byte, 3)}
	for range cap(p.free) {
		p.free <- make([]byte, 256<<10)
	}
	go p.ahead(r)
	return p
}

// ahead ends with the input, or when the context is done and the read under way returns.
func (p *patient) ahead(r io.Reader) {
	defer close(p.chunks)
	for {
		var buf []byte
		select {
		case buf = <-p.free:
		case <-p.ctx.Done():
			return
		}
		n, err := r.Read(buf)
		select {
		case p.chunks <- buf[:n]:
		case <-p.ctx.Done():
			return
		}
		if err != nil {
			p.err = err
			return
		}
	}
}

func (p *patient) Read(b []byte) (int, error) {
	for len(p.chunk) == 0 {
		if p.last != nil {
			p.free <- p.last[:cap(p.last)]
			p.last = nil
		}
		select {
		case c, more := <-p.chunks:
			if !more && p.err == nil {
				return 0, p.ctx.Err()
			}
			if !more {
				return 0, p.err
			}
			p.chunk, p.last = c, c
		case <-p.ctx.Done():
			return 0, p.ctx.Err()
		}
	}
	n := copy(b, p.chunk)
	p.chunk = p.chunk[n:]
	return n, nil
}
