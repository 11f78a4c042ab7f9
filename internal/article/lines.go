package article

import "bytes"

// decodeLines reads one JSON object a line; blank lines are passed over.
func (w *worker) decodeLines(b *block) {
	rest, line := b.data, b.line
	for len(rest) > 0 {
		l := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			l, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		w.record = l
		w.jsonRecord(b.st, l, line, line)
		line++
	}
}

// decodeValues reads the elements of a JSON array, or objects that span lines.
func (w *worker) decodeValues(b *block) {
	for i, r := range b.recs {
		w.record = b.data[r.start:r.end]
		w.jsonRecord(b.st, w.record, r.line, b.n+i+1)
	}
}

// jsonRecord reads the object l, the n-th record, which starts in the given line. Record by record,
// what the checks read is in the first-level cache when the fields are looked for.
func (w *worker) jsonRecord(st *stream, l []byte, line, n int) {
	if len(l) == 0 || l[0] != '{' {
		if l = bytes.TrimSpace(l); len(l) == 0 {
			return
		}
	}
	if int64(len(l)) > w.rd.opt.MaxArticle {
		w.report(tooLong(st.path, line, w.rd.opt.MaxArticle))
		return
	}
	l, ok := w.cleanRecord(st, l, line)
	if !ok {
		return
	}
	var v values
	if !w.json.object(l, &v) {
		w.report(Bad{Path: st.path, Line: line, Reason: w.json.reason, Hint: "correct the record or delete it"})
		return
	}
	if w.json.inner > 0 && !v[fieldText].set {
		if w.oneEach {
			w.report(Bad{Path: st.path, Line: line, Reason: "a list of articles in one record", Hint: "write one article a line: jq -c '.articles[]'"})
			return
		}
		w.listed(st, l, w.json.inner, line, n)
		return
	}
	w.article(st, &v, line, n, 0)
}

// listed reads the objects of the array at l[at] as articles: l is the answer of a news service.
func (w *worker) listed(st *stream, l []byte, at, line, n int) {
	line += bytes.Count(l[:at], newline)
	for sub, i := 1, at+1; ; sub++ {
		start := i + len(l[i:]) - len(bytes.TrimLeft(l[i:], ", \t\r\n"))
		if l[start] == ']' {
			return
		}
		line += bytes.Count(l[i:start], newline)
		i = valueEnd(l, start, true)
		var v values
		element := l[start:i]
		w.record = element
		lines := bytes.Count(element, newline)
		if w.json.object(element, &v) {
			w.article(st, &v, line, n, sub)
		} else {
			w.report(Bad{Path: st.path, Line: line, Reason: w.json.reason, Hint: "correct the record or delete it"})
		}
		line += lines
	}
}

// cleanRecord makes one record valid UTF-8, or reports that it cannot be.
func (w *worker) cleanRecord(st *stream, l []byte, line int) ([]byte, bool) {
	if validText(l) {
		return l, true
	}
	if bytes.IndexByte(l, 0) >= 0 {
		w.report(Bad{Path: st.path, Line: line, Reason: "NUL bytes in the record", Hint: "delete them: tr -d '\\000'"})
		return nil, false
	}
	out, name := toUTF8(l)
	if name != "" {
		w.report(Bad{Path: st.path, Line: line, Reason: "not UTF-8: " + name, Hint: hintCharset, Kept: true, once: "charset"})
	}
	return out, true
}
