package article

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// Web pages. What comes in is a page; what goes out is the text of its article, and what the page
// says of it (pagemeta.go).
//
//  1. The page is brought to UTF-8: by its charset where it is not UTF-8 already.
//  2. It is parsed once. Metadata are read off the tree.
//  3. go-readability, the port of what browsers have as their reader view, finds the element that
//     holds the article. Where it finds none, the body is taken without navigation, forms and
//     asides.
//  4. The element becomes text (pagetext.go), a blank line between paragraphs.
//
// Offsets count bytes of that text, so nothing can be cut out of a page: it goes or stays as a
// whole. Cost: 2 to 10 MB/s a core, nearly all of it in the third step; docs/formats.md has the
// table of what extractors find.

var htmlFormat = &inputFormat{
	name: "html", what: "a web page (HTML)", ext: []string{".html", ".htm", ".xhtml", ".shtml"}, is: isMarkup(markupHTML), text: true,
	reading: reading{whole: true, rewrite: RewriteRecords, kind: RawText, cut: (*stream).cutWhole, decode: (*worker).decodeHTML},
}

const (
	maxExtracted = 4 << 20 // bytes of a page that goes through the extractor: its cost may grow faster than the page
	maxElements  = 50_000
)

// decodeHTML makes an article of a whole page.
func (w *worker) decodeHTML(b *block) {
	w.record = b.data
	var v values
	if w.pageOrText(b.st, b.data, "text/html", &v, 1) {
		w.article(b.st, &v, 1, 1, 0)
	}
}

// pageOrText puts the text of content into v, and of a page what it says of itself; kind is the
// content's type. False after a report.
func (w *worker) pageOrText(st *stream, content []byte, kind string, v *values, line int) bool {
	content, note := decodeCharset(content, kind)
	if note != "" {
		w.report(Bad{Path: st.path, Line: line, Reason: "not UTF-8: " + note, Hint: hintCharset, Kept: true, once: "charset"})
	}
	if strings.HasPrefix(kind, "text/plain") {
		v[fieldText].b, v[fieldText].set = bytes.ReplaceAll(content, []byte{0}, nil), true
		return true
	}
	if err := w.page(content, v); err != nil {
		w.report(Bad{Path: st.path, Line: line, Reason: "a page that cannot be read: " + err.Error(), Hint: "save its text as .txt"})
		return false
	}
	return true
}

// decodeCharset brings the content of a message or page to UTF-8, by the charset that its type
// declares where the bytes are not UTF-8 already; note says what was guessed.
func decodeCharset(b []byte, kind string) (out []byte, note string) {
	b = bytes.TrimPrefix(b, bomUTF8)
	if validText(b) {
		return b, ""
	}
	head := b[:min(len(b), 1024)]
	enc, name, certain := charset.DetermineEncoding(head, kind)
	declared := certain || name != "windows-1252" || bytes.Contains(bytes.ToLower(head), []byte("charset"))
	if declared && name != "utf-8" {
		if out, err := enc.NewDecoder().Bytes(b); err == nil {
			return out, ""
		}
	}
	return toUTF8(b)
}

// page reads a page in UTF-8. Values that are there already outweigh what the page says, but for
// the date, which is that of the visit.
func (w *worker) page(b []byte, v *values) error {
	doc, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		return err
	}
	m := readPageMeta(doc)
	for f, s := range map[field]string{fieldTitle: m.title, fieldSource: m.source, fieldURL: m.url} {
		if len(v[f].b) == 0 {
			v[f].b = []byte(s)
		}
	}
	if m.date != "" {
		v[fieldPublished].b = []byte(m.date)
	}
	w.language = m.language
	v[fieldText].b, v[fieldText].set = []byte(strings.ToValidUTF8(w.extract(doc, len(b)), "\uFFFD")), true
	return nil
}

// extract gives the text of the article on a page of n bytes.
func (w *worker) extract(doc *html.Node, n int) string {
	if n <= maxExtracted {
		if w.pages == nil {
			p := readability.NewParser()
			p.MaxElemsToParse, p.DisableJSONLD = maxElements, true
			w.pages = &p
		}
		if node, err := extracted(w.pages, doc); err == nil && node != nil {
			if text := pageText(node); text != "" {
				return text
			}
		}
	}
	main := mainElement(doc)
	t := &textWriter{skip: around}
	if t.node(main); t.b.Len() > 0 {
		return t.b.String()
	}
	return pageText(main)
}

// extracted is the element of the article. A page may be made to break its extractor.
func extracted(p *readability.Parser, doc *html.Node) (node *html.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the extractor failed: %v", r)
		}
	}()
	a, err := p.ParseDocument(doc, nil)
	if a.Node == nil {
		return nil, errors.Join(err, errors.New("no article"))
	}
	for a.Node.Parent != nil { // what was found may be several elements side by side
		a.Node = a.Node.Parent
	}
	return a.Node, nil
}
