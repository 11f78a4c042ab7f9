package article

import (
	"strconv"
	"strings"
	"unsafe"
)

// What every format does with the fields of a record, once they are found: an article, or a report
// that says why there is none.

// article makes an article of the fields of a record, the n-th of its file; sub > 0: the sub-th
// inside that.
func (w *worker) article(st *stream, v *values, line, n, sub int) {
	language := w.language
	w.language = ""
	for _, f := range [...]field{fieldText, fieldTitle} {
		if v[f].html || v[f].parts != nil {
			v[f].settle()
		}
	}
	if v[fieldText].odd && len(v[fieldText].b) == 0 {
		v[fieldText].set = false
	}
	w.count(v, st)
	if !v[fieldText].set && !w.withoutText(st, v, line) {
		return
	}
	txt := str(v[fieldText].b)
	if int64(len(txt)) > w.rd.opt.MaxArticle {
		w.report(tooLong(st.path, line, w.rd.opt.MaxArticle))
		return
	}
	a := w.known(st, v, line, n, sub)
	a.Text, a.Raw = txt, w.raw(st, v[fieldText].b, line, sub)
	w.date(st, &a, str(v[fieldPublished].b))
	if !st.format.whole && markupText(txt) {
		a.Raw.Text = -1 // markup is never cut
		w.report(Bad{Path: st.path, Line: line, Reason: "a text that is a web page or other markup", Hint: hintMarkup, Kept: true, once: "markup"})
	}
	a.Language = language
	w.batch.Articles = append(w.batch.Articles, a)
}

// known is what a record says of its article besides the text and the date.
func (w *worker) known(st *stream, v *values, line, n, sub int) Article {
	a := Article{Path: st.path, Line: line}
	a.ID = strings.TrimSpace(str(v[fieldID].b))
	a.Title = strings.TrimSpace(str(v[fieldTitle].b))
	a.Source = strings.TrimSpace(str(v[fieldSource].b))
	a.URL = strings.TrimSpace(str(v[fieldURL].b))
	if a.Source == "" {
		a.Source = hostOf(a.URL)
	} else if isURL(a.Source) {
		a.Source = hostOf(a.Source)
	}
	if a.ID == "" && st.format.whole {
		a.ID = st.path
	}
	if a.ID == "" {
		a.ID = a.URL
	}
	if a.ID == "" {
		a.ID = w.numbered(st.path, n, sub)
	}
	return a
}

// numbered is the id of an article without one: path#n, or path#n.sub.
func (w *worker) numbered(path string, n, sub int) string {
	from := len(w.ids)
	w.ids = append(append(w.ids, path...), '#')
	w.ids = strconv.AppendInt(w.ids, int64(n), 10)
	if sub > 0 {
		w.ids = strconv.AppendInt(append(w.ids, '.'), int64(sub), 10)
	}
	return str(w.ids[from:])
}

func (w *worker) report(b Bad) { w.bad = append(w.bad, b) }

// str is b as a string that shares its bytes: valid until the batch is done.
func str(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func short(s string) string { return shortTo(s, 40) }

// shortTo is at most n bytes of s.
func shortTo(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return strings.Clone(s)
}
