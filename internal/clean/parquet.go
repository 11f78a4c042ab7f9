package clean

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"dedup/internal/article"
	"dedup/internal/disk"
	dest "dedup/internal/output"
)

// A Parquet file is written row by row with the schema, the row groups, the codec of each column
// and the key-value metadata that it had. Rows of removed articles are left out; of a text that is
// cut, its value changes. Pages and encodings are the writer's own, so the bytes of the file
// differ, its values do not.

const parquetRows = 128 // read at once

// parquetCopy is a Parquet file that is being written again.
type parquetCopy struct {
	file  *article.ParquetFile
	spool *disk.File
	//lint:ignore SA1019 GenericWriter brings 0.7 MB of writers for Go values (docs/weight.md)
	w *parquet.Writer
	rowSums
	row     parquet.Row // that was read
	scratch []byte
	value   []byte
}

// openParquet copies r to a temporary file in tmp, for Parquet is read from its end, and starts the
// copy.
func openParquet(r io.Reader, w io.Writer, tmp string) (p *parquetCopy, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("broken Parquet file: %v", x)
		}
	}()
	unnamed, err := dest.Temp(tmp, "dedup-*.parquet")
	if err != nil {
		return nil, err
	}
	spool := disk.Of(unnamed)
	size, err := io.Copy(spool, r)
	if err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	f, err := article.OpenParquet(spool, size)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("broken Parquet file: %w", err), spool.Close())
	}
	schema, err := f.Written()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("broken Parquet file: %w", err), spool.Close())
	}
	opts := []parquet.WriterOption{schema}
	for _, kv := range f.Metadata().KeyValueMetadata {
		opts = append(opts, parquet.KeyValueMetadata(kv.Key, kv.Value))
	}
	return &parquetCopy{file: f, spool: spool, w: parquet.NewWriter(w, opts...), rowSums: newRowSums()}, nil
}

func (p *parquetCopy) close() error  { return p.spool.Close() }
func (p *parquetCopy) finish() error { return p.w.Close() }
func (p *parquetCopy) flush() error  { return p.w.Flush() }
func (p *parquetCopy) inPlace() bool { return false }

func (p *parquetCopy) each(ctx context.Context, fn func(n int64, raw []byte) error, end func(rows int64) error) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("broken Parquet file: %v", x)
		}
	}()
	buf := make([]parquet.Row, parquetRows)
	for _, g := range p.file.RowGroups() {
		if err := p.group(ctx, g, buf, fn); err != nil {
			return err
		}
		if err := end(g.NumRows()); err != nil {
			return err
		}
	}
	return nil
}

func (p *parquetCopy) group(ctx context.Context, g parquet.RowGroup, buf []parquet.Row, fn func(n int64, raw []byte) error) error {
	rows := g.Rows()
	defer rows.Close()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			p.row, p.scratch = row, p.appendRow(p.scratch[:0], row)
			if e := fn(p.saw(p.scratch), p.scratch); e != nil {
				return e
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", p.rows+1, err)
		}
	}
}

func (p *parquetCopy) keep() error {
	p.wrote(p.scratch)
	_, err := p.w.WriteRows([]parquet.Row{p.row})
	return err
}

func (p *parquetCopy) put(raw []byte) error {
	row, err := parseRow(raw)
	if err != nil {
		return err
	}
	p.wrote(raw)
	_, err = p.w.WriteRows([]parquet.Row{row})
	return err
}

func (p *parquetCopy) text(ok func(column int, value []byte) bool) (column int, value []byte) {
	for _, v := range p.row {
		if !v.IsNull() && v.Kind() == parquet.ByteArray && ok(v.Column(), v.ByteArray()) {
			return v.Column(), v.ByteArray()
		}
	}
	return -1, nil
}

func (p *parquetCopy) with(column int, was, value []byte) error {
	changed := append(parquet.Row(nil), p.row...)
	for i, v := range changed {
		if v.Column() == column && !v.IsNull() && bytes.Equal(v.ByteArray(), was) {
			changed[i] = parquet.ValueOf(value).Level(v.RepetitionLevel(), v.DefinitionLevel(), column)
			break
		}
	}
	return p.put(p.appendRow(nil, changed))
}

// appendRow writes the values of a row: column, repetition and definition level as varints, then
// kind (0: null) and, behind its length, the plain bytes of the value, little-endian.
func (p *parquetCopy) appendRow(dst []byte, row parquet.Row) []byte {
	for _, v := range row {
		dst = binary.AppendUvarint(dst, uint64(v.Column()))
		dst = binary.AppendUvarint(dst, uint64(v.RepetitionLevel()))
		dst = binary.AppendUvarint(dst, uint64(v.DefinitionLevel()))
		if v.IsNull() {
			dst = append(dst, 0)
			continue
		}
		dst = append(dst, byte(v.Kind())+1)
		p.value = v.AppendBytes(p.value[:0])
		dst = binary.AppendUvarint(dst, uint64(len(p.value)))
		dst = append(dst, p.value...)
	}
	return dst
}

var errRow = errors.New("a row that cannot be read")

// parseRow reads what appendRow wrote.
func parseRow(b []byte) (row parquet.Row, err error) {
	defer func() {
		if recover() != nil {
			err = errRow
		}
	}()
	for len(b) > 0 {
		var n [3]uint64
		for i := range n {
			var k int
			if n[i], k = binary.Uvarint(b); k <= 0 || n[i] > 1<<15 {
				return nil, errRow
			}
			b = b[k:]
		}
		if len(b) == 0 {
			return nil, errRow
		}
		kind := b[0]
		b = b[1:]
		var v parquet.Value
		if kind > 0 {
			size, k := binary.Uvarint(b)
			if k <= 0 || size > uint64(len(b)-k) {
				return nil, errRow
			}
			v = parquet.Kind(kind - 1).Value(bytes.Clone(b[k : k+int(size)]))
			b = b[k+int(size):]
		}
		row = append(row, v.Level(int(n[1]), int(n[2]), int(n[0])))
	}
	return row, nil
}
