package columnar_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/columnar"
)

// The program's own reader of articles reads what is written: each column in its turn is the text
// of an article, null or not. It prints values, so what is wanted is what they print as.

// cell is a value as it is added, and as it is read; none: it is missing.
type cell struct {
	add  func(b *columnar.Batch)
	text string
	none bool
}

// withoutNUL is s without NUL, which no article may hold.
func withoutNUL(s string) string { return strings.ReplaceAll(s, "\x00", "") }

func drawCell(t *rapid.T, k columnar.Kind) cell {
	if k != columnar.Uints && rapid.IntRange(0, 4).Draw(t, "missing") == 0 {
		return cell{(*columnar.Batch).Null, "", true}
	}
	switch k {
	case columnar.Text:
		s := withoutNUL(rapid.String().Draw(t, "text"))
		return cell{func(b *columnar.Batch) { b.Text(s) }, s, false}
	case columnar.Int:
		n := rapid.Int64().Draw(t, "int")
		return cell{func(b *columnar.Batch) { b.Int(n) }, strconv.FormatInt(n, 10), false}
	case columnar.Uint:
		n := rapid.Uint64().Draw(t, "uint")
		return cell{func(b *columnar.Batch) { b.Uint(n) }, strconv.FormatUint(n, 10), false}
	case columnar.Float:
		x := rapid.Float64Range(-1e9, 1e9).Draw(t, "float")
		return cell{func(b *columnar.Batch) { b.Float(x) }, strconv.FormatFloat(x, 'f', -1, 64), false}
	case columnar.Time:
		at := time.UnixMicro(rapid.Int64Range(-1<<40, 1<<52).Draw(t, "time")).UTC()
		return cell{func(b *columnar.Batch) { b.Time(at) }, at.Format(time.RFC3339Nano), false}
	}
	list := rapid.SliceOfN(rapid.Uint32(), 0, 5).Draw(t, "list")
	return cell{func(b *columnar.Batch) { b.Uints(list) }, "", true} // the reader has no lists of numbers
}

// drawTable draws columns and rows.
func drawTable(t *rapid.T) (columns []columnar.Column, rows [][]cell) {
	for i, k := range rapid.SliceOfN(rapid.SampledFrom([]columnar.Kind{columnar.Text, columnar.Int, columnar.Uint, columnar.Float, columnar.Time, columnar.Uints}), 1, 6).Draw(t, "kinds") {
		columns = append(columns, columnar.Column{Name: fmt.Sprintf("z%d", 9-i), Kind: k}) // not in alphabetical order
	}
	for range rapid.IntRange(0, 20).Draw(t, "rows") {
		row := make([]cell, len(columns))
		for c := range row {
			row[c] = drawCell(t, columns[c].Kind)
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// written is a table in a format, with a batch a few rows.
func written(t rapid.TB, format string, columns []columnar.Column, rows [][]cell, batch int) []byte {
	var out bytes.Buffer
	for _, e := range columnar.Encoders {
		if e.Name != format {
			continue
		}
		to := e.New(&out, columns)
		for len(rows) > 0 {
			b := columnar.NewBatch(columns)
			n := min(batch, len(rows))
			for _, row := range rows[:n] {
				for _, c := range row {
					c.add(b)
				}
				b.End()
			}
			rows = rows[n:]
			if err := to.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		if err := to.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// read gives the values of a column as the article reader reads them.
func read(t rapid.TB, format, column string, data []byte) (texts []string) {
	opt := article.Options{Workers: 1, Format: format, Fields: article.Fields{Text: column}, Stdin: bytes.NewReader(data), Bad: func(b article.Bad) {
		if !b.Kept {
			t.Fatalf("%s: %v", column, b)
		}
	}}
	err := article.Read(context.Background(), []article.Input{{Path: "-"}}, opt, func(_ int, b *article.Batch) error {
		for i := range b.Articles {
			texts = append(texts, strings.Clone(b.Articles[i].Text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func TestArrowIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawTable(t)
		data := written(t, "arrow", columns, rows, rapid.IntRange(1, 9).Draw(t, "batch"))
		for c, column := range columns {
			if column.Kind == columnar.Uints {
				continue
			}
			got := read(t, "arrow", column.Name, data)
			if len(got) != len(rows) {
				t.Fatalf("%d rows of %d", len(got), len(rows))
			}
			for i, row := range rows {
				if got[i] != row[c].text {
					t.Fatalf("row %d of %+v: %q, not %q", i, column, got[i], row[c].text)
				}
			}
		}
	})
}

func TestParquetIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := drawTable(t)
		data := written(t, "parquet", columns, rows, rapid.IntRange(1, 9).Draw(t, "batch"))
		f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if f.NumRows() != int64(len(rows)) {
			t.Fatalf("%d rows of %d", f.NumRows(), len(rows))
		}
		for c, field := range f.Schema().Fields() {
			if field.Name() != columns[c].Name {
				t.Fatalf("column %d is %s, not %s", c, field.Name(), columns[c].Name)
			}
			if columns[c].Kind != columnar.Text || len(rows) == 0 {
				continue
			}
			for i, got := range read(t, "parquet", field.Name(), data) {
				if got != rows[i][c].text {
					t.Fatalf("row %d of %s: %q, not %q", i, field.Name(), got, rows[i][c].text)
				}
			}
		}
	})
}

// Values of all kinds come back from Parquet, at the ends of their ranges, in lists, and where they
// are missing.
func TestParquetValues(t *testing.T) {
	columns := []columnar.Column{{Name: "i", Kind: columnar.Int}, {Name: "u", Kind: columnar.Uint}, {Name: "f", Kind: columnar.Float}, {Name: "at", Kind: columnar.Time}, {Name: "list", Kind: columnar.Uints}}
	var out bytes.Buffer
	w := columnar.NewWriter(columnar.Encoders[1].New(&out, columns), columns)
	at := time.Date(2026, 5, 4, 3, 2, 1, 1000, time.UTC)
	for k := range 3 {
		if k == 1 {
			for range columns {
				w.Null()
			}
		} else {
			w.Int(math.MinInt64)
			w.Uint(math.MaxUint64)
			w.Float(math.Inf(-1))
			w.Time(at)
			w.Uints([]uint32{0, math.MaxUint32, 7}[:3-k/2*3])
		}
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	type row struct {
		I    *int64     `parquet:"i,optional"`
		U    *uint64    `parquet:"u,optional"`
		F    *float64   `parquet:"f,optional"`
		At   *time.Time `parquet:"at,optional,timestamp(microsecond)"`
		List []uint32   `parquet:"list,optional,list"`
	}
	rows, err := parquet.Read[row](bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	for k, r := range rows {
		if k == 1 {
			if r.I != nil || r.U != nil || r.F != nil || r.At != nil || r.List != nil {
				t.Errorf("missing values are %+v", r)
			}
			continue
		}
		if *r.I != math.MinInt64 || *r.U != math.MaxUint64 || !math.IsInf(*r.F, -1) || !r.At.Equal(at) || len(r.List) != 3-k/2*3 {
			t.Errorf("row %d is %+v", k, r)
		}
	}
}

// A batch is handed on when it is full, so that what is kept does not grow with the table.
func TestBatchesAreBounded(t *testing.T) {
	columns := []columnar.Column{{Name: "text"}}
	count := &counting{}
	w := columnar.NewWriter(count, columns)
	long := strings.Repeat("x", 1000)
	for range 10_000 {
		w.Text(long)
		if err := w.End(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if count.rows != 10_000 || count.most > 1100 || count.batches < 9 {
		t.Errorf("%+v", count)
	}
}

type counting struct{ batches, rows, most int }

func (c *counting) Write(b *columnar.Batch) error {
	c.batches++
	c.rows += b.Rows()
	c.most = max(c.most, b.Rows())
	return nil
}

func (c *counting) Close() error { return nil }

// FuzzArrow: whatever a text holds is read back.
func FuzzArrow(f *testing.F) {
	f.Add("a text", "", 3)
	f.Add("\t\n", "Größe", 1)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		a, b = withoutNUL(strings.ToValidUTF8(a, "?")), withoutNUL(strings.ToValidUTF8(b, "?"))
		texts := []string{a, b, a + b}
		var rows [][]cell
		for i := range max(n%50, 1) {
			rows = append(rows, []cell{{add: func(w *columnar.Batch) { w.Text(texts[i%3]) }}, {add: func(w *columnar.Batch) { w.Text(texts[(i+1)%3]) }}})
		}
		columns := []columnar.Column{{Name: "first"}, {Name: "second"}}
		data := written(t, "arrow", columns, rows, 7)
		for c, column := range columns {
			for i, got := range read(t, "arrow", column.Name, data) {
				if got != texts[(i+c)%3] {
					t.Fatalf("%s %d: %q", column.Name, i, got)
				}
			}
		}
	})
}
