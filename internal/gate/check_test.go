package gate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
)

func checkDrop(t *testing.T, cfg corpus.Config, opt CheckOptions) *Drop {
	t.Helper()
	if cfg.Tmp == "" {
		cfg.Tmp = t.TempDir()
	}
	d, err := Check(context.Background(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Findings that do not fit into their part of memory are in brief, whatever the number of workers:
// five million of them ended the run.
func TestFindingsThatDoNotFitAreOmitted(t *testing.T) {
	var records []corpustest.Record
	a := corpustest.NewAuthor(3)
	for i := range 500 {
		records = append(records, corpustest.Record{fmt.Sprint(i), "Courier", "", a.Sentences(1 + i%2)})
	}
	path := corpustest.WriteDrop(t, "drop.jsonl", records...)
	check := func(memory int64, workers int) *Drop {
		return checkDrop(t, corpus.Config{Options: corpus.Options{Workers: workers, Memory: memory}, Paths: []string{path}}, CheckOptions{Tiny: 30})
	}
	all := check(0, 2)
	for _, workers := range []int{1, 3} {
		d := check(detailPart*100_000, workers)
		n := len(d.Findings)
		if n < 50 || n > 200 || n+d.Unlisted() != len(all.Findings) || len(all.Omitted) > 0 {
			t.Fatalf("%d findings and %d in brief of %d", n, d.Unlisted(), len(all.Findings))
		}
		if diff := cmp.Diff(all.Findings[:n], d.Findings); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		d.each(func(i int, f brief) {
			if a := &all.Findings[i]; f != (brief{a.Rule, a.Article, a.Source, a.Matched, a.Key}) {
				t.Errorf("finding %d: %+v, want %+v", i, f, *a)
			}
		})
	}
}

// kinds lists rule and article of each finding.
func kinds(d *Drop) (out []string) {
	for _, f := range d.Findings {
		out = append(out, string(f.Rule)+" "+f.Article)
	}
	return out
}

func TestCheckRules(t *testing.T) {
	a := corpustest.NewAuthor(1)
	text, headline := a.Sentences(20), "Council of Nether Brill elects a goat"
	path := corpustest.WriteDrop(t, "drop.jsonl",
		corpustest.Record{"first", "Herald", "2026-01-01", text},
		corpustest.Record{"blank", "Herald", "", " \n"},
		corpustest.Record{"second", "Courier", "2026-01-02", text + " " + a.Sentences(1)},
		corpustest.Record{"twice", "Courier", "2026-01-02", headline + "\n\n" + headline + "\n\n" + a.Sentences(12) + "\nShare this article"},
		corpustest.Record{"short", "", "", "Too short to be an article."},
		corpustest.Record{"empty", "", "", ""},
	)
	d := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{path}}, CheckOptions{Tiny: 20})
	want := []string{"empty blank", "near-duplicate second", "repeat twice", "furniture twice", "tiny short", "empty empty"}
	if diff := cmp.Diff(want, kinds(d)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d.Articles != 4 || d.Empty != 2 || d.Skipped != 0 || d.Sources["Herald"] != 1 || d.Sources["Courier"] != 2 || d.Sources[""] != 1 {
		t.Errorf("%d articles, %d skipped, sources %v", d.Articles, d.Skipped, d.Sources)
	}
	if f := d.Findings[1]; f.Matched != "first" || f.Where != path+":1" || f.How != "resemblance" || f.Record != 3 || f.Tokens != 210 || f.Start+f.Line != 0 {
		t.Errorf("near-duplicate: %+v", f)
	}
	if f := d.Findings[2]; f.Text != headline || f.Line != 3 || f.Column != 1 || f.EndLine != 3 || f.EndColumn != len(headline)+1 || f.InFile || f.Matched != "" {
		t.Errorf("repeat: %+v", f)
	}
	if f := d.Findings[5]; f.Text+f.Where != "" || f.Tokens+f.Line != 0 || f.Record != 6 || f.Path != path || f.Key != d.Findings[0].Key || f.Key != Key(Empty, nil) {
		t.Errorf("empty: %+v", f)
	}
}

// A rule that is not looked for finds nothing, and changes nothing of what the others find. An
// article without text is one whatever is looked for.
func TestCheckRulesAreIndependent(t *testing.T) {
	a := corpustest.NewAuthor(2)
	records := []corpustest.Record{{"blank", "", "", ""}}
	tail := "Reporting for the Herald was made possible by a grant of the society of friends of small towns"
	passage := a.Sentences(6)
	brief := a.Sentences(5)
	old := corpustest.WriteDrop(t, "corpus.jsonl", corpustest.Record{"old", "Islander", "", a.Sentences(9) + " " + passage + " " + a.Sentences(9)}, corpustest.Record{"brief", "Islander", "", brief})
	for i := range 8 {
		text := a.Sentences(15)
		if i == 0 { // in several articles of one source it would be boilerplate
			text += "\n" + passage
		}
		records = append(records, corpustest.Record{fmt.Sprint("n", i), "Herald", "", text + "\n\n" + tail})
	}
	records = append(records, corpustest.Record{"copy", "Courier", "", records[3][corpustest.Text]}, corpustest.Record{"tiny", "", "", "No."},
		corpustest.Record{"full", "Courier", "", a.Sentences(9) + " " + brief + " " + a.Sentences(9)})
	cfg := corpus.Config{Options: corpus.Options{Workers: 2}, Paths: append([]string{corpustest.WriteDrop(t, "drop.jsonl", records...)}, inputs...)}
	index := builtIndex(t, append([]string{old}, inputs[1])...)
	all := checkDrop(t, cfg, CheckOptions{Index: index, Tiny: 20})
	found := map[Rule]int{}
	for _, rule := range Rules {
		var want []Finding
		for _, f := range all.Findings {
			if f.Rule == rule {
				want = append(want, f)
			}
		}
		found[rule] = len(want)
		got := checkDrop(t, cfg, CheckOptions{Rules: []Rule{rule}, Index: index, Tiny: 20})
		if got.Skipped != 0 || got.Empty != 1 || got.Articles != all.Articles {
			t.Errorf("%s: %d skipped, %d of %d without text", rule, got.Skipped, got.Empty, got.Articles)
		}
		if d := cmp.Diff(want, slices.Clip(got.Findings)); d != "" && len(want)+len(got.Findings) > 0 {
			t.Errorf("%s alone (-among all +alone)\n%s", rule, d)
		}
		if !slices.Equal(got.Rules, []Rule{rule}) {
			t.Errorf("looked for %v", got.Rules)
		}
	}
	for _, rule := range Rules {
		if found[rule] == 0 {
			t.Errorf("nothing found by %s, so nothing was compared", rule)
		}
	}
}

func TestCheckWorkersDoNotMatter(t *testing.T) {
	a := corpustest.NewAuthor(3)
	var records []corpustest.Record
	for i := range 400 {
		text := a.Sentences(6 + i%9)
		if i > 10 && i%3 == 0 {
			old := records[a.Rand.IntN(i)][corpustest.Text]
			text = text + "\n" + old[:len(old)/2]
		}
		if i%17 == 0 {
			text = ""
		}
		records = append(records, corpustest.Record{fmt.Sprint("a", i), []string{"Herald", "Courier"}[i%2], "", text})
	}
	index := builtIndex(t, corpustest.WriteDrop(t, "corpus.jsonl", records[:200]...))
	paths := append([]string{corpustest.WriteDrop(t, "drop.jsonl", records[100:]...)}, inputs...)
	var want *Drop
	for _, workers := range []int{1, 3, 8} {
		got := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: workers}, Paths: paths}, CheckOptions{Index: index, Tiny: 20})
		if want == nil {
			want = got
			t.Log(len(want.Findings), "findings")
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%d workers:\n%s", workers, d)
		}
	}
}

// Every place cuts out what it says, lines and columns are those of the text, and keys are made of
// its words.
func TestCheckPlaces(t *testing.T) {
	cfg := corpus.Config{Options: corpus.Options{Workers: 2}, Paths: inputs}
	texts := map[string]string{}
	err := article.Read(context.Background(), article.Expand(inputs, nil), article.Options{Workers: 1}, func(_ int, b *article.Batch) error {
		for _, a := range b.Articles {
			texts[a.ID] = strings.Clone(a.Text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	spans := 0
	for _, f := range checkDrop(t, cfg, CheckOptions{Tiny: 200}).Findings {
		s := texts[f.Article]
		if f.Line == 0 {
			continue
		}
		spans++
		if !strings.HasPrefix(s[f.Start:f.End], f.Text) || !f.InFile {
			t.Errorf("%+v", f)
		}
		lines := strings.Split(s, "\n")
		rest := []rune(lines[f.Line-1])[f.Column-1:]
		if first, _, _ := strings.Cut(f.Text, "\n"); !strings.HasPrefix(string(rest), first) {
			t.Errorf("line %d, column %d is %q", f.Line, f.Column, string(rest))
		}
		if end := []rune(lines[f.EndLine-1])[:f.EndColumn-1]; !strings.HasSuffix(s[:f.End], string(end)) {
			t.Errorf("end line %d, column %d is after %q", f.EndLine, f.EndColumn, string(end))
		}
	}
	if spans < 4 {
		t.Errorf("only %d findings with a place", spans)
	}
}

// Lines are those of the file where the article is the file, and it was not changed on its way in.
func TestCheckInFile(t *testing.T) {
	dir := t.TempDir()
	headline := "Council of Nether Brill elects a goät\n\n"
	text := headline + headline + corpustest.NewAuthor(4).Sentences(9) + "\n"
	latin := strings.ReplaceAll(text, "ä", "\xe4")
	for name, content := range map[string]string{"plain.txt": text, "mark.txt": "\ufeff" + text, "latin.txt": latin} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]string{}
	for _, f := range checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 1}, Paths: []string{dir}}, CheckOptions{Rules: []Rule{Repeat}}).Findings {
		got[filepath.Base(f.Path)] = fmt.Sprint(f.InFile, " ", f.Line, ":", f.Column, " to ", f.EndLine, ":", f.EndColumn)
	}
	want := map[string]string{"plain.txt": "true 3:1 to 3:38", "mark.txt": "true 3:1 to 3:38", "latin.txt": "false 3:1 to 3:38"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestCheckNothing(t *testing.T) {
	path := corpustest.WriteDrop(t, "drop.jsonl", corpustest.Record{"blank", "", "", ""})
	d := checkDrop(t, corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{path}}, CheckOptions{Index: builtIndex(t, inputs[0]), Tiny: 20})
	if diff := cmp.Diff([]string{"empty blank"}, kinds(d)); diff != "" || d.Articles != 0 || d.Empty != 1 {
		t.Errorf("%d articles\n%s", d.Articles, diff)
	}
}

func TestOutermostAndPrinted(t *testing.T) {
	spans := outermost([]article.Span{{Start: 50, End: 60}, {Start: 10, End: 40}, {Start: 10, End: 20}, {Start: 30, End: 45}, {Start: 35, End: 40}, {Start: 50, End: 60}})
	if want := []article.Span{{Start: 10, End: 40}, {Start: 30, End: 45}, {Start: 50, End: 60}}; !slices.Equal(spans, want) {
		t.Errorf("%v, want %v", spans, want)
	}
	for _, c := range []struct {
		span article.Span
		want bool
	}{
		{article.Span{Start: 10, End: 45}, true},
		{article.Span{Start: 0, End: 20}, false},  // half of it
		{article.Span{Start: 0, End: 21}, true},   // a byte more
		{article.Span{Start: 40, End: 60}, true},  // 5 and 10 of 20
		{article.Span{Start: 45, End: 50}, false}, // between
		{article.Span{Start: 46, End: 200}, false},
	} {
		if got := printed(spans, c.span); got != c.want {
			t.Errorf("%v: %v", c.span, got)
		}
	}
}

// inputs are articles of the repository, as paths from this package.
var inputs = []string{filepath.Join("..", "..", "seeds"), filepath.Join("..", "..", "testdata", "articles")}
