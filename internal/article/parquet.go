package article

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"dedup/internal/output"
)

// Parquet is read page by page, only the columns that feed a field, through one cursor a column.

var parquetFormat = &inputFormat{
	name: "parquet", what: "Parquet", ext: []string{".parquet", ".pq"}, is: starts("PAR1"),
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawTable, seeks: true, open: (*stream).openParquet, cut: (*stream).cutParquet, decode: (*worker).decodeParquet},
}

const (
	parquetRows   = 4096 // most rows of a batch
	parquetValues = 256  // values taken off a page at once
)

type parquetFile struct {
	file    *ParquetFile
	names   []string // of all columns
	group   int      // the next row group
	columns []parquetColumn
	left    int64 // rows left in the current group
}

type parquetColumn struct {
	index   int
	targets []target
	print   func(dst []byte, v parquet.Value) []byte
	pages   parquet.Pages
	page    parquet.Page
	values  parquet.ValueReader
	buf     [parquetValues]parquet.Value
	i, n    int
}

// openParquet reads the footer. Parquet needs to seek: what cannot, or is compressed as a whole,
// goes through a temporary file.
func (st *stream) openParquet(file *os.File) (bad Bad, ok bool) {
	const hint = "get the file again, or write it anew"
	defer func() {
		if p := recover(); p != nil {
			bad, ok = Bad{Path: st.path, Reason: fmt.Sprintf("broken Parquet file: %v", p), Hint: hint}, false
		}
	}()
	at, size, err := st.seekable(file)
	if err != nil {
		return Bad{Path: st.path, Reason: cause(err), Hint: hintDamaged}, false
	}
	f, err := OpenParquet(at, size)
	if err != nil {
		reason := "broken Parquet file: " + err.Error()
		if tail := make([]byte, 4); size >= 4 {
			if _, e := at.ReadAt(tail, size-4); e == nil && string(tail) != "PAR1" {
				reason = "a Parquet file cut short: its footer is missing"
			}
		}
		return Bad{Path: st.path, Reason: reason, Hint: hint}, false
	}
	st.parquet = &parquetFile{file: f}
	st.close_ = append(st.close_, st.parquet.close)
	if !st.parquet.choose(st.rd.schema) {
		return Bad{Path: st.path, Reason: "no column for the text; there are " + columns(st.parquet.examples()), Hint: hintField}, false
	}
	if f.NumRows() == 0 {
		return noArticles(st.path), false
	}
	if st.rd.opt.Seen != nil {
		st.rd.opt.Seen(st.path, Seen{Rows: f.NumRows()})
	}
	return Bad{}, true
}

// choose picks the columns that feed a field, and names all of them. It tells whether one feeds the
// text.
func (p *parquetFile) choose(s *schema) (hasText bool) {
	for _, path := range p.file.Schema().Columns() {
		name := strings.Join(path, ".")
		p.names = append(p.names, name)
		leaf, _ := p.file.Schema().Lookup(path...)
		targets, print := s.names[foldName(name)], printer(leaf.Node.Type())
		if len(targets) == 0 || leaf.MaxRepetitionLevel > 0 || print == nil {
			continue
		}
		for _, t := range targets {
			hasText = hasText || t.field == fieldText
		}
		p.columns = append(p.columns, parquetColumn{index: leaf.ColumnIndex, targets: targets, print: print})
	}
	return hasText
}

// examples describes the columns by the first value of each.
func (p *parquetFile) examples() []string {
	row := make([][]byte, len(p.names))
	for i, path := range p.file.Schema().Columns() {
		leaf, _ := p.file.Schema().Lookup(path...)
		if print := printer(leaf.Node.Type()); print != nil && len(p.file.RowGroups()) > 0 {
			row[i] = p.example(leaf.ColumnIndex, print)
		}
	}
	return described(p.names, row)
}

// example is the first value of a column; nil where it is null or cannot be read.
func (p *parquetFile) example(column int, print func([]byte, parquet.Value) []byte) []byte {
	c := parquetColumn{pages: p.file.RowGroups()[0].ColumnChunks()[column].Pages()}
	defer c.pages.Close()
	v, err := c.next()
	if err != nil || v.IsNull() {
		return nil
	}
	b := print(nil, v)
	parquet.Release(c.page)
	return b
}

// seekable gives the file itself, or a copy of the stream where that cannot be sought in.
func (st *stream) seekable(file *os.File) (io.ReaderAt, int64, error) {
	if file != nil && st.packed == "" {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return &countedAt{file, &st.rd.out, len(st.carry)}, info.Size(), nil
		}
	}
	return st.spool()
}

// spool copies the stream to a temporary file that is gone when the stream is closed.
func (st *stream) spool() (io.ReaderAt, int64, error) {
	tmp, err := output.Temp(st.rd.opt.Tmp, "dedup-*.parquet")
	if err != nil {
		return nil, 0, err
	}
	st.close_ = append(st.close_, func() { tmp.Close() })
	size, err := io.Copy(tmp, st.raw())
	if err != nil {
		err = errors.New(damage(st.packed, err))
	}
	return tmp, size, err
}

// printer gives how values of a type are written as text; nil for a type that no field is made of.
func printer(t parquet.Type) func([]byte, parquet.Value) []byte {
	if l := t.LogicalType(); l != nil {
		switch l := l.Value.(type) {
		case *format.TimestampType:
			unit := l.Unit.Value
			return func(dst []byte, v parquet.Value) []byte {
				return parquetTime(v.Int64(), unit).UTC().AppendFormat(dst, time.RFC3339Nano)
			}
		case *format.DateType:
			return func(dst []byte, v parquet.Value) []byte {
				return time.Unix(int64(v.Int32())*86400, 0).UTC().AppendFormat(dst, time.DateOnly)
			}
		}
	}
	switch t.Kind() {
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(dst []byte, v parquet.Value) []byte { return append(dst, v.ByteArray()...) }
	case parquet.Int32:
		return func(dst []byte, v parquet.Value) []byte { return strconv.AppendInt(dst, int64(v.Int32()), 10) }
	case parquet.Int64:
		return func(dst []byte, v parquet.Value) []byte { return strconv.AppendInt(dst, v.Int64(), 10) }
	case parquet.Double:
		return func(dst []byte, v parquet.Value) []byte { return strconv.AppendFloat(dst, v.Double(), 'f', -1, 64) }
	case parquet.Int96:
		return func(dst []byte, v parquet.Value) []byte {
			n := v.Int96() // nanoseconds of the day, then the Julian day
			nanos := int64(n[1])<<32 | int64(n[0])
			return time.Unix((int64(n[2])-2440588)*86400, nanos).UTC().AppendFormat(dst, time.RFC3339Nano)
		}
	}
	return nil
}

func parquetTime(n int64, unit format.TimeUnitValue) time.Time {
	switch unit.(type) {
	case *format.MilliSeconds:
		return time.UnixMilli(n)
	case *format.MicroSeconds:
		return time.UnixMicro(n)
	}
	return time.Unix(0, n)
}

// cutParquet takes rows until a block is full.
func (st *stream) cutParquet(b *block) (ok bool) {
	st.take(b)
	b.cells = b.cells[:0]
	defer func() {
		if p := recover(); p != nil {
			st.ended = true
			b.bad = append(b.bad, Bad{Path: st.path, Line: st.n + 1, Reason: fmt.Sprintf("broken Parquet file: %v", p), Hint: hintDamaged})
		}
		ok = len(b.cells) > 0
	}()
	b.n = st.n
	data := b.data[:0]
	for len(data) < st.rd.opt.block && len(b.cells) < parquetRows {
		var v values
		var err error
		if data, err = st.parquet.row(data, &v); err != nil {
			st.ended = true
			if err != io.EOF {
				b.bad = append(b.bad, Bad{Path: st.path, Line: st.n + 1, Reason: "broken Parquet file: " + cause(err), Hint: hintDamaged})
			}
			break
		}
		b.cells = append(b.cells, v)
		st.n++
	}
	b.data = data
	return
}

// row reads the next row into v; its bytes are appended to data.
func (p *parquetFile) row(data []byte, v *values) ([]byte, error) {
	for p.left == 0 {
		groups := p.file.RowGroups()
		if p.group == len(groups) {
			return data, io.EOF
		}
		p.close()
		g := groups[p.group]
		p.group++
		p.left = g.NumRows()
		for i := range p.columns {
			p.columns[i].pages = g.ColumnChunks()[p.columns[i].index].Pages()
		}
	}
	p.left--
	for i := range p.columns {
		c := &p.columns[i]
		val, err := c.next()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return data, err
		}
		if val.IsNull() {
			v.put(c.targets, nil)
			continue
		}
		from := len(data)
		data = c.print(data, val)
		v.put(c.targets, data[from:len(data):len(data)])
	}
	return data, nil
}

// next reads the column's next value.
func (c *parquetColumn) next() (parquet.Value, error) {
	for c.i == c.n {
		if c.values == nil {
			page, err := c.pages.ReadPage()
			if err != nil {
				return parquet.Value{}, err
			}
			c.page, c.values = page, page.Values()
		}
		n, err := c.values.ReadValues(c.buf[:])
		c.i, c.n = 0, n
		if n == 0 {
			parquet.Release(c.page)
			c.page, c.values = nil, nil
			if err != nil && err != io.EOF {
				return parquet.Value{}, err
			}
		}
	}
	c.i++
	return c.buf[c.i-1], nil
}

// close lets go of the pages of the current row group.
func (p *parquetFile) close() {
	for i := range p.columns {
		c := &p.columns[i]
		if c.page != nil {
			parquet.Release(c.page)
		}
		if c.pages != nil {
			c.pages.Close()
		}
		c.page, c.pages, c.values, c.i, c.n = nil, nil, nil, 0, 0
	}
}

// decodeParquet makes articles of the rows of a block.
func (w *worker) decodeParquet(b *block) {
	clean := validText(b.data)
	for i := range b.cells {
		v := &b.cells[i]
		line := b.n + i + 1
		ok := true
		if !clean {
			for f := range v {
				if bytes.IndexByte(v[f].b, 0) >= 0 || !validText(v[f].b) {
					if v[f].b, ok = w.cleanRecord(b.st, v[f].b, line); !ok {
						break
					}
				}
			}
		}
		if ok {
			w.article(b.st, v, line, line, 0)
		}
	}
}

// countedAt tells what is read, but for the first bytes, which are already counted.
type countedAt struct {
	r    io.ReaderAt
	out  *reporter
	done int
}

func (c *countedAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	skip := min(c.done, n)
	c.done -= skip
	c.out.read(n - skip)
	return n, err
}
