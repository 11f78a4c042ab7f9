package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"dedup/internal/gate"
	"dedup/internal/nearest"
	"dedup/internal/output"
	"dedup/internal/report"
)

// checkOutput is one of the outputs of a run.
type checkOutput struct{ format, file string } // file empty or "-": standard output

// outputs lists what is written, -o first. That they are apart is the guard's matter.
func (o *checkOptions) outputs() ([]checkOutput, error) {
	out := []checkOutput{{o.output.format, o.output.file}}
	if o.baseline != "" {
		if err := named("--baseline", o.baseline, output.Check(o.baseline)); err != nil {
			return nil, err
		}
	}
	for _, r := range o.reports {
		format, name, ok := strings.Cut(r, "=")
		if !ok || name == "" || name == "-" || !slices.Contains(checkFormats.names(), format) {
			return nil, fmt.Errorf("--report %q: use FORMAT=FILE; the formats are %s%s", r, strings.Join(checkFormats.names(), ", "), nearest.Hint(format, checkFormats.names()...))
		}
		if err := named("--report", name, output.Check(name)); err != nil {
			return nil, err
		}
		out = append(out, checkOutput{format, name})
	}
	return out, nil
}

// checkPrinter writes the outputs of a run.
type checkPrinter struct {
	ctx     context.Context
	app     *app
	options *checkOptions
	outputs []checkOutput
	drop    *gate.Drop
}

// print writes the outputs from the first-th on, and for GitHub the job summary. What comes later
// is written although what came before failed.
func (p *checkPrinter) print(res *gate.Result, first int) error {
	var errs []error
	summary := false
	for k, out := range p.outputs {
		if k >= first {
			errs = append(errs, p.write(k, func(w io.Writer) error { return p.format(w, out, res) }))
		}
		summary = summary || out.format == "github"
	}
	if name := os.Getenv("GITHUB_STEP_SUMMARY"); summary && name != "" {
		errs = append(errs, appendTo(name, func(w io.Writer) error { return report.CheckSummary(w, res) }))
	}
	return errors.Join(errs...)
}

// write calls fn with where output k goes.
func (p *checkPrinter) write(k int, fn func(io.Writer) error) error {
	var err error
	if k == 0 {
		err = p.options.output.write(p.ctx, p.app.stdout, fn)
	} else {
		err = output.Write(p.ctx, p.outputs[k].file, fn)
	}
	if output.ReaderGone(err) { // who reads may stop reading, as head does; that must not turn a failed gate into a passed one
		return nil
	}
	return err
}

func (p *checkPrinter) format(w io.Writer, out checkOutput, res *gate.Result) error {
	opt, err := p.text(out)
	if err != nil {
		return err
	}
	return checkFormats.of(out.format).print(w, res, opt)
}

// text fits the report for people to where it goes.
func (p *checkPrinter) text(out checkOutput) (report.TextOptions, error) {
	o := outputOptions{file: out.file}
	return o.textOptions(p.app.stdout, "auto")
}

// update writes the baseline anew, or with what is accepted, and says what changed: where the
// report for people would go, or beside another format on standard error. All formats but text hold
// the drop against the new baseline.
func (p *checkPrinter) update(known *gate.Baseline) error {
	renewed, err := p.renewed(known)
	if err != nil {
		return err
	}
	added, removed := gate.Compare(known, renewed)
	name := p.options.baseline
	err = output.Write(p.ctx, name, func(w io.Writer) error { return gate.WriteBaseline(loud{w, name}, renewed) })
	if err != nil {
		return err
	}
	opt, err := p.text(p.outputs[0])
	if err != nil {
		return err
	}
	changes := func(w io.Writer) error { return report.CheckBaseline(w, added, removed, opt) }
	first := 0
	if p.outputs[0].format == "text" {
		first, err = 1, p.write(0, changes)
	} else if !p.app.global.quiet {
		err = changes(p.app.stderr)
	}
	return errors.Join(err, p.print(gate.Judge(*p.drop, p.options.limits, renewed), first))
}

// renewed is the baseline that takes the place of known.
func (p *checkPrinter) renewed(known *gate.Baseline) (*gate.Baseline, error) {
	if p.options.update {
		return known.Update(*p.drop), nil
	}
	renewed, err := known.Accept(gate.Judge(*p.drop, p.options.limits, known), p.options.accept)
	if err != nil {
		return nil, fmt.Errorf("--accept: %w", err)
	}
	return renewed, nil
}

// appendTo lets fn write behind what a file holds.
func appendTo(name string, fn func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return fmt.Errorf("write the job summary: %w", err)
	}
	return errors.Join(fn(f), f.Close())
}
