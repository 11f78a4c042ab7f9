package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunEval(t *testing.T) {
	gold := evalFile(t, "gold.tsv", "a\t1\nb\t1\nc\t2\n")
	result := "article\tstory\na\ts1\nb\ts1\nc\ts2\n"
	var fromStdin, fromFile bytes.Buffer
	if err := runEval(t.Context(), evalOptions{gold: gold, of: "stories", format: "text", result: "-"}, strings.NewReader(result), &fromStdin); err != nil {
		t.Fatal(err)
	}
	path := evalFile(t, "result.tsv", result)
	if err := runEval(t.Context(), evalOptions{gold: gold, of: "stories", format: "text", result: path}, nil, &fromFile); err != nil {
		t.Fatal(err)
	}
	if fromStdin.String() != fromFile.String() || !strings.Contains(fromFile.String(), "F1 1.0000") {
		t.Errorf("from standard input:\n%sfrom a file:\n%s", &fromStdin, &fromFile)
	}
}

func TestRunEvalJSON(t *testing.T) {
	gold := evalFile(t, "gold.tsv", "a\tb\t0.9\nc\td\t0.5\n")
	var out bytes.Buffer
	o := evalOptions{gold: gold, of: "pairs", min: 0.75, format: "json", result: "-"}
	if err := runEval(t.Context(), o, strings.NewReader("x\ty\na\tb\n"), &out); err == nil {
		t.Error("no header line and no error")
	}
	if err := runEval(t.Context(), o, strings.NewReader("a\tb\nd\tc\nx\ty\n"), &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema, Of string
		Pairs      struct{ Gold, Found, Reported, Listed int }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != "dedup.eval/1" || got.Of != "pairs" || got.Pairs != (struct{ Gold, Found, Reported, Listed int }{1, 0, 2, 1}) {
		t.Errorf("got %s", &out)
	}
}

func TestRunEvalRefuses(t *testing.T) {
	gold := evalFile(t, "gold.tsv", "a\t1\nb\t1\nc\t2\n")
	bad := evalFile(t, "bad.tsv", "a\t1\nb\n")
	good := evalOptions{gold: gold, of: "stories", format: "text", result: "-"}
	for _, tc := range []struct {
		name   string
		change func(*evalOptions)
		want   string
	}{
		{"no gold", func(o *evalOptions) { o.gold = "" }, "--gold"},
		{"no such gold", func(o *evalOptions) { o.gold += "x" }, "gold.tsvx"},
		{"broken gold", func(o *evalOptions) { o.gold = bad }, "bad.tsv\" line 2"},
		{"no such result", func(o *evalOptions) { o.result = "nowhere.tsv" }, "nowhere.tsv"},
		{"nothing to score", func(o *evalOptions) { o.of = "" }, "--of"},
		{"not a thing to score", func(o *evalOptions) { o.of = "words" }, "words"},
		{"not a format", func(o *evalOptions) { o.format = "xml" }, "xml"},
		{"above 1", func(o *evalOptions) { o.of, o.min = "pairs", 75 }, "--min-jaccard"},
		{"not for stories", func(o *evalOptions) { o.min = 0.75 }, "--of pairs"},
		{"not stories", func(*evalOptions) {}, "standard input"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := good
			tc.change(&o)
			var out bytes.Buffer
			err := runEval(t.Context(), o, strings.NewReader("article\tcanonical\nx\tx\n"), &out)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
			if out.Len() > 0 {
				t.Errorf("printed %q", &out)
			}
		})
	}
}

func evalFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
