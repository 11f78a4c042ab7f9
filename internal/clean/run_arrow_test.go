package clean

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

// arrowRows are the rows of an Arrow stream or file by batches, and all that is no row.
func arrowRows(t *testing.T, r io.Reader) (batches [][]string, same string) {
	t.Helper()
	var rest bytes.Buffer
	c, err := article.CopyArrow(r, io.Discard, &rest)
	if err != nil {
		t.Fatal(err)
	}
	for {
		rows, err := c.Next()
		if err == io.EOF {
			return batches, rest.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		batch := []string{}
		for i := range rows {
			batch = append(batch, string(c.AppendRow(nil, i)))
			if err := c.Keep(i); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.End(); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, batch)
	}
}

func arrowFile(t *testing.T, path string) (batches [][]string, same string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return arrowRows(t, f)
}

// Arrow with columns of every type (internal/article/testdata/arrow/types.py) loses rows and spans
// of its text, and gets them back.
func TestCleanArrow(t *testing.T) {
	const bar = "\n\nShare this article\nRelated Sources:\n- one\n- two\n"
	for _, name := range []string{"types-plain.arrow", "types-lz4.arrows", "types-zstd.arrow"} {
		dir := t.TempDir()
		in, out, again := filepath.Join("../article/testdata/arrow", name), filepath.Join(dir, "out-"+name), filepath.Join(dir, name)
		res, err := Run(context.Background(), corpus.Config{Paths: []string{in}}, RunOptions{Out: out, Force: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if res.Written.Removed != 4 || res.Written.Cuts != 1 || res.Written.Whole != 0 {
			t.Errorf("%s: %+v", name, res.Written)
		}
		was, same := arrowFile(t, in)
		now, nowSame := arrowFile(t, out)
		was0, now8 := was[2][0], now[2][0]
		if len(now) != 3 || len(now[1]) != 0 || !cmp.Equal(was[0], now[0]) || !cmp.Equal(was[2][1:], now[2][1:]) || same != nowSame {
			t.Errorf("%s: other rows changed", name)
		}
		if !strings.Contains(was0, bar) || strings.Contains(now8, "Share this") || len(now8) > len(was0)-len(bar)+1 {
			t.Errorf("%s: the text was not cut: %q", name, now8)
		}
		if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back, backSame := arrowFile(t, again)
		if d := cmp.Diff(was, back); d != "" || same != backSame {
			t.Errorf("%s: not restored: %s", name, d)
		}
	}
}

// What was read is what is copied: Arrow that is damaged behind its first batch is refused, and one
// that is damaged before it is copied as it is.
func TestCleanDamagedArrow(t *testing.T) {
	b, err := os.ReadFile("../article/testdata/arrow/types-plain.arrow")
	if err != nil {
		t.Fatal(err)
	}
	for share, refused := range map[int]bool{2: false, 80: true} {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := os.Mkdir(in, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{"a.arrow": b[:len(b)*share/100], "b.txt": []byte("The kiln at Orsay Hill was lit again.\n")} {
			if err := os.WriteFile(filepath.Join(in, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Run(context.Background(), corpus.Config{Paths: []string{in}}, RunOptions{Out: out, Force: true})
		if refused != (err != nil) || refused && !strings.Contains(err.Error(), "a.arrow: broken Arrow data: cut short") {
			t.Errorf("%d %%: %v", share, err)
		}
		if _, err := os.Stat(out); refused != os.IsNotExist(err) {
			t.Errorf("%d %%: output: %v", share, err)
		}
	}
}
