package article

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"dedup/internal/plural"
)

// Rows are RFC 4180 with the liberties that exports take: any of four delimiters, a quotation mark
// inside a field that does not start with one, and a lone one inside a quoted field, which ends
// only at a mark before a delimiter or a line end.

const maxOpenQuotes = 100 // quotes never closed after which a file is given up: each costs a look at all of it

// table is the header of a CSV or TSV file.
type table struct {
	delim   byte
	names   []string
	targets [][]target // by column
	hasText bool
	known   int // columns that feed a field
	open    int // quotes that were never closed
}

var csvFormat = &inputFormat{
	name: "csv", what: "CSV with a header", ext: []string{".csv"}, text: true,
	looks:   func(s *schema, head []byte, _ bool) bool { d, ok := s.tableHead(head); return ok && d != '\t' },
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawRow, open: (*stream).header, cut: (*stream).cutRows, decode: (*worker).decodeRows},
}

var tsvFormat = &inputFormat{
	name: "tsv", what: "TSV with a header", ext: []string{".tsv", ".tab"}, text: true,
	looks:   func(s *schema, head []byte, _ bool) bool { d, ok := s.tableHead(head); return ok && d == '\t' },
	reading: reading{inBytes: true, rewrite: RewriteSpans, kind: RawRow, delim: '\t', open: (*stream).header, cut: (*stream).cutRows, decode: (*worker).decodeRows},
}

// tableHead tells whether a text starts with a header: two names that are known, of which one is
// that of the text.
func (s *schema) tableHead(head []byte) (delim byte, ok bool) {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), newline)
	t := s.newTable(line, 0)
	return t.delim, t.hasText && t.known >= 2
}

// newTable reads a header line. Without a delimiter it is the one that splits it most often.
func (s *schema) newTable(line []byte, delim byte) *table {
	t := &table{delim: delim}
	if delim == 0 {
		t.delim = ','
		best := 0
		for _, d := range []byte{',', '\t', ';', '|'} {
			if n := bytes.Count(line, []byte{d}); n > best {
				t.delim, best = d, n
			}
		}
	}
	cols := t.fields(bytes.Clone(line), nil)
	for _, c := range cols {
		name := strings.TrimSpace(string(c))
		targets := s.names[foldName(name)]
		t.names = append(t.names, name)
		t.targets = append(t.targets, targets)
		if len(targets) > 0 {
			t.known++
		}
		for _, g := range targets {
			t.hasText = t.hasText || g.field == fieldText
		}
	}
	return t
}

// header takes the first row off the stream.
func (st *stream) header(*os.File) (Bad, bool) {
	for {
		trimmed := bytes.TrimLeft(st.carry, "\r\n")
		st.line += bytes.Count(st.carry[:len(st.carry)-len(trimmed)], newline)
		st.carry = st.carry[:copy(st.carry, trimmed)]
		if len(st.carry) > 0 || st.err != nil {
			break
		}
		st.peek()
	}
	line, clean := st.carry, true
	delim := st.rd.schema.newTable(firstLine(line), st.format.delim).delim
	if n := rowEnd(line, 0, delim, st.err != nil); n >= 0 {
		line = line[:n]
	} else {
		line = firstLine(line)
	}
	rest := len(line)
	if clean = validText(line); !clean {
		line, _ = toUTF8(line)
	}
	t := st.rd.schema.newTable(line, st.format.delim)
	if !t.hasText {
		next := bytes.Clone(bytes.TrimLeft(st.carry[rest:], "\r\n"))
		if n := rowEnd(next, 0, t.delim, st.err != nil); n >= 0 {
			next = next[:n]
		}
		return Bad{Path: st.path, Line: st.line, Reason: "no column for the text; the first row has " + columns(described(t.names, t.fields(firstLine(next), nil))), Hint: hintField}, false
	}
	st.line += bytes.Count(st.carry[:rest], newline)
	st.carry = st.carry[:copy(st.carry, st.carry[rest:])]
	if len(st.carry) == 0 && st.err == nil {
		st.peek()
	}
	if len(bytes.TrimSpace(st.carry)) == 0 && st.err != nil {
		return Bad{Path: st.path, Reason: "only a header, no articles in it", Hint: "leave it out", Kept: true}, false
	}
	st.csv = t
	return Bad{}, true
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

func columns(names []string) string {
	const most = 12
	shown := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			shown = append(shown, "…")
			break
		}
		shown = append(shown, n)
	}
	return strings.Join(shown, ", ")
}

// fieldThere describes a field that a record has, with an example of what it holds: shortened, and
// with what cannot be seen escaped.
func fieldThere(name, example string) string {
	if example = strings.TrimSpace(example); example == "" {
		return strconv.Quote(short(name))
	}
	return strconv.Quote(short(name)) + " (" + strconv.Quote(shortTo(example, 24)) + ")"
}

// described describes the columns of a table by a row of it, which may be short.
func described(names []string, row [][]byte) (out []string) {
	for i, n := range names {
		example := ""
		if i < len(row) {
			example = string(bytes.ToValidUTF8(row[i], nil))
		}
		out = append(out, fieldThere(n, example))
	}
	return out
}

// cutRows takes whole rows.
func (st *stream) cutRows(b *block) bool {
	buf := st.take(b)
	limit := int(st.rd.opt.MaxArticle)
	target, pos, line := st.rd.opt.block, 0, st.line
	for {
		buf = st.fill(buf, target)
		end := 0
		for pos < len(buf) {
			if end = rowEnd(buf, pos, st.csv.delim, st.err == io.EOF); end < 0 {
				if st.err == nil && len(buf)-pos <= limit || st.err != nil && st.err != io.EOF {
					break
				}
				if end = st.lostRow(b, buf, pos, line); st.ended {
					st.carry = append(st.carry[:0], buf[pos:]...)
					return len(b.recs) > 0
				}
			} else if row := bytes.TrimRight(buf[pos:end], "\r\n"); len(row) > 0 {
				b.recs = append(b.recs, record{pos, pos + len(row), line})
			}
			line += bytes.Count(buf[pos:end], newline)
			pos = end
		}
		if st.err != nil || len(b.recs) > 0 {
			break
		}
		if pos == len(buf) {
			buf, pos = buf[:0], 0
		} else {
			target = 2 * max(target, len(buf))
		}
	}
	return st.hand(b, buf, pos, line)
}

// hand hands the records of b on, which buf holds up to pos, where line begins; the rest is carried
// to the next block. false: there are none.
func (st *stream) hand(b *block, buf []byte, pos, line int) bool {
	st.ended = st.err != nil
	st.broken(b, line)
	st.carry = append(st.carry[:0], buf[pos:]...)
	b.data, st.line = buf[:pos], line
	st.n += len(b.recs)
	return len(b.recs) > 0
}

// lostRow reports the row at buf[pos] whose quote is never closed, or that is too long, and gives
// where the next line starts.
func (st *stream) lostRow(b *block, buf []byte, pos, line int) int {
	st.csv.open++
	bad := Bad{Path: st.path, Line: line, Reason: "a quotation mark in this row is never closed", Hint: "correct the row; reading went on with the next line"}
	if st.csv.open > maxOpenQuotes {
		bad.Reason = "too many quotation marks that are never closed, the rest of the file is left out"
		bad.Hint = "check the delimiter and the quoting: --input-format csv|tsv"
		st.ended = true
		b.data = buf[:pos]
	}
	b.bad = append(b.bad, bad)
	if i := bytes.IndexByte(buf[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(buf)
}

// rowEnd gives where the row that starts at b[i] ends, after its line end; -1 when b does not hold
// all of it. last says that nothing follows b.
func rowEnd(b []byte, i int, delim byte, last bool) int {
	for {
		if i < len(b) && b[i] == '"' {
			end, ok := quoteEnd(b, i, delim, last)
			if !ok {
				return -1
			}
			i = end
			if i == len(b) {
				return i
			}
			if b[i] == delim {
				i++
				continue
			}
			if nl := bytes.IndexByte(b[i:], '\n'); nl >= 0 {
				return i + nl + 1
			}
			return len(b)
		}
		nl := bytes.IndexByte(b[i:], '\n')
		line := b[i:]
		if nl >= 0 {
			line = b[i : i+nl]
		}
		next := 0 // the first field of the line that starts with a quote decides where to go on
		for {
			d := bytes.IndexByte(line[next:], delim)
			if d < 0 {
				next = -1
				break
			}
			next += d + 1
			if next < len(line) && line[next] == '"' {
				break
			}
		}
		switch {
		case next >= 0:
			i += next
		case nl >= 0:
			return i + nl + 1
		case last:
			return len(b)
		default:
			return -1
		}
	}
}

// quoteEnd gives where the quoted field at b[i] ends: after its closing quote, at a delimiter, a
// line end or the end of b.
func quoteEnd(b []byte, i int, delim byte, last bool) (int, bool) {
	i++
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return 0, false
		}
		i += n + 1
		switch {
		case i == len(b):
			return i, last
		case b[i] == '"':
			i++
		case b[i] == delim || b[i] == '\n':
			return i, true
		case b[i] == '\r' && i+1 == len(b):
			return i, last
		case b[i] == '\r' && b[i+1] == '\n':
			return i, true
		}
	}
}

// fields splits one row, without its line end, in place.
func (t *table) fields(row []byte, dst [][]byte) [][]byte {
	row = bytes.TrimRight(row, "\r\n")
	for i := 0; ; {
		if i < len(row) && row[i] == '"' {
			if end, ok := quoteEnd(row, i, t.delim, true); ok {
				dst = append(dst, unquote(row[i+1:end-1]))
				if i = end + 1; end == len(row) {
					return dst
				}
				continue
			}
		}
		n := bytes.IndexByte(row[i:], t.delim)
		if n < 0 {
			return append(dst, row[i:])
		}
		dst = append(dst, row[i:i+n])
		i += n + 1
	}
}

// unquote halves the doubled quotes of b in place.
func unquote(b []byte) []byte {
	r := bytes.IndexByte(b, '"')
	if r < 0 {
		return b
	}
	w := r
	for r < len(b) {
		c := b[r]
		b[w] = c
		w++
		r++
		if c == '"' && r < len(b) && b[r] == '"' {
			r++
		}
	}
	return b[:w]
}

// decodeRows reads the rows of a block.
func (w *worker) decodeRows(b *block) {
	t := b.st.csv
	clean := validText(b.data)
	for i, r := range b.recs {
		row := b.data[r.start:r.end]
		w.record = row
		if !clean {
			var ok bool
			if row, ok = w.cleanRecord(b.st, row, r.line); !ok {
				continue
			}
		}
		w.row = t.fields(row, w.row[:0])
		if len(w.row) != len(t.names) {
			w.report(Bad{Path: b.st.path, Line: r.line, Reason: fmt.Sprintf("%s where the first row has %d", plural.Count(len(w.row), "column"), len(t.names)),
				Hint: "correct the row: quote fields that hold the delimiter"})
			continue
		}
		var v values
		for c, f := range w.row {
			v.put(t.targets[c], f)
		}
		w.article(b.st, &v, r.line, b.n+i+1, 0)
	}
}
