package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/report"
)

// seeds and testdata, as paths from this package.
var inputs = []string{filepath.Join("..", "..", "seeds"), filepath.Join("..", "..", "testdata", "articles")}

func scan(t *testing.T, cfg Config) *report.Report {
	t.Helper()
	cfg.Parts = report.AllParts
	if cfg.Tmp == "" {
		cfg.Tmp = t.TempDir()
	}
	r, err := Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Texts that went to disk give the same report, and nothing of it points into what was unmapped.
func TestReportOutlivesSpilledTexts(t *testing.T) {
	tmp := t.TempDir()
	want := scan(t, Config{Paths: inputs, Workers: 2})
	got := scan(t, Config{Paths: inputs, Workers: 2, Memory: 1, Tmp: tmp})
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var b bytes.Buffer
	if err := report.JSON(&b, got); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWorkersAndOrderOfPathsDoNotMatter(t *testing.T) {
	want := scan(t, Config{Paths: inputs, Workers: 1})
	for _, workers := range []int{2, 8} {
		if d := cmp.Diff(want, scan(t, Config{Paths: []string{inputs[1], inputs[0]}, Workers: workers})); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
}

// Every place cuts out exactly the text it claims (phrases: the same words, perhaps written in
// another way).
func TestPlacesCutOutTheirText(t *testing.T) {
	r := scan(t, Config{Paths: inputs, Workers: 2})
	texts := map[string]string{}
	for _, a := range r.Articles {
		b, err := os.ReadFile(a.Path)
		if err != nil {
			t.Fatal(err)
		}
		texts[a.ID] = string(b)
	}
	check := func(what, article, want string, p report.Place) {
		t.Helper()
		s := texts[article]
		if got := s[p.Start:p.End]; want != "" && got != want {
			t.Errorf("%s in %s: [%d:%d] is %q, not %q", what, article, p.Start, p.End, got, want)
		}
		if place := newPlacer(s).lineColumn(p.Start); place != fmt.Sprint(p.Line, p.Column) {
			t.Errorf("%s in %s: %d is at %s, not %d %d", what, article, p.Start, place, p.Line, p.Column)
		}
	}
	for _, p := range r.Passages {
		check("passage", p.Occurrences[0].Article, p.Text, p.Occurrences[0].Place)
	}
	for _, p := range r.Repeats {
		check("repeat", p.Article, p.Text, p.Occurrences[0])
	}
	for _, p := range r.Furniture {
		check("furniture", p.Article, p.Text, p.Place)
	}
	for _, p := range r.Phrases {
		found := false
		for _, o := range p.Occurrences {
			check("phrase", o.Article, "", o.Place)
			found = found || texts[o.Article][o.Start:o.End] == p.Text
		}
		if !found {
			t.Errorf("no occurrence of the phrase %q reads so", p.Text)
		}
	}
	if len(r.Repeats) == 0 || len(r.Furniture) == 0 || len(r.Phrases) == 0 || len(r.Passages) == 0 {
		t.Errorf("the articles should hold every kind of finding: %+v", r.Summary)
	}
}

// lineColumn counts again, by the definition.
func (p placer) lineColumn(offset int) string {
	line, column := 1, 1
	for i, c := range p.text {
		if i == offset {
			break
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
	}
	return fmt.Sprint(line, column)
}

func TestPartsLimitTheWork(t *testing.T) {
	var stages []string
	cfg := Config{Paths: inputs, Workers: 1, Parts: report.Parts{Clusters: true}, Tmp: t.TempDir()}
	cfg.Progress = func(p Progress) {
		if len(stages) == 0 || stages[len(stages)-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
	}
	r, err := Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Clusters) == 0 || len(r.Stories)+len(r.Passages)+len(r.Phrases)+len(r.Repeats) > 0 {
		t.Errorf("clusters alone gave %+v", r.Summary)
	}
	for _, s := range stages {
		if s == "finding stories" || s == "finding passages" || s == "finding phrases" {
			t.Errorf("stage %q ran", s)
		}
	}
}

func TestCancelledRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Config{Paths: inputs, Parts: report.AllParts, Tmp: t.TempDir()}); err == nil {
		t.Error("a cancelled run gave a report")
	}
}
