package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dedup/internal/corpus"
	"dedup/internal/filter"
	"dedup/internal/output"
	"dedup/internal/plural"
)

type filterOptions struct {
	threshold   share
	index       string
	removed     string
	superseding string
	fieldsOnly  bool
	dropEmpty   bool
	fields      []string
	maxArticle  size
}

func newFilterCmd(a *app) *cobra.Command {
	o := filterOptions{threshold: 0.7, maxArticle: 64 << 20}
	cmd := &cobra.Command{
		Use:   "filter [FILE...]",
		Short: "Let only articles through that were not seen before, line by line",
		Long: `filter reads JSON Lines on standard input, or in files one after the other (also
.gz, .zst, .bz2), and writes those lines to standard output, unchanged and in
order, whose article resembles none that went before. It answers as it goes and
waits for nobody but the reader of its output.

It keeps a sketch of every article that it lets through, about 1 kB, and no text.
So resemblance is an estimate here, with a standard error of 0.03; only articles
with the same words are told exactly. dedup clean and clusters verify. A short
article inside a longer one is not looked for either.

With --index, articles that a corpus index holds are left out too. These are
verified, as check does it: resemblance, or containment in a longer article. An
article that contains a shorter one of the index supersedes it: it is let through,
and --superseding FILE names both.

Every line is written or left out for a reason. --removed FILE gets what is left
out, one JSON object a line: article, rule (same, resemblance or containment), the
resemblance and its standard error (0 where it was counted), what it matched and
whether that is in the index, the record. Articles without text pass, or go by the
rule empty (--drop-empty). Lines that are no article are named on stderr and go by
the rule unreadable, with the reason; with --fields-only they pass untouched.
` + exitHelp,
		Example: `  zstdcat drop.jsonl.zst | dedup filter --removed gone.jsonl | zstd > new.jsonl.zst
  zstdcat drop.jsonl.zst | dedup filter --index corpus.idx > new.jsonl
  dedup filter monday.jsonl.gz tuesday.jsonl.gz > both.jsonl
  tail -f feed.jsonl | dedup filter --threshold 0.8`,
		RunE: func(cmd *cobra.Command, args []string) error { return runFilter(cmd.Context(), a, o, args) },
	}
	f := cmd.Flags()
	f.Var(&o.threshold, "threshold", "estimated resemblance from which an article is left out: 0.7 or 70%")
	f.StringVar(&o.index, "index", "", "corpus index; articles that it holds are left out too")
	f.StringVar(&o.removed, "removed", "", "write what is left out, and what it matched, to this file")
	f.StringVar(&o.superseding, "superseding", "", "write what is let through although it contains a shorter article of the index, and which, to this file")
	f.BoolVar(&o.fieldsOnly, "fields-only", false, "let records pass that lack the fields of an article")
	f.BoolVar(&o.dropEmpty, "drop-empty", false, "leave articles without text out")
	f.StringArrayVar(&o.fields, "field", nil, "take a field from elsewhere: text=NAME (also id, title, source, published, url); repeatable")
	f.Var(&o.maxArticle, "max-article", "skip articles larger than this")
	addConfig(f)
	return cmd
}

func runFilter(ctx context.Context, a *app, o filterOptions, paths []string) error {
	if o.threshold == 0 {
		return errors.New("--threshold 0: use a resemblance above 0, up to 1")
	}
	if len(paths) == 0 && a.typed {
		return errNoInput
	}
	fields, err := parseFields(o.fields)
	if err != nil {
		return err
	}
	cfg := a.reading(paths)
	cfg.Fields, cfg.MaxArticle = fields, int64(o.maxArticle)
	if o.superseding != "" && o.index == "" {
		return errors.New("--superseding goes with --index")
	}
	opt := filter.Options{Threshold: float64(o.threshold), Index: o.index, Others: o.fieldsOnly, DropEmpty: o.dropEmpty}
	var counts filter.Counts
	run := func(removed io.Writer) error {
		opt.Removed = removed
		var err error
		counts, err = filter.Run(ctx, cfg.corpus(), opt, a.stdin, a.stdout)
		return err
	}
	err = along(ctx, "--superseding", o.superseding, func(w io.Writer) error {
		opt.Superseding = w
		return along(ctx, "--removed", o.removed, run)
	})
	a.dates.counts = counts.Dates
	if !a.global.quiet && (err == nil || errors.Is(err, corpus.ErrNothing)) {
		fmt.Fprintf(a.stderr, "dedup: %s\n", filtered(&counts, o.index != ""))
	}
	return skipped(err, counts.Skipped)
}

// filtered says what became of all records: those that came in are those that went out and those
// that are left out, each under one rule.
func filtered(c *filter.Counts, index bool) string {
	say := fmt.Sprintf("%s in, %d out", plural.Count(c.Records, "record"), c.Out)
	if c.Empty > 0 {
		say += fmt.Sprintf(" (%d without text)", c.Empty)
	}
	left := 0
	var rules []string
	for _, rule := range slices.Sorted(maps.Keys(c.Left)) {
		left += c.Left[rule]
		rules = append(rules, fmt.Sprintf("%d %s", c.Left[rule], rule))
	}
	say += fmt.Sprintf(", %d left out", left)
	if left > 0 {
		say += " (" + strings.Join(rules, ", ") + ")"
	}
	if index {
		say += fmt.Sprintf(", %d of them in the index; %d supersede articles of the index", c.Known, c.Superseding)
	}
	return say
}

// along gives fn what a flag names, to write as it goes: what was left out of a stream must be
// there when the stream breaks off. Where the flag names nothing, fn gets nil.
func along(ctx context.Context, flag, name string, fn func(io.Writer) error) error {
	if name == "" {
		return fn(nil)
	}
	if err := output.Check(name); err != nil {
		return named(flag, name, err)
	}
	return output.WriteAlong(ctx, name, func(w io.Writer) error { return fn(loud{w, name}) })
}

// loud makes the reader of a second output who goes away a fault: only who reads the first may stop
// a run without a word.
type loud struct {
	io.Writer
	name string
}

func (l loud) Write(p []byte) (int, error) {
	n, err := l.Writer.Write(p)
	if output.ReaderGone(err) {
		err = fmt.Errorf("write %s: nobody reads it any more", l.name)
	}
	return n, err
}
