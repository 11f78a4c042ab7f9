package output

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"dedup/internal/disk"
)

// Handle is a target that is open for writing. Exactly one of Commit and Abort ends it; Abort after
// Commit does nothing.
type Handle struct {
	file    *disk.File
	pending *pending    // nil for what is written as it goes
	stop    func() bool // lets go of the context
	done    bool
}

// Create opens the target for writing. What is written shows at a file's name when Commit is
// called; a stream has it at once. Opening a FIFO waits for its reader until ctx ends, and so does
// writing to one that is full.
func (t *Target) Create(ctx context.Context) (*Handle, error) {
	if err := t.Writable(); err != nil {
		return nil, err
	}
	if t.Kind == Stream {
		return t.stream(ctx)
	}
	p, err := newPending(t.Path)
	if err != nil {
		return nil, err
	}
	return &Handle{file: p.File, pending: p}, nil
}

// Along opens the target for writing what must be there while it is written, as a log: a file is
// emptied and filled in place.
func (t *Target) Along(ctx context.Context) (*Handle, error) {
	if err := t.Writable(); err != nil {
		return nil, err
	}
	if t.Kind == Stream {
		return t.stream(ctx)
	}
	f, err := disk.OpenFile(t.Path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	return &Handle{file: f}, nil
}

func (t *Target) stream(ctx context.Context) (*Handle, error) {
	f, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	h := &Handle{file: disk.Of(f)}
	if f.SetWriteDeadline(time.Time{}) == nil { // where the runtime waits for room, the end of ctx ends the wait
		h.stop = context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Unix(1, 0)) })
	}
	return h, nil
}

// Write implements io.Writer.
func (h *Handle) Write(p []byte) (int, error) { return h.file.Write(p) }

// Commit ends the writing; a file takes its name.
func (h *Handle) Commit() error {
	if h.pending != nil {
		err := h.pending.CloseAtomicallyReplace()
		h.done = err == nil
		return err
	}
	h.end()
	return h.file.Close()
}

// Abort ends the writing and leaves a file as it was. What went into a stream is gone.
func (h *Handle) Abort() {
	if h.done {
		return
	}
	h.end()
	if h.pending != nil {
		_ = h.pending.Cleanup() // the error of a removal would hide the one that matters
		return
	}
	_ = h.file.Close()
}

func (h *Handle) end() {
	h.done = true
	if h.stop != nil {
		h.stop()
	}
}

// Write has fn write what name leads to. A file appears under its name only when fn succeeded.
func Write(ctx context.Context, name string, fn func(w io.Writer) error) error {
	h, err := begin(ctx, name, (*Target).Create)
	if err != nil {
		return err
	}
	defer h.Abort()
	bw := bufio.NewWriterSize(h, 1<<16)
	if err := fn(bw); err != nil {
		return err
	}
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := h.Commit(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// begin looks where name leads and opens that.
func begin(ctx context.Context, name string, open func(*Target, context.Context) (*Handle, error)) (*Handle, error) {
	t, err := Look(name)
	var h *Handle
	if err == nil {
		h, err = open(t, ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return h, nil
}

// WriteAlong has fn write what name leads to as it goes: what is written before an error stays.
func WriteAlong(ctx context.Context, name string, fn func(w io.Writer) error) error {
	h, err := begin(ctx, name, (*Target).Along)
	if err != nil {
		return err
	}
	defer h.Abort()
	return errors.Join(fn(h), h.Commit())
}

// WriteFile replaces the content of a file.
func WriteFile(name string, data []byte) error {
	return Write(context.Background(), name, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}
