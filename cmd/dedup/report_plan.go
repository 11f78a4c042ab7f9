package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"dedup/internal/article"
	"dedup/internal/output"
	"dedup/internal/plural"
	shown "dedup/internal/report/plan"
	"dedup/internal/report/sides"
)

// opened gives what report is to print, and whether it is a plan of clean, or a manifest.
func (a *app) openedReport(ctx context.Context, name string) (r io.Reader, plan bool, closing func() error, err error) {
	closing = func() error { return nil }
	r = a.list
	if name != "-" {
		f, err := article.Open(ctx, name)
		if err != nil {
			return nil, false, closing, err
		}
		r, closing = f, f.Close
	}
	b := bufio.NewReaderSize(r, 1<<20)
	head, err := b.Peek(len(planHead))
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return b, bytes.Equal(head, []byte(planHead)), closing, err
}

// planHead is how a plan begins.
const planHead = `{"kind":"manifest"`

// runPlanPage prints a plan as a page.
func runPlanPage(ctx context.Context, a *app, o reportOptions, args []string, plan io.Reader) error {
	if o.output.format != "html" {
		return fmt.Errorf("--format %s: the plan of a clean is shown as html", o.output.format)
	}
	if o.page.noText {
		return errors.New("--no-text: a plan is shown with the texts that go")
	}
	cfg, err := o.articles(a, args)
	if err != nil {
		return err
	}
	from := cfg.corpus()
	p, missing, err := shown.Page(ctx, args[0], plan, from, func(paths []string) error {
		var g output.Guard
		if !o.output.toStdout() {
			g.Writes("--output", o.output.file)
		}
		for _, path := range paths {
			g.Reads("", path)
		}
		return g.Check()
	})
	if err != nil {
		return err
	}
	if missing > 0 && !a.global.quiet {
		fmt.Fprintf(a.stderr, "dedup: %s of the plan %s not found as it says, and shown without text\nhint: name the files where the articles are now: dedup report PLAN PATH...\n",
			plural.Count(missing, "place"), plural.Was(missing))
	}
	return skipped(o.output.write(ctx, a.stdout, func(w io.Writer) error { return sides.Write(w, p) }), missing)
}
