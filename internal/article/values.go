package article

import (
	"bytes"
	"io"
)

// A broken record whose brackets or quotes do not match would swallow all records after it. If its
// end is not found, reading goes on at the next line that starts with an object and is indented
// like the broken one.

const maxLost = 100 // records without an end after which a file is given up: each costs a look at all that follows

// cutValues takes whole elements of a JSON array, or whole objects that follow each other.
func (st *stream) cutValues(b *block) bool {
	buf := st.take(b)
	target, pos, line := st.rd.opt.block, 0, st.line
	for {
		buf = st.fill(buf, target)
		pos, line = st.scanValues(b, buf, pos, line)
		if st.err != nil || st.ended || len(b.recs) > 0 {
			break
		}
		if pos == len(buf) {
			buf, pos = buf[:0], 0
		} else {
			target = 2 * max(target, len(buf))
		}
	}
	if st.err != nil && !st.ended {
		st.ended = true
		if !st.broken(b, line) && (pos < len(buf) || st.inArray) {
			what := "the array"
			if pos < len(buf) {
				what = "a record"
			}
			b.bad = append(b.bad, Bad{Path: st.path, Line: line, Reason: "broken JSON: it ends in the middle of " + what, Hint: hintDamaged})
		} else if st.err == io.EOF && st.n+len(b.recs) == 0 && st.lost == 0 {
			b.bad = append(b.bad, noArticles(st.path))
		}
	}
	st.carry = append(st.carry[:0], buf[pos:]...)
	b.data = buf[:pos]
	st.line = line
	st.n += len(b.recs)
	return len(b.recs) > 0
}

// scanValues takes the values in buf from pos on, which is in the given line, as records. It gives
// where the first that is not all in buf starts, and its line.
func (st *stream) scanValues(b *block, buf []byte, pos, line int) (int, int) {
	limit := int(st.rd.opt.MaxArticle)
	for !st.ended {
		start := st.valueStart(buf, pos)
		line += bytes.Count(buf[pos:start], newline)
		pos = start
		if start == len(buf) {
			break
		}
		end := valueEnd(buf, start, st.err != nil)
		switch {
		case end >= 0 && end-start <= limit:
			b.recs = append(b.recs, record{start, end, line})
			st.indent = -1
		case end != valueOpen || len(buf)-start > limit || st.err == io.EOF:
			if end = st.lostValue(b, buf, start, line, end >= 0 || len(buf)-start > limit); end < 0 {
				return pos, line
			}
		default:
			return pos, line
		}
		line += bytes.Count(buf[pos:end], newline)
		pos = end
	}
	return pos, line
}

// lostValue reports the value at buf[start], which is too long or never ends, and gives where
// reading goes on; -1 when nowhere in buf.
func (st *stream) lostValue(b *block, buf []byte, start, line int, long bool) int {
	next, indent := -1, max(st.indent, 0)
	for i := start; ; {
		n := bytes.IndexByte(buf[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		if at := i + indent; at < len(buf) && buf[at] == '{' && len(bytes.TrimLeft(buf[i:at], " \t")) == 0 {
			next = at
			break
		}
	}
	bad := Bad{Path: st.path, Line: line, Reason: "broken JSON: this record never ends", Hint: "correct the record; reading went on at the next line that starts like one"}
	if long {
		bad = tooLong(st.path, line, st.rd.opt.MaxArticle)
	}
	if st.lost++; st.lost > maxLost || next < 0 && long {
		bad.Reason += ", the rest of the file is left out"
		st.ended = true
	} else if next < 0 {
		return -1 // the file ends in it: that is reported by the caller
	}
	b.bad = append(b.bad, bad)
	st.indent = indent
	return next
}

// valueStart passes blanks, commas and the brackets of the outer array. It keeps st.indent: how far
// in the value stands on its line, -1 when it is not the first thing there.
func (st *stream) valueStart(b []byte, i int) int {
	for ; i < len(b); i++ {
		switch b[i] {
		case '\n':
			st.indent = 0
			continue
		case ' ', '\t':
			if st.indent >= 0 {
				st.indent++
			}
			continue
		case '\r', ',':
		case '[':
			if st.inArray {
				return i
			}
			st.inArray = true
		case ']':
			if !st.inArray {
				return i
			}
			st.inArray = false
		default:
			return i
		}
		st.indent = -1
	}
	return i
}

const (
	valueOpen   = -1 // the end is not in sight yet
	valueBroken = -2 // brackets do not match, or a line ends inside a string
)

// valueEnd finds the end of the value at b[i] by its brackets and quotes alone, so that a record
// with an error inside does not take the others with it; valueOpen or valueBroken where there is
// none. last says that nothing follows b.
func valueEnd(b []byte, i int, last bool) int {
	if b[i] != '{' && b[i] != '[' {
		n := bytes.IndexAny(b[i:], ",]}\n")
		switch {
		case n >= 0:
			return i + max(n, 1)
		case last:
			return len(b)
		}
		return valueOpen
	}
	depth, square := 0, uint64(0) // bit n of square: the bracket at depth n, below 64, is a square one
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			start, end := stringEnd(b, i+1)
			if end < 0 {
				return valueOpen
			}
			if bytes.IndexByte(b[start:end], '\n') >= 0 {
				return valueBroken
			}
			i = end
		case '{', '[':
			square |= uint64(b[i]>>5&1^1) << depth // '[' is 0x5b, '{' 0x7b
			depth++
		case '}', ']':
			depth--
			if uint64(b[i]>>5&1^1) != square>>depth&1 && depth < 64 {
				return valueBroken
			}
			square &^= 1 << depth
			if depth == 0 {
				return i + 1
			}
		}
	}
	return valueOpen
}
