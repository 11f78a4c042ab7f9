// Package columnar writes tables with typed columns: as an Arrow IPC stream, and as Parquet.
//
//  1. A row goes value by value into a Batch, which has the buffers of Arrow for each column.
//  2. A full batch is handed on: Arrow takes its buffers as they are (arrow.go), Parquet its values
//     (parquet.go).
//
// Memory: one batch, and of Parquet one row group, compressed.
package columnar

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"
)

// Kind is the type of a column. Every value may be missing.
type Kind uint8

// Kinds of columns.
const (
	Text  Kind = iota // UTF-8
	Int               // 64 bits, signed
	Uint              // 64 bits, unsigned
	Float             // 64 bits
	Time              // microseconds since 1970, UTC
	Uints             // a list of 32-bit unsigned numbers
	kinds
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
}

// A batch that has so many bytes or rows is full. A value is never split, so a batch with a huge
// one is larger.
const (
	batchBytes = 1 << 20
	batchRows  = 1 << 16
)

// Batch is some rows of a table, column by column. Values are added row by row, in the order of the
// columns.
type Batch struct {
	columns []Column
	values  []values
	at      int // the column that is next
	rows    int
	bytes   int
	err     error
}

// values are those of one column.
type values struct {
	present []byte // a bit a row
	nulls   int
	ends    []byte // of texts and lists: where each begins and the last ends, 32 bits each
	data    []byte
}

// NewBatch makes an empty batch.
func NewBatch(columns []Column) *Batch {
	b := &Batch{columns: columns, values: make([]values, len(columns))}
	b.reset()
	return b
}

func (b *Batch) reset() {
	for i := range b.values {
		v := &b.values[i]
		*v = values{present: v.present[:0], ends: append(v.ends[:0], 0, 0, 0, 0), data: v.data[:0]}
	}
	b.at, b.rows, b.bytes = 0, 0, 0
}

// Rows is the number of rows.
func (b *Batch) Rows() int { return b.rows }

func (b *Batch) full() bool { return b.bytes >= batchBytes || b.rows >= batchRows }

// next is the column of the next value, which must be of this kind.
func (b *Batch) next(k Kind, present bool) *values {
	if b.columns[b.at].Kind != k {
		panic("a value of another kind than its column " + b.columns[b.at].Name)
	}
	v := &b.values[b.at]
	b.at++
	if b.rows%8 == 0 {
		v.present = append(v.present, 0)
	}
	if present {
		v.present[b.rows/8] |= 1 << (b.rows % 8)
	} else {
		v.nulls++
	}
	return v
}

var errTooLong = errors.New("a batch of texts of more than 2 GiB\nhint: leave the longest articles out: --max-article 1GiB")

// end notes where a text or list ends: n bytes or numbers.
func (b *Batch) end(v *values, n int) {
	if n > math.MaxInt32 {
		b.err = errTooLong
	}
	v.ends = binary.LittleEndian.AppendUint32(v.ends, uint32(n))
}

// Text adds a text, which is UTF-8.
func (b *Batch) Text(s string) {
	v := b.next(Text, true)
	v.data = append(v.data, s...)
	b.bytes += len(s) + 4
	b.end(v, len(v.data))
}

// Int adds a whole number.
func (b *Batch) Int(n int64) { b.fixed(Int, uint64(n)) }

// Uint adds a whole number without a sign.
func (b *Batch) Uint(n uint64) { b.fixed(Uint, n) }

// Float adds a number.
func (b *Batch) Float(x float64) { b.fixed(Float, math.Float64bits(x)) }

// Time adds a time; the zero one is missing.
func (b *Batch) Time(t time.Time) {
	if t.IsZero() {
		b.Null()
		return
	}
	b.fixed(Time, uint64(t.UnixMicro()))
}

func (b *Batch) fixed(k Kind, bits uint64) {
	v := b.next(k, true)
	v.data = binary.LittleEndian.AppendUint64(v.data, bits)
	b.bytes += 8
}

// Uints adds a list.
func (b *Batch) Uints(list []uint32) {
	v := b.next(Uints, true)
	for _, n := range list {
		v.data = binary.LittleEndian.AppendUint32(v.data, n)
	}
	b.bytes += 4*len(list) + 4
	b.end(v, len(v.data)/4)
}

// Null adds a missing value.
func (b *Batch) Null() {
	k := b.columns[b.at].Kind
	v := b.next(k, false)
	b.bytes += 8
	switch k {
	case Text:
		b.end(v, len(v.data))
	case Uints:
		b.end(v, len(v.data)/4)
	default:
		v.data = append(v.data, 0, 0, 0, 0, 0, 0, 0, 0)
	}
}

// End ends a row, which has a value for every column.
func (b *Batch) End() {
	if b.at != len(b.columns) {
		panic("a row that lacks " + b.columns[b.at].Name)
	}
	b.at = 0
	b.rows++
}

// has tells whether row i of a column has a value.
func (v *values) has(i int) bool { return v.present[i/8]>>(i%8)&1 == 1 }

// span is where text or list i lies.
func (v *values) span(i int) (from, to int) {
	return int(binary.LittleEndian.Uint32(v.ends[4*i:])), int(binary.LittleEndian.Uint32(v.ends[4*i+4:]))
}

// Encoder writes batches of one table in one format.
type Encoder interface {
	Write(b *Batch) error
	Close() error // writes what stands behind the last row; what it writes to stays open
}

// Writer collects rows and hands full batches to an encoder.
type Writer struct {
	*Batch
	to Encoder
}

// NewWriter makes a writer of rows of a table.
func NewWriter(to Encoder, columns []Column) *Writer { return &Writer{NewBatch(columns), to} }

// End ends a row.
func (w *Writer) End() error {
	w.Batch.End()
	if !w.full() {
		return w.err
	}
	return w.flush()
}

func (w *Writer) flush() error {
	if w.rows == 0 {
		return w.err
	}
	err := w.to.Write(w.Batch)
	w.reset()
	return err
}

// Close writes what is left.
func (w *Writer) Close() error {
	if err := w.flush(); err != nil {
		return err
	}
	return w.to.Close()
}

// Encoders make an encoder, by the name of the format.
var Encoders = []struct {
	Name string
	New  func(w io.Writer, columns []Column) Encoder
}{
	{"arrow", func(w io.Writer, columns []Column) Encoder { return newArrow(w, columns) }},
	{"parquet", func(w io.Writer, columns []Column) Encoder { return newParquet(w, columns) }},
}
