package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup"
)

var update = flag.Bool("update", false, "renew the golden files")

// sample is a report with one of everything, hostile text among it.
func sample() *Report {
	place := func(start, end, line, column int) Place {
		return Place{Start: start, End: end, Line: line, Column: column}
	}
	return &Report{
		Schema: Schema,
		Summary: Summary{
			Articles: 4, Skipped: 1, Bytes: 4242, Tokens: 700, Clusters: 1, Duplicates: 1, Stories: 1, Passages: 2, Repeats: 1, Phrases: 2, Dated: 2, NotUnderstood: 1,
		},
		Articles: []Article{
			{ID: "a", Path: "x.jsonl", Source: "Harbour Post", Title: "Ferry \x1b[31mruns aground\x1b[0m", Published: "2024-05-01T06:30:00Z", Bytes: 1000, Tokens: 170, Fingerprint: "00000000000000ff", Cluster: "c1", Story: "s1", Agency: "AP", Shared: 0.4321},
			{ID: "b", Path: "x.jsonl", Source: "Tide Daily", Title: "Ferry runs aground off Marl Point, all aboard are safe, the coast guard says in its morning bulletin", Published: "2024-05-01", Bytes: 1000, Tokens: 170, Cluster: "c1", Story: "s1"},
			{ID: "a/very/long/path/that/does/not/fit/into/a/line/of/eighty/columns/however/one/turns/it/c.txt", Path: "c.txt", Bytes: 1242, Tokens: 190, Story: "s1"},
			{ID: "d", Path: "x.jsonl", Title: "Unrelated", Bytes: 1000, Tokens: 170, Story: "s2"},
		},
		Clusters: []Cluster{{ID: "c1", Canonical: "a", Members: []Member{
			{Article: "a", Resemblance: 1, Containment: 1, Distance: 0, Rule: "canonical"}, {Article: "b", Resemblance: 0.9972, Containment: 0.9991, Distance: 2, Rule: "resemblance"},
		}}},
		Stories: []Story{
			{ID: "s1", Headline: "Ferry runs aground off Marl Point", Keywords: []string{"ferry", "Marl Point", "coast guard"}, Articles: []string{
				"a", "b", "a/very/long/path/that/does/not/fit/into/a/line/of/eighty/columns/however/one/turns/it/c.txt",
			}},
			{ID: "s2", Headline: "Unrelated", Keywords: []string{}, Articles: []string{"d"}},
		},
		Passages: []Passage{
			{ID: "p1", Text: "The vessel had left the harbour\nat dawn with ninety people aboard, and struck the sandbank twenty minutes later in thick fog.", Tokens: 21, Origin: &Origin{Article: "a", By: "date"}, Occurrences: []Occurrence{{Article: "a", Place: place(10, 130, 2, 1)}, {Article: "d", Place: place(5, 125, 1, 6)}}},
			{ID: "p2", Text: "Follow us on every channel.", Tokens: 5, Boilerplate: true, Occurrences: []Occurrence{{Article: "a", Place: place(900, 927, 9, 1)}, {Article: "d", Place: place(900, 927, 9, 1)}}},
		},
		Repeats:   []Repeat{{Article: "a", Text: "Ferry runs aground", Tokens: 3, Occurrences: []Place{place(0, 18, 1, 1), place(20, 38, 3, 1)}}},
		Furniture: []Furniture{{Article: "d", Text: "Share this:\n<script>", Place: place(980, 1000, 12, 1)}},
		Phrases: []Phrase{
			{Text: "struck the sandbank in thick fog", Tokens: 6, Bits: 61.5, Kind: "wire", Story: "s1", Occurrences: []Occurrence{{Article: "a", Place: place(60, 92, 3, 2)}, {Article: "b", Place: place(60, 92, 3, 2)}}},
			{Text: "Captain Ilse Maren", Tokens: 3, Bits: 40.1, Kind: "name", Story: "s1", Occurrences: []Occurrence{{Article: "a", Place: place(200, 218, 4, 2)}, {Article: "b", Place: place(200, 218, 4, 2)}}},
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got; go test ./internal/report -update renews it):\n%s", file, d)
	}
}

func TestTextReport(t *testing.T) {
	for name, opt := range map[string]TextOptions{
		"report.txt":        {Parts: dedup.AllParts, Top: 20},
		"report-narrow.txt": {Parts: dedup.AllParts, Width: 40, Names: 40, Top: 1},
		"report-screen.txt": {Parts: dedup.AllParts, Names: 80, Top: 20},
		"report-color.txt":  {Parts: Parts{Clusters: true}, Color: true},
	} {
		var b bytes.Buffer
		if err := Text(&b, sample(), opt); err != nil {
			t.Fatal(err)
		}
		width := opt.Width
		if width == 0 {
			width = 80
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if opt.Names > 0 && Width(line) > width {
				t.Errorf("%s: %d cells in %q", name, Width(line), line)
			}
			if !opt.Color && strings.Contains(line, "\x1b") {
				t.Errorf("%s: an escape sequence got through: %q", name, line)
			}
		}
		golden(t, name, b.Bytes())
	}
}

func TestJSONReport(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.Bytes())
	var back Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), &back); d != "" {
		t.Errorf("round trip: %s", d)
	}
}

func TestJSONLinesReport(t *testing.T) {
	var b bytes.Buffer
	if err := JSONLines(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.jsonl", b.Bytes())
	kinds := map[string]int{}
	for line := range strings.Lines(b.String()) {
		var v struct{ Kind string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		kinds[v.Kind]++
	}
	want := map[string]int{"summary": 1, "article": 4, "cluster": 1, "story": 2, "passage": 2, "repeat": 1, "furniture": 1, "phrase": 2}
	if d := cmp.Diff(want, kinds); d != "" {
		t.Error(d)
	}
}
