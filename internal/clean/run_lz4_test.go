package clean

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go/format"

	"dedup/internal/corpus"
)

// Parquet with LZ4, which parquet-go alone does not read, is cleaned and restored with its codec.
func TestCleanParquetLZ4(t *testing.T) {
	dir := t.TempDir()
	out, again := filepath.Join(dir, "out.parquet"), filepath.Join(dir, "again.parquet")
	in := filepath.Join(dir, "in.parquet")
	b, err := os.ReadFile("../article/testdata/pyarrow-lz4.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, b, 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), corpus.Config{Paths: []string{in}}, RunOptions{Out: out, PerStory: 1, Force: true})
	if err != nil {
		t.Fatal(err)
	}
	if res.Articles != 400 || res.Written.Removed == 0 {
		t.Errorf("%d articles, %d removed", res.Articles, res.Written.Removed)
	}
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(readAll(t, in), readAll(t, again), cmp.Transformer("texts", func(m map[string][]string) [][]string {
		var all [][]string
		for _, texts := range m {
			all = append(all, texts)
		}
		return all
	})); d != "" {
		t.Error(d)
	}
	for _, c := range openedParquet(t, again).Metadata().RowGroups[0].Columns {
		if c.MetaData.Codec != format.Lz4Raw {
			t.Errorf("%v was written with %s", c.MetaData.PathInSchema, c.MetaData.Codec)
		}
	}
}
