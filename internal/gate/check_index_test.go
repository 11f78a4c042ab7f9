package gate

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
	"dedup/internal/index"
	"dedup/internal/indexing"
)

// builtIndex is an index of the articles under the given paths.
func builtIndex(t testing.TB, paths ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "corpus.idx")
	cfg := corpus.Config{Options: corpus.Options{Workers: 2, Tmp: t.TempDir()}, Paths: paths}
	if _, _, err := indexing.Build(context.Background(), cfg, dir, "test", index.Options{Tmp: cfg.Tmp}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestCheckAgainstIndex(t *testing.T) {
	a := corpustest.NewAuthor(5)
	passage, long, known := a.Sentences(5), a.Sentences(8), a.Sentences(20)
	old := corpustest.WriteDrop(t, "corpus.jsonl",
		corpustest.Record{"half", "Gazette", "", a.Sentences(9) + " " + passage[:len(passage)/2] + ". " + a.Sentences(9)},
		corpustest.Record{"known", "Gazette", "2020-01-01", known},
		corpustest.Record{"whole", "Gazette", "", a.Sentences(9) + " " + passage + " " + a.Sentences(9)},
		corpustest.Record{"later", "Islander", "", a.Sentences(9) + " " + passage + " " + a.Sentences(9)},
		corpustest.Record{"long", "Islander", "", a.Sentences(2) + " " + long + " " + a.Sentences(30)},
	)
	dir := builtIndex(t, old)
	drop := corpustest.WriteDrop(t, "drop.jsonl",
		corpustest.Record{"fresh", "Herald", "", a.Sentences(20)},
		corpustest.Record{"thief", "Herald", "", a.Sentences(7) + "\n" + long + "\n" + a.Sentences(7) + "\n" + passage + "\n" + a.Sentences(7)},
		corpustest.Record{"again", "Herald", "2026-01-01", known + " " + passage},
		corpustest.Record{"again too", "Courier", "2026-01-02", known + " " + passage},
	)
	d := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{drop}}, CheckOptions{Index: dir, Tiny: 20})
	var got []string
	for _, f := range d.Findings {
		got = append(got, fmt.Sprintf("%s %s: %s %s %s", f.Rule, f.Article, f.Matched, strings.TrimPrefix(f.Where, filepath.Dir(old)+"/"), f.How))
	}
	want := []string{
		"copied-passage thief: long corpus.jsonl:5 ", "copied-passage thief: whole corpus.jsonl:3 ",
		"in-corpus again: known corpus.jsonl:2 resemblance",
		"near-duplicate again too: again " + drop + ":3 resemblance", "in-corpus again too: known corpus.jsonl:2 resemblance",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if f := d.Findings[0]; f.Tokens != 80 || f.Line != 2 || f.Text != corpus.Excerpt(strings.TrimSuffix(long, ".")) {
		t.Errorf("%+v", f)
	}
	if f := d.Findings[2]; f.Resemblance < 0.7 || f.Resemblance >= 1 || f.Containment != 1 {
		t.Errorf("%+v", f)
	}
}

// Twenty words of yesterday's story are no findings where a larger part of the article is asked for:
// its copied passages together, each word counted once.
func TestCheckCopiedShare(t *testing.T) {
	a := corpustest.NewAuthor(9)
	one, two := a.Sentences(3), a.Sentences(3)
	old := corpustest.WriteDrop(t, "corpus.jsonl",
		corpustest.Record{"one", "Gazette", "", a.Sentences(9) + " " + one + " " + a.Sentences(9)},
		corpustest.Record{"two", "Gazette", "", a.Sentences(9) + " " + two + " " + a.Sentences(9)},
	)
	drop := corpustest.WriteDrop(t, "drop.jsonl",
		corpustest.Record{"little", "Herald", "", a.Sentences(27) + " " + one},
		corpustest.Record{"much", "Herald", "", two + " " + a.Sentences(24) + " " + one},
	)
	opt := CheckOptions{Index: builtIndex(t, old)}
	for _, c := range []struct {
		least float64
		want  []string
	}{
		{0, []string{"copied-passage little", "copied-passage much", "copied-passage much"}},
		{0.1, []string{"copied-passage little", "copied-passage much", "copied-passage much"}},
		{0.15, []string{"copied-passage much", "copied-passage much"}},
		{0.2, []string{"copied-passage much", "copied-passage much"}},
		{0.21, nil},
	} {
		opt.MinCopied = c.least
		d := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{drop}}, opt)
		if diff := cmp.Diff(c.want, kinds(d)); diff != "" {
			t.Errorf("%g: (-want +got)\n%s", c.least, diff)
		}
		for _, f := range d.Findings {
			if f.Share != 0.1 {
				t.Errorf("%s: %d words are %g of the article", f.Article, f.Tokens, f.Share)
			}
		}
	}
}

// What a source prints under all its articles is not copied from the corpus, though it stands
// there; who takes it over has copied it.
func TestCheckOwnWordsAreNotCopied(t *testing.T) {
	a := corpustest.NewAuthor(6)
	tail := "Reporting for the Herald was made possible by a grant of the society of friends of small towns"
	var old, fresh []corpustest.Record
	for i := range 6 {
		old = append(old, corpustest.Record{fmt.Sprint("old", i), "Herald", "", a.Sentences(20) + "\n" + tail})
	}
	fresh = append(fresh, corpustest.Record{"own", "Herald", "", a.Sentences(20) + "\n" + tail}, corpustest.Record{"taken", "Courier", "", a.Sentences(20) + "\n" + tail})
	opt := CheckOptions{Index: builtIndex(t, corpustest.WriteDrop(t, "corpus.jsonl", old...)), Tiny: 20}
	d := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", fresh...)}}, opt)
	if diff := cmp.Diff([]string{"copied-passage taken"}, kinds(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A drop that shows a passage to be boilerplate does not have it copied, although the corpus holds
// it once only.
func TestCheckBoilerplateIsNotCopied(t *testing.T) {
	a := corpustest.NewAuthor(7)
	tail := "Reporting for the Herald was made possible by a grant of the society of friends of small towns"
	old := corpustest.Record{"old", "Herald", "", a.Sentences(20) + "\n" + tail}
	var fresh []corpustest.Record
	for i := range 4 {
		fresh = append(fresh, corpustest.Record{fmt.Sprint("new", i), "Herald", "", a.Sentences(20) + "\n" + tail})
	}
	opt := CheckOptions{Index: builtIndex(t, corpustest.WriteDrop(t, "corpus.jsonl", old)), Tiny: 20}
	cfg := corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", fresh...)}}
	d := checkDrop(t, cfg, opt)
	if diff := cmp.Diff([]string{"boilerplate new0", "boilerplate new1", "boilerplate new2", "boilerplate new3"}, kinds(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	opt.Rules = []Rule{CopiedPassage}
	if d := checkDrop(t, cfg, opt); len(d.Findings) > 0 {
		t.Errorf("alone: %v", kinds(d))
	}
}

func TestCheckWithoutThatIndex(t *testing.T) {
	_, err := Check(context.Background(), corpus.Config{Options: corpus.Options{Tmp: t.TempDir()}, Paths: inputs}, CheckOptions{Index: filepath.Join(t.TempDir(), "none")})
	if err == nil {
		t.Error("no error")
	}
}
