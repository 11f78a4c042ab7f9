package article

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// zstdFrame is a frame of one block as it is, with a window of so many bits; 0: as large as its
// content says.
func zstdFrame(windowLog int, contentSize uint64, text string) []byte {
	b := []byte("\x28\xb5\x2f\xfd")
	if windowLog > 0 {
		b = append(b, 0, byte(windowLog-10)<<3)
	} else {
		b = binary.LittleEndian.AppendUint64(append(b, 0xe0), contentSize)
	}
	block := uint32(len(text))<<3 | 1
	return append(append(b, byte(block), byte(block>>8), byte(block>>16)), text...)
}

// TestZstdWindows: a frame of `zstd --long=31` was called broken, however much memory there was.
func TestZstdWindows(t *testing.T) {
	defer windowMost.Store(windowMost.Load())
	const text = `{"id":"a","text":"what the frame holds"}`
	for _, c := range []struct {
		name   string
		memory int64
		frame  []byte
		want   string // reason; empty: it is read
	}{
		{"as a rule", 64 << 20, zstdFrame(23, 0, text), ""},
		{"long", 256 << 20, zstdFrame(27, 0, text), ""},
		{"long, little memory", 64 << 20, zstdFrame(27, 0, text), "its zstd window is 128MiB, --memory leaves 32MiB for it\ngive --memory 256MiB, or pack it again with a smaller one: zstd -dc --long=27 FILE | zstd -o NEW"},
		{"longest", 4 << 30, zstdFrame(31, 0, text), ""},
		{"longest, default memory", 2 << 30, zstdFrame(31, 0, text), "its zstd window is 2048MiB, --memory leaves 1024MiB for it\ngive --memory 4096MiB, or pack it again with a smaller one: zstd -dc --long=31 FILE | zstd -o NEW"},
		{"content as window", 2 << 30, zstdFrame(0, 60<<30, text), "its zstd window is 61440MiB, --memory leaves 1024MiB for it\ngive --memory 122880MiB, or pack it again"},
		{"no tool's", 2 << 30, zstdFrame(41, 0, text), "its zstd window is 2097152MiB, --memory leaves 1024MiB for it\nget the file again"},
	} {
		LimitMemory(c.memory)
		path := filepath.Join(t.TempDir(), "a.jsonl.zst")
		if err := os.WriteFile(path, c.frame, 0o666); err != nil {
			t.Fatal(err)
		}
		articles, said := 0, ""
		opt := Options{Workers: 1, Bad: func(b Bad) { said = b.Reason + "\n" + b.Hint }}
		err := Read(context.Background(), []Input{{path, int64(len(c.frame))}}, opt, func(_ int, b *Batch) error { articles += len(b.Articles); return nil })
		if err != nil || (c.want == "") != (articles == 1) || !strings.HasPrefix(said, c.want) || c.want == "" && said != "" {
			t.Errorf("%s: %d articles, %v, it says %s", c.name, articles, err, said)
		}
		u, err := OpenUnpacked(path)
		if e, ok := errors.AsType[*WindowError](err); ok != (c.want != "") || ok && !strings.HasPrefix(c.want, e.Error()) {
			t.Errorf("%s: opened, %v", c.name, err)
		}
		if err == nil {
			if got, err := io.ReadAll(u); err != nil || !bytes.Equal(got, []byte(text)) {
				t.Errorf("%s: %q, %v", c.name, got, err)
			}
			u.Close()
		}
	}
}

// TestLaterFramesAreLimitedToo: the frames behind the first have headers of their own.
func TestLaterFramesAreLimitedToo(t *testing.T) {
	defer windowMost.Store(windowMost.Load())
	LimitMemory(64 << 20)
	for _, second := range [][]byte{zstdFrame(31, 0, "b"), zstdFrame(0, 60<<30, "b")} {
		z, done, err := openZstd(bytes.NewReader(append(zstdFrame(20, 0, "a"), second...)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err == nil {
			t.Errorf("it is read: %q", got)
		}
		done()
	}
}
