// Package page prints a report as one HTML file that a browser opens offline: everything it needs,
// data, styles and script, is in the file, and its content security policy forbids every request
// and every script but its own.
//
// The data are JSON in elements that are never run, first the findings, then the texts in pieces,
// so that the overview shows while the texts are still being read. The script puts them on the
// screen as text nodes only: what an article holds is never parsed as HTML.
package page

import (
	"bufio"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"

	"crypto/sha256"

	"dedup/internal/background"
	"dedup/internal/plural"
	"dedup/internal/report"
)

// Options say what goes into the page.
type Options struct {
	MaxArticles int  // articles it shows at most, those of stories and clusters first; 0: all
	NoText      bool // leave the texts out: no side by side
	Parts       report.Parts
	Background  *background.Model // that words are weighed by; nil: the embedded one
	Workers     int               // goroutines that compare texts; 0: one a processor
}

// Texts gives the text of article i of the report, and whether it is known. It is called more than
// once for an article, by several goroutines at once.
type Texts func(i int) (text string, ok bool)

// Write prints r. Offsets of r that do not fit the texts are clipped, references to articles that
// are not there are left out.
func Write(w io.Writer, r *report.Report, texts Texts, opt Options) error {
	if opt.NoText || texts == nil {
		texts = func(int) (string, bool) { return "", false }
	}
	if opt.Background == nil {
		opt.Background = background.Default()
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	b := newBuilder(r, texts, opt)
	findings, err := b.findings()
	if err != nil {
		return err
	}
	shell, err := assets()
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(w, 1<<16)
	head := shell.head
	head.Summary = summary(&r.Summary)
	if err := shell.html.ExecuteTemplate(bw, "head", head); err != nil {
		return err
	}
	open(bw, "data")
	bw.Write(findings) // a bufio.Writer keeps its first error for Flush
	shut(bw)
	if err := shell.html.ExecuteTemplate(bw, "script", head); err != nil {
		return err
	}
	b.writeTexts(bw)
	if err := shell.html.ExecuteTemplate(bw, "tail", nil); err != nil {
		return err
	}
	return bw.Flush()
}

func open(w *bufio.Writer, id string) {
	fmt.Fprintf(w, "<script type=\"application/json\" id=\"%s\">", id)
}

func shut(w *bufio.Writer) { w.WriteString("</script>\n") }

// summary is the line that shows before the script runs, and without one.
func summary(s *report.Summary) string {
	without := ""
	if s.Empty > 0 {
		without = fmt.Sprintf(", %d of them without text", s.Empty)
	}
	return fmt.Sprintf("%s%s, %s, %s, %s, %s in %s, %s, %s", plural.Count(s.Articles, "article"), without, report.Size(s.Bytes), report.Dated(s.Dated, s.Articles, s.NotUnderstood),
		plural.Count(s.Stories, "story"), plural.Count(s.Duplicates, "duplicate"), plural.Count(s.Clusters, "cluster"),
		plural.Count(s.Passages, "copied passage"), plural.Count(s.Phrases, "shared phrase"))
}

//go:embed shell.html css js
var files embed.FS

// shell is the page without its data.
type shell struct {
	html *template.Template
	head head
}

// head is what the template needs.
type head struct {
	Policy  template.HTMLAttr
	Style   template.CSS
	Script  template.JS
	Summary string
}

// assets joins styles and script, which are kept in short files, in the order of their names.
var assets = sync.OnceValues(func() (*shell, error) {
	style, err := join("css")
	if err != nil {
		return nil, err
	}
	script, err := join("js")
	if err != nil {
		return nil, err
	}
	script = "\"use strict\";\n(() => {\n" + script + "})();\n"
	html, err := template.ParseFS(files, "shell.html")
	if err != nil {
		return nil, err
	}
	policy := fmt.Sprintf("default-src 'none'; script-src 'sha256-%s'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; "+
		"require-trusted-types-for 'script'; trusted-types 'none'", sum(script), sum(style))
	return &shell{html, head{
		Policy: template.HTMLAttr(`content="` + policy + `"`), Style: template.CSS(style), Script: template.JS(script),
	}}, nil
})

func join(dir string) (string, error) {
	list, err := fs.ReadDir(files, dir)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, f := range list {
		text, err := files.ReadFile(dir + "/" + f.Name())
		if err != nil {
			return "", err
		}
		b.Write(text)
	}
	return b.String(), nil
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(h[:])
}
