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
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"sync"

	"dedup/internal/background"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/report/shell"
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
	page, err := assets()
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(w, 1<<16) // keeps its first error for Flush
	bw.WriteString(page.Head())
	bw.WriteString(shell.Fill(body, "summary", summary(&r.Summary)))
	shell.Data(bw, "data")
	bw.Write(findings)
	shell.End(bw)
	bw.WriteString(page.Run())
	b.writeTexts(bw)
	bw.WriteString(shell.Tail)
	return bw.Flush()
}

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

//go:embed body.html
var body string

//go:embed css js
var files embed.FS

// assets joins styles and script, which are kept in short files, in the order of their names.
var assets = sync.OnceValues(func() (*shell.Page, error) {
	style, err := join("css")
	if err != nil {
		return nil, err
	}
	script, err := join("js")
	if err != nil {
		return nil, err
	}
	script = "\"use strict\";\n(() => {\n" + script + "})();\n"
	return &shell.Page{Title: "dedup report", Style: style, Script: script}, nil
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
