package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

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
	s.output.add(cmd.Flags(), "tsv", "jsonl")
	if more != nil {
		more(cmd.Flags())
	}
	cmd.Long += "\n" + inputHelp + exitHelp
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.ctx = cmd.Context()
		if err := s.output.check(); err != nil {
			return err
		}
		cfg, err := s.input.config(a, args)
		if err != nil {
			return err
		}
		return run(cmd, s, cfg)
	}
	return cmd
}

// rows runs fill with a table whose columns are named, on the output, while a progress bar shows.
func (s *stage) rows(cfg *reading, columns []string, fill func(t *table) (skipped int, err error)) error {
	bar := newProgress(s.app.stderr, s.app.global.quiet)
	cfg.Progress = bar.hook()
	left := 0
	err := s.output.write(s.ctx, s.app.stdout, func(w io.Writer) error {
		t := &table{w: w, columns: columns, json: s.output.format == "jsonl", before: bar.done}
		if !t.json {
			t.buf = append(t.buf, strings.Join(columns, "\t")...)
			t.buf = append(t.buf, '\n')
		}
		var err error
		left, err = fill(t)
		bar.done()
		if err != nil {
			return err
		}
		return t.flush()
	})
	return skipped(err, left)
}

// corpusRows is rows of a corpus.
func (s *stage) corpusRows(cfg *reading, columns []string, fill func(t *table, c *dedup.Corpus) error) error {
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

// table prints rows as TSV (with a header line) or as JSON Lines.
type table struct {
	w       io.Writer
	columns []string
	json    bool
	before  func() // takes the bar off before the first row
	buf     []byte
	n       int // fields of the row so far
}

func (t *table) sep() {
	if t.json {
		if t.n == 0 {
			t.buf = append(t.buf, '{')
		} else {
			t.buf = append(t.buf, ',')
		}
		t.buf = append(t.buf, '"')
		t.buf = append(t.buf, t.columns[t.n]...)
		t.buf = append(t.buf, '"', ':')
	} else if t.n > 0 {
		t.buf = append(t.buf, '\t')
	}
	t.n++
}

// str adds a text field, in TSV with what cannot be seen escaped (report.AppendField).
func (t *table) str(s string) {
	t.sep()
	if t.json {
		t.buf = appendJSON(t.buf, s)
		return
	}
	t.buf = report.AppendField(t.buf, s)
}

func (t *table) int(n int) {
	t.sep()
	t.buf = strconv.AppendInt(t.buf, int64(n), 10)
}

// ratio adds a number with four decimals.
func (t *table) ratio(x float64) {
	t.sep()
	t.buf = strconv.AppendFloat(t.buf, x, 'f', 4, 64)
}

// bits adds a number with one decimal.
func (t *table) bits(x float64) {
	t.sep()
	t.buf = strconv.AppendFloat(t.buf, x, 'f', 1, 64)
}

// hours adds a number with two decimals; where it is not known, nothing, in JSON null.
func (t *table) hours(x float64, known bool) {
	t.sep()
	switch {
	case known:
		t.buf = strconv.AppendFloat(t.buf, x, 'f', 2, 64)
	case t.json:
		t.buf = append(t.buf, "null"...)
	}
}

// fingerprint adds 16 hexadecimal digits, or an empty field for an article that has none.
func (t *table) fingerprint(v uint64, has bool) {
	if !has {
		t.str("")
		return
	}
	t.str(fmt.Sprintf("%016x", v))
}

// end ends the row.
func (t *table) end() error {
	if t.json {
		t.buf = append(t.buf, '}')
	}
	t.buf = append(t.buf, '\n')
	t.n = 0
	if len(t.buf) < 1<<16 {
		return nil
	}
	return t.flush()
}

func (t *table) flush() error {
	if t.before != nil {
		t.before()
		t.before = nil
	}
	_, err := t.w.Write(t.buf)
	t.buf = t.buf[:0]
	return err
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
