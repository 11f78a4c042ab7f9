package article

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
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

// BenchmarkFormats reads the same articles in every format; MB/s are those of the decoded JSON
// Lines.
func BenchmarkFormats(b *testing.B) {
	lines := dataFile(b, "bulk/")
	arts, _ := readAll(b, Options{}, lines)
	plain, err := os.ReadFile(lines)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	var array, table, pq bytes.Buffer
	records := make([]row, len(arts))
	rows := csv.NewWriter(&table)
	rows.Write([]string{"id", "title", "text"})
	for i, a := range arts {
		records[i] = row{a.ID, a.Title, a.Source, a.URL, a.Published, a.Text, i}
		rows.Write([]string{a.ID, a.Title, a.Text})
		write(b, dir, fmt.Sprintf("texts/%02d/%05d.txt", i%100, i), a.Text)
		if i%4 == 0 {
			write(b, dir, fmt.Sprintf("packed/%05d.txt.gz", i), packed(b, ".gz", a.Text))
		}
	}
	rows.Flush()
	json.NewEncoder(&array).Encode(records)
	if err := parquet.Write(&pq, records, parquet.Compression(&parquet.Zstd)); err != nil {
		b.Fatal(err)
	}
	write(b, dir, "a.json", array.String())
	write(b, dir, "a.csv", table.String())
	write(b, dir, "a.parquet", pq.String())
	write(b, dir, "a.jsonl.gz", packed(b, ".gz", string(plain)))
	write(b, dir, "a.jsonl.zst", packed(b, ".zst", string(plain)))
	for _, name := range []string{"a.json", "a.csv", "a.parquet", "a.jsonl.gz", "a.jsonl.zst", "texts", "packed"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n := 0
				opt := Options{Workers: 1, Bad: func(bad Bad) { b.Fatal(bad) }}
				err := Read(context.Background(), Expand([]string{filepath.Join(dir, name)}, nil), opt, func(_ int, batch *Batch) error {
					n += len(batch.Articles)
					return nil
				})
				if err != nil || n != len(arts) && name != "packed" {
					b.Fatal(n, err)
				}
			}
			size := len(plain)
			if name == "packed" {
				size /= 4
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
		})
	}
}
