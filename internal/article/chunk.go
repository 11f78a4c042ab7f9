package article

import (
	"context"
	"slices"
)

// Lines decodes pieces of JSON Lines that somebody else reads, where a line is one article or none.
// It is one goroutine's scratch.
type Lines struct {
	w  worker
	st *stream
}

// NewLines makes a decoder; of opt, Fields and MaxArticle count.
func NewLines(opt Options) (*Lines, error) {
	rd, err := newReader(nil, opt)
	if err != nil {
		return nil, err
	}
	rd.ctx = context.Background()
	l := &Lines{st: &stream{format: linesFormat, rd: rd}}
	l.w = worker{rd: rd, json: jsonScanner{schema: rd.schema}, oneEach: true}
	return l, nil
}

// Decode reads the articles of whole lines, of which the first is the given one; path is what
// articles and reports say they come from, seq the number of the piece. data is written to;
// articles and reports are valid until the next call, and Raw.Offset counts from the start of data.
func (l *Lines) Decode(path string, seq int, data []byte, line int) ([]Article, []Bad) {
	if path != l.st.path {
		l.w.warned = [2]*stream{}
	}
	l.st.path, l.w.batch.Seq = path, seq
	b := block{st: l.st, data: data, line: line}
	l.w.batch.Articles, l.w.bad, l.w.ids = l.w.batch.Articles[:0], l.w.bad[:0], l.w.ids[:0]
	l.w.decode(&b)
	l.w.dates.All(l.w.batch.Articles)
	slices.SortStableFunc(l.w.bad, byLine)
	return l.w.batch.Articles, l.w.bad
}

// Census is what was found of the fields so far.
func (l *Lines) Census() *Census { return &l.w.census }

// Dates are counts of all that was decoded.
func (l *Lines) Dates() Dates { return l.w.dates }
