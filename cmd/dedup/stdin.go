package main

import (
	"context"
	"io"
)

// interruptible reads r, but gives up when ctx ends: a read of a terminal or of a pipe that nobody
// writes to cannot be interrupted, so it happens in a goroutine that is left behind then. Unlike
// article.Patient it never reads ahead: who looks at the first rows of standard input leaves the
// rest to the article reader.
type interruptible struct {
	ctx context.Context
	r   io.Reader
	ask chan []byte
	got chan readResult
	buf []byte // the goroutine's own: p may be reused after an interruption
}

type readResult struct {
	n   int
	err error
}

func newInterruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptible{ctx: ctx, r: r, ask: make(chan []byte), got: make(chan readResult, 1)}
}

func (i *interruptible) loop() {
	for buf := range i.ask {
		n, err := i.r.Read(buf)
		i.got <- readResult{n, err}
	}
}

// Read implements io.Reader; it is for one goroutine at a time.
func (i *interruptible) Read(p []byte) (int, error) {
	if i.buf == nil {
		i.buf = make([]byte, 1<<18)
		go i.loop()
	}
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	i.ask <- i.buf[:min(len(p), len(i.buf))]
	select {
	case <-i.ctx.Done():
		return 0, i.ctx.Err()
	case res := <-i.got:
		return copy(p, i.buf[:res.n]), res.err
	}
}
