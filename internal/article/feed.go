package article

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// News feeds: RSS 0.9 to 2.0 and Atom. (JSON Feed is JSON, and read as that.) Elements are read in
// order; an item or entry is a record, and what its elements say are its fields. A text that is a
// piece of a page becomes what a reader sees, so offsets count bytes of that, and clean takes whole
// items out. Where the XML of an item is broken, the item is named and reading goes on at the next.
//
// encoding/xml with this table adds 0.04 MB to the program, gofeed 0.44 MB, which has no offsets.

var feedFormat = &inputFormat{
	name: "feed", what: "a news feed (RSS, Atom)", ext: []string{".rss", ".atom", ".rdf"}, is: isMarkup(markupFeed), text: true,
	reading: reading{rewrite: RewriteRecords, kind: RawRecord, cut: (*stream).cutWhole, decode: (*worker).decodeFeed},
}

// feedNames are the elements of an item by the field that they feed, best first. Names with a colon
// start with the namespace's usual prefix.
var feedNames = [fieldCount][]string{
	fieldID:        {"guid", "id"},
	fieldText:      {"content:encoded", "content", "body", "description", "summary"},
	fieldTitle:     {"title", "dc:title"},
	fieldSource:    {"source", "dc:source", "dc:publisher"},
	fieldPublished: {"pubdate", "published", "dc:date", "issued", "date", "updated", "modified"},
	fieldURL:       {"link", "origlink"},
}

// namespaces gives names that are known in another form their usual prefix.
var namespaces = map[string]string{
	"http://purl.org/rss/1.0/modules/content/": "content:", "content": "content:",
	"http://purl.org/dc/elements/1.1/": "dc:", "http://purl.org/dc/terms/": "dc:", "dc": "dc:",
	"http://search.yahoo.com/mrss/": "media:", "media": "media:", "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:", "itunes": "itunes:",
	"http://purl.org/rss/1.0/modules/slash/": "slash:", "http://wellformedweb.org/CommentAPI/": "wfw:",
}

// feedReader reads one feed.
type feedReader struct {
	w                *worker
	st               *stream
	data             []byte // in UTF-8
	at               int    // where dec started
	dec              *xml.Decoder
	n                int    // items so far
	source, language string // of the feed
}

const maxFeedDepth = 100 // elements in elements of an item

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// decodeFeed makes articles of the items of a feed.
func (w *worker) decodeFeed(b *block) {
	data := b.data
	kind := ""
	if m := xmlEncoding.FindSubmatch(data[:min(len(data), 256)]); m != nil {
		kind = "text/xml; charset=" + string(m[1])
	}
	data, note := decodeCharset(data, kind)
	if note != "" {
		w.report(Bad{Path: b.st.path, Reason: "not UTF-8: " + note, Hint: hintCharset, Kept: true})
	}
	f := &feedReader{w: w, st: b.st, data: data}
	f.start(0)
	for f.next() {
	}
	if f.n == 0 {
		w.report(noArticles(b.st.path))
	}
}

// start makes a decoder for what stands at an offset. It is made for feeds as they are: entities of
// HTML, and ends of elements that are missing.
func (f *feedReader) start(at int) {
	f.at = at
	f.dec = xml.NewDecoder(bytes.NewReader(f.data[at:]))
	f.dec.Strict, f.dec.Entity = false, xml.HTMLEntity
	f.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it was decoded
}

func (f *feedReader) offset() int { return f.at + int(f.dec.InputOffset()) }

func (f *feedReader) line(at int) int { return 1 + bytes.Count(f.data[:at], newline) }

// next reads up to the end of the next item; false at the end of the feed.
func (f *feedReader) next() bool {
	for {
		from := f.offset()
		tok, err := f.dec.Token()
		if err == io.EOF {
			return false
		}
		if err != nil {
			return f.resume(from, err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := elementName(el.Name); name {
		case "item", "entry":
			f.n++
			if err := f.item(from); err != nil {
				return f.resume(from, err)
			}
			return true
		case "title", "language":
			if b, err := f.content(el); err == nil {
				f.of(name, fragmentText(string(b)))
			}
		case "feed":
			f.language = xmlAttr(el, "lang")
		}
	}
}

// of takes in what the feed says of itself. Its image has a title too, which comes later.
func (f *feedReader) of(name, value string) {
	value = strings.TrimSpace(value)
	switch {
	case name == "language":
		f.language = value
	case f.source == "":
		f.source = value
	}
}

// resume reports what is broken, and goes on at the next item behind an offset.
func (f *feedReader) resume(from int, err error) bool {
	rest := f.data[min(from+1, len(f.data)):]
	next := -1
	for _, tag := range []string{"<item", "<entry"} {
		for at := 0; ; {
			i := bytes.Index(rest[at:], []byte(tag))
			if i < 0 {
				break
			}
			at += i + len(tag)
			if at < len(rest) && strings.IndexByte("> \t\r\n/", rest[at]) >= 0 {
				if next < 0 || at-len(tag) < next {
					next = at - len(tag)
				}
				break
			}
		}
	}
	b := Bad{Path: f.st.path, Line: f.line(from), Reason: "broken XML: " + strings.TrimPrefix(xmlCause(err), "XML syntax error: "), Hint: "correct the item; reading went on at the next one"}
	if next < 0 {
		b.Hint = hintDamaged
	}
	f.w.report(b)
	if next < 0 {
		return false
	}
	f.start(from + 1 + next)
	return true
}

// xmlCause is the message of err without the line, which counts from where the decoder started.
func xmlCause(err error) string {
	if e, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return e.Msg
	}
	return err.Error()
}

// item reads the item whose start tag stands at an offset.
func (f *feedReader) item(from int) error {
	var v values
	language := f.language
	for {
		tok, err := f.dec.Token()
		if err != nil {
			if err == io.EOF {
				err = errors.New("the feed ends in the middle of an item")
			}
			return err
		}
		if _, end := tok.(xml.EndElement); end {
			break
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		name := elementName(el.Name)
		if name == "item" || name == "entry" {
			return errors.New("an item is not closed")
		}
		b, err := f.content(el)
		if err != nil {
			return err
		}
		switch name {
		case "language", "dc:language":
			language = string(bytes.TrimSpace(b))
		case "link":
			b = f.link(el, b)
		}
		f.put(&v, name, b)
	}
	f.done(&v, from, language)
	return nil
}

// done makes an article of an item.
func (f *feedReader) done(v *values, from int, language string) {
	v[fieldText].set = true
	for _, fl := range [...]field{fieldText, fieldTitle, fieldSource} {
		v[fl].b = []byte(fragmentText(string(bytes.TrimSpace(v[fl].b))))
	}
	if len(v[fieldSource].b) == 0 {
		v[fieldSource].b = []byte(f.source)
	}
	f.w.record = f.data[from:f.offset()]
	f.w.language = language
	f.w.article(f.st, v, f.line(from), f.n, 0)
}

// put stores what an element of an item holds.
func (f *feedReader) put(v *values, name string, b []byte) {
	for fl := range feedNames {
		for rank, n := range feedNames[fl] {
			if n == name {
				v.put([]target{{field: field(fl), rank: uint8(rank)}}, b)
			}
		}
	}
}

// link is the address of an item: what the element holds, or of Atom an attribute.
func (f *feedReader) link(el xml.StartElement, b []byte) []byte {
	rel, href := xmlAttr(el, "rel"), xmlAttr(el, "href")
	switch {
	case href == "":
		return bytes.TrimSpace(b)
	case rel == "" || rel == "alternate":
		return []byte(strings.TrimSpace(href))
	}
	return nil
}

// content gives what stands in an element: its text, or where it has elements all that is between
// its tags, as it stands.
func (f *feedReader) content(el xml.StartElement) ([]byte, error) {
	from, to := f.offset(), 0
	var text []byte
	nested := false
	for depth := 1; depth > 0; {
		to = f.offset()
		tok, err := f.dec.Token()
		if err != nil {
			if err == io.EOF {
				err = fmt.Errorf("the feed ends in the middle of %q", el.Name.Local)
			}
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			depth++
			if nested = true; depth > maxFeedDepth {
				return nil, errors.New("elements are nested too deep")
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			text = append(text, tok...)
		}
	}
	if kind := xmlAttr(el, "type"); nested {
		return f.data[from:to], nil
	} else if kind == "text" {
		return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("&"), []byte("&amp;")), []byte("<"), []byte("&lt;")), nil
	}
	return text, nil
}

// elementName is a name with its usual prefix, in lower case.
func elementName(n xml.Name) string { return strings.ToLower(namespaces[n.Space] + n.Local) }

func xmlAttr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
