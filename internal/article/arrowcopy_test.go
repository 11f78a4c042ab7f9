package article

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// typesOfArrow are streams and files with columns of every type (testdata/arrow/types.py).
func typesOfArrow(tb testing.TB) map[string][]byte {
	tb.Helper()
	paths, err := filepath.Glob("testdata/arrow/types-*.arrow*")
	if err != nil || len(paths) != 3 {
		tb.Fatal(paths, err)
	}
	out := map[string][]byte{}
	for _, p := range paths {
		if out[filepath.Base(p)], err = os.ReadFile(p); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// arrowTable is what must stay of a table: its rows by batches, and all else.
type arrowTable struct {
	Batches [][]string
	Same    string
}

// copyArrow copies a table. edit says what to write for a row, as many rows as there are.
func copyArrow(in []byte, w io.Writer, edit func(c *ArrowCopy, batch, row int, raw []byte) error) (t arrowTable, err error) {
	var same bytes.Buffer
	c, err := CopyArrow(bytes.NewReader(in), w, &same)
	if err != nil {
		return t, err
	}
	for {
		rows, err := c.Next()
		if err == io.EOF {
			t.Same = same.String()
			return t, nil
		}
		if err != nil {
			return t, err
		}
		var batch []string
		for i := range rows {
			raw := c.AppendRow(nil, i)
			batch = append(batch, string(raw))
			if err := edit(c, len(t.Batches), i, raw); err != nil {
				return t, err
			}
		}
		t.Batches = append(t.Batches, batch)
		if err := edit(c, len(t.Batches)-1, -1, nil); err != nil {
			return t, err
		}
		if err := c.End(); err != nil {
			return t, err
		}
	}
}

func keepAll(c *ArrowCopy, _, row int, _ []byte) error {
	if row < 0 {
		return nil
	}
	return c.Keep(row)
}

// backAndForth takes out the rows that gone tells, puts them back, and gives the table of each.
func backAndForth(in []byte, gone func(batch, row int) bool) (was, less, again arrowTable, file []byte, err error) {
	var without, back bytes.Buffer
	was, err = copyArrow(in, &without, func(c *ArrowCopy, batch, row int, _ []byte) error {
		if row < 0 || gone(batch, row) {
			return nil
		}
		return c.Keep(row)
	})
	if err != nil {
		return
	}
	next := 0 // row of the batch
	less, err = copyArrow(without.Bytes(), &back, func(c *ArrowCopy, batch, row int, raw []byte) error {
		for next < len(was.Batches[batch]) && gone(batch, next) {
			if err := c.Put([]byte(was.Batches[batch][next])); err != nil {
				return err
			}
			next++
		}
		if row < 0 {
			next = 0
			return nil
		}
		next++
		return c.Keep(row)
	})
	if err != nil {
		return was, less, again, nil, fmt.Errorf("what was written: %w", err)
	}
	again, err = copyArrow(back.Bytes(), io.Discard, keepAll)
	return was, less, again, without.Bytes(), err
}

// Rows of every type are taken out of a table and put back; what does not change is copied byte for
// byte, and the reader reads what was written.
func TestArrowCopy(t *testing.T) {
	samples := typesOfArrow(t)
	for name, s := range arrowSamples(t) {
		samples[name] = []byte(s)
	}
	for name, in := range samples {
		var same bytes.Buffer
		if _, err := copyArrow(in, &same, keepAll); err != nil || !bytes.Equal(same.Bytes(), in) {
			t.Errorf("%s is not copied byte for byte: %v", name, err)
		}
		for what, gone := range map[string]func(batch, row int) bool{
			"none": func(int, int) bool { return false }, "all": func(int, int) bool { return true }, "odd": func(_, row int) bool { return row%2 == 1 },
			"even": func(_, row int) bool { return row%2 == 0 }, "a batch": func(batch, _ int) bool { return batch == 0 },
		} {
			was, less, again, file, err := backAndForth(in, gone)
			if err != nil {
				t.Fatalf("%s without %s: %v", name, what, err)
			}
			if d := cmp.Diff(was, again); d != "" {
				t.Errorf("%s without %s, restored: %s", name, what, d)
			}
			rows := 0
			for b := range was.Batches {
				want := slices.Clone(was.Batches[b])
				for i := len(want) - 1; i >= 0; i-- {
					if gone(b, i) {
						want = slices.Delete(want, i, i+1)
					}
				}
				rows += len(want)
				if !slices.Equal(want, less.Batches[b]) {
					t.Errorf("%s without %s: batch %d has %d rows", name, what, b, len(less.Batches[b]))
				}
			}
			arts, bad := readAll(t, Options{Workers: 1, Fields: Fields{Text: "id"}}, write(t, t.TempDir(), name, string(file)))
			if len(arts) != rows || rows > 0 && len(bad) > 0 {
				t.Errorf("%s without %s: %d articles of %d, %+v", name, what, len(arts), rows, bad)
			}
		}
	}
}

// Numbers that a dictionary holds have a size of their own, whatever that of the places in it.
func TestArrowDictionaryOfNumbers(t *testing.T) {
	for name, in := range typesOfArrow(t) {
		arts, bad := readAll(t, Options{Workers: 1, Fields: Fields{ID: "rank"}}, write(t, t.TempDir(), name, string(in)))
		if len(arts) != 12 || len(bad) > 0 || arts[0].ID != "1000000000000" || arts[1].ID != "-7" {
			t.Errorf("%s: %d articles, %q, %+v", name, len(arts), arts[0].ID, bad)
		}
	}
}

// A batch of which something goes is damaged here and there: that is said, and nothing panics but
// what the caller takes for damage.
func TestArrowCopyDamage(t *testing.T) {
	for name, in := range typesOfArrow(t) {
		for n := range 100 {
			cut := in[:len(in)*n/100]
			if _, _, _, _, err := backAndForth(cut, func(_, row int) bool { return row == 1 }); err == nil && strings.HasSuffix(name, ".arrow") {
				t.Errorf("%s: the first %d bytes are taken", name, len(cut))
			}
		}
	}
}

func FuzzArrowCopy(f *testing.F) {
	for _, in := range typesOfArrow(f) {
		f.Add(in)
	}
	for _, s := range arrowSamples(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		LimitMemory(64 << 20)
		defer windowMost.Store(0)
		was, _, again, _, err := tryArrow(in)
		if err == nil && cmp.Diff(was, again) != "" {
			t.Errorf("what comes back differs: %s", cmp.Diff(was, again))
		}
	})
}

// tryArrow takes a panic for damage, as clean does.
func tryArrow(in []byte) (was, less, again arrowTable, file []byte, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("%v", x)
		}
	}()
	return backAndForth(in, func(_, row int) bool { return row%3 == 1 })
}
