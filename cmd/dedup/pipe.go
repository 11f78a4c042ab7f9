package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"dedup/internal/cluster/near"
	"dedup/internal/columnar"
	"dedup/internal/corpus"
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
func (a *app) piped(cfg *reading, names ...string) (*rowReader, bool) {
	if !slices.Equal(cfg.paths, []string{"-"}) {
		return nil, false
	}
	br := bufio.NewReaderSize(a.list, 1<<18)
	defer func() {
		seen, _ := br.Peek(br.Buffered())
		cfg.Stdin = io.MultiReader(bytes.NewReader(seen), a.stdin) // the article reader sees to interruptions itself
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
func sketchOf(row map[string]string) (w corpus.Worded, err error) {
	p := &pipedRow{row: row, hint: "print what the next stage needs: dedup sketch --pipe"}
	w.Article = corpus.Article{ID: p.str("id"), Source: p.str("source"), Published: p.time("published"), Bytes: p.int("bytes")}
	if f := p.str("fingerprint"); f != "" {
		w.HasFingerprint = true
		p.number("fingerprint", func(s string) (err error) { w.Fingerprint, err = strconv.ParseUint(s, 16, 64); return err })
	}
	p.number("words", func(s string) error {
		b, err := base64.RawStdEncoding.DecodeString(s)
		if err != nil || len(b)%8 != 0 {
			return errors.Join(errors.New("not Base64 of 8 bytes a word"), err)
		}
		for ; len(b) > 0; b = b[8:] {
			w.Words = append(w.Words, binary.LittleEndian.Uint64(b))
		}
		return nil
	})
	return w, p.err
}

// pairOf reads a row of dedup pairs --pipe: the edge, by place in the input, and its two articles.
func pairOf(row map[string]string) (e near.Edge, of [2]corpus.Article, err error) {
	p := &pipedRow{row: row, hint: "print what the next stage needs: dedup pairs --pipe"}
	e = near.Edge{
		A: p.int32("a_order"), B: p.int32("b_order"), NA: p.int32("a_shingles"), NB: p.int32("b_shingles"), Shared: p.int32("shared"),
	}
	for i, side := range []string{"a", "b"} {
		of[i] = corpus.Article{ID: p.str(side), Source: p.str(side + "_source"), Published: p.time(side + "_published"), Bytes: p.int(side + "_bytes")}
	}
	if p.err == nil && (e.A < 0 || e.B < 0 || e.A == e.B || e.Shared < 1 || e.Shared > min(e.NA, e.NB)) {
		p.err = errors.New("this is no pair of articles that share shingles")
	}
	return e, of, p.err
}

// clustersOfPairs prints the clusters of what pairs --pipe printed.
func clustersOfPairs(ctx context.Context, a *app, cfg corpus.Config, rows *rowReader, counts bool, t *table) error {
	opt := cfg.Near()
	judge, err := opt.Judge()
	if err != nil {
		return err
	}
	var edges []near.Edge
	of := map[int32]corpus.Article{}
	err = rows.each(func(row map[string]string) error {
		e, sides, err := pairOf(row)
		edges = append(edges, e)
		of[e.A], of[e.B] = sides[0], sides[1]
		return err
	})
	if err != nil {
		return err
	}
	number, records := make(map[int32]int32, len(of)), make([]corpus.Article, 0, len(of))
	for _, n := range slices.Sorted(maps.Keys(of)) {
		number[n] = int32(len(records))
		records = append(records, of[n])
	}
	for k := range edges {
		edges[k].A, edges[k].B = number[edges[k].A], number[edges[k].B]
	}
	c, err := corpus.OfRecords(ctx, cfg.Options, records)
	if err != nil {
		return err
	}
	a.dates.counts = c.Counts.Dates
	for _, cl := range near.Of(judge, edges, c.Rank()) {
		var size []int
		if counts {
			size = []int{len(cl.Members)}
		}
		for _, m := range cl.Members {
			if err := clusterRow(t, c.ID(int(m.Article)), c.ID(int(cl.Members[0].Article)), m.Resemblance, size...); err != nil {
				return err
			}
		}
	}
	return nil
}

// instant prints a time for the next stage.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// sketchColumns are the columns of sketchRow.
func sketchColumns(pipe bool) []column {
	columns := []column{{Name: "id"}, {Name: "fingerprint", Kind: columnar.Uint}, {Name: "signature", Kind: columnar.Uints}}
	if pipe {
		columns = append(columns, textColumns(sketchPipe...)...)
	}
	return columns
}

// sketchRow prints a sketch.
func sketchRow(t *table, w *corpus.Worded, pipe bool) error {
	t.str(w.ID)
	t.fingerprint(w.Fingerprint, w.HasFingerprint)
	t.numbers(w.Signature)
	if pipe {
		words := make([]byte, 0, 8*len(w.Words))
		for _, h := range w.Words {
			words = binary.LittleEndian.AppendUint64(words, h)
		}
		t.str(w.Source)
		t.str(instant(w.Published))
		t.int(w.Bytes)
		t.str(base64.RawStdEncoding.EncodeToString(words))
	}
	return t.end()
}

// pairRow prints a pair.
func pairRow(t *table, c *corpus.Corpus, e near.Edge, pipe bool) error {
	a, b := int(e.A), int(e.B)
	t.str(c.ID(a))
	t.str(c.ID(b))
	t.ratio(e.Resemblance())
	t.ratio(e.ContainmentA())
	t.ratio(e.ContainmentB())
	t.int(c.Distance(a, b))
	if pipe {
		t.int(int(e.Shared))
		shingles := [2]int32{e.NA, e.NB}
		for side, i := range []int{a, b} {
			of := c.At(i)
			t.int(i)
			t.int(int(shingles[side]))
			t.str(of.Source)
			t.str(instant(of.Published))
			t.int(of.Bytes)
		}
	}
	return t.end()
}
