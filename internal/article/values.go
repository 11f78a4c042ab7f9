package article

import "bytes"

// cutValues takes whole elements of a JSON array, or whole objects that follow each other.
func (st *stream) cutValues(b *block) bool {
	buf := st.take(b)
	limit := int(st.rd.opt.MaxArticle)
	target, pos := st.rd.opt.block, 0
	lineAt, line := 0, st.line // line is the line of buf[lineAt]
	for {
		buf = st.fill(buf, target)
		var start, end int
		for {
			if start = st.valueStart(buf, pos); start == len(buf) {
				end = start
				break
			}
			if end = valueEnd(buf, start, st.err != nil); end < 0 {
				break
			}
			line += bytes.Count(buf[lineAt:start], newline)
			lineAt = start
			b.recs = append(b.recs, record{start, end, line})
			pos = end
		}
		line += bytes.Count(buf[lineAt:start], newline)
		lineAt, pos = start, start
		if st.err != nil || len(b.recs) > 0 {
			break
		}
		if end < 0 && len(buf)-start > limit {
			bad := tooLong(st.path, line, int64(limit))
			bad.Reason += ", and so is left out with the rest of the file"
			b.bad = append(b.bad, bad)
			st.ended = true
			return false
		}
		if start > 0 && start == len(buf) { // only blanks
			buf, pos, lineAt = buf[:0], 0, 0
			continue
		}
		target = 2 * max(target, len(buf))
	}
	if st.err != nil {
		st.ended = true
		if !st.broken(b, line) && (pos < len(buf) || st.inArray) {
			b.bad = append(b.bad, Bad{Path: st.path, Line: line, Reason: "broken JSON: it ends in the middle of " + st.where(pos < len(buf)), Hint: hintDamaged})
		}
	}
	st.carry = append(st.carry[:0], buf[pos:]...)
	b.data = buf[:pos]
	st.line = line
	st.n += len(b.recs)
	return len(b.recs) > 0
}

func (st *stream) where(inValue bool) string {
	if inValue {
		return "a record"
	}
	return "the array"
}

// valueStart passes blanks, commas and the brackets of the outer array.
func (st *stream) valueStart(b []byte, i int) int {
	for ; i < len(b); i++ {
		switch b[i] {
		case ' ', '\n', '\r', '\t', ',':
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
	}
	return i
}

// valueEnd finds the end of the value at b[i] by its brackets and quotes alone, so that a record with an error inside
// does not take the others with it; -1 when it is not all in b. last says that nothing follows b.
func valueEnd(b []byte, i int, last bool) int {
	if b[i] != '{' && b[i] != '[' {
		n := bytes.IndexAny(b[i:], ",]}\n")
		switch {
		case n >= 0:
			return i + max(n, 1)
		case last:
			return len(b)
		}
		return -1
	}
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			if _, i = stringEnd(b, i+1); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
