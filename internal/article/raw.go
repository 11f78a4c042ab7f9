package article

import (
	"bytes"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// RawKind says what the bytes that an article was read from are.
type RawKind uint8

const (
	RawNone   RawKind = iota // not known: the input was read as UTF-16, or a nested record was converted from another charset
	RawRecord                // a record that goes or stays as a whole, with the separators that belong to it
	RawText                  // a whole file
	RawJSON                  // an object, alone on its line, in an array, or one of several that follow each other
	RawRow                   // a row of CSV or TSV
	RawTable                 // a row of Parquet or Arrow
)

// Raw is where an article stands in its input, so that it can be taken out or cut without touching
// another byte.
type Raw struct {
	Offset int64 // of the record in the decompressed input; the number of the row, from 0, in a table
	Len    int   // bytes of the record, without separators
	Text   int   // where its text starts in the record, escapes and all; -1: it does not stand there as it was read, or is markup; 0 in a table
	Kind   RawKind
	Line   bool // the record has a line of its own (JSON Lines)
	Packed bool // of a RawText: the file is compressed
	Delim  byte // of a RawRow
}

// raw locates the record that is being decoded, and value, its text, in it.
func (w *worker) raw(st *stream, value []byte, line, sub int) Raw {
	b := w.now
	kind := st.format.kind
	if kind == RawTable {
		return Raw{Offset: int64(line) - 1, Kind: kind}
	}
	at := within(b.data, w.record)
	if kind != RawText && (at < 0 || st.recode) {
		return Raw{Text: -1}
	}
	r := Raw{Offset: b.pos + int64(at), Len: len(w.record), Text: within(w.record, value), Kind: kind, Line: st.format.lines && sub == 0}
	if !st.format.inBytes || st.recode {
		r.Text = -1
	}
	switch kind {
	case RawText:
		r.Packed = st.packed != ""
	case RawRow:
		r.Delim = st.csv.delim
	}
	return r
}

// within gives where part starts in all, -1 when it is not a piece of it.
func within(all, part []byte) int {
	from, to := uintptr(unsafe.Pointer(unsafe.SliceData(all))), uintptr(unsafe.Pointer(unsafe.SliceData(part)))
	if to < from || to-from+uintptr(len(part)) > uintptr(len(all)) {
		return -1
	}
	return int(to - from)
}

// Cut finds the bytes of a record that hold spans of its text. The spans are in order, apart, and
// on character boundaries. It gives the text that the record holds now, and ranges of the record;
// ok is false where the record without them would not read as the same record with the spans gone:
// where the text is a list, or a quotation mark would come to stand at the start of a field.
func (r Raw) Cut(record []byte, spans []Span) (text string, raw []Span, ok bool) {
	start, end, quoted := r.value(record)
	if start < 0 {
		return "", nil, false
	}
	value := record[start:end]
	text, at, ok := r.decode(value, spans, quoted)
	if !ok {
		return text, nil, false
	}
	for i := range spans {
		raw = append(raw, Span{start + at[2*i], start + at[2*i+1]})
	}
	return text, raw, r.readsAs(record, remove(bytes.Clone(record), raw), string(remove([]byte(text), spans)))
}

// value finds the text in a record, without quotation marks; start is -1 where it is not one
// string.
func (r Raw) value(record []byte) (start, end int, quoted bool) {
	start, end = r.Text, len(record)
	switch {
	case start < 0 || start > len(record):
		return -1, 0, false
	case r.Kind == RawJSON:
		if start == 0 || record[start-1] != '"' {
			return -1, 0, false
		}
		if _, end = stringEnd(record, start); end < 0 {
			return -1, 0, false
		}
	case r.Kind == RawRow:
		if quoted = start > 0 && record[start-1] == '"'; quoted {
			last, ok := quoteEnd(record, start-1, r.Delim, true)
			if !ok {
				return -1, 0, false
			}
			end = last - 1
		} else if i := bytes.IndexByte(record[start:], r.Delim); i >= 0 {
			end = start + i
		}
	case r.Kind != RawText:
		return -1, 0, false
	}
	return start, end, quoted
}

// decode reads a value as text and gives where in it the bounds of the spans stand; false when one
// is out of range or inside an escape.
func (r Raw) decode(value []byte, spans []Span, quoted bool) (text string, at []int, ok bool) {
	special := byte(0) // what stands for something else than itself
	switch {
	case r.Kind == RawJSON:
		special = '\\'
	case quoted:
		special = '"'
	}
	bounds := make([]int, 0, 2*len(spans))
	for _, s := range spans {
		bounds = append(bounds, s.Start, s.End)
	}
	out := make([]byte, 0, len(value)+utf8.UTFMax+2)
	for i := 0; ; {
		n := len(value) - i // bytes that stand for themselves
		if special != 0 {
			if k := bytes.IndexByte(value[i:], special); k >= 0 {
				n = k
			}
		}
		for len(at) < len(bounds) && bounds[len(at)] <= len(out)+n {
			if bounds[len(at)] < len(out) {
				return string(out), nil, false // inside an escape
			}
			at = append(at, i+bounds[len(at)]-len(out))
		}
		out = append(out, value[i:i+n]...)
		if i += n; i == len(value) {
			return string(out), at, len(at) == len(bounds)
		}
		if special == '"' {
			out = append(out, '"')
			i += min(2, len(value)-i)
			if value[i-1] != '"' {
				i--
			}
			continue
		}
		size := 0
		if n, size = escape(out[len(out):len(out)+6], value[i:]); n == 0 {
			return "", nil, false
		}
		out, i = out[:len(out)+n], i+size
	}
}

// readsAs tells whether a record that was changed still reads like the old one, but with another
// text.
func (r Raw) readsAs(old, changed []byte, text string) bool {
	start, end, quoted := r.value(changed)
	if start < 0 {
		return false
	}
	got, _, ok := r.decode(changed[start:end], nil, quoted)
	if !ok || got != text {
		return false
	}
	if r.Kind != RawRow {
		return true
	}
	if !quoted && start < end && changed[start] == '"' { // this reader would cope, others would not
		return false
	}
	t := table{delim: r.Delim}
	before, after := t.fields(bytes.Clone(old), nil), t.fields(changed, nil)
	if len(before) != len(after) {
		return false
	}
	differ := 0
	for i := range before {
		if !bytes.Equal(before[i], after[i]) {
			differ++
		}
	}
	return differ <= 1
}

// remove takes the spans out of b, in place.
func remove(b []byte, spans []Span) []byte {
	for _, s := range slices.Backward(spans) {
		b = append(b[:s.Start], b[s.End:]...)
	}
	return b
}
