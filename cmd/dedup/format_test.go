package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/corpus"
	"dedup/internal/gate"
	"dedup/internal/report"
)

// A row of a table of formats that lacks something is named here, before a user meets it.
func TestEveryOutputFormatHasAWholeRow(t *testing.T) {
	wholeRows(t, reportFormats, shownReport{Report: &report.Report{}}, "json.md", "html.md", "../README.md")
	wholeRows(t, checkFormats, &gate.Result{Pass: true}, "check.md")
	wholeRows(t, diffFormats, &report.Diff{}, "json.md", "../README.md", "recipes.md")
	wholeRows(t, rowFormats, rowsOf{textColumns("id"), func(*table) error { return nil }}, "formats.md")
	wholeRows(t, textFormats, &texts{ctx: t.Context(), cfg: corpus.Config{Paths: []string{filepath.Join(repoRoot(t), "seeds")}}}, "formats.md")
}

func wholeRows[T any](t *testing.T, table formats[T], v T, pages ...string) {
	t.Helper()
	docs := ""
	for _, page := range pages {
		b, err := os.ReadFile(filepath.Join(repoRoot(t), "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		docs += string(b)
	}
	seen := map[string]bool{}
	for _, f := range table {
		if f.name == "" || seen[f.name] || f.name != strings.ToLower(f.name) {
			t.Errorf("%q is no name of its own", f.name)
		}
		seen[f.name] = true
		if f.print == nil {
			t.Errorf("%s does not print", f.name)
		} else if err := f.print(io.Discard, v, report.TextOptions{}); err != nil {
			t.Errorf("%s cannot print nothing: %v", f.name, err)
		}
		if !strings.Contains(docs, f.name) {
			t.Errorf("%s is not mentioned in %v", f.name, pages)
		}
	}
}
