package main

import (
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/corpus"
)

func newTextCmd(a *app) *cobra.Command {
	s := &stage{app: a}
	cmd := &cobra.Command{
		Use:   "text [PATH...]",
		Short: "Print articles as they are read, in any format, as JSON Lines",
		Long: `text prints what the other commands read, an article a line: id, and where they
are known title, source, published, url and language; then text, path and line.
Every offset that another command prints counts bytes of this text; of a web page,
a message or a feed it is the text that was extracted. What it prints can be read
again in place of the original.
` + inputHelp + exitHelp,
		Example: `  dedup text page.html | jq -r .text
  dedup text crawl.warc.gz | dedup filter > new.jsonl
  dedup text mail.mbox -o mail.jsonl`,
	}
	s.input.add(cmd.Flags())
	s.output.add(cmd.Flags(), "jsonl")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.ctx = cmd.Context()
		if err := s.output.check(); err != nil {
			return err
		}
		cfg, err := s.input.config(a, args)
		if err != nil {
			return err
		}
		return s.texts(cfg)
	}
	return cmd
}

// texts writes the articles while a progress bar shows, which the first row takes off.
func (s *stage) texts(cfg reading) error {
	bar := newProgress(s.app.stderr, s.app.global.quiet)
	cfg.Progress = bar.hook()
	left := 0
	err := s.output.write(s.ctx, s.app.stdout, func(w io.Writer) error {
		counts, err := corpus.Rows(s.ctx, cfg.corpus(), appendArticle, &afterBar{w: w, bar: bar})
		left = counts.Skipped
		bar.done()
		return err
	})
	return skipped(err, left)
}

// afterBar takes the bar off before the first bytes are written.
type afterBar struct {
	w   io.Writer
	bar *progress
}

func (b *afterBar) Write(p []byte) (int, error) {
	if len(p) > 0 {
		b.bar.done()
	}
	return b.w.Write(p)
}

// appendArticle appends an article as a line of JSON. What is not known of it is left out.
func appendArticle(dst []byte, a *article.Article) []byte {
	dst = appendJSON(append(dst, `{"id":`...), a.ID)
	published := ""
	switch {
	case a.DateOnly:
		published = a.Published.Format(time.DateOnly)
	case !a.Published.IsZero():
		published = a.Published.Format(time.RFC3339Nano)
	}
	for _, f := range [...]struct{ name, value string }{{"title", a.Title}, {"source", a.Source}, {"published", published}, {"url", a.URL}, {"language", a.Language}} {
		if f.value != "" {
			dst = append(append(append(dst, `,"`...), f.name...), `":`...)
			dst = appendJSON(dst, f.value)
		}
	}
	dst = appendJSON(append(dst, `,"text":`...), a.Text)
	dst = appendJSON(append(dst, `,"path":`...), a.Path)
	dst = strconv.AppendInt(append(dst, `,"line":`...), int64(a.Line), 10)
	return append(dst, '}', '\n')
}
