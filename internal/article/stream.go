package article

import (
	"bytes"
	"errors"
	"io"
)

// stream is an open input, decompressed and without a byte order mark.
type stream struct {
	path   string
	format *inputFormat
	r      io.Reader
	close_ []func()
	rd     *reader

	carry  []byte // read, not yet cut
	err    error  // why reading ended; io.EOF: at its end
	line   int    // line of the first byte of carry, 1-based
	n      int    // records cut so far
	ended  bool   // nothing more is to be cut
	total  int64  // bytes read, decompressed; those of carry are the last of them
	packed string // how it is compressed: "gzip"…; empty: it is not
	recode bool   // read as UTF-16: its bytes are not those of the input

	inArray bool // in a JSON array
	indent  int  // see valueStart
	lost    int  // values without an end
	csv     *table
	parquet *parquetFile
	arrow   *arrowReader
	warc    *warcReader
	long    bool // in a message that is longer than the limit
}

func (st *stream) close() {
	for i := len(st.close_) - 1; i >= 0; i-- {
		st.close_[i]()
	}
}

// cut moves the next whole records of the stream into b; false when there are none left.
func (st *stream) cut(b *block) bool {
	if st.ended {
		return false
	}
	b.st = st
	defer func() { b.pos = st.total - int64(len(st.carry)+len(b.data)) }()
	return st.format.cut(st, b)
}

// take starts a block with what was left over.
func (st *stream) take(b *block) []byte {
	buf := append(b.data[:0], st.carry...)
	st.carry = st.carry[:0]
	b.line, b.n = st.line, st.n
	return buf
}

// fill reads until buf holds n bytes or the stream ends, which leaves st.err set.
func (st *stream) fill(buf []byte, n int) []byte {
	for len(buf) < n && st.err == nil {
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), max(min(2*cap(buf), n), min(n, st.rd.opt.block)))
			copy(grown, buf)
			buf = grown
		}
		var k int
		k, st.err = st.r.Read(buf[len(buf):min(cap(buf), max(n, len(buf)+1))])
		buf = buf[:len(buf)+k]
		st.total += int64(k)
	}
	return buf
}

// broken reports why the stream ended early; false when it ended well. Line is where.
func (st *stream) broken(b *block, line int) bool {
	if st.err == nil || st.err == io.EOF {
		return false
	}
	bad := Bad{Path: st.path, Line: line, Reason: damage(st.packed, st.err), Hint: hintDamaged}
	if st.rd.ctx.Err() == nil {
		b.bad = append(b.bad, bad)
	}
	return true
}

// damage says why a stream, compressed as packed says, could not be read to its end.
func damage(packed string, err error) string {
	if e, ok := errors.AsType[*WindowError](err); ok {
		return e.Error()
	}
	switch {
	case packed == "":
		return cause(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut short: the " + packed + " data stops in the middle"
	}
	return "broken " + packed + " data: " + cause(err)
}

// cutWhole takes the whole stream as one article, also when there is nothing in it.
func (st *stream) cutWhole(b *block) bool {
	st.ended = true
	limit := int(st.rd.opt.MaxArticle)
	buf := st.fill(st.take(b), limit+1)
	if len(buf) > limit {
		b.bad = append(b.bad, tooLong(st.path, 0, int64(limit)))
		return false
	}
	b.data = buf
	return !st.broken(b, 0) || len(buf) > 0
}

// cutLines takes whole lines.
func (st *stream) cutLines(b *block) bool {
	buf := st.take(b)
	target, seen, limit := st.rd.opt.block, 0, int(st.rd.opt.MaxArticle)
	end := -1
	for end < 0 {
		buf = st.fill(buf, target)
		if st.err != nil {
			end = len(buf)
			break
		}
		if end = bytes.LastIndexByte(buf[seen:], '\n'); end >= 0 {
			end += seen + 1
			break
		}
		seen = len(buf)
		if len(buf) > limit {
			b.bad = append(b.bad, tooLong(st.path, st.line, int64(limit)))
			buf = st.skipLine(buf)
			b.line, target, seen = st.line, st.rd.opt.block, 0
			continue
		}
		target = min(2*target, max(limit+1, target+1))
	}
	if st.err != nil && st.err != io.EOF {
		end = bytes.LastIndexByte(buf, '\n') + 1 // the rest of the last line is lost
		st.broken(b, st.line+bytes.Count(buf[:end], newline))
		buf = buf[:end]
	}
	st.ended = st.err != nil
	st.carry = append(st.carry[:0], buf[end:]...)
	b.data = buf[:end]
	st.line += bytes.Count(b.data, newline)
	return end > 0
}

var newline = []byte{'\n'}

// skipLine drops the line that fills buf and gives what of the next ones has been read.
func (st *stream) skipLine(buf []byte) []byte {
	st.line++
	chunk := min(cap(buf), st.rd.opt.block)
	for st.err == nil {
		buf = st.fill(buf[:0], chunk)
		if i := bytes.IndexByte(buf, '\n'); i >= 0 {
			return buf[:copy(buf, buf[i+1:])]
		}
	}
	return buf[:0]
}
