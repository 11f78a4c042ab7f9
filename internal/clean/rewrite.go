package clean

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
)

// This file leaves bytes out of a stream. Invariant: what is written, with the bytes of the
// manifest's entries put back at their offsets, is the input. Cost: one pass of copying and
// hashing; memory for one record.

// editor copies an input to an output without what goes.
type editor struct {
	ctx    context.Context
	path   string
	in     *bufio.Reader
	inSum  *xxh3.Hasher
	pos    int64 // bytes of in that were taken
	out    *output
	gone   func(*Gone) error
	counts *Counts
}

// output counts and hashes, and holds back separators (white space and commas) at its end: the
// comma before the last record of an array has to go with it.
type output struct {
	w     io.Writer
	sum   *xxh3.Hasher
	n     int64
	held  []byte
	at    int64 // where held stands in the input
	stale bool  // something was taken out behind held
}

// write takes bytes that stand at offset at of the input.
func (o *output) write(p []byte, at int64) error {
	k := len(bytes.TrimRight(p, " \t\r\n,"))
	if k == 0 && len(o.held) > 0 && !o.stale {
		o.held = append(o.held, p...)
		return nil
	}
	if len(p) == 0 {
		return nil
	}
	if err := o.flush(); err != nil {
		return err
	}
	o.held, o.at = append(o.held, p[k:]...), at+int64(k)
	return o.put(p[:k])
}

func (o *output) flush() error {
	err := o.put(o.held)
	o.held, o.stale = o.held[:0], false
	return err
}

func (o *output) put(p []byte) error {
	o.n += int64(len(p))
	_, _ = o.sum.Write(p) // a hash takes everything
	_, err := o.w.Write(p)
	return err
}

// takeComma takes the last comma that is held, and what follows it.
func (o *output) takeComma() (sep []byte, at int64) {
	i := bytes.LastIndexByte(o.held, ',')
	if i < 0 {
		return nil, 0
	}
	sep, at = bytes.Clone(o.held[i:]), o.at+int64(i)
	o.held = o.held[:i]
	return sep, at
}

// errChanged says that an input is not what it was when the decisions were made.
var errChanged = errors.New("it changed while it was being cleaned\nhint: clean a copy that nobody writes to")

// file copies the whole input; items are in its order.
func (e *editor) file(items func(yield func(*Item) bool)) error {
	for it := range items {
		if err := e.item(it); err != nil {
			return fmt.Errorf("write %s line %d again: %w", e.path, it.Line, err)
		}
	}
	if err := e.copyTo(-1); err != nil {
		return err
	}
	return e.out.flush()
}

func (e *editor) item(it *Item) error {
	switch {
	case it.Raw.Kind == article.RawNone:
		return errors.New("its record is not UTF-8 and cannot be taken out of what surrounds it\nhint: convert the file first: iconv -t UTF-8")
	case it.Raw.Kind == article.RawText && it.Whole != nil:
		return e.all(it)
	case it.Raw.Offset < e.pos:
		return errChanged
	}
	if it.Whole == nil && it.Raw.Text < 0 {
		e.counts.Whole += len(it.Cuts)
		return nil
	}
	if err := e.copyTo(it.Raw.Offset); err != nil {
		return err
	}
	record, err := e.take(it.Raw.Len)
	if err != nil {
		return err
	}
	if it.Whole == nil {
		return e.cut(it, record)
	}
	return e.remove(it, record)
}

// all takes out the one article of a file.
func (e *editor) all(it *Item) error {
	b, err := io.ReadAll(e.in)
	if err != nil {
		return err
	}
	_, _ = e.inSum.Write(b)
	e.pos += int64(len(b))
	e.counts.Removed++
	g := &Gone{Kind: "article", Place: it.Place, Reason: *it.Whole}
	g.setBytes(b)
	return e.gone(g)
}

// remove takes a record out, with the separator that goes with it.
func (e *editor) remove(it *Item, record []byte) error {
	g := &Gone{Kind: "article", Place: it.Place, At: it.Raw.Offset, Reason: *it.Whole}
	n, comma := e.separator(it.Raw)
	if it.Raw.Kind == article.RawJSON && !it.Raw.Line && !comma {
		if sep, at := e.out.takeComma(); sep != nil {
			n = 0
			s := &Gone{Kind: "separator", Place: it.Place, At: at}
			s.setBytes(sep)
			if err := e.gone(s); err != nil {
				return err
			}
		}
	}
	rest, err := e.take(n)
	if err != nil {
		return err
	}
	e.out.stale = true
	e.counts.Removed++
	g.setBytes(append(record, rest...))
	return e.gone(g)
}

// separator gives how many bytes behind a record go with it: its line end, or the comma and the
// space before the next. comma tells that there is one.
func (e *editor) separator(r article.Raw) (n int, comma bool) {
	if r.Kind == article.RawRecord {
		return 0, false
	}
	list := r.Kind == article.RawJSON && !r.Line
	for {
		b, err := e.in.Peek(n + 1)
		if err == nil && (b[n] == '\r' || r.Kind == article.RawJSON && (b[n] == ' ' || b[n] == '\t') || list && b[n] == '\n') {
			n++
			continue
		}
		switch {
		case err == nil && list && b[n] == ',' && !comma:
			n, comma = n+1, true
		case err == nil && !list && b[n] == '\n':
			return n + 1, false
		case comma:
			return n, true
		case list && err == nil && b[n] != '{':
			return 0, false // the end of the array
		default:
			return bytes.IndexByte(b[:n], '\n') + 1, false // between objects that follow each other
		}
	}
}

// cut writes a record without spans of its text.
func (e *editor) cut(it *Item, record []byte) error {
	spans := make([]article.Span, len(it.Cuts))
	for i, c := range it.Cuts {
		spans[i] = c.Span
	}
	text, raw, ok := it.Raw.Cut(record, spans)
	if !ok {
		e.counts.Whole += len(spans)
		return e.out.write(record, it.Raw.Offset)
	}
	if xxh3.HashString(text) != it.Sum {
		return errChanged
	}
	at := 0
	for i, r := range raw {
		if err := e.out.write(record[at:r.Start], it.Raw.Offset+int64(at)); err != nil {
			return err
		}
		if err := e.gone(spanEntry(it, i, text, it.Raw.Offset+int64(r.Start), record[r.Start:r.End])); err != nil {
			return err
		}
		e.out.stale = true
		at = r.End
	}
	e.counts.Cuts += len(raw)
	return e.out.write(record[at:], it.Raw.Offset+int64(at))
}

// spanEntry describes the i-th cut of an article.
func spanEntry(it *Item, i int, text string, at int64, b []byte) *Gone {
	c := it.Cuts[i]
	g := &Gone{Kind: "span", Place: it.Place, At: at, Reason: c.Reason}
	g.Start, g.End = c.Start, c.End
	g.setBytes(b)
	if cut := text[c.Start:c.End]; cut != g.Raw {
		cut = strings.Clone(cut)
		g.Text = &cut
	}
	return g
}

// take reads n bytes of the input that may not be written.
func (e *editor) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(e.in, b); err != nil {
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errChanged
		}
		return nil, err
	}
	_, _ = e.inSum.Write(b)
	e.pos += int64(n)
	return b, nil
}

// copyTo copies the input up to an offset; -1: to its end.
func (e *editor) copyTo(to int64) error {
	for e.pos != to {
		if err := e.ctx.Err(); err != nil {
			return err
		}
		if _, err := e.in.Peek(1); err != nil {
			switch {
			case err == io.EOF && to < 0:
				return nil
			case err == io.EOF:
				return errChanged
			}
			return err
		}
		b, _ := e.in.Peek(e.in.Buffered()) // so much is there
		if to >= 0 {
			b = b[:min(int64(len(b)), to-e.pos)]
		}
		_, _ = e.inSum.Write(b)
		if err := e.out.write(b, e.pos); err != nil {
			return err
		}
		e.pos += int64(len(b))
		if _, err := e.in.Discard(len(b)); err != nil {
			return err
		}
	}
	return nil
}
