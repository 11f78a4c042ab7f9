package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/gate"
	"dedup/internal/index"
)

// builtIndex is an index of the articles under the given paths.
func builtIndex(t testing.TB, paths ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "corpus.idx")
	cfg := Config{Paths: paths, Workers: 2, Tmp: t.TempDir()}
	if _, _, err := BuildIndex(context.Background(), cfg, dir, "test", index.Options{Tmp: cfg.Tmp}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheckAgainstIndex(t *testing.T) {
	a := newAuthor(5)
	passage, long, known := a.sentences(5), a.sentences(8), a.sentences(20)
	corpus := writeDrop(t, "corpus.jsonl",
		record{"half", "Gazette", "", a.sentences(9) + " " + passage[:len(passage)/2] + ". " + a.sentences(9)},
		record{"known", "Gazette", "2020-01-01", known},
		record{"whole", "Gazette", "", a.sentences(9) + " " + passage + " " + a.sentences(9)},
		record{"later", "Islander", "", a.sentences(9) + " " + passage + " " + a.sentences(9)},
		record{"long", "Islander", "", a.sentences(2) + " " + long + " " + a.sentences(30)},
	)
	dir := builtIndex(t, corpus)
	drop := writeDrop(t, "drop.jsonl",
		record{"fresh", "Herald", "", a.sentences(20)},
		record{"thief", "Herald", "", a.sentences(7) + "\n" + long + "\n" + a.sentences(7) + "\n" + passage + "\n" + a.sentences(7)},
		record{"again", "Herald", "2026-01-01", known + " " + passage},
		record{"again too", "Courier", "2026-01-02", known + " " + passage},
	)
	d := checkDrop(t, Config{Paths: []string{drop}, Workers: 2}, CheckOptions{Index: dir, Tiny: 20})
	var got []string
	for _, f := range d.Findings {
		got = append(got, fmt.Sprintf("%s %s: %s %s %s", f.Rule, f.Article, f.Matched, strings.TrimPrefix(f.Where, filepath.Dir(corpus)+"/"), f.How))
	}
	want := []string{
		"copied-passage thief: long corpus.jsonl:5 ", "copied-passage thief: whole corpus.jsonl:3 ",
		"in-corpus again: known corpus.jsonl:2 resemblance",
		"near-duplicate again too: again " + drop + ":3 resemblance", "in-corpus again too: known corpus.jsonl:2 resemblance",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if f := d.Findings[0]; f.Tokens != 80 || f.Line != 2 || f.Text != excerpt(strings.TrimSuffix(long, ".")) {
		t.Errorf("%+v", f)
	}
	if f := d.Findings[2]; f.Resemblance < 0.7 || f.Resemblance >= 1 || f.Containment != 1 {
		t.Errorf("%+v", f)
	}
}

// What a source prints under all its articles is not copied from the corpus, though it stands
// there; who takes it over has copied it.
func TestCheckOwnWordsAreNotCopied(t *testing.T) {
	a := newAuthor(6)
	tail := "Reporting for the Herald was made possible by a grant of the society of friends of small towns"
	var old, fresh []record
	for i := range 6 {
		old = append(old, record{fmt.Sprint("old", i), "Herald", "", a.sentences(20) + "\n" + tail})
	}
	fresh = append(fresh, record{"own", "Herald", "", a.sentences(20) + "\n" + tail}, record{"taken", "Courier", "", a.sentences(20) + "\n" + tail})
	opt := CheckOptions{Index: builtIndex(t, writeDrop(t, "corpus.jsonl", old...)), Tiny: 20}
	d := checkDrop(t, Config{Paths: []string{writeDrop(t, "drop.jsonl", fresh...)}, Workers: 2}, opt)
	if diff := cmp.Diff([]string{"copied-passage taken"}, kinds(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A drop that shows a passage to be boilerplate does not have it copied, although the corpus holds
// it once only.
func TestCheckBoilerplateIsNotCopied(t *testing.T) {
	a := newAuthor(7)
	tail := "Reporting for the Herald was made possible by a grant of the society of friends of small towns"
	old := record{"old", "Herald", "", a.sentences(20) + "\n" + tail}
	var fresh []record
	for i := range 4 {
		fresh = append(fresh, record{fmt.Sprint("new", i), "Herald", "", a.sentences(20) + "\n" + tail})
	}
	opt := CheckOptions{Index: builtIndex(t, writeDrop(t, "corpus.jsonl", old)), Tiny: 20}
	cfg := Config{Paths: []string{writeDrop(t, "drop.jsonl", fresh...)}, Workers: 2}
	d := checkDrop(t, cfg, opt)
	if diff := cmp.Diff([]string{"boilerplate new0", "boilerplate new1", "boilerplate new2", "boilerplate new3"}, kinds(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	opt.Rules = []gate.Rule{gate.CopiedPassage}
	if d := checkDrop(t, cfg, opt); len(d.Findings) > 0 {
		t.Errorf("alone: %v", kinds(d))
	}
}

func TestCheckWithoutThatIndex(t *testing.T) {
	_, err := Check(context.Background(), Config{Paths: inputs, Tmp: t.TempDir()}, CheckOptions{Index: filepath.Join(t.TempDir(), "none")})
	if err == nil {
		t.Error("no error")
	}
}
