package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What scan finds in the seeds and in the articles written for the tests, whole: a change of any
// stage shows here.
func TestGoldenReports(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("COLUMNS", "")
	for name, args := range map[string][]string{
		"seeds.json":     {"scan", "--format", "json", "seeds"},
		"articles.json":  {"scan", "--format", "json", "testdata/articles.jsonl"},
		"articles.txt":   {"scan", "testdata/articles.jsonl"},
		"bridge.diff":    {"diff", "testdata/articles/bridge-first.txt", "testdata/articles/bridge-update.txt"},
		"seeds.phrases":  {"phrases", "seeds"},
		"articles.pairs": {"pairs", "testdata/articles.jsonl"},
		"seeds.check":    {"check", "seeds/"},
	} {
		var out, errs bytes.Buffer
		end, wantErr := exitOK, ""
		if args[0] == "phrases" { // of stories, which dates keep apart
			wantErr = "dedup: 0 of 5 articles have a date; " + datesOfStories + "\nhint: records have their date in a field: --field published=NAME\n"
		}
		if args[0] == "check" {
			end = exitFound
		}
		if code := run(args, strings.NewReader(""), &out, &errs); code != end || errs.String() != wantErr {
			t.Errorf("%v: exit code %d, stderr %q", args, code, errs.String())
			continue
		}
		file := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.WriteFile(file, out.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), out.String()); d != "" {
			t.Errorf("%v (-golden +now; make golden renews it):\n%s", args, d)
		}
	}
}
