package dedup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup"
	"dedup/internal/report"
)

// seeds and testdata, as paths from this package.
var inputs = []string{"seeds", filepath.Join("testdata", "articles")}

func scan(t *testing.T, paths []string, opt dedup.Options) *dedup.Report {
	t.Helper()
	if opt.Tmp == "" {
		opt.Tmp = t.TempDir()
	}
	c, err := dedup.Open(t.Context(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	parts := opt.Only
	if parts == (dedup.Parts{}) {
		parts = dedup.AllParts
	}
	r, err := c.Report(parts)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return r
}

// Texts that went to disk give the same report, and nothing of it points into what was unmapped.
func TestReportOutlivesSpilledTexts(t *testing.T) {
	tmp := t.TempDir()
	want := scan(t, inputs, dedup.Options{Workers: 2})
	got := scan(t, inputs, dedup.Options{Workers: 2, Memory: 1, Tmp: tmp})
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
	want := scan(t, inputs, dedup.Options{Workers: 1})
	for _, workers := range []int{2, 8} {
		if d := cmp.Diff(want, scan(t, []string{inputs[1], inputs[0]}, dedup.Options{Workers: workers})); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
}

// Every place cuts out exactly the text it claims (phrases: the same words, perhaps written in
// another way).
func TestPlacesCutOutTheirText(t *testing.T) {
	r := scan(t, inputs, dedup.Options{Workers: 2})
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
		if place := lineColumn(s, p.Start); place != fmt.Sprint(p.Line, p.Column) {
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
func lineColumn(s string, offset int) string {
	line, column := 1, 1
	for i, c := range s {
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
	opt := dedup.Options{Workers: 1, Only: dedup.Parts{Clusters: true}}
	opt.Progress = func(stage string, _, _ int64, _ int) {
		if len(stages) == 0 || stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
	}
	r := scan(t, inputs, opt)
	if len(r.Clusters) == 0 || len(r.Stories)+len(r.Passages)+len(r.Phrases)+len(r.Repeats) > 0 {
		t.Errorf("clusters alone gave %+v", r.Summary)
	}
	for _, s := range stages {
		if s == "finding stories" || s == "finding passages" || s == "finding phrases" {
			t.Errorf("stage %q ran", s)
		}
	}
}

func TestQuestionThatWasNotNamed(t *testing.T) {
	c, err := dedup.Open(t.Context(), inputs, dedup.Options{Only: dedup.Parts{Clusters: true}, Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for name, ask := range map[string]func() error{
		"stories":  func() error { _, err := c.Stories(); return err },
		"passages": func() error { _, err := c.Passages(); return err },
		"matches": func() (err error) {
			for _, err = range c.Matches() {
			}
			return err
		},
		"repeats":   func() error { _, err := c.Repeats(); return err },
		"phrases":   func() error { _, err := c.Phrases(); return err },
		"furniture": func() error { _, err := c.Furniture(); return err },
	} {
		if err := ask(); !errors.Is(err, dedup.ErrNotKept) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCancelledRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := dedup.Open(ctx, inputs, dedup.Options{Tmp: t.TempDir()}); err == nil {
		t.Error("a cancelled run gave a corpus")
	}
	ctx, cancel = context.WithCancel(t.Context())
	c, err := dedup.Open(ctx, inputs, dedup.Options{Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cancel()
	if _, err := c.Report(dedup.AllParts); !errors.Is(err, context.Canceled) {
		t.Errorf("a report of a cancelled corpus: %v", err)
	}
}

// Articles that a program hands over give what the same articles in files give.
func TestReadAgreesWithOpen(t *testing.T) {
	want := scan(t, inputs, dedup.Options{})
	c, err := dedup.Open(t.Context(), inputs, dedup.Options{Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	articles := func(yield func(dedup.Article, error) bool) {
		i := 0
		for a := range c.Articles() {
			if a.Text, a.Title = c.Text(i), ""; !yield(a, nil) { // the files give no title: Articles shows their headline
				return
			}
			i++
		}
	}
	for _, workers := range []int{1, 3} {
		again, err := dedup.Read(t.Context(), articles, dedup.Options{Workers: workers, Tmp: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		got, err := again.Report(dedup.AllParts)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d workers: %s", workers, d)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestReadEndsAtAnError(t *testing.T) {
	broken := errors.New("the feed broke off")
	_, err := dedup.Read(t.Context(), func(yield func(dedup.Article, error) bool) {
		_ = yield(dedup.Article{Text: "Rain fell."}, nil) && yield(dedup.Article{}, broken)
	}, dedup.Options{Tmp: t.TempDir()})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
	_, err = dedup.Read(t.Context(), func(yield func(dedup.Article, error) bool) {
		yield(dedup.Article{ID: "x", Text: "Rain fell.", Published: "some day"}, nil)
	}, dedup.Options{Tmp: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), `"some day"`) {
		t.Error(err)
	}
}
