package dedup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What PlanClean says would go is what Write takes out; with an index that has a copy, that stays
// in its place; what stays is added, what does not is counted; the input comes back.
func TestPlanCleanAgainstAnIndex(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	first := "A ferry ran aground off Marl Point at dawn on Saturday. All ninety people aboard are safe, the coast guard said."
	second := "The town library opens a reading room for the deaf next week, with loops in every seat and a lamp at each."
	x, err := OpenIndex(at("corpus.idx"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Add(ctx, func(yield func(Article, error) bool) { yield(Article{ID: "old", Source: "a", Text: first}, nil) }, "before"); err != nil {
		t.Fatal(err)
	}
	drop := ""
	for _, a := range [][2]string{{"copy", first}, {"new", second}, {"again", second}} {
		drop += `{"id":"` + a[0] + `","source":"b","text":"` + a[1] + "\"}\n"
	}
	if err := os.WriteFile(at("drop.jsonl"), []byte(drop), 0o666); err != nil {
		t.Fatal(err)
	}
	plan := func(what CleanOptions) *Plan {
		t.Helper()
		what.Index = at("corpus.idx")
		p, err := PlanClean(ctx, []string{at("drop.jsonl")}, Options{Keep: "first"}, what)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
		return p
	}
	if _, err := plan(CleanOptions{}).Write(ctx, at("new.jsonl")); err == nil || !strings.Contains(err.Error(), "66.7 %") {
		t.Errorf("two of three go: %v", err)
	}
	p := plan(CleanOptions{Add: true, MaxRemoved: 1})
	var gone []Removal
	for r := range p.Removals() {
		gone = append(gone, r)
	}
	if len(gone) != 2 || gone[0].Article != "copy" || gone[0].Kept != "old" || !gone[0].InIndex || gone[1].Article != "again" || gone[1].Kept != "new" || gone[1].KeptLine != 2 {
		t.Errorf("%+v", gone)
	}
	done, err := p.Write(ctx, at("new.jsonl"))
	if err != nil || done != (Cleaned{Articles: 3, Removed: 2, Added: 1}) {
		t.Errorf("%+v, %v", done, err)
	}
	if n, err := Restore(ctx, at("new.jsonl"), at("again.jsonl")); n != 1 || err != nil {
		t.Error(n, err)
	}
	if b, err := os.ReadFile(at("again.jsonl")); string(b) != drop {
		t.Errorf("%q, %v", b, err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x, err = ReadIndex(at("corpus.idx"), Options{}); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	came, err := x.Came()
	want := []Came{{Batch: 0, Source: "a", Articles: 1, Added: 1}, {Batch: 1, Source: "b", Articles: 3, Known: 2, Added: 1}}
	if err != nil || !slices.Equal(came, want) {
		t.Errorf("%+v, want %+v, %v", came, want, err)
	}
	if _, err := Restore(ctx, at("new.jsonl"), at("new.jsonl"), "again"); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(at("new.jsonl")); strings.Count(string(b), "\n") != 2 {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := ReadIndex(at("none.idx"), Options{}); err == nil {
		t.Error("an index that is not there is read")
	}
	if _, err := os.Stat(at("none.idx")); !errors.Is(err, os.ErrNotExist) {
		t.Error("it is made")
	}
}

// What Counts foretells is what the index has afterwards.
func TestCountsAreThoseAfterAdding(t *testing.T) {
	ctx := context.Background()
	x, err := OpenIndex(filepath.Join(t.TempDir(), "corpus.idx"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	var list []Article
	for a, err := range articlesOf(t, "testdata/articles.jsonl") {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	feed := func(list []Article, mark string) func(func(Article, error) bool) {
		return func(yield func(Article, error) bool) {
			for _, a := range list {
				if a.ID += mark; !yield(a, nil) {
					return
				}
			}
		}
	}
	for _, batch := range []struct {
		list []Article
		mark string
	}{{list[:8], ""}, {list, "-again"}, {list[3:], "-more"}} {
		c, err := Read(ctx, feed(batch.list, batch.mark), Options{})
		if err != nil {
			t.Fatal(err)
		}
		before, err := c.Counts(x)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := x.Add(ctx, feed(batch.list, batch.mark), "test"); err != nil {
			t.Fatal(err)
		}
		after, err := c.Counts(x)
		if err != nil || !slices.Equal(before, after) {
			t.Errorf("counts %v, after they were added %v, %v", before, after, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// articlesOf are the articles of a file.
func articlesOf(t *testing.T, name string) func(func(Article, error) bool) {
	c, err := Open(context.Background(), []string{name}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return func(yield func(Article, error) bool) {
		i := 0
		for a := range c.Articles() {
			a.Text = c.Text(i)
			if i++; !yield(a, nil) {
				return
			}
		}
	}
}
