package clean

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/zeebo/xxh3"

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
	file    *article.ParquetFile
	spool   *disk.File
	w       *parquet.GenericWriter[any]
	in, out *xxh3.Hasher
	rows    int64 // read
	written int64
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
	return &parquetCopy{file: f, spool: spool, w: parquet.NewGenericWriter[any](w, opts...), in: xxh3.New(), out: xxh3.New()}, nil
}

func (p *parquetCopy) close() error { return p.spool.Close() }

// each calls fn with every row, in order; end is called behind each row group.
func (p *parquetCopy) each(ctx context.Context, fn func(n int64, row parquet.Row) error, end func(rows int64) error) (err error) {
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

func (p *parquetCopy) group(ctx context.Context, g parquet.RowGroup, buf []parquet.Row, fn func(n int64, row parquet.Row) error) error {
	rows := g.Rows()
	defer rows.Close()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			if e := fn(p.rows, row); e != nil {
				return e
			}
			p.rows++
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", p.rows+1, err)
		}
	}
}

// put writes a row.
func (p *parquetCopy) put(row parquet.Row) error {
	p.scratch = p.appendRow(p.scratch[:0], row)
	_, _ = p.out.Write(p.scratch)
	p.written++
	_, err := p.w.WriteRows([]parquet.Row{row})
	return err
}

// saw takes a row of the input into its sum.
func (p *parquetCopy) saw(row parquet.Row) []byte {
	p.scratch = p.appendRow(p.scratch[:0], row)
	_, _ = p.in.Write(p.scratch)
	return p.scratch
}

// writeParquet writes a Parquet file without its items.
func writeParquet(ctx context.Context, f *File, in io.Reader, w io.Writer, tmp string, entry *FileEntry, gone func(*Gone) error, c *Counts) (err error) {
	p, err := openParquet(in, w, tmp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	items := make(map[int64]*Item)
	for it := range f.Items {
		items[it.Raw.Offset] = it
	}
	met := 0
	err = p.each(ctx, func(n int64, row parquet.Row) error {
		raw := p.saw(row)
		it := items[n]
		if it != nil {
			met++
		}
		switch {
		case it == nil:
			return p.put(row)
		case it.Whole != nil:
			c.Removed++
			return gone(&Gone{Kind: "article", Place: it.Place, At: n, Reason: *it.Whole, Base64: base64.StdEncoding.EncodeToString(raw)})
		}
		return p.cut(it, row, gone, c)
	}, func(rows int64) error {
		entry.Groups = append(entry.Groups, rows)
		return p.w.Flush()
	})
	if err == nil && met < len(items) {
		err = errChanged
	}
	if err != nil {
		return err
	}
	entry.Bytes, entry.Sum, entry.OutBytes, entry.OutSum = p.rows, sumText(p.in), p.written, sumText(p.out)
	return p.w.Close()
}

// cut writes a row without spans of its text.
func (p *parquetCopy) cut(it *Item, row parquet.Row, gone func(*Gone) error, c *Counts) error {
	at := -1
	for i, v := range row {
		if !v.IsNull() && v.Kind() == parquet.ByteArray && xxh3.Hash(v.ByteArray()) == it.Sum {
			at = i
			break
		}
	}
	if at < 0 || it.Raw.Text < 0 {
		c.Whole += len(it.Cuts)
		return p.put(row)
	}
	v := row[at]
	text := string(v.ByteArray())
	for _, cut := range it.Cuts {
		g := &Gone{Kind: "span", Place: it.Place, At: it.Raw.Offset, Reason: cut.Reason, Column: v.Column()}
		g.Start, g.End = cut.Start, cut.End
		g.setBytes([]byte(text[cut.Start:cut.End]))
		if err := gone(g); err != nil {
			return err
		}
	}
	c.Cuts += len(it.Cuts)
	changed := append(parquet.Row(nil), row...)
	changed[at] = parquet.ValueOf([]byte(Remove(text, it.Cuts))).Level(v.RepetitionLevel(), v.DefinitionLevel(), v.Column())
	return p.put(changed)
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

// insert gives a row with the spans of its text put back, in order.
func insert(row parquet.Row, spans []*Gone) (parquet.Row, error) {
	for i, v := range row {
		if v.Column() != spans[0].Column || v.IsNull() {
			continue
		}
		var full []byte
		rest := v.ByteArray()
		for _, s := range spans {
			b, err := s.bytes()
			if err != nil {
				return nil, err
			}
			k := s.Start - len(full)
			if k < 0 || k > len(rest) {
				return nil, errors.New("a span that does not fit the text of its row")
			}
			full = append(append(full, rest[:k]...), b...)
			rest = rest[k:]
		}
		full = append(full, rest...)
		out := append(parquet.Row(nil), row...)
		out[i] = parquet.ValueOf(full).Level(v.RepetitionLevel(), v.DefinitionLevel(), v.Column())
		return out, nil
	}
	return nil, fmt.Errorf("no column %d in its row", spans[0].Column)
}
