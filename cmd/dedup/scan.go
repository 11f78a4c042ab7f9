package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"dedup"
	"dedup/internal/corpus"
)

type scanOptions struct {
	input  inputOptions
	output outputOptions
	near   nearFlags
	story  storyFlags
	page   pageFlags
	only   []string
	top    int
	color  string
	timing bool
}

func newScanCmd(a *app) *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [PATH...]",
		Short: "Report near-duplicates, stories, copied passages, repeats, furniture and shared phrasing",
		Long: `scan reads articles and reports, in one run: near-duplicate clusters (every pair
verified, each with the copy to keep), stories, copied passages, repeats inside
an article, page furniture, and the phrasing that independent sources share.
` + inputHelp + `
The JSON report is described in docs/json.md. --format html makes one file that a
browser opens offline: overview, stories, clusters, articles side by side, search.
` + exitHelp,
		Example: `  dedup scan seeds/
  dedup scan --format json -o report.json corpus/*.jsonl.gz
  dedup scan --format html -o report.html seeds/
  dedup scan --only clusters,stories --field text=payload.body drop.jsonl
  zstdcat drop.jsonl.zst | dedup scan -`,
		RunE: func(cmd *cobra.Command, args []string) error { return runScan(cmd.Context(), a, o, args) },
	}
	f := cmd.Flags()
	o.input.add(f)
	o.output.add(f, reportFormats.names()...)
	o.page.add(f)
	o.near.add(f)
	o.story.add(f)
	f.StringSliceVar(&o.only, "only", nil, "do only this: any of clusters,stories,passages,phrases")
	f.IntVar(&o.top, "top", 20, "how many of each kind the text report shows; 0: all")
	f.StringVar(&o.color, "color", "auto", "colour in the text report: auto, always or never")
	f.BoolVar(&o.timing, "seconds", false, "put the time taken into the summary (it makes two runs differ)")
	return cmd
}

func runScan(ctx context.Context, a *app, o scanOptions, args []string) (err error) {
	cfg, err := o.config(ctx, a, args)
	if err != nil {
		return err
	}
	text, err := o.output.textOptions(a.stdout, o.color)
	if err != nil {
		return err
	}
	if o.top < 0 {
		return fmt.Errorf("--top %d: use 0 for all, or how many to show", o.top)
	}
	parts := cfg.Only
	text.Top, text.Parts, text.Reading = o.top, parts, o.input.again(cfg.paths)
	a.dates.reported = true
	bar := newProgress(a.stderr, a.global.quiet)
	cfg.Progress = bar.hook()
	start := time.Now()
	format := reportFormats.of(o.output.format)
	cfg.Only.Matches = format.texts // so that texts are kept
	c, err := dedup.Open(ctx, cfg.paths, cfg.Options)
	if err != nil {
		bar.done()
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	r, err := c.Report(parts)
	bar.done()
	if err != nil {
		return err
	}
	if o.timing {
		r.Summary.Seconds = time.Since(start).Seconds()
	}
	texts := func(i int) (string, bool) { return c.Text(i), true }
	shown := shownReport{r, texts, o.page.options(parts, o.story.model, a.global.workers)}
	err = o.output.write(ctx, a.stdout, func(w io.Writer) error { return format.print(w, shown, text) })
	return skipped(err, r.Summary.Skipped)
}

func (o *scanOptions) config(ctx context.Context, a *app, args []string) (cfg reading, err error) {
	if err := errors.Join(o.output.check(), o.page.check(), o.output.pageToFile(a.stdout)); err != nil {
		return cfg, err
	}
	if cfg, err = o.input.config(a, args); err != nil {
		return cfg, err
	}
	if cfg.Only, err = corpus.ParseParts(o.only); err != nil {
		return cfg, fmt.Errorf("--only: %w", err)
	}
	if _, err := o.near.apply(a, &cfg); err != nil {
		return cfg, err
	}
	return cfg, o.story.apply(ctx, &cfg)
}

// skipped makes a run that left input out end with exit code 3.
func skipped(err error, n int) error {
	if err == nil && n > 0 {
		return errSkipped
	}
	return err
}
