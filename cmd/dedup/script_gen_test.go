package main

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/rogpeppe/go-internal/testscript"
)

// genRow is an article as the input formats write it.
type genRow struct {
	ID     string `json:"id" parquet:"id"`
	Title  string `json:"title,omitempty" parquet:"title"`
	Source string `json:"source,omitempty" parquet:"source"`
	Date   string `json:"date,omitempty" parquet:"date"`
	URL    string `json:"url,omitempty" parquet:"url"`
	Text   string `json:"text" parquet:"text"`
}

// gen OUT FROM… writes the articles of FROM (JSON Lines, or text files, whose id is their base
// name) to OUT, whose name says how: .txt, .jsonl, .json, .csv, .tsv or .parquet, each with .gz or
// .zst behind it.
func cmdGen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: gen OUT FROM...")
	}
	var rows []genRow
	for _, from := range args[1:] {
		text := ts.ReadFile(from)
		if filepath.Ext(from) == ".txt" {
			rows = append(rows, genRow{ID: strings.TrimSuffix(filepath.Base(from), ".txt"), Text: text})
			continue
		}
		for line := range strings.Lines(text) {
			var r genRow
			ts.Check(json.Unmarshal([]byte(line), &r))
			rows = append(rows, r)
		}
	}
	name, pack := args[0], io.WriteCloser(nil)
	var out bytes.Buffer
	var err error
	switch filepath.Ext(name) {
	case ".gz":
		pack = gzip.NewWriter(&out)
	case ".zst":
		pack, err = zstd.NewWriter(&out)
		ts.Check(err)
	}
	w := io.Writer(&out)
	if pack != nil {
		name, w = strings.TrimSuffix(name, filepath.Ext(name)), pack
	}
	ts.Check(writeRows(w, filepath.Ext(name), rows))
	if pack != nil {
		ts.Check(pack.Close())
	}
	save(ts, args[0], out.Bytes())
}

func writeRows(w io.Writer, format string, rows []genRow) error {
	switch format {
	case ".txt":
		for _, r := range rows {
			if _, err := io.WriteString(w, r.Text); err != nil {
				return err
			}
		}
		return nil
	case ".json":
		return json.NewEncoder(w).Encode(rows)
	case ".csv", ".tsv":
		c := csv.NewWriter(w)
		if format == ".tsv" {
			c.Comma = '\t'
		}
		if err := c.Write([]string{"id", "title", "source", "date", "url", "text"}); err != nil {
			return err
		}
		for _, r := range rows {
			if err := c.Write([]string{r.ID, r.Title, r.Source, r.Date, r.URL, r.Text}); err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	case ".parquet":
		p := parquet.NewGenericWriter[genRow](w)
		if _, err := p.Write(rows); err != nil {
			return err
		}
		return p.Close()
	}
	e := json.NewEncoder(w)
	for _, r := range rows {
		if err := e.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// TestArticlesAgree holds the three forms of the test articles together: text files, JSON Lines,
// and these compressed by bzip2 (which no Go package writes).
func TestArticlesAgree(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata")
	lines, err := os.ReadFile(filepath.Join(dir, "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(filepath.Join(dir, "articles.jsonl.bz2"))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(packed)))
	if err != nil || !bytes.Equal(lines, unpacked) {
		t.Errorf("articles.jsonl.bz2 does not hold articles.jsonl (%v); run bzip2 -9 -k -f on it", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "articles", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for line := range bytes.Lines(lines) {
		var r genRow
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		texts[r.ID] = r.Text
	}
	if len(files) != len(texts) {
		t.Errorf("%d text files, %d records", len(files), len(texts))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if id := strings.TrimSuffix(filepath.Base(name), ".txt"); texts[id] != string(text) {
			t.Errorf("%s and record %q differ", name, id)
		}
	}
}
