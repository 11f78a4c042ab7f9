package article

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
)

// readAll reads paths and gives copies of the articles in input order, with the reports.
func readAll(tb testing.TB, opt Options, paths ...string) ([]Article, []Bad) {
	tb.Helper()
	var bad []Bad
	opt.Bad = func(b Bad) { bad = append(bad, b) }
	inputs := Expand(paths, opt.Bad)
	arts, _ := readInputs(tb, opt, inputs)
	return arts, bad
}

func readInputs(tb testing.TB, opt Options, inputs []Input) (arts []Article, sizes []int) {
	tb.Helper()
	var mu sync.Mutex
	batches := map[int][]Article{}
	err := Read(context.Background(), inputs, opt, func(_ int, b *Batch) error {
		kept := make([]Article, len(b.Articles))
		for i, a := range b.Articles {
			kept[i] = clone(a)
		}
		mu.Lock()
		defer mu.Unlock()
		batches[b.Seq] = kept
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	for i := range len(batches) {
		b, ok := batches[i]
		if !ok {
			tb.Fatalf("batch %d of %d is missing", i, len(batches))
		}
		arts = append(arts, b...)
		sizes = append(sizes, len(b))
	}
	return arts, sizes
}

func clone(a Article) Article {
	for _, s := range []*string{&a.ID, &a.Path, &a.Source, &a.Title, &a.URL, &a.Text} {
		*s = strings.Clone(*s)
	}
	return a
}

func write(tb testing.TB, dir, name, content string) string {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
	return path
}

var samples = []Article{
	{ID: "a1", Title: "River rises", Source: "The Gazette", URL: "https://gazette.example/1", Text: "The river rose.\n\nIt fell again, \"slowly\", by noon."},
	{ID: "a2", Title: "Der Fluß", Source: "Blatt", URL: "https://blatt.example/2", Text: "Der Fluß stieg über Nacht — um 3 Meter;\tsagte er.\r\nEnde 🌊"},
	{ID: "a3", Title: "河", Source: "報", URL: "https://hou.example/3", Text: "河の水位が上がった。C:\\temp\\new"},
}

func init() {
	for i := range samples {
		samples[i].Published = time.Date(2025, 3, i+1, 12, 30, 0, 0, time.UTC)
	}
}

type row struct {
	ID        string    `json:"id" parquet:"id"`
	Headline  string    `json:"headline" parquet:"headline"`
	Publisher string    `json:"publisher" parquet:"publisher"`
	URL       string    `json:"url" parquet:"url"`
	PubDate   time.Time `json:"pub_date" parquet:"pub_date"`
	Body      string    `json:"body" parquet:"body"`
	Words     int       `json:"words" parquet:"words"`
}

func rows() (out []row) {
	for _, a := range samples {
		out = append(out, row{a.ID, a.Title, a.Source, a.URL, a.Published, a.Text, 7})
	}
	return out
}

// encoded gives the samples in every format of records, by the end of a file name.
func encoded(tb testing.TB) map[string]string {
	tb.Helper()
	out := map[string]string{}
	var lines, table, tabs, pq bytes.Buffer
	for _, r := range rows() {
		b, _ := json.Marshal(r)
		lines.Write(append(b, '\n'))
	}
	array, _ := json.MarshalIndent(rows(), "", "  ")
	out[".jsonl"], out[".json"] = lines.String(), string(array)
	for comma, buf := range map[rune]*bytes.Buffer{',': &table, '\t': &tabs} {
		w := csv.NewWriter(buf)
		w.Comma = comma
		w.Write([]string{"id", "headline", "publisher", "url", "pub_date", "body", "words"})
		for _, r := range rows() {
			w.Write([]string{r.ID, r.Headline, r.Publisher, r.URL, r.PubDate.Format(time.RFC3339), r.Body, "7"})
		}
		w.Flush()
	}
	out[".csv"], out[".tsv"] = table.String(), tabs.String()
	if err := parquet.Write(&pq, rows()); err != nil {
		tb.Fatal(err)
	}
	out[".parquet"] = pq.String()
	return out
}

func packed(tb testing.TB, name, content string) string {
	tb.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch name {
	case ".gz":
		w = gzip.NewWriter(&b)
	case ".zst":
		w, _ = zstd.NewWriter(&b)
	default:
		return content
	}
	if _, err := io.WriteString(w, content); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

var ignoreWhere = cmpopts.IgnoreFields(Article{}, "Path", "Line", "Raw")

func TestFormatsAgree(t *testing.T) {
	for ext, content := range encoded(t) {
		for _, pack := range []string{"", ".gz", ".zst"} {
			for _, named := range []bool{true, false} {
				dir := t.TempDir()
				name := "noname"
				if named {
					name = "articles" + ext + pack
				} else if ext == ".tsv" {
					name = "noname.dat"
				}
				path := write(t, dir, name, packed(t, pack, content))
				arts, bad := readAll(t, Options{Workers: 2}, path)
				if len(bad) > 0 {
					t.Errorf("%s%s named %v: %v", ext, pack, named, bad)
				}
				if ext == ".csv" || ext == ".tsv" || ext == ".parquet" || ext == ".json" || ext == ".jsonl" {
					want := samples
					if d := cmp.Diff(want, arts, ignoreWhere); d != "" {
						t.Errorf("%s%s named %v: %s", ext, pack, named, d)
					}
				}
			}
		}
	}
}

func TestTextFilesAgree(t *testing.T) {
	dir := t.TempDir()
	for i, a := range samples {
		for _, pack := range []string{"", ".gz", ".zst"} {
			write(t, dir, fmt.Sprintf("%d.txt%s", i, pack), packed(t, pack, a.Text))
		}
	}
	arts, bad := readAll(t, Options{}, dir)
	if len(bad) > 0 || len(arts) != 9 {
		t.Fatalf("%d articles, %v", len(arts), bad)
	}
	for i, a := range arts {
		if a.Text != samples[i/3].Text {
			t.Errorf("%s: %q", a.Path, a.Text)
		}
		if a.ID != a.Path || a.Line != 1 {
			t.Errorf("id %q of %q, line %d", a.ID, a.Path, a.Line)
		}
	}
}

func TestBzip2(t *testing.T) {
	arts, bad := readAll(t, Options{}, "testdata/lines.jsonl.bz2", "testdata/note.txt.bz2")
	if len(bad) > 0 || len(arts) != 3 || arts[1].ID != "b" || arts[2].Text != "A note on the bridge.\n" {
		t.Errorf("%v, %v", arts, bad)
	}
}

func TestStdin(t *testing.T) {
	for ext, content := range encoded(t) {
		arts, bad := readAll(t, Options{Stdin: strings.NewReader(packed(t, ".gz", content))}, "-")
		if d := cmp.Diff(samples, arts, ignoreWhere); d != "" || len(bad) > 0 {
			t.Errorf("%s: %v %s", ext, bad, d)
		}
	}
}

// corpus writes n records with some broken ones in many small blocks and files.
func corpus(t *testing.T, n int) string {
	dir := t.TempDir()
	var lines, array, table strings.Builder
	array.WriteString("[")
	table.WriteString("id,text\n")
	for i := range n {
		txt := strings.Repeat(fmt.Sprintf("word%d ", i), i%97)
		if i%31 == 0 {
			fmt.Fprintf(&lines, "{\"id\": %d, \"text\": \"broken\n\n", i)
			fmt.Fprintf(&table, "%d,too,many\n", i)
		}
		fmt.Fprintf(&lines, "{\"id\": %d, \"text\": %q}\n", i, txt)
		fmt.Fprintf(&array, "%s{\"id\": %d,\n \"text\": %q}\n", map[bool]string{true: ",", false: ""}[i > 0], i, txt)
		fmt.Fprintf(&table, "%d,\"%s\n\"\"x\"\"\"\n", i, txt)
		write(t, dir, fmt.Sprintf("small/%04d.txt", i), txt)
	}
	array.WriteString("]")
	write(t, dir, "a.jsonl", lines.String())
	write(t, dir, "b.json", array.String())
	write(t, dir, "c.csv", table.String())
	write(t, dir, "d.jsonl.gz", packed(t, ".gz", lines.String()))
	return dir
}

func TestSameForAnyWorkers(t *testing.T) {
	dir := corpus(t, 400)
	for _, block := range []int{64, 1000, 0} {
		type result struct {
			Articles []Article
			Sizes    []int
			Bad      []Bad
		}
		var first result
		for _, workers := range []int{1, 8, 3} {
			var r result
			opt := Options{Workers: workers, block: block, Bad: func(b Bad) { r.Bad = append(r.Bad, b) }}
			r.Articles, r.Sizes = readInputs(t, opt, Expand([]string{dir}, nil))
			if workers == 1 {
				first = r
				if len(r.Bad) == 0 || len(r.Articles) < 1500 {
					t.Fatalf("%d articles, %d reports", len(r.Articles), len(r.Bad))
				}
				continue
			}
			if d := cmp.Diff(first, r, cmpopts.IgnoreUnexported(Bad{})); d != "" {
				t.Errorf("block %d, %d workers: %s", block, workers, d)
			}
		}
	}
}

// Blocks of any size give the same articles and the same reports.
func TestSameForAnyBlock(t *testing.T) {
	dir := corpus(t, 150)
	want, wantBad := readAll(t, Options{}, dir)
	for _, block := range []int{1, 7, 100, 4096} {
		got, bad := readAll(t, Options{block: block}, dir)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("block %d: %s", block, d)
		}
		if d := cmp.Diff(wantBad, bad, cmpopts.IgnoreUnexported(Bad{})); d != "" {
			t.Errorf("block %d: %s", block, d)
		}
	}
}

func TestErrorsOfTheCaller(t *testing.T) {
	dir := corpus(t, 50)
	want := errors.New("enough")
	err := Read(context.Background(), Expand([]string{dir}, nil), Options{Workers: 4, block: 100}, func(int, *Batch) error { return want })
	if !errors.Is(err, want) {
		t.Errorf("error of fn: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err = Read(ctx, Expand([]string{dir}, nil), Options{}, func(int, *Batch) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err = Read(context.Background(), nil, Options{Format: "xml"}, nil); err == nil {
		t.Error("an unknown format is accepted")
	}
}

func TestCancelWhileWaitingForInput(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	err := Read(ctx, []Input{{Path: "-"}}, Options{Stdin: r, Bad: func(b Bad) { t.Error(b) }}, func(int, *Batch) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestProgressCountsBytesOnDisk(t *testing.T) {
	dir := corpus(t, 100)
	for ext, content := range encoded(t) {
		write(t, dir, "x"+ext, content)
	}
	inputs := Expand([]string{dir}, nil)
	var want, got int64
	for _, in := range inputs {
		if !strings.HasSuffix(in.Path, ".parquet") {
			want += in.Size
		}
	}
	readInputs(t, Options{Workers: 3, Progress: func(n int64) { got += n }}, inputs)
	if got < want || got > want+want/5 { // Parquet may read some parts twice
		t.Errorf("%d bytes told, %d on disk", got, want)
	}
}
