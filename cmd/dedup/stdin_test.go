package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestInterruptibleReadsAll(t *testing.T) {
	want := bytes.Repeat([]byte("0123456789abcdef"), 100_000)
	got, err := io.ReadAll(newInterruptible(context.Background(), iotest.HalfReader(bytes.NewReader(want))))
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("read %d of %d bytes, error %v", len(got), len(want), err)
	}
}

func TestInterruptibleGivesUp(t *testing.T) {
	r, w := io.Pipe() // nobody writes
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if _, err := newInterruptible(ctx, r).Read(make([]byte, 10)); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}
