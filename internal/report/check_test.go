package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"dedup/internal/gate"
)

// drop is one with a finding of every rule, hostile text among it.
func drop() gate.Drop {
	return gate.Drop{
		Articles: 1204, Empty: 1, Dated: 1190, NotUnderstood: 3, Skipped: 2, Sources: map[string]int{"Harbour Post": 40, "Tide Daily": 3, "": 1161},
		Findings: []gate.Finding{
			{Rule: gate.NearDuplicate, Article: "a17", Path: "drop/2024-06.jsonl", Record: 17, Source: "Harbour Post", Title: "Ferry runs aground off Marl Point, all aboard are safe, the coast guard says in its morning bulletin", Published: "2024-06-02T07:15:00Z", Text: "Ferry runs aground off Marl Point\n\nThe vessel had left the harbour at dawn with ninety people aboard.", Tokens: 170, Matched: "a3", Where: "drop/2024-06.jsonl:3", About: gate.Byline{Title: "Ferry \x1b[31maground | `x`", Source: "Tide Daily", Published: "2024-06-01"}, Resemblance: 0.93456, Containment: 0.96, How: "resemblance", Key: 0x1111},
			{Rule: gate.InCorpus, Article: "a17", Path: "drop/2024-06.jsonl", Record: 17, Source: "Harbour Post", Text: "Ferry runs aground off Marl Point", Tokens: 170, Matched: "old/12", Where: "corpus/2024.jsonl:812", About: gate.Byline{Source: "Harbour Post", Published: "2024-05-30T22:01:00Z"}, Resemblance: 0.61, Containment: 0.951, How: "containment", Key: 0x1112},
			{Rule: gate.NearDuplicate, Article: "a18", Path: "drop/2024-06.jsonl", Record: 18, Source: "Harbour Post", Text: "Ferry runs aground off Marl Point", Tokens: 165, Matched: "a3", Where: "drop/2024-06.jsonl:3", About: gate.Byline{Title: "Ferry \x1b[31maground | `x`", Source: "Tide Daily", Published: "2024-06-01"}, Resemblance: 0.99999, Containment: 1, How: "resemblance", Key: 0x1113},
			{Rule: gate.CopiedPassage, Article: "drop/one file.txt", Path: "drop/one file.txt", Record: 1, Start: 120, End: 260, Line: 3, Column: 7, EndLine: 4, EndColumn: 12, InFile: true, Text: "struck the sandbank twenty minutes later\nin thick fog", Tokens: 9, Matched: "old/99", Where: "corpus/2023.parquet:7", Key: 0x1114},
			{Rule: gate.Repeat, Article: "drop/one file.txt", Path: "drop/one file.txt", Record: 1, Start: 40, End: 73, Line: 2, Column: 1, EndLine: 2, EndColumn: 34, InFile: true, Text: "Ferry runs aground off Marl Point", Tokens: 6, Key: 0x1115},
			{Rule: gate.Repeat, Article: "drop/one file.txt", Path: "drop/one file.txt", Record: 1, Start: 80, End: 113, Line: 3, Column: 1, EndLine: 3, EndColumn: 34, InFile: true, Text: "Ferry runs aground off Marl Point", Tokens: 6, Key: 0x1115},
			{Rule: gate.Furniture, Article: "a20", Path: "drop/2024-06.jsonl", Record: 20, Source: "Tide Daily", Start: 980, End: 1000, Line: 12, Column: 1, EndLine: 13, EndColumn: 9, Text: "Share this:\n<script>alert(1)</script> | `x` @team [y](http://example.org) ]]> \x1b[31m\x00\u202e::error::x %0A", Tokens: 8, Key: 0x1116},
			{Rule: gate.Boilerplate, Article: "a20", Path: "drop/2024-06.jsonl", Record: 20, Source: "Tide Daily", Start: 900, End: 927, Line: 9, Column: 1, EndLine: 9, EndColumn: 28, Text: "Follow us on every channel.", Tokens: 5, Key: 0x1117},
			{Rule: gate.Empty, Article: "drop/2024-06.jsonl#21", Path: "drop/2024-06.jsonl", Record: 21, Key: 0x1118},
			{Rule: gate.Tiny, Article: "404", Path: "drop/2024-06.jsonl", Record: 22, Text: "Page not found", Tokens: 3, Key: 0x1119},
		},
	}
}

// judged is the drop held against a baseline and limits of every kind.
func judged(t *testing.T) *gate.Result {
	t.Helper()
	d := drop()
	baseline := gate.NewBaseline([]gate.Finding{
		d.Findings[4], d.Findings[7],
		{Rule: gate.Tiny, Article: "went", Text: "Nothing to see here", Key: 0x2222},
	})
	limits := gate.DefaultLimits()
	limits.Tiny = gate.Count(5)
	limits.PerSource = share(t, "4.5%")
	limits.Cluster = gate.Count(2)
	return gate.Judge(d, limits, baseline)
}

func share(t *testing.T, s string) gate.Limit {
	t.Helper()
	l, err := gate.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// formats are all formats of a check.
var formats = map[string]func(io.Writer, *gate.Result) error{
	"check.json":  CheckJSON,
	"check.sarif": func(w io.Writer, res *gate.Result) error { return CheckSARIF(w, res, "1.2.3") },
	"check.xml":   CheckJUnit,
	"check.gh":    CheckGitHub,
	"check.md":    CheckSummary,
	"check.txt":   func(w io.Writer, res *gate.Result) error { return CheckText(w, res, TextOptions{}) },
	"check-narrow.txt": func(w io.Writer, res *gate.Result) error {
		return CheckText(w, res, TextOptions{Width: 40, Names: 40, Top: 1})
	},
	"check-color.txt": func(w io.Writer, res *gate.Result) error { return CheckText(w, res, TextOptions{Color: true, Top: 1}) },
}

func TestCheckFormats(t *testing.T) {
	for name, write := range formats {
		golden(t, name, written(t, write, judged(t)))
	}
}

func written(t *testing.T, write func(io.Writer, *gate.Result) error, res *gate.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, res); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckTextFitsItsWidth(t *testing.T) {
	for _, width := range []int{40, 60, 80, 120} {
		for line := range strings.Lines(string(written(t, func(w io.Writer, res *gate.Result) error {
			return CheckText(w, res, TextOptions{Width: width, Names: width})
		}, judged(t)))) {
			if line = strings.TrimSuffix(line, "\n"); Width(line) > width && !isCommand(line) {
				t.Errorf("%d cells of %d in %q", Width(line), width, line)
			}
		}
	}
}
