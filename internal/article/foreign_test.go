package article

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

func tarOf(name, content string) string {
	b := make([]byte, 512+(len(content)+511)&^511+1024)
	copy(b, name)
	copy(b[257:], "ustar\x0000")
	copy(b[512:], content)
	return string(b)
}

// foreignCases says for every row of the table what it recognises, and which near misses are
// articles. A row without a case fails the test.
var foreignCases = []struct {
	name     string   // of the row
	is       []string // contents that it recognises, whatever their name
	articles []string // contents that are texts
}{
	{"a PDF file", []string{"%PDF-1.7\nx"}, []string{"% of voters turned out.\n"}},
	{"an e-book (EPUB)", []string{"PK\x03\x04" + strings.Repeat("\x01", 26) + "mimetypeapplication/epub+zipPK"}, nil},
	{"a ZIP archive or an office document", []string{"PK\x03\x04\x14"}, []string{"PKK fighters laid down arms.\n"}},
	{"an old office document", []string{"\xd0\xcf\x11\xe0\xa1"}, nil},
	{"an RTF document", []string{`{\rtf1\ansi`}, []string{"{sic} he said.\n"}},
	{"a PostScript file", []string{"%!PS-Adobe-3.0\n"}, nil},
	{"a tar archive", []string{tarOf("a.txt", "Rain.")}, []string{strings.Repeat("a", 257) + "ustar" + strings.Repeat("b", 300)}},
	{"xz data", []string{"\xfd7zXZ\x00\x00"}, nil},
	{"a 7z archive", []string{"7z\xbc\xaf\x27\x1c\x00"}, []string{"7z archives are popular.\n"}},
	{"a RAR archive", []string{"Rar!\x1a\x07\x01"}, []string{"Rar! said the crow.\n"}},
	{"lz4 data", []string{"\x04\x22\x4d\x18\x64"}, nil},
	{"an SQLite database", []string{"SQLite format 3\x00\x10"}, []string{"SQLite format 3 is old.\n"}},
	{"a Feather file of the first version", []string{"FEA1\x00"}, []string{"ARROW1 flew.\n"}},
	{"an Avro file", []string{"Obj\x01\x04"}, []string{"Object lessons.\n"}},
	{"an ORC file", []string{"ORC\x0a\x00\x01"}, []string{"ORCA whales were seen.\n"}},
	{"a JPEG picture", []string{"\xff\xd8\xff\xe0"}, nil},
	{"a PNG picture", []string{"\x89PNG\r\n\x1a\n"}, nil},
	{"a GIF picture", []string{"GIF89a\x01"}, []string{"GIF8 is no format.\n"}},
	{"a manifest of dedup clean", []string{`{"kind":"manifest","schema":"dedup.manifest/1"}`}, nil},
	{"a program", []string{"\x7fELF\x02"}, nil},
	{"a web archive (ARC)",
		[]string{"filedesc://IA-1.arc 0.0.0.0 19960923142103 text/plain 200 - - 0 IA-1.arc 122\n2 0 200\n"},
		[]string{"filedesc:// starts the first line of an ARC file.\n"}},
	{"a web page with its parts (MHTML)",
		[]string{"From: <Saved by Blink>\nSubject: Ferry\nMIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype=\"text/html\";\n\tboundary=\"x\"\n\n--x\n"}, nil},
	{"an answer of a web server with its head",
		[]string{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>", "HTTP/2 404 \ncontent-type: text/plain\n\nnone"},
		[]string{"HTTP/2 is faster.\n", "HTTP/1.1 200 OK is what a server says.\n"}},
	{"a sitemap", []string{`<?xml version="1.0"?><urlset xmlns="x"><url><loc>http://a.example/</loc></url></urlset>`}, nil},
	{"XML or SGML",
		[]string{
			`<?xml version="1.0" encoding="UTF-8"?>` + "\n<nitf><head><title>x</title></head></nitf>",
			"<DOC>\n<DOCNO> 1 </DOCNO>\n<TEXT>\nRain.\n</TEXT>\n</DOC>\n",
			`<doc id="1" title="Rain">` + "\nRain\n\nIt rained.\n</doc>\n<doc id=\"2\">\nSun\n</doc>\n",
			`<!DOCTYPE lewis SYSTEM "lewis.dtd">` + "\n<REUTERS TOPICS=\"YES\"><DATE>26-FEB-1987</DATE>",
		},
		[]string{
			"<?xml version=\"1.0\"?> is how XML starts.\n",
			"<john> hello\n<mary> hello to you\n<john> bye\n",
			"<unk> <unk> said the <unk> .\n",
			"<location>LONDON</location> It rained.\n",
			"<Applause> The minister said </strong> nothing.\n",
		}},
	{"a LaTeX document",
		[]string{"% a comment\n\\documentclass{article}\n\\begin{document}\nRain.\n"},
		[]string{`\documentclass is how a LaTeX document starts.` + "\n"}},
}

func TestForeignRows(t *testing.T) {
	rows := map[string]*inputFormat{}
	for _, f := range formats {
		if f.name == "" {
			rows[f.what] = f
		}
	}
	for _, c := range foreignCases {
		f := rows[c.name]
		if f == nil || len(c.is) == 0 {
			t.Fatalf("%s: no such row, or no content that it recognises", c.name)
		}
		delete(rows, c.name)
		for i, content := range c.is {
			wantForeign(t, "unnamed", content, f)
			wantForeign(t, "a.txt", content, f)
			wantForeign(t, "a.jsonl", content, f)
			wantForeign(t, "a.txt.gz", packed(t, ".gz", content), f)
			wantForeign(t, "a.zst", packed(t, ".zst", content), f)
			if f.text {
				wantForeign(t, "a.md", "\xef\xbb\xbf \r\n"+content, f)
				wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(content)
				if err != nil {
					t.Fatal(err)
				}
				wantForeign(t, "wide.txt", wide, f)
				wantText(t, "a.txt", content, Options{Format: "text"})
			}
			if name, hint, ok := Foreign([]byte(content)); !ok || name != f.what || hint != f.hint {
				t.Errorf("%s %d: Foreign says %q", c.name, i, name)
			}
		}
		for _, ext := range f.ext {
			wantForeign(t, "a"+ext, "Rain.\n", f)
			wantForeign(t, "A"+strings.ToUpper(ext)+".gz", packed(t, ".gz", "Rain.\n"), f)
		}
		for _, content := range c.articles {
			wantText(t, "a.txt", content, Options{})
			wantText(t, "unnamed", content, Options{})
		}
	}
	for name := range rows {
		t.Errorf("row %q has no case", name)
	}
}

func wantForeign(t *testing.T, name, content string, f *inputFormat) {
	t.Helper()
	path := write(t, t.TempDir(), name, content)
	arts, bad := readAll(t, Options{Workers: 1}, path)
	if len(arts) > 0 || len(bad) != 1 || bad[0].Reason != f.what+", not articles" || bad[0].Kept || !strings.HasPrefix(bad[0].Hint, f.hint) {
		t.Errorf("%s with %.60q: %d articles, %+v, not %q", name, content, len(arts), bad, f.what)
		return
	}
	if f.text && !strings.Contains(bad[0].Hint, "--input-format text") {
		t.Errorf("%q names no way in", bad[0].Hint)
	}
}

func wantText(t *testing.T, name, content string, opt Options) {
	t.Helper()
	opt.Workers = 1
	path := write(t, t.TempDir(), name, content)
	arts, bad := readAll(t, opt, path)
	if len(arts) != 1 || len(bad) > 0 || arts[0].Text != content {
		t.Errorf("%s with %.60q is one article; got %d, and %+v", name, content, len(arts), bad)
	}
}

// A field of a record may hold what it likes. A page in it is told once a file, and cannot be cut.
func TestMarkupInRecords(t *testing.T) {
	page := `<html><head><title>x</title></head><body><p>Rain.</p></body></html>`
	var b strings.Builder
	for i := range 3 {
		fmt.Fprintf(&b, `{"id":"p%d","text":" %s"}`+"\n", i, page)
	}
	b.WriteString(`{"id":"t","text":"<b>LONDON</b> It rained."}` + "\n" + `{"id":"u","text":"It rained on <html><head>."}` + "\n")
	path := write(t, t.TempDir(), "a.jsonl", b.String())
	arts, bad := readAll(t, Options{Workers: 2}, path)
	if len(arts) != 5 || len(bad) != 1 || !bad[0].Kept || bad[0].Line != 1 || !strings.Contains(bad[0].Reason, "markup") {
		t.Fatalf("%d articles, %+v", len(arts), bad)
	}
	for i, a := range arts {
		if (a.Raw.Text < 0) != (i < 3) {
			t.Errorf("%s: text at %d of its record", a.ID, a.Raw.Text)
		}
	}
}

// What is read must not turn into something foreign by a change of its name alone: real texts of
// the tests are articles under any name.
func TestSeedsAreNotForeign(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/articles/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, p := range slices.Concat(paths) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if name, _, ok := Foreign(b); ok {
			t.Errorf("%s is taken for %s", p, name)
		}
	}
}

func FuzzForeign(f *testing.F) {
	for _, c := range foreignCases {
		for _, s := range append(c.is, c.articles...) {
			f.Add([]byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		name, hint, ok := Foreign(b)
		if ok != (name != "") || ok != (hint != "") {
			t.Fatal(name, hint, ok)
		}
	})
}
