package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/columnar"
	"dedup/internal/corpus"
	"dedup/internal/gate"
	"dedup/internal/report"
)

func newTextCmd(a *app) *cobra.Command {
	s := &stage{app: a}
	var only []string
	cmd := &cobra.Command{
		Use:   "text [PATH...]",
		Short: "Print articles as they are read, in any format",
		Long: `text prints what the other commands read, an article a line: id, and where they
are known title, source, published, url and language; then text, path and line.
Every offset that another command prints counts bytes of this text; of a web page,
a message or a feed it is the text that was extracted. What it prints can be read
again in place of the original. In arrow and parquet what is not known is null,
and published is a timestamp: of a day without a time, its midnight.

--article prints the article with an id. Of an id that reports give a number, as
in reuters-4711#2, because several articles have it, all of these are printed.
` + inputHelp + exitHelp,
		Example: `  dedup text page.html | jq -r .text
  dedup text crawl.warc.gz | dedup filter > new.jsonl
  dedup text --article reuters-4711 corpus.jsonl.zst
  dedup text --format parquet mail.mbox -o mail.parquet`,
	}
	s.input.add(cmd.Flags())
	s.output.add(cmd.Flags(), textFormats.names()...)
	cmd.Flags().StringArrayVar(&only, "article", nil, "print only the article with this id; repeatable")
	cmd.RunE = s.over(func(_ *cobra.Command, s *stage, cfg reading) error { return s.texts(cfg, only) })
	return cmd
}

// texts writes the articles while a progress bar shows, which the first row takes off.
func (s *stage) texts(cfg reading, only []string) error {
	bar := newProgress(s.app.stderr, s.app.global.quiet)
	cfg.Progress = bar.hook()
	left := 0
	err := s.output.write(s.ctx, s.app.stdout, func(w io.Writer) error {
		t := newTexts(s.ctx, cfg, only)
		err := textFormats.of(s.output.format).print(&afterBar{w: w, bar: bar}, t, report.TextOptions{})
		left = t.counts.Skipped
		bar.done()
		return errors.Join(err, t.missing())
	})
	return skipped(err, left)
}

// texts are articles that are to be printed.
type texts struct {
	ctx    context.Context
	cfg    corpus.Config
	counts corpus.Counts
	only   map[string]*atomic.Int64 // articles with each id that is asked for; nil: all are
}

func newTexts(ctx context.Context, cfg reading, only []string) *texts {
	t := &texts{ctx: ctx, cfg: cfg.corpus()}
	for _, id := range only {
		if t.only == nil {
			t.only = map[string]*atomic.Int64{}
		}
		t.only[id] = &atomic.Int64{}
		if shared, numbered := gate.Unnumbered(id); numbered {
			t.only[shared] = t.only[id]
		}
	}
	return t
}

// wants tells whether an article is asked for. It may be called by several goroutines at once.
func (t *texts) wants(a *article.Article) bool {
	if t.only == nil {
		return true
	}
	n := t.only[a.ID]
	if n != nil {
		n.Add(1)
	}
	return n != nil
}

// missing says that no article has an id that was asked for.
func (t *texts) missing() error {
	for _, id := range slices.Sorted(maps.Keys(t.only)) {
		if t.only[id].Load() == 0 {
			return fmt.Errorf("no article has the id %q\nhint: without --article, all are printed with their ids", id)
		}
	}
	return nil
}

// textFormats print articles.
var textFormats = typedTexts(formats[*texts]{plain("jsonl", textLines)})

func typedTexts(f formats[*texts]) formats[*texts] {
	for _, e := range columnar.Encoders {
		f = append(f, plain(e.Name, func(w io.Writer, t *texts) error { return typedText(e.New(w, articleColumns), t) }))
	}
	return f
}

// textLines prints articles as JSON Lines.
func textLines(w io.Writer, t *texts) (err error) {
	t.counts, err = corpus.Batches(t.ctx, t.cfg, func(articles []article.Article) (lines []byte) {
		for i := range articles {
			if t.wants(&articles[i]) {
				lines = appendArticle(lines, &articles[i])
			}
		}
		return lines
	}, func(lines []byte) error {
		_, err := w.Write(lines)
		return err
	})
	return err
}

// articleColumns are those of an article.
var articleColumns = slices.Concat(textColumns("id", "title", "source"), columnsOf(columnar.Time, "published"), textColumns("url", "language", "text", "path"), intColumns("line"))

// typedText prints articles with types.
func typedText(to columnar.Encoder, t *texts) (err error) {
	t.counts, err = corpus.Batches(t.ctx, t.cfg, func(articles []article.Article) *columnar.Batch {
		b := columnar.NewBatch(articleColumns)
		for i := range articles {
			if t.wants(&articles[i]) {
				addArticle(b, &articles[i])
			}
		}
		return b
	}, to.Write)
	if err != nil {
		return err
	}
	return to.Close()
}

func addArticle(b *columnar.Batch, a *article.Article) {
	known := func(s string) {
		if s == "" {
			b.Null()
		} else {
			b.Text(utf8Of(s))
		}
	}
	b.Text(utf8Of(a.ID))
	known(a.Title)
	known(a.Source)
	b.Time(a.Published)
	known(a.URL)
	known(a.Language)
	b.Text(utf8Of(a.Text))
	b.Text(utf8Of(a.Path))
	b.Int(int64(a.Line))
	b.End()
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
