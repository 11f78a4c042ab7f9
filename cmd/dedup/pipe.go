package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"dedup/internal/cluster/near"
	"dedup/internal/engine"
	"dedup/internal/plural"
	"dedup/internal/report"
)

// Columns that --pipe adds.
var (
	sketchPipe = []string{"source", "published", "bytes", "words"}
	pairPipe   = []string{"shared", "a_order", "a_shingles", "a_source", "a_published", "a_bytes", "b_order", "b_shingles", "b_source", "b_published", "b_bytes"}
)

// piped tells whether standard input, when it is what is read, holds rows that an earlier stage
// printed, by the names of its columns. The reader then gives these rows; otherwise cfg reads on as
// if nothing had been looked at. Looking and reading rows give up when the run is interrupted.
func (a *app) piped(cfg *engine.Config, names ...string) (*rowReader, bool) {
	if !slices.Equal(cfg.Paths, []string{"-"}) {
		return nil, false
	}
	br := bufio.NewReaderSize(a.list, 1<<18)
	defer func() {
		seen, _ := br.Peek(br.Buffered())
		cfg.Article.Stdin = io.MultiReader(bytes.NewReader(seen), a.stdin) // the article reader sees to interruptions itself
	}()
	for n := 256; n <= br.Size(); n *= 2 { // no more than needed
		head, err := br.Peek(n)
		line, _, whole := bytes.Cut(head, []byte{'\n'})
		if !whole && err == nil && len(line) < br.Size() && n < br.Size() && head[0] == '{' {
			continue
		}
		if strings.HasPrefix(string(line)+"\t", strings.Join(names, "\t")+"\t") {
			return &rowReader{br: br}, true
		}
		for _, name := range names {
			if !bytes.HasPrefix(line, []byte(`{"`+names[0]+`":`)) || !bytes.Contains(line, []byte(`,"`+name+`":`)) && name != names[0] {
				return nil, false
			}
		}
		return &rowReader{br: br, json: true}, true
	}
	return nil, false
}

// rowReader reads the rows of a stage, TSV or JSON Lines.
type rowReader struct {
	br   *bufio.Reader
	json bool
	cols []string
	line int
}

// each calls fn with the fields of every row by name.
func (r *rowReader) each(fn func(row map[string]string) error) error {
	for {
		line, err := r.br.ReadBytes('\n')
		if len(line) > 0 {
			r.line++
			row, e := r.row(bytes.TrimSuffix(line, []byte{'\n'}))
			if e == nil && row != nil {
				e = fn(row)
			}
			if e != nil {
				return fmt.Errorf("standard input line %d: %w", r.line, e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *rowReader) row(line []byte) (map[string]string, error) {
	row := map[string]string{}
	if r.json {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(line, &fields); err != nil {
			return nil, err
		}
		for k, v := range fields {
			s := string(v)
			if len(v) > 0 && v[0] == '"' {
				if err := json.Unmarshal(v, &s); err != nil {
					return nil, err
				}
			}
			row[k] = s
		}
		return row, nil
	}
	cells := strings.Split(string(line), "\t")
	if r.cols == nil {
		r.cols = cells
		return nil, nil
	}
	if len(cells) != len(r.cols) {
		return nil, fmt.Errorf("%s, the header has %d", plural.Count(len(cells), "column"), len(r.cols))
	}
	for i, c := range cells {
		var err error
		if row[r.cols[i]], err = report.ReadField(c); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// pipedRow reads the fields of a row; the first error stays.
type pipedRow struct {
	row  map[string]string
	hint string
	err  error
}

func (p *pipedRow) str(name string) string {
	s, ok := p.row[name]
	if !ok && p.err == nil {
		p.err = fmt.Errorf("no column %s\nhint: %s", name, p.hint)
	}
	return s
}

func (p *pipedRow) number(name string, parse func(string) error) {
	s := p.str(name)
	if p.err != nil {
		return
	}
	if err := parse(s); err != nil {
		p.err = fmt.Errorf("column %s: %w", name, err)
	}
}

func (p *pipedRow) int(name string) (n int) {
	p.number(name, func(s string) (err error) { n, err = strconv.Atoi(s); return err })
	return n
}

func (p *pipedRow) int32(name string) (n int32) {
	p.number(name, func(s string) error { x, err := strconv.ParseInt(s, 10, 32); n = int32(x); return err })
	return n
}

func (p *pipedRow) time(name string) (t time.Time) {
	p.number(name, func(s string) (err error) {
		if s != "" {
			t, err = time.Parse(time.RFC3339Nano, s)
		}
		return err
	})
	return t
}

// sketchOf reads a row of dedup sketch --pipe.
func sketchOf(row map[string]string) (k engine.Sketch, err error) {
	p := &pipedRow{row: row, hint: "print what the next stage needs: dedup sketch --pipe"}
	k = engine.Sketch{ID: p.str("id"), Source: p.str("source"), Published: p.time("published"), Bytes: p.int("bytes")}
	if f := p.str("fingerprint"); f != "" {
		k.Has = true
		p.number("fingerprint", func(s string) (err error) { k.Fingerprint, err = strconv.ParseUint(s, 16, 64); return err })
	}
	p.number("words", func(s string) error {
		b, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil || len(b)%8 != 0 {
			return errors.Join(errors.New("not Base64 of 8 bytes a word"), err)
		}
		for ; len(b) > 0; b = b[8:] {
			k.Words = append(k.Words, binary.LittleEndian.Uint64(b))
		}
		return nil
	})
	return k, p.err
}

// pairOf reads a row of dedup pairs --pipe.
func pairOf(row map[string]string) (engine.Pair, error) {
	p := &pipedRow{row: row, hint: "print what the next stage needs: dedup pairs --pipe"}
	k := engine.Pair{A: p.str("a"), B: p.str("b")}
	k.Edge = near.Edge{
		A: p.int32("a_order"), B: p.int32("b_order"), NA: p.int32("a_shingles"), NB: p.int32("b_shingles"), Shared: p.int32("shared"),
	}
	for i, side := range []string{"a", "b"} {
		k.Of[i] = engine.PairOf{ID: p.str(side), Source: p.str(side + "_source"), Published: p.time(side + "_published"), Bytes: p.int(side + "_bytes")}
	}
	if e := k.Edge; p.err == nil && (e.A < 0 || e.B < 0 || e.A == e.B || e.Shared < 1 || e.Shared > min(e.NA, e.NB)) {
		p.err = errors.New("this is no pair of articles that share shingles")
	}
	return k, p.err
}

// instant prints a time for the next stage.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// sketchColumns are the columns of sketchRow.
func sketchColumns(pipe bool) []string {
	columns := []string{"id", "fingerprint", "signature"}
	if pipe {
		columns = append(columns, sketchPipe...)
	}
	return columns
}

// sketchRow prints a sketch.
func sketchRow(t *table, k engine.Sketch, pipe bool) error {
	t.str(k.ID)
	t.fingerprint(k.Fingerprint, k.Has)
	sig := make([]byte, 0, 4*len(k.Signature))
	for _, v := range k.Signature {
		sig = binary.BigEndian.AppendUint32(sig, v)
	}
	t.str(hex.EncodeToString(sig))
	if pipe {
		words := make([]byte, 0, 8*len(k.Words))
		for _, h := range k.Words {
			words = binary.LittleEndian.AppendUint64(words, h)
		}
		t.str(k.Source)
		t.str(instant(k.Published))
		t.int(k.Bytes)
		t.str(base64.RawStdEncoding.EncodeToString(words))
	}
	return t.end()
}

// pairRow prints a pair.
func pairRow(t *table, p engine.Pair, pipe bool) error {
	t.str(p.A)
	t.str(p.B)
	t.ratio(p.Resemblance)
	t.ratio(p.ContainmentA)
	t.ratio(p.ContainmentB)
	t.int(p.Distance)
	if pipe {
		t.int(int(p.Edge.Shared))
		order, shingles := [2]int32{p.Edge.A, p.Edge.B}, [2]int32{p.Edge.NA, p.Edge.NB}
		for i, of := range p.Of {
			t.int(int(order[i]))
			t.int(int(shingles[i]))
			t.str(of.Source)
			t.str(instant(of.Published))
			t.int(of.Bytes)
		}
	}
	return t.end()
}
