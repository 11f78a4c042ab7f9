package article

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// TestFormatRows says what a row of the table of input formats lacks.
func TestFormatRows(t *testing.T) {
	samples := formatSamples(t)
	names, whats := map[string]bool{}, map[string]bool{}
	for _, f := range formats {
		lacks := func(what string, missing bool) {
			t.Helper()
			if missing {
				t.Errorf("row %q %s lacks %s", f.name, f.what, what)
			}
		}
		lacks("a description", f.what == "")
		lacks("a description of its own", whats[f.what])
		whats[f.what] = true
		lacks("a way to be told", f.is == nil && f.looks == nil && len(f.ext) == 0)
		lacks("ends of names in lower case with a dot", slices.ContainsFunc(f.ext, func(e string) bool { return e != strings.ToLower(e) || e[0] != '.' }))
		if f.name == "" { // it is refused
			lacks("a hint", f.hint == "")
			lacks("a test of its content", f.is == nil)
			lacks("no reader, as it has no name", f.cut != nil)
			continue
		}
		lacks("a name of its own", names[f.name])
		names[f.name] = true
		lacks("ends of names", len(f.ext) == 0)
		lacks("what cuts records", f.cut == nil)
		lacks("what decodes them", f.decode == nil)
		lacks("a kind of record", f.kind == RawNone)
		lacks("a way to open it", f.seeks && f.open == nil)
		lacks("offsets of the bytes that clean is to cut", f.rewrite == RewriteSpans && !f.inBytes)
		lacks("a sample in formatSamples", samples[f.name] == "")
	}
}

// formatSamples are files in each format that is read. Their articles tell of a kiln.
func formatSamples(tb testing.TB) map[string]string {
	const text = "The kiln at Orsay Hill was lit again after forty years of silence."
	const record = `{"id":"k","title":"Kiln lit","text":"` + text + `"}`
	const page = "<!DOCTYPE html>\n<html lang=en><head><title>Kiln lit</title></head><body><nav><a href=/>Home</a></nav><article><p>" + text + "</p></article></body></html>"
	var pq bytes.Buffer
	if err := parquet.Write(&pq, []struct {
		ID   string `parquet:"id"`
		Text string `parquet:"text"`
	}{{"k", text}}); err != nil {
		tb.Fatal(err)
	}
	arrow, err := os.ReadFile("testdata/arrow/sample-zstd.arrow")
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]string{
		"arrow":   string(arrow),
		"text":    text + "\n",
		"jsonl":   record + "\n",
		"json":    "[" + record + "]",
		"csv":     "id,text\nk," + text + "\n",
		"tsv":     "id\ttext\nk\t" + text + "\n",
		"parquet": pq.String(),
		"html":    page,
		"mail":    "From: Ann <ann@example.org>\r\nSubject: Kiln lit\r\nMessage-ID: <k@example.org>\r\n\r\n" + text + "\r\n",
		"mbox": "From ann@example.org Mon Jan  2 15:04:05 2006\nFrom: Ann <ann@example.org>\nSubject: Kiln lit\nMessage-ID: <k@example.org>\n\n" + text + "\n\n" +
			"From bob@example.org Mon Jan  2 15:04:05 2006\nFrom: Bob <bob@example.org>\nSubject: Re: Kiln lit\n\n" + text + "\n",
		"feed": "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel><title>Herald</title><item><title>Kiln lit</title><description>&lt;p&gt;" + text + "&lt;/p&gt;</description></item></channel></rss>\n",
		"warc": warcRecord("warcinfo", "Content-Type: application/warc-fields", "software: x\r\n") +
			warcRecord("response", "WARC-Target-URI: https://kiln.example/1\r\nContent-Type: application/http; msgtype=response", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+page) +
			warcRecord("conversion", "WARC-Target-URI: https://kiln.example/2\r\nContent-Type: text/plain", text),
	}
}

// Each format is told by its name, by its content where the row has a test of that, and by
// --input-format; compressed too.
func TestFormatsAreTold(t *testing.T) {
	samples := formatSamples(t)
	for _, f := range formats {
		if f.name == "" {
			continue
		}
		content := samples[f.name]
		names := []string{"a" + f.ext[0], "a" + strings.ToUpper(f.ext[0]) + ".gz", "b" + f.ext[0] + ".zst"}
		if f.is != nil || f.looks != nil {
			names = append(names, "unnamed", "unnamed.zst")
		}
		if f.is != nil {
			names = append(names, "wrong.txt", "wrong.csv.gz")
		}
		for _, name := range names {
			wantKiln(t, f, name, packed(t, filepath.Ext(name), content), Options{})
		}
		wantKiln(t, f, "told.dat", content, Options{Format: f.name})
		if f.text && f.is != nil {
			wantText(t, "a"+f.ext[0], content, Options{Format: "text"})
		}
	}
}

func wantKiln(t *testing.T, f *inputFormat, name, content string, opt Options) {
	t.Helper()
	opt.Workers = 1
	arts, bad := readAll(t, opt, write(t, t.TempDir(), name, content))
	if len(arts) == 0 || slices.ContainsFunc(bad, func(b Bad) bool { return !b.Kept }) {
		t.Fatalf("%s %s: %d articles, %+v", f.name, name, len(arts), bad)
	}
	for _, a := range arts {
		if a.Text == "P0" && f.name == "arrow" { // its body is null
			continue
		}
		if !strings.Contains(a.Text, "kiln at Orsay Hill") || strings.ContainsAny(a.Text, "<{") {
			t.Errorf("%s %s: %q", f.name, name, a.Text)
		}
		if a.Raw.Kind != f.kind || (a.Raw.Text < 0) != (f.rewrite != RewriteSpans) {
			t.Errorf("%s %s: record %+v", f.name, name, a.Raw)
		}
	}
}

func warcRecord(kind, fields, content string) string {
	return fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Date: 2024-05-06T07:08:09Z\r\n%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", kind, fields, len(content), content)
}

// A format that is named and is surely not what comes is told, rather than read as what it is not.
func TestNamedFormatClashes(t *testing.T) {
	page := "<!DOCTYPE html>\n<html><head><title>x</title></head><body>Rain.</body></html>"
	for _, format := range []string{"jsonl", "json", "csv", "tsv"} {
		arts, bad := readAll(t, Options{Workers: 1, Format: format}, write(t, t.TempDir(), "a.dat", page))
		if len(arts) > 0 || len(bad) != 1 || !strings.HasPrefix(bad[0].Reason, "a web page (HTML), not ") {
			t.Errorf("%s: %d articles, %+v", format, len(arts), bad)
		}
	}
}

// contentCases say which contents are told to be in a format whatever their name, and which near
// misses are texts.
var contentCases = []struct {
	name     string
	is       []string
	articles []string
}{
	{"warc",
		[]string{
			"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n",
			"WARC/1.1\nContent-Length: 9\nWARC-Record-ID: <urn:x>\n\nsome text",
		},
		[]string{"WARC/1.0 is a format for web archives.\n", "WARC/1.0\n\nis a format.\n"}},
	{"html",
		[]string{
			"<!DOCTYPE html>\n<html>\n<head><title>x</title></head><body>Rain.</body></html>",
			"<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\n<HTML><HEAD>",
			"<!-- saved --><html lang=en>\n<head>",
			"<html>Rain.</html>",
			"<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">\n<html xmlns=\"y\"><head>",
			"<head><meta charset=utf-8><title>x</title></head>",
			"<div class=story><h1>Ferry</h1>\n<p>It sank.</p><p>Nobody saw it.</p></div>",
			"<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>",
		},
		[]string{
			"<!DOCTYPE html> is the first line of a page.\n",
			"<!DOCTYPE html> and <html> and <head> are where a page starts, <body> comes next.\n",
			"<html> is a tag, and <body> is another.\n",
			"<b>LONDON</b> <i>Monday</i> It rained <b>all</b> day.\n",
			"<p>It rained all day.\n\nNobody was seen.\n",
			"<p>" + strings.Repeat("It rained all day. ", 400) + "</p><p>Then it</p><p>did not.\n",
			"He wrote <html><head><title>x</title></head></html> on the wall.\n",
			"< 5 per cent voted.\n",
			"<3 is a heart.\n",
			"<<Quoted>> like this.\n",
		}},
	{"mbox",
		[]string{"From ann@example.org Mon Jan  2 15:04:05 2006\nFrom: Ann <ann@example.org>\nSubject: Ferry\n\nIt sank.\n"},
		[]string{"From Orsay Hill comes news:\nthe kiln was lit.\n", "From \nFrom: here\n\nto there\n"}},
	{"mail",
		[]string{
			"From: Ann <ann@example.org>\r\nSubject: Ferry\r\n\r\nIt sank.\r\n",
			"Received: from a\n by b;\n Mon, 2 Jan 2006\nSubject: Ferry\n\nIt sank.\n",
			"Newsgroups: rec.boats\nSubject: Ferry\nLines: 1\n\nIt sank.\n",
		},
		[]string{
			"Subject: the ferry\n\nIt sank, and nobody saw it.\n",
			"Subject: the ferry\nDate: 2 January\nFrom: our correspondent\n\nIt sank.\n",
			"From: ann@example.org\n\nAn address alone is no head.\n",
			"From: ann@example.org\nSubject: Ferry\nIt sank, and the head never ended.\n",
			"Title: the ferry\nSource: Herald\n\nIt sank.\n",
			"MIME-Version: 1.0 is the only version there is.\nFrom: here to there is far, said ann@example.org.\n",
		}},
	{"feed",
		[]string{
			`<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>`,
			"<rss version='2.0'>\n<channel><title>x</title>",
			`<?xml version="1.0"?><!-- made by hand --><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>`,
			`<rdf:RDF xmlns:rdf="y"><channel><title>x</title></channel></rdf:RDF>`,
		},
		[]string{"<rss> is the root of a feed, and <channel> stands in it.\n"}},
}

func TestContentTells(t *testing.T) {
	for _, c := range contentCases {
		f, err := parseFormat(c.name)
		if err != nil {
			t.Fatal(err)
		}
		for i, content := range c.is {
			if got := formatOfContent([]byte(content), f.text); got != f {
				t.Errorf("%s %d: %.60q is not told", c.name, i, content)
			}
		}
		for _, content := range c.articles {
			wantText(t, "a.txt", content, Options{})
			wantText(t, "unnamed", content, Options{})
		}
	}
}
