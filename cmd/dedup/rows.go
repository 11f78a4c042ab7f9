package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dedup/internal/columnar"
	"dedup/internal/report"
)

// Commands that print a table print it in every format of rowFormats. In tsv and jsonl all values
// are text, in arrow and parquet they have the types of their columns.

// column is a column of a table.
type column = columnar.Column

// textColumns are columns of texts.
func textColumns(names ...string) []column {
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{Name: name}
	}
	return columns
}

// intColumns are columns of whole numbers.
func intColumns(names ...string) []column { return columnsOf(columnar.Int, names...) }

// floatColumns are columns of numbers.
func floatColumns(names ...string) []column { return columnsOf(columnar.Float, names...) }

func columnsOf(kind columnar.Kind, names ...string) []column {
	columns := textColumns(names...)
	for i := range columns {
		columns[i].Kind = kind
	}
	return columns
}

// rowsOf are the rows of a table: fill adds them.
type rowsOf struct {
	columns []column
	fill    func(t *table) error
}

// print prints the rows to where to leads.
func (r rowsOf) print(to rowWriter) error {
	t := &table{to}
	if err := r.fill(t); err != nil {
		return err
	}
	return to.close()
}

// rowFormats print rows.
var rowFormats = typed(formats[rowsOf]{
	plain("tsv", func(w io.Writer, r rowsOf) error { return r.print(newLineRows(w, r.columns, false)) }),
	plain("jsonl", func(w io.Writer, r rowsOf) error { return r.print(newLineRows(w, r.columns, true)) }),
})

// typed adds the formats that keep the types of columns.
func typed(f formats[rowsOf]) formats[rowsOf] {
	for _, e := range columnar.Encoders {
		f = append(f, plain(e.Name, func(w io.Writer, r rowsOf) error {
			return r.print(typedRows{columnar.NewWriter(e.New(w, r.columns), r.columns)})
		}))
	}
	return f
}

// keepsTypes tells whether a format keeps the types of columns, so that no later stage of a pipe
// reads it.
func keepsTypes(format string) bool { return format != "tsv" && format != "jsonl" }

// rowWriter takes rows, value by value in the order of the columns.
type rowWriter interface {
	str(s string)
	int(n int)
	float(x float64, decimals int)    // so many decimals where it is printed
	none()                            // no number: in TSV nothing, in JSON null
	when(t time.Time, printed string) // the zero time: none
	fingerprint(v uint64, has bool)   // has: the article has one
	numbers(list []uint32)            // printed as eight hexadecimal digits each
	end() error                       // of the row
	close() error                     // of the table
}

// table is what rows are added to.
type table struct{ rowWriter }

// ratio adds a number with four decimals.
func (t *table) ratio(x float64) { t.float(x, 4) }

// bits adds a number with one decimal.
func (t *table) bits(x float64) { t.float(x, 1) }

// hours adds a number with two decimals, or none where it is not known.
func (t *table) hours(x float64, known bool) {
	if known {
		t.float(x, 2)
	} else {
		t.none()
	}
}

// typedRows keeps the types of columns.
type typedRows struct{ w *columnar.Writer }

func (r typedRows) str(s string) { r.w.Text(utf8Of(s)) }

// utf8Of is s with what is no UTF-8 in it escaped: file names may hold anything.
func utf8Of(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return report.Visible(s)
}

func (r typedRows) int(n int)                  { r.w.Int(int64(n)) }
func (r typedRows) float(x float64, _ int)     { r.w.Float(x) }
func (r typedRows) when(t time.Time, _ string) { r.w.Time(t) }
func (r typedRows) numbers(list []uint32)      { r.w.Uints(list) }
func (r typedRows) none()                      { r.w.Null() }
func (r typedRows) end() error                 { return r.w.End() }
func (r typedRows) close() error               { return r.w.Close() }
func (r typedRows) fingerprint(v uint64, has bool) {
	if has {
		r.w.Uint(v)
	} else {
		r.w.Null()
	}
}

// lineRows prints rows as TSV (with a header line) or as JSON Lines.
type lineRows struct {
	w       io.Writer
	columns []column
	json    bool
	buf     []byte
	n       int // fields of the row so far
}

func newLineRows(w io.Writer, columns []column, json bool) *lineRows {
	r := &lineRows{w: w, columns: columns, json: json}
	if !json {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.Name
		}
		r.buf = append(append(r.buf, strings.Join(names, "\t")...), '\n')
	}
	return r
}

func (r *lineRows) sep() {
	if r.json {
		if r.n == 0 {
			r.buf = append(r.buf, '{')
		} else {
			r.buf = append(r.buf, ',')
		}
		r.buf = append(r.buf, '"')
		r.buf = append(r.buf, r.columns[r.n].Name...)
		r.buf = append(r.buf, '"', ':')
	} else if r.n > 0 {
		r.buf = append(r.buf, '\t')
	}
	r.n++
}

// str adds a text field, in TSV with what cannot be seen escaped (report.AppendField).
func (r *lineRows) str(s string) {
	r.sep()
	if r.json {
		r.buf = appendJSON(r.buf, s)
		return
	}
	r.buf = report.AppendField(r.buf, s)
}

func (r *lineRows) int(n int) {
	r.sep()
	r.buf = strconv.AppendInt(r.buf, int64(n), 10)
}

func (r *lineRows) float(x float64, decimals int) {
	r.sep()
	r.buf = strconv.AppendFloat(r.buf, x, 'f', decimals, 64)
}

func (r *lineRows) none() {
	r.sep()
	if r.json {
		r.buf = append(r.buf, "null"...)
	}
}

func (r *lineRows) when(_ time.Time, printed string) { r.str(printed) }

// fingerprint adds 16 hexadecimal digits, or an empty field for an article that has none.
func (r *lineRows) fingerprint(v uint64, has bool) {
	if !has {
		r.str("")
		return
	}
	r.str(fmt.Sprintf("%016x", v))
}

func (r *lineRows) numbers(list []uint32) {
	b := make([]byte, 0, 4*len(list))
	for _, n := range list {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	r.str(hex.EncodeToString(b))
}

// end ends the row.
func (r *lineRows) end() error {
	if r.json {
		r.buf = append(r.buf, '}')
	}
	r.buf = append(r.buf, '\n')
	r.n = 0
	if len(r.buf) < 1<<16 {
		return nil
	}
	return r.close()
}

// close writes what is left.
func (r *lineRows) close() error {
	_, err := r.w.Write(r.buf)
	r.buf = r.buf[:0]
	return err
}
