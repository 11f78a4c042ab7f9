package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"dedup/internal/nearest"
	"dedup/internal/output"
	"dedup/internal/report"
)

// outputOptions are the flags of every command that prints results.
type outputOptions struct {
	formats []string // allowed; the first is the default
	format  string
	file    string
}

func (o *outputOptions) add(f *pflag.FlagSet, formats ...string) {
	o.formats = formats
	f.StringVar(&o.format, "format", formats[0], "output format: "+strings.Join(formats, ", "))
	f.Lookup("format").Annotations = map[string][]string{formatsOf: formats}
	f.StringVarP(&o.file, "output", "o", "", outputUsage)
}

const outputUsage = "write to this file, whole or not at all, instead of standard output"

// toStdout tells whether the output goes to standard output.
func (o *outputOptions) toStdout() bool { return o.file == "" || o.file == "-" }

func (o *outputOptions) check() error {
	if !slices.Contains(o.formats, o.format) {
		return fmt.Errorf("--format %q: use %s%s", o.format, strings.Join(o.formats, ", "), nearest.Hint(o.format, o.formats...))
	}
	return o.checkFile()
}

// checkFile says before anything is read what would keep the output from being written.
func (o *outputOptions) checkFile() error {
	if o.toStdout() {
		return nil
	}
	return named("--output", o.file, output.Check(o.file))
}

// named puts the flag and its value before an error.
func named(flag, value string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", flag, value, err)
}

// write calls fn with the place the output goes to. A file appears under its name only when fn
// succeeded.
func (o *outputOptions) write(ctx context.Context, stdout io.Writer, fn func(w io.Writer) error) error {
	if o.toStdout() {
		bw := bufio.NewWriterSize(stdout, 1<<16)
		if err := fn(bw); err != nil {
			return err
		}
		return bw.Flush()
	}
	return output.Write(ctx, o.file, fn)
}

// Lines of the text report are laid out for textWidth cells where nothing says how wide they may
// be, and for no more than maxTextWidth: longer ones are hard to read.
const textWidth, maxTextWidth = 80, 120

// columns reads the width that the environment sets, 0 for none. It counts before the size of the
// terminal, as in other programs.
func columns(env string) int {
	n, err := strconv.Atoi(env)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// namesWidth is how many cells of a line the name of an article may take on standard output, 0 for
// any number.
func namesWidth(stdout io.Writer) int {
	opt, _ := new(outputOptions).textOptions(stdout, "never") // an error would be about the colour
	return opt.Names
}

// toScreen tells whether the output goes to a terminal.
func (o *outputOptions) toScreen(stdout io.Writer) bool { return o.toStdout() && isTerminal(stdout) }

// textOptions fits the report to where it is printed: names of articles are cut on a screen alone,
// to its width.
func (o *outputOptions) textOptions(stdout io.Writer, color string) (report.TextOptions, error) {
	opt := report.TextOptions{Width: textWidth}
	toScreen := o.toScreen(stdout)
	if w := columns(os.Getenv("COLUMNS")); w > 0 {
		opt.Width = w
	} else if toScreen {
		if w, _, err := term.GetSize(int(stdout.(*os.File).Fd())); err == nil && w > 0 {
			opt.Width = w
		}
	}
	if toScreen {
		opt.Names = opt.Width
	}
	opt.Width = min(opt.Width, maxTextWidth)
	switch color {
	case "auto":
		opt.Color = toScreen && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	case "always":
		opt.Color = true
	case "never":
	default:
		return opt, fmt.Errorf("--color %q: use auto, always or never%s", color, nearest.Hint(color, "auto", "always", "never"))
	}
	return opt, nil
}
