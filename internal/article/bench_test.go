package article

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// dataFile unpacks a file of the shared data, or skips.
func dataFile(tb testing.TB, name string) string {
	tb.Helper()
	root := os.Getenv("DEDUP_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	found, _ := filepath.Glob(filepath.Join(root, name+"*.jsonl.zst"))
	if len(found) == 0 {
		tb.Skip("no " + name + " in " + root)
	}
	var all bytes.Buffer
	for _, f := range found {
		packed, err := os.ReadFile(f)
		if err != nil {
			tb.Skip(err)
		}
		z, err := zstd.NewReader(bytes.NewReader(packed))
		if err != nil {
			tb.Fatal(err)
		}
		if _, err = all.ReadFrom(z); err != nil {
			tb.Fatal(err)
		}
		z.Close()
	}
	path := filepath.Join(tb.TempDir(), "data.jsonl")
	if err := os.WriteFile(path, all.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func BenchmarkReadLines(b *testing.B) {
	inputs := Expand([]string{dataFile(b, "bulk/")}, nil)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) { benchmarkRead(b, inputs, Options{Workers: workers}) })
	}
	for _, block := range []int{256 << 10, 512 << 10, 2 << 20, 4 << 20} {
		b.Run(fmt.Sprintf("block=%dK", block>>10), func(b *testing.B) { benchmarkRead(b, inputs, Options{Workers: 1, block: block}) })
	}
}

func benchmarkRead(b *testing.B, inputs []Input, opt Options) {
	b.Helper()
	b.SetBytes(inputs[0].Size)
	b.ReportAllocs()
	for b.Loop() {
		if err := Read(context.Background(), inputs, opt, func(int, *Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
