package article

import (
	"bytes"
	"slices"
)

// Files that hold no articles are recognised by their name and their first bytes, and refused with
// a hint. Many of them are well-formed text: read as one article, their markup would be compared
// and cut. Each test of the content asks for more than one sign, because an article may talk about
// HTML, quote the head of a letter or start with a rule. A file that is refused wrongly can be read
// by
// --input-format text.

// foreignFiles are no texts.
var foreignFiles = []*inputFormat{
	{what: "a PDF file", hint: "extract its text first (pdftotext)", is: starts("%PDF-")},
	{what: "an e-book (EPUB)", hint: "convert it to text first (pandoc -t plain)", ext: []string{".epub"}, is: isEPUB},
	{what: "a ZIP archive or an office document", hint: "unpack it, or save its text as .txt", is: starts("PK\x03\x04")},
	{what: "an old office document", hint: "save its text as .txt", is: starts("\xd0\xcf\x11\xe0")},
	{what: "an RTF document", hint: "save its text as .txt", is: starts("{\\rtf")},
	{what: "a PostScript file", hint: "extract its text first (ps2ascii)", is: starts("%!PS-")},
	{what: "a tar archive", hint: "unpack it first (tar -xf) and name the directory", ext: []string{".tar", ".tgz", ".tbz", ".tbz2", ".tzst"}, is: isTar},
	{what: "xz data", hint: "unpack it first (unxz)", is: starts("\xfd7zXZ\x00")},
	{what: "a 7z archive", hint: "unpack it first", is: starts("7z\xbc\xaf\x27\x1c")},
	{what: "a RAR archive", hint: "unpack it first", is: starts("Rar!\x1a\x07")},
	{what: "lz4 data", hint: "unpack it first (unlz4)", is: starts("\x04\x22\x4d\x18")},
	{what: "an SQLite database", hint: "export the table as CSV", is: starts("SQLite format 3\x00")},
	{what: "a Feather file of the first version", hint: "write it as Parquet, or with pyarrow.feather.write_feather(table, file, version=2)", is: starts("FEA1")},
	{what: "an Avro file", hint: "write it as JSON Lines (avro-tools tojson) or as Parquet", is: starts("Obj\x01")},
	{what: "an ORC file", hint: "write it as Parquet", is: isORC},
	{what: "a JPEG picture", hint: "leave it out", is: starts("\xff\xd8\xff")},
	{what: "a PNG picture", hint: "leave it out", is: starts("\x89PNG\r\n")},
	{what: "a GIF picture", hint: "leave it out", is: starts("GIF87a", "GIF89a")},
	{what: "a manifest of dedup clean", hint: "leave it out", is: starts(`{"kind":"manifest","schema":"dedup.`)},
	{what: "a program", hint: "leave it out", is: starts("\x7fELF")},
}

// foreignTexts could be read as text, which --input-format text does.
var foreignTexts = []*inputFormat{
	{what: "a web archive (ARC)", hint: hintWARC, ext: []string{".arc"}, is: isARC, text: true},
	{what: "a web page with its parts (MHTML)", hint: "save its text as .txt", ext: []string{".mht", ".mhtml"}, is: isMHTML, text: true},
	{what: "an answer of a web server with its head", hint: "save the page alone and extract its text, for example with trafilatura", is: isHTTP, text: true},
	{what: "a sitemap", hint: "it lists addresses only: get the pages and extract their text", is: isMarkup(markupSitemap), text: true},
	{what: "XML or SGML", hint: "write the text of its articles as JSON Lines or .txt first", ext: []string{".xml", ".sgml", ".sgm", ".svg", ".opml"}, is: isMarkup(markupOther), text: true},
	{what: "a LaTeX document", hint: "convert it to text first (pandoc -t plain)", is: isLaTeX, text: true},
}

const (
	hintWARC = "write its records as JSON Lines first: warcio (Python) reads it, trafilatura takes the text out of web pages"
	hintAsIs = "; --input-format text takes it as it stands"
)

// bad is the report of an input in this format, which is refused.
func (f *inputFormat) bad(path string) Bad {
	b := Bad{Path: path, Reason: f.what + ", not articles", Hint: f.hint}
	if f.text {
		b.Hint += hintAsIs
	}
	return b
}

// Foreign tells what is no JSON Lines for certain by its first bytes, with what to do about it.
func Foreign(head []byte) (name, hint string, ok bool) {
	f := formatOfContent(head, false)
	if f == nil {
		f = formatOfContent(head, true)
	}
	switch {
	case f == nil:
		return "", "", false
	case f.hint == "":
		return f.what, "write its articles as JSON Lines first: dedup text FILE | dedup filter", true
	}
	return f.what, f.hint, true
}

func starts(magics ...string) func([]byte) bool {
	return func(head []byte) bool {
		return slices.ContainsFunc(magics, func(m string) bool { return bytes.HasPrefix(head, []byte(m)) })
	}
}

func isEPUB(b []byte) bool {
	return starts("PK\x03\x04")(b) && len(b) > 58 && bytes.HasPrefix(b[30:], []byte("mimetypeapplication/epub+zip"))
}

// isTar looks for the mark of a header block, and for the NUL that ends its first name.
func isTar(b []byte) bool {
	return len(b) >= 512 && string(b[257:262]) == "ustar" && bytes.IndexByte(b[:257], 0) > 0
}

func isORC(b []byte) bool {
	return starts("ORC")(b) && bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0
}

// isARC wants the name of the file and its type, which stand in the first line of an ARC file.
func isARC(b []byte) bool {
	line, _, ok := cutLine(b)
	return ok && bytes.HasPrefix(line, []byte("filedesc://")) && bytes.Contains(line, []byte(" text/plain "))
}

// isHTTP wants a status line and the field that says what follows.
func isHTTP(b []byte) bool {
	line, rest, ok := cutLine(b)
	if !ok || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return false
	}
	words := bytes.Fields(line)
	return len(words) >= 2 && len(words[1]) == 3 && words[1][0] >= '1' && words[1][0] <= '5' && readHead(rest).fields["content-type"]
}

// isLaTeX wants the class and the start of the document; comments may stand before.
func isLaTeX(b []byte) bool {
	for len(b) > 0 && b[0] == '%' {
		_, rest, _ := cutLine(b)
		b = bytes.TrimLeft(rest, " \t\r\n")
	}
	return starts(`\documentclass`, `\documentstyle`)(b) && bytes.Contains(b, []byte(`\begin{document}`))
}

// cutLine cuts off the first line; false where no line end is in sight.
func cutLine(b []byte) (line, rest []byte, ok bool) {
	line, rest, ok = bytes.Cut(b, newline)
	return bytes.TrimSuffix(line, []byte{'\r'}), rest, ok
}
