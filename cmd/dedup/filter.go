package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/engine"
	"dedup/internal/output"
	"dedup/internal/plural"
)

type filterOptions struct {
	threshold   share
	index       string
	removed     string
	superseding string
	fieldsOnly  bool
	fields      []string
	maxArticle  size
}

func newFilterCmd(a *app) *cobra.Command {
	o := filterOptions{threshold: 0.7, maxArticle: 64 << 20}
	cmd := &cobra.Command{
		Use:   "filter",
		Short: "Let only articles through that were not seen before, line by line",
		Long: `filter reads JSON Lines on standard input and writes those lines to standard
output, unchanged and in order, whose article resembles none that went before. It
answers as it goes and waits for nobody but the reader of its output.

It keeps a sketch of every article that it lets through, about 1 kB, and no text.
So resemblance is an estimate here, with a standard error of 0.03; only articles
with the same words are told exactly. dedup clean and clusters verify. A short
article inside a longer one is not looked for either.

With --index, articles that a corpus index holds are left out too. These are
verified, as check does it: resemblance, or containment in a longer article. An
article that contains a shorter one of the index supersedes it: it is let through,
and --superseding FILE names both.

--removed FILE gets the rest, one JSON object a line: article, rule (same,
resemblance or containment), the resemblance and its standard error (0 where it
was counted), what it matched and whether that is in the index, the record.
With --fields-only, records without the fields of an article pass untouched, as
do lines that are no JSON; without it they are named on stderr and left out.
` + exitHelp,
		Example: `  zstdcat drop.jsonl.zst | dedup filter --removed gone.jsonl | zstd > new.jsonl.zst
  zstdcat drop.jsonl.zst | dedup filter --index corpus.idx > new.jsonl
  tail -f feed.jsonl | dedup filter --threshold 0.8`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runFilter(cmd.Context(), a, o) },
	}
	f := cmd.Flags()
	f.Var(&o.threshold, "threshold", "estimated resemblance from which an article is left out: 0.7 or 70%")
	f.StringVar(&o.index, "index", "", "corpus index; articles that it holds are left out too")
	f.StringVar(&o.removed, "removed", "", "write what is left out, and what it matched, to this file")
	f.StringVar(&o.superseding, "superseding", "", "write what is let through although it contains a shorter article of the index, and which, to this file")
	f.BoolVar(&o.fieldsOnly, "fields-only", false, "let records pass that lack the fields of an article")
	f.StringArrayVar(&o.fields, "field", nil, "take a field from elsewhere: text=NAME (also id, title, source, published, url); repeatable")
	f.Var(&o.maxArticle, "max-article", "skip articles larger than this")
	addConfig(f)
	return cmd
}

func runFilter(ctx context.Context, a *app, o filterOptions) error {
	if o.threshold == 0 {
		return errors.New("--threshold 0: use a resemblance above 0, up to 1")
	}
	fields, err := parseFields(o.fields)
	if err != nil {
		return err
	}
	g := a.global
	cfg := engine.Config{
		Workers: g.workers, Memory: int64(g.memory), Tmp: g.tmp, Bad: a.complaints.add, Dates: &a.dates.counts,
		Article: article.Options{Fields: fields, MaxArticle: int64(o.maxArticle)},
	}
	if o.superseding != "" && o.index == "" {
		return errors.New("--superseding goes with --index")
	}
	opt := engine.FilterOptions{Threshold: float64(o.threshold), Index: o.index, Others: o.fieldsOnly}
	var counts engine.FilterCounts
	run := func(removed io.Writer) error {
		opt.Removed = removed
		var err error
		counts, err = engine.Filter(ctx, cfg, opt, a.stdin, a.stdout)
		return err
	}
	err = along(ctx, "--superseding", o.superseding, func(w io.Writer) error {
		opt.Superseding = w
		return along(ctx, "--removed", o.removed, run)
	})
	if err == nil && !a.global.quiet {
		known := ""
		if o.index != "" {
			known = fmt.Sprintf(", %d of them in the index; %d supersede articles of the index", counts.Known, counts.Superseding)
		}
		_, err = fmt.Fprintf(a.stderr, "dedup: %s, %d left out%s\n", plural.Count(counts.Articles, "article"), counts.Removed, known)
	}
	return skipped(err, counts.Skipped)
}

// along gives fn what a flag names, to write as it goes: what was left out of a stream must be there when the stream breaks off. Where the flag names
// nothing, fn gets nil.
func along(ctx context.Context, flag, name string, fn func(io.Writer) error) error {
	if name == "" {
		return fn(nil)
	}
	if err := output.Check(name); err != nil {
		return named(flag, name, err)
	}
	return output.WriteAlong(ctx, name, func(w io.Writer) error { return fn(loud{w, name}) })
}

// loud makes the reader of a second output who goes away a fault: only who reads the first may stop a run without a word.
type loud struct {
	io.Writer
	name string
}

func (l loud) Write(p []byte) (int, error) {
	n, err := l.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		err = fmt.Errorf("write %s: nobody reads it any more", l.name)
	}
	return n, err
}
