package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/background"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/report/page"
)

// pageFlags bound the size of an HTML report.
type pageFlags struct {
	maxArticles int
	noText      bool
}

func (p *pageFlags) add(f *pflag.FlagSet) {
	f.IntVar(&p.maxArticles, "max-articles", 10000, "how many articles an HTML report shows, those of stories and clusters first; 0: all")
	f.BoolVar(&p.noText, "no-text", false, "leave the texts out of an HTML report: a small file, no side-by-side view")
}

func (p *pageFlags) options(parts report.Parts, model *background.Model, workers int) page.Options {
	return page.Options{MaxArticles: p.maxArticles, NoText: p.noText, Parts: parts, Background: model, Workers: workers}
}

func (p *pageFlags) check() error {
	if p.maxArticles < 0 {
		return fmt.Errorf("--max-articles %d: use 0 for all, or how many to show", p.maxArticles)
	}
	return nil
}

type reportOptions struct {
	input  inputOptions
	output outputOptions
	page   pageFlags
	story  storyFlags // its model alone
	top    int
	color  string
}

func newReportCmd(a *app) *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report REPORT.json [PATH...]",
		Short: "Print a saved JSON report in another format, above all as an HTML page",
		Long: `report prints what scan --format json found. As HTML, the default, it is one file
that a browser opens offline. Its side-by-side view needs the texts of the
articles: they are read again from the files that the report names, or from PATH
where those have moved. Articles that are not found, or no longer the same, are
named on stderr and shown without their text; --no-text does not look for any.
"-" reads the report from standard input.

The plan of a clean (dedup clean --dry-run --manifest PLAN) and its manifest are
shown too: every removal beside the copy that stays, sorted, and filtered by rule,
source and band of resemblance. A click keeps one; what is kept is saved as
keep.txt, which dedup clean --protect obeys.
` + exitHelp,
		Example: `  dedup scan --format json -o report.json corpus.jsonl.zst
  dedup report report.json -o report.html
  dedup report --format text report.json
  dedup report plan.jsonl -o plan.html
  dedup report report.json moved/corpus.jsonl.zst -o report.html`,
		Args: takes(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runReport(cmd.Context(), a, o, args) },
	}
	f := cmd.Flags()
	o.input.add(f)
	o.output.add(f, reportFormats.first("html")...)
	o.page.add(f)
	o.story.addBackground(f)
	f.IntVar(&o.top, "top", 20, "how many of each kind the text report shows; 0: all")
	f.StringVar(&o.color, "color", "auto", "colour in the text report: auto, always or never")
	return cmd
}

func runReport(ctx context.Context, a *app, o reportOptions, args []string) (err error) {
	if err := errors.Join(o.output.check(), o.page.check(), o.output.pageToFile(a.stdout)); err != nil {
		return err
	}
	text, err := o.output.textOptions(a.stdout, o.color)
	if err != nil {
		return err
	}
	in, plan, closing, err := a.openedReport(ctx, args[0])
	if err != nil {
		return fmt.Errorf("report %s: %w", args[0], err)
	}
	defer func() { err = errors.Join(err, closing()) }()
	if plan {
		return runPlanPage(ctx, a, o, args, in)
	}
	rep, err := report.Read(in)
	if err != nil {
		return fmt.Errorf("report %s: %w", args[0], err)
	}
	text.Top, text.Parts = o.top, report.PartsOf(rep)
	a.dates.reported = true
	format := reportFormats.of(o.output.format)
	print := func(texts page.Texts) error {
		shown := shownReport{rep, texts, o.page.options(text.Parts, o.story.model, a.global.workers)}
		return o.output.write(ctx, a.stdout, func(w io.Writer) error { return format.print(w, shown, text) })
	}
	if !format.texts {
		return print(nil)
	}
	if err := o.story.readBackground(ctx, &reading{}); err != nil {
		return err
	}
	if o.page.noText {
		return print(nil)
	}
	cfg, err := o.articles(a, args)
	if err != nil {
		return err
	}
	if len(cfg.paths) == 0 {
		if err := a.guardTexts(&o.output, rep); err != nil {
			return err
		}
	}
	bar := newProgress(a.stderr, a.global.quiet)
	cfg.Progress = bar.hook()
	left := missed{w: a.stderr, all: a.global.verbose}
	err = withTexts(ctx, cfg.corpus(), rep, left.add, func(texts func(i int) (string, bool)) error {
		bar.done()
		return print(texts)
	})
	bar.done()
	left.done()
	return skipped(err, left.n)
}

// articles says where the texts are read from: the paths given, or none for those that the report
// names.
func (o *reportOptions) articles(a *app, args []string) (reading, error) {
	given := args[1:]
	if len(given) == 0 && o.input.filesFrom == "" {
		cfg, err := o.input.config(a, []string{"-"}) // for all but the path
		cfg.paths = nil
		return cfg, err
	}
	return o.input.config(a, given)
}

// missedShown is how many articles without text are named.
const missedShown = 20

// missed names articles whose text was not found.
type missed struct {
	w   io.Writer
	all bool
	n   int
}

func (m *missed) add(a *report.Article, reason string) {
	if m.n++; m.all || m.n <= missedShown {
		fmt.Fprintf(m.w, "dedup: %s: the text of article %s %s; it is shown without\n", report.Visible(a.Path), report.Visible(a.ID), reason)
	}
}

func (m *missed) done() {
	if m.n > missedShown && !m.all {
		fmt.Fprintf(m.w, "dedup: and %s without text (--verbose names them all)\n", plural.Count(m.n-missedShown, "more article"))
	}
	if m.n > 0 {
		fmt.Fprintln(m.w, "hint: name the files where the articles are now: dedup report REPORT.json PATH...")
	}
}

// pageToFile refuses, before anything is read, to write an HTML report to a terminal.
func (o *outputOptions) pageToFile(stdout io.Writer) error {
	forBrowsers := slices.ContainsFunc(reportFormats, func(f format[shownReport]) bool { return f.name == o.format && f.texts })
	if forBrowsers && o.toScreen(stdout) {
		return errors.New("an HTML report is for a browser\nhint: write it to a file with -o report.html")
	}
	return nil
}
