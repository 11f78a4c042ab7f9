package clean

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
)

// Tables with rows and values instead of bytes: Parquet and Arrow. Rows of removed articles are left
// out, and stand in the manifest as bytes; of a text that is cut, its value changes. Sums are those
// of the rows, in order: the bytes of a file differ where rows were written anew.

// rowCopy is a table that is being written again.
type rowCopy interface {
	// each calls row with the number of every row, from 0, and its bytes, which are good until the
	// next; group is called behind each row group or batch, with its rows.
	each(ctx context.Context, row func(n int64, raw []byte) error, group func(rows int64) error) error
	keep() error                                                            // writes the row at hand
	put(raw []byte) error                                                   // writes a row of the same schema
	with(column int, was, value []byte) error                               // writes the row at hand with another text
	text(ok func(column int, value []byte) bool) (column int, value []byte) // first text of the row at hand that is ok; -1: none
	flush() error                                                           // ends a group of rows
	inPlace() bool                                                          // a group stays one, also without rows; else groups are made as rows come
	finish() error                                                          // writes what stands behind the rows
	close() error
	sums() *rowSums
}

// rowSums count and hash the rows of both sides.
type rowSums struct {
	in, out       *xxh3.Hasher
	rows, written int64
}

func newRowSums() rowSums { return rowSums{in: xxh3.New(), out: xxh3.New()} }

func (s *rowSums) sums() *rowSums { return s }

func (s *rowSums) saw(raw []byte) (n int64) {
	_, _ = s.in.Write(raw) // a hash takes everything
	s.rows++
	return s.rows - 1
}

func (s *rowSums) wrote(raw []byte) {
	_, _ = s.out.Write(raw)
	s.written++
}

// Formats of files in a manifest that are no bytes.
const (
	formatParquet = "parquet"
	formatArrow   = "arrow"
	formatHead    = 64 << 10 // bytes that tell them
)

// rowFormat tells a table by its first bytes; empty: it is none.
func rowFormat(in *bufio.Reader) string {
	head, _ := in.Peek(formatHead) // an error comes back when they are read
	switch {
	case len(head) >= 4 && string(head[:4]) == "PAR1":
		return formatParquet
	case article.IsArrow(head):
		return formatArrow
	}
	return ""
}

// tabular tells whether the file is a table of rows.
func (f *FileEntry) tabular() bool { return f.Format == formatParquet || f.Format == formatArrow }

// openRows starts the copy of a table.
func openRows(format string, r io.Reader, w io.Writer, tmp string) (rowCopy, error) {
	if format == formatArrow {
		return openArrow(r, w)
	}
	return openParquet(r, w, tmp)
}

// writeTable writes a table without its items.
func writeTable(ctx context.Context, f *File, in io.Reader, w io.Writer, tmp string, entry *FileEntry, gone func(*Gone) error, c *Counts) (err error) {
	p, err := openRows(entry.Format, in, w, tmp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	items := make(map[int64]*Item)
	for it := range f.Items {
		items[it.Raw.Offset] = it
	}
	met := 0
	err = p.each(ctx, func(n int64, raw []byte) error {
		it := items[n]
		if it != nil {
			met++
		}
		switch {
		case it == nil:
			return p.keep()
		case it.Whole != nil:
			c.Removed++
			return gone(&Gone{Kind: "article", Place: it.Place, At: n, Reason: *it.Whole, Base64: base64.StdEncoding.EncodeToString(raw)})
		}
		return cutRow(p, it, gone, c)
	}, func(rows int64) error {
		entry.Groups = append(entry.Groups, rows)
		return p.flush()
	})
	if err == nil && met < len(items) {
		err = errChanged
	}
	if err != nil {
		return err
	}
	s := p.sums()
	entry.Bytes, entry.Sum, entry.OutBytes, entry.OutSum = s.rows, sumText(s.in), s.written, sumText(s.out)
	return p.finish()
}

// cutRow writes the row at hand without spans of its text.
func cutRow(p rowCopy, it *Item, gone func(*Gone) error, c *Counts) error {
	column, value := p.text(func(_ int, value []byte) bool { return xxh3.Hash(value) == it.Sum })
	if column < 0 || it.Raw.Text < 0 {
		c.Whole += len(it.Cuts)
		return p.keep()
	}
	text := string(value)
	for _, cut := range it.Cuts {
		g := &Gone{Kind: "span", Place: it.Place, At: it.Raw.Offset, Reason: cut.Reason, Column: column}
		g.Start, g.End = cut.Start, cut.End
		g.setBytes([]byte(text[cut.Start:cut.End]))
		if err := gone(g); err != nil {
			return err
		}
	}
	c.Cuts += len(it.Cuts)
	return p.with(column, value, []byte(Remove(text, it.Cuts)))
}

// insert writes the row at hand with the spans of its text put back, in order.
func insert(p rowCopy, spans []*Gone) error {
	column, rest := p.text(func(column int, _ []byte) bool { return column == spans[0].Column })
	if column < 0 {
		return fmt.Errorf("no text in column %d of its row", spans[0].Column)
	}
	was := rest
	var full []byte
	for _, s := range spans {
		b, err := s.bytes()
		if err != nil {
			return err
		}
		k := s.Start - len(full)
		if k < 0 || k > len(rest) {
			return errors.New("a span that does not fit the text of its row")
		}
		full = append(append(full, rest[:k]...), b...)
		rest = rest[k:]
	}
	return p.with(column, was, append(full, rest...))
}

// restoreTable puts rows and values of a table back.
func (r *restorer) restoreTable(f *FileEntry, in io.Reader, w io.Writer) (err error) {
	p, err := openRows(f.Format, in, w, r.opt.Tmp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	groups := f.Groups
	next := func() error { // a row comes
		for !p.inPlace() && len(groups) > 0 && groups[0] == 0 {
			groups = groups[1:]
			if err := p.flush(); err != nil {
				return err
			}
		}
		if len(groups) > 0 {
			groups[0]--
		}
		return nil
	}
	room := func() bool { return !p.inPlace() || len(groups) > 0 && groups[0] > 0 }
	err = p.each(r.ctx, func(int64, []byte) error {
		if err := r.wholeRows(p, next, room); err != nil {
			return err
		}
		spans, err := r.spans(p.sums().written)
		if err == nil {
			err = next()
		}
		switch {
		case err != nil:
			return err
		case spans == nil:
			return p.keep()
		}
		return insert(p, spans)
	}, func(int64) error {
		if !p.inPlace() {
			return nil
		}
		if err := r.wholeRows(p, next, room); err != nil {
			return err
		}
		if len(groups) == 0 || groups[0] != 0 {
			return errOther
		}
		groups = groups[1:]
		return p.flush()
	})
	if err == nil && !p.inPlace() {
		err = r.wholeRows(p, next, room)
	}
	if err != nil {
		return err
	}
	s := p.sums()
	if len(r.gone) > 0 {
		return errOther
	}
	if err := sums(f, s.in, s.out, s.written); err != nil {
		return err
	}
	return p.finish()
}

// spans takes the spans that went of a row.
func (r *restorer) spans(row int64) (out []*Gone, err error) {
	for len(r.gone) > 0 && r.gone[0].at == row {
		g, err := r.load(r.gone[0])
		if err != nil {
			return nil, err
		}
		out, r.gone = append(out, g), r.gone[1:]
	}
	return out, nil
}

// wholeRows writes the rows that were taken out at the place that was reached, while there is room.
func (r *restorer) wholeRows(p rowCopy, next func() error, room func() bool) error {
	for len(r.gone) > 0 && r.gone[0].at == p.sums().written && room() {
		g, err := r.load(r.gone[0])
		if err != nil {
			return err
		}
		if g.Kind != "article" {
			return nil
		}
		b, err := g.bytes()
		if err != nil {
			return err
		}
		r.gone = r.gone[1:]
		if err := next(); err != nil {
			return err
		}
		if err := p.put(b); err != nil {
			return err
		}
	}
	return nil
}
