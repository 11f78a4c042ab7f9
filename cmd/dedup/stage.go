package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup"
	"dedup/internal/report"
)

// stage is what the stage commands have in common: articles in, rows out.
type stage struct {
	ctx    context.Context // of the command
	app    *app
	input  inputOptions
	output outputOptions
}

// newStageCmd makes a stage command around run; more adds flags of its own.
func newStageCmd(a *app, cmd *cobra.Command, more func(f *pflag.FlagSet), run func(cmd *cobra.Command, s *stage, cfg reading) error) *cobra.Command {
	s := &stage{app: a}
	s.input.add(cmd.Flags())
	s.output.add(cmd.Flags(), rowFormats.names()...)
	if more != nil {
		more(cmd.Flags())
	}
	cmd.Long += "\n" + inputHelp + exitHelp
	cmd.RunE = s.over(run)
	return cmd
}

// over is what a command does: run, once flags and paths are read.
func (s *stage) over(run func(cmd *cobra.Command, s *stage, cfg reading) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s.ctx = cmd.Context()
		if err := s.output.check(); err != nil {
			return err
		}
		cfg, err := s.input.config(s.app, args)
		if err != nil {
			return err
		}
		return run(cmd, s, cfg)
	}
}

// rows runs fill with a table with these columns, on the output, while a progress bar shows, which
// the first row takes off.
func (s *stage) rows(cfg *reading, columns []column, fill func(t *table) (skipped int, err error)) error {
	bar := newProgress(s.app.stderr, s.app.global.quiet)
	cfg.Progress = bar.hook()
	left := 0
	err := s.output.write(s.ctx, s.app.stdout, func(w io.Writer) error {
		return rowFormats.of(s.output.format).print(&afterBar{w: w, bar: bar}, rowsOf{columns, func(t *table) (err error) {
			left, err = fill(t)
			bar.done()
			return err
		}}, report.TextOptions{})
	})
	return skipped(err, left)
}

// pipes refuses --pipe in a format that the next stage does not read.
func (s *stage) pipes(pipe bool) error {
	if pipe && keepsTypes(s.output.format) {
		return fmt.Errorf("--pipe --format %s: the next stage reads tsv or jsonl", s.output.format)
	}
	return nil
}

// corpusRows is rows of a corpus.
func (s *stage) corpusRows(cfg *reading, columns []column, fill func(t *table, c *dedup.Corpus) error) error {
	return s.rows(cfg, columns, func(t *table) (int, error) {
		c, err := dedup.Open(s.ctx, cfg.paths, cfg.Options)
		if err != nil {
			return 0, err
		}
		read := c.Summary()
		s.app.dates.read(read)
		return read.Skipped, errors.Join(fill(t, c), c.Close())
	})
}

// appendJSON appends s as a JSON string.
func appendJSON(dst []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	var b bytes.Buffer
	_ = report.NewEncoder(&b).Encode(s) // a string always encodes
	return append(dst, bytes.TrimRight(b.Bytes(), "\n")...)
}
