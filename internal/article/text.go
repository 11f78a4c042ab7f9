package article

import "bytes"

var textFormat = &inputFormat{
	name: "text", what: "plain text or Markdown, one article a file", ext: []string{".txt", ".text", ".md", ".markdown"}, text: true,
	looks: func(*schema, []byte, bool) bool { return true },
	reading: reading{whole: true, plain: true, inBytes: true, rewrite: RewriteSpans, kind: RawText,
		cut: (*stream).cutWhole, decode: (*worker).decodeText},
}

// decodeText makes one article of a whole file. Its text is kept as it is, with the line ends it
// has.
func (w *worker) decodeText(b *block) {
	st, data := b.st, b.data
	if i := bytes.IndexByte(data, 0); i >= 0 {
		w.report(binaryFile(st.path, i))
		return
	}
	if !validText(data) {
		var name string
		data, name = toUTF8(data)
		w.report(Bad{Path: st.path, Reason: "not UTF-8: " + name, Hint: hintCharset, Kept: true})
	}
	if w.withFront(b, data) {
		return
	}
	w.record = b.data
	w.census.Texts++
	w.batch.Articles = append(w.batch.Articles, Article{ID: st.path, Path: st.path, Line: 1, Text: str(data), Raw: w.raw(st, data, 1, 0)})
}

// withFront makes the article of a file that starts with a head; false where it does not. A file
// that is to be read as text has none.
func (w *worker) withFront(b *block, data []byte) bool {
	if w.rd.format != nil && w.rd.format.plain || len(data) < 3 || data[0] != '-' && data[0] != '+' {
		return false
	}
	var v values
	body, lines := w.rd.schema.front(data, &v)
	if body == 0 {
		return false
	}
	v[fieldText].b, v[fieldText].set = data[body:], true
	w.record = b.data
	w.article(b.st, &v, 1+lines, 1, 0)
	return true
}
