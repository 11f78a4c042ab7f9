package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/gate"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/report/sides"
	"dedup/internal/sweep"
)

// runSweep makes a run of pairs, or reads one, and prints what thresholds would do.
func runSweep(ctx context.Context, a *app, s *stage, near nearFlags, cfg reading, one bool) error {
	run, err := savedRun(ctx, cfg.paths)
	left := 0
	if err == nil && run == nil {
		bar := newProgress(a.stderr, a.global.quiet)
		cfg.Progress = bar.hook()
		made, counts, e := sweep.Make(ctx, cfg.corpus())
		bar.done()
		run, err, left = made, e, counts.Skipped
		a.dates.counts = counts.Dates
		if err == nil && !s.output.toStdout() {
			err = s.output.write(ctx, a.stdout, run.Write)
		}
	} else if err == nil && !s.output.toStdout() {
		return errors.New("--output: the pairs are saved already")
	}
	if err != nil {
		return err
	}
	thresholds := sweep.Thresholds
	if one {
		if float64(near.threshold) < sweep.Floor {
			return fmt.Errorf("--threshold %g: a sweep has the pairs from a resemblance of %g up", float64(near.threshold), sweep.Floor)
		}
		thresholds = []float64{float64(near.threshold)}
	}
	var b strings.Builder
	if err := sweepTable(&b, run, thresholds, namesWidth(a.stdout)); err != nil {
		return err
	}
	_, err = io.WriteString(a.stdout, b.String())
	return skipped(err, left)
}

// savedRun reads the one file of paths where it is a saved run; nil where it is not.
func savedRun(ctx context.Context, paths []string) (*sweep.Run, error) {
	if len(paths) != 1 || paths[0] == "-" {
		return nil, nil
	}
	f, err := article.Open(ctx, paths[0])
	if err != nil {
		return nil, nil // who reads articles says why
	}
	defer f.Close()
	b := bufio.NewReaderSize(f, 1<<18)
	if head, err := b.Peek(len(sweep.Magic)); err != nil || string(head) != sweep.Magic {
		return nil, nil
	}
	r, err := sweep.Read(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", paths[0], err)
	}
	return r, nil
}

// sweepTable prints a line a threshold, and below it pairs of the band that it begins.
func sweepTable(b *strings.Builder, run *sweep.Run, thresholds []float64, width int) error {
	fmt.Fprintf(b, "%s, %s of resemblance %.1f or more, or contained\n\nthreshold    pairs  would go  largest cluster  most from\n",
		plural.Count(run.Head.Total, "article"), plural.Count(len(run.Edges), "pair"), run.Head.Floor)
	for _, t := range thresholds {
		c, err := run.Cut(t)
		if err != nil {
			return err
		}
		var from []string
		for k, s := range c.Sources {
			if k < 3 {
				name := report.Plain(s.Source)
				if name == "" {
					name = "(no source)"
				}
				from = append(from, fmt.Sprintf("%s %d of %d (%.1f%%)", name, s.Gone, s.Articles, 100*float64(s.Gone)/float64(max(1, s.Articles))))
			}
		}
		fmt.Fprintf(b, "%9.2f %8d %9d %16d  %s\n", t, c.Pairs, c.Gone, c.Largest, strings.Join(from, ", "))
	}
	for k, t := range thresholds {
		top := min(t+0.05, 1.01)
		if k+1 < len(thresholds) {
			top = thresholds[k+1]
		} else if t >= 0.95-1e-9 {
			top = 1.01
		}
		for j, e := range run.Examples(t, top, 2) {
			if j == 0 {
				fmt.Fprintf(b, "\nfrom %.2f to %.2f\n", t, min(top, 1))
			}
			fmt.Fprintf(b, "  resemblance %.4f\n", e.Resemblance())
			for _, i := range []int32{e.A, e.B} {
				x := &run.Head.Articles[i]
				head := fmt.Sprintf("%s:%d  ", report.Plain(x.Path), x.Line)
				room := width
				if width > 0 {
					room = max(width-4-report.Width(head), 8)
				}
				fmt.Fprintf(b, "    %s%s\n", head, report.Byline(gate.Byline{Title: x.Title, Source: x.Source, Published: x.Published}, room))
			}
		}
	}
	return nil
}

type labelOptions struct {
	input   inputOptions
	output  outputOptions
	pairs   int
	cut     share
	seed    uint64
	answers string
}

func newLabelCmd(a *app) *cobra.Command {
	o := labelOptions{cut: 0.7}
	cmd := &cobra.Command{
		Use:   "label RUN [PATH...]",
		Short: "Ask a reader about some pairs, and tell precision and recall of each threshold",
		Long: `label makes a page of 50 pairs from what dedup pairs --sweep saved, side by side:
y where one of the two could go for the other, n where not. Bands of resemblance
around --cut have more of them. The texts are read again from where the sweep read
them, or from PATH.

With --answers it reads what the page saved, and prints for each threshold which
share of the pairs are duplicates (precision), and which share of the duplicates
among all pairs of the sweep are taken (recall), each with its interval at 95%
(docs/ingest.md says how). Fifty answers make wide intervals: ask about more.
` + exitHelp,
		Example: `  dedup pairs --sweep -o run.pairs corpus.jsonl
  dedup label run.pairs -o page.html
  dedup label run.pairs --answers labels.tsv`,
		Args: takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runLabel(cmd.Context(), a, o, args) },
	}
	f := cmd.Flags()
	o.input.add(f)
	f.StringVarP(&o.output.file, "output", "o", "", "write the page to this file; it appears whole or not at all")
	f.IntVar(&o.pairs, "pairs", 50, "how many pairs the page has")
	f.Var(&o.cut, "cut", "resemblance around which most of them are")
	f.Uint64Var(&o.seed, "seed", 1, "another number draws other pairs")
	f.StringVar(&o.answers, "answers", "", "file of answers, as the page saves it")
	return cmd
}

func runLabel(ctx context.Context, a *app, o labelOptions, args []string) error {
	run, err := savedRun(ctx, args[:1])
	switch {
	case err != nil:
		return err
	case run == nil:
		return fmt.Errorf("%s is no saved run of pairs\nhint: make one: dedup pairs --sweep -o run.pairs PATH", args[0])
	case o.answers != "":
		return printEstimates(ctx, a, run, o.answers)
	case o.output.toStdout():
		return errors.New("the page is for a browser\nhint: write it to a file with -o page.html, or read answers with --answers")
	case o.pairs < 1 || float64(o.cut) < sweep.Floor:
		return fmt.Errorf("--pairs is 1 or more, --cut %g or more", sweep.Floor)
	}
	cfg, err := o.input.config(a, args)
	if err != nil {
		return err
	}
	from := cfg.corpus()
	from.Paths = args[1:]
	bar := newProgress(a.stderr, a.global.quiet)
	from.Progress = bar.hook()
	p, err := run.Page(ctx, from, o.pairs, float64(o.cut), o.seed)
	bar.done()
	if err != nil {
		return err
	}
	return o.output.write(ctx, a.stdout, func(w io.Writer) error { return sides.Write(w, p) })
}

// printEstimates says what the answers tell.
func printEstimates(ctx context.Context, a *app, run *sweep.Run, name string) error {
	f, err := article.Open(ctx, name)
	if err != nil {
		return fmt.Errorf("--answers: %w", err)
	}
	defer f.Close()
	answers, err := sweep.ReadAnswers(f)
	if err != nil {
		return fmt.Errorf("--answers %s: %w", name, err)
	}
	var all []float64
	for t := sweep.Floor; t < 0.99; t += 0.05 {
		all = append(all, t)
	}
	list, unknown := run.Estimate(answers, all)
	var b strings.Builder
	fmt.Fprintf(&b, "%s", plural.Count(len(answers), "answer"))
	if unknown > 0 {
		fmt.Fprintf(&b, ", %d of them to pairs that are not in the run", unknown)
	}
	b.WriteString("\nthreshold  precision (95%)         recall of pairs from 0.3 (95%)\n")
	for _, e := range list {
		fmt.Fprintf(&b, "%9.2f  %.2f (%.2f to %.2f)     %.2f (%.2f to %.2f)\n", e.Threshold, e.Precision.Value, e.Precision.Low, e.Precision.High, e.Recall.Value, e.Recall.Low, e.Recall.High)
	}
	_, err = io.WriteString(a.stdout, b.String())
	return err
}
