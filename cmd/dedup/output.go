package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"dedup/internal/nearest"
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
	f.StringVarP(&o.file, "output", "o", "", "write to this file, whole or not at all, instead of standard output")
}

func (o *outputOptions) check() error {
	if !slices.Contains(o.formats, o.format) {
		return fmt.Errorf("--format %q: use %s%s", o.format, strings.Join(o.formats, ", "), nearest.Hint(o.format, o.formats...))
	}
	return nil
}

// write calls fn with the place the output goes to. A file appears under its name only when fn succeeded.
func (o *outputOptions) write(stdout io.Writer, fn func(w io.Writer) error) error {
	if o.file == "" || o.file == "-" {
		bw := bufio.NewWriterSize(stdout, 1<<16)
		if err := fn(bw); err != nil {
			return err
		}
		return bw.Flush()
	}
	return writeWhole("--output", o.file, fn)
}

// writeWhole has fn write a file that a flag named. It appears under its name only when fn succeeded.
func writeWhole(flag, name string, fn func(w io.Writer) error) error {
	if err := inDirectory(flag, name); err != nil {
		return err
	}
	f, err := renameio.NewPendingFile(name, renameio.WithPermissions(0o666), renameio.WithExistingPermissions())
	if err != nil {
		return fmt.Errorf("%s: %w", flag, err)
	}
	defer f.Cleanup() // no-op once it was replaced; the error of a removal would hide the one that matters
	bw := bufio.NewWriterSize(f, 1<<16)
	if err := fn(bw); err != nil {
		return err
	}
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// inDirectory wants the directory of a file to be there.
func inDirectory(flag, name string) error {
	if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
		return fmt.Errorf("%s %s: there is no directory %s", flag, name, filepath.Dir(name))
	}
	return nil
}

// toScreen tells whether the output goes to a terminal.
func (o *outputOptions) toScreen(stdout io.Writer) bool {
	return (o.file == "" || o.file == "-") && isTerminal(stdout)
}

// textOptions fits the report to where it is printed.
func (o *outputOptions) textOptions(stdout io.Writer, color string) (report.TextOptions, error) {
	opt := report.TextOptions{Width: 80}
	toScreen := o.toScreen(stdout)
	if toScreen {
		if w, _, err := term.GetSize(int(stdout.(*os.File).Fd())); err == nil && w > 0 {
			opt.Width = min(w, 120)
		}
	}
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
