package clean

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
)

// cleanGen makes inputs with copies, repeats and furniture in every byte-oriented format.
type cleanGen struct {
	t    interface{ Fatal(...any) }
	rnd  *rand.Rand
	made []string
}

var cleanWords = strings.Fields("the council of Nether Brill elected a goat café naïve “quoted” budget rain on Tuesday 1,000 votes river bridge Straße 東京 mayor \U0001f410 river's \\ \" , ; said")

func (g *cleanGen) sentence() string {
	n := 6 + g.rnd.IntN(14)
	words := make([]string, n)
	for i := range words {
		words[i] = cleanWords[g.rnd.IntN(len(cleanWords))]
	}
	return "The " + strings.Join(words, " ") + "."
}

// text makes a new text or, half of the time, a copy of an earlier one with a little changed.
func (g *cleanGen) text() string {
	if g.rnd.IntN(8) == 0 {
		return [...]string{"", "", " \n", "\r\n\t", "\u00a0"}[g.rnd.IntN(5)]
	}
	if len(g.made) > 0 && g.rnd.IntN(2) == 0 {
		s := g.made[g.rnd.IntN(len(g.made))]
		if g.rnd.IntN(2) == 0 {
			s += "\n" + g.sentence()
		}
		return s
	}
	var lines []string
	for range 4 + g.rnd.IntN(8) {
		lines = append(lines, g.sentence()+" "+g.sentence())
	}
	if g.rnd.IntN(2) == 0 {
		lines = append([]string{lines[0], "", lines[0]}, lines[1:]...)
	}
	if g.rnd.IntN(2) == 0 {
		lines = append(lines, "Share this article", "Related Sources:", "- one", "- two")
	}
	s := strings.Join(lines, [...]string{"\n", "\n\n", "\r\n"}[g.rnd.IntN(3)])
	g.made = append(g.made, s)
	return s
}

func (g *cleanGen) space() string {
	return [...]string{"", "", " ", "\n", "\r\n  ", "\t"}[g.rnd.IntN(6)]
}

// object writes a record, with escapes of its own.
func (g *cleanGen) object(id int) string {
	text, err := json.Marshal(g.text())
	if err != nil {
		g.t.Fatal(err)
	}
	s := string(text)
	if s == `""` && g.rnd.IntN(2) == 0 {
		s = "null"
	}
	if g.rnd.IntN(2) == 0 {
		s = strings.NewReplacer("é", `\u00e9`, "\U0001f410", `\ud83d\udc10`, "/", `\/`).Replace(s)
	}
	fields := []string{fmt.Sprintf(`"id": "a%d"`, id), `"text":` + s, `"other": [1, {"x": "a, b ] }"}]`, `"title":"T"`}
	g.rnd.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	return "{" + strings.Join(fields, ", ") + "}"
}

func (g *cleanGen) file(dir string, k int) {
	n := g.rnd.IntN(12)
	var b bytes.Buffer
	name := ""
	switch kind := g.rnd.IntN(6); kind {
	case 0: // JSON Lines
		name = "a.jsonl"
		for i := range n {
			b.WriteString(g.object(i))
			if i+1 < n || g.rnd.IntN(2) == 0 {
				b.WriteString([...]string{"\n", "\n", "\r\n", "\n\n", " \n"}[g.rnd.IntN(5)])
			}
			if g.rnd.IntN(8) == 0 {
				b.WriteString("{\"broken\": \n")
			}
		}
	case 1: // an array
		name = "b.json"
		b.WriteString("[" + g.space())
		for i := range n {
			if i > 0 {
				b.WriteString(g.space() + "," + g.space())
			}
			b.WriteString(g.object(i))
		}
		b.WriteString(g.space() + "]\n")
	case 2: // the answer of a service
		name = "c.jsonl"
		b.WriteString(`{"status": "ok", "articles": [`)
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(g.object(i))
		}
		b.WriteString(`], "more": ","}` + "\n")
	case 3, 4: // CSV, TSV
		name = "d.csv"
		w := csv.NewWriter(&b)
		w.UseCRLF = g.rnd.IntN(2) == 0
		if kind == 4 {
			name, w.Comma = "e.tsv", '\t'
		}
		_ = w.Write([]string{"id", "text", "note"})
		for i := range n {
			_ = w.Write([]string{fmt.Sprint("a", i), g.text(), "x, \"y\"\nz"})
		}
		w.Flush()
	case 5:
		name = "f.txt"
		if g.rnd.IntN(4) == 0 {
			b.WriteString("\ufeff")
		}
		b.WriteString(g.text())
	}
	name = fmt.Sprintf("%d/%d%s", k%2, k, name)
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		g.t.Fatal(err)
	}
}

func tree(t interface{ Fatal(...any) }, dir string) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readAll(t interface{ Fatal(...any) }, dir string) map[string][]string {
	texts := map[string][]string{}
	err := article.Read(context.Background(), article.Expand([]string{dir}, nil), article.Options{Workers: 1}, func(_ int, b *article.Batch) error {
		for _, a := range b.Articles {
			rel, _ := filepath.Rel(dir, a.Path)
			texts[rel] = append(texts[rel], strings.Clone(a.ID[strings.LastIndexByte(a.ID, '/')+1:]+"|"+a.Text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// What is written is what the decisions leave, and restoring gives every byte back.
func TestCleanRoundTrip(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	defer func(old string) { _ = checks.Set(old) }(checks.String())
	if err := checks.Set("40"); err != nil { // each writes and syncs a few files three times
		t.Fatal(err)
	}
	base := t.TempDir()
	round, removed, cuts := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		dir := filepath.Join(base, fmt.Sprint(round))
		g := &cleanGen{t: t, rnd: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))}
		in, out, again := filepath.Join(dir, "in"), filepath.Join(dir, "out"), filepath.Join(dir, "again")
		for k := range 1 + g.rnd.IntN(6) {
			g.file(in, k)
		}
		cfg := corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{in}}
		opt := RunOptions{Out: out, Force: true, Passages: g.rnd.IntN(3) == 0, DropEmpty: g.rnd.IntN(2) == 0}
		var want map[string][]string
		if res, err := Run(context.Background(), cfg, opt); errors.Is(err, corpus.ErrNothing) {
			return // none of the files has a record
		} else if err != nil {
			t.Fatal(err)
		} else if want = left(t, in, out+".manifest.jsonl"); res.Written.Whole > 0 {
			t.Fatalf("%d spans could not be cut", res.Written.Whole)
		} else {
			removed, cuts = removed+res.Written.Removed, cuts+res.Written.Cuts
		}
		got := readAll(t, out)
		for name, texts := range want {
			if fmt.Sprintf("%q", got[name]) != fmt.Sprintf("%q", texts) {
				t.Fatalf("%s holds\n%q\nwant\n%q\nfrom %q\nto %q", name, got[name], texts, tree(t, in)[name], tree(t, out)[name])
			}
		}
		if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
			t.Fatal(err)
		}
		a, b := tree(t, in), tree(t, again)
		for name := range a {
			if a[name] != b[name] {
				t.Fatalf("%s came back as\n%q\nwas\n%q", name, b[name], a[name])
			}
		}
		if len(a) != len(b) {
			t.Fatalf("%d files came back of %d", len(b), len(a))
		}
	})
	if !t.Failed() && (removed < round || cuts < round) {
		t.Errorf("%d articles and %d spans went in %d rounds: the test says little", removed, cuts, round)
	}
}

// left is what the articles of in are without what a manifest names, by the text offsets that it
// gives.
func left(t interface{ Fatal(...any) }, in, manifest string) map[string][]string {
	type key struct {
		path, id string
		offset   int64
	}
	whole, cuts := map[key]bool{}, map[key][]Cut{}
	f, err := os.Open(manifest)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	err = ReadManifest(manifest, f, func(e *Entry, _ int64, _ int) error {
		if e.Gone == nil {
			return nil
		}
		k := key{e.Gone.Path, "", e.Gone.Offset}
		switch e.Kind {
		case "article":
			whole[k] = true
		case "span":
			cuts[k] = append(cuts[k], Cut{Span: article.Span{Start: e.Gone.Start, End: e.Gone.End}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]string{}
	err = article.Read(context.Background(), article.Expand([]string{in}, nil), article.Options{Workers: 1}, func(_ int, b *article.Batch) error {
		for _, a := range b.Articles {
			rel, _ := filepath.Rel(in, a.Path)
			k := key{a.Path, "", a.Raw.Offset}
			if whole[k] {
				continue
			}
			if !OnCharacters(a.Text, cuts[k]) {
				t.Fatal("a cut inside a character")
			}
			texts[rel] = append(texts[rel], strings.Clone(a.ID[strings.LastIndexByte(a.ID, '/')+1:]+"|"+Remove(a.Text, cuts[k])))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// TestCleanKeepsArticlesWithoutText passes them through, whatever else goes, and takes them out on
// demand, with a rule of their own.
func TestCleanKeepsArticlesWithoutText(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	a := corpustest.NewAuthor(5)
	text := a.Sentences(12)
	drop := corpustest.WriteDrop(t, "drop.jsonl", corpustest.Record{"one", "Herald", "2026-01-02", text}, corpustest.Record{"blank", "Herald", "2026-01-01", " "}, corpustest.Record{"none", "Herald", "2026-01-01", ""},
		corpustest.Record{"copy", "Courier", "2026-01-03", text})
	content, err := os.ReadFile(drop)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string]string{"a.jsonl": string(content), "b.txt": "", "c.txt": "\n \n", "d.csv": "id,text\nx,\ny,\" \"\n"} {
		if err := os.MkdirAll(in, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(in, name), []byte(b), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, opt := range []RunOptions{{Passages: true}, {PerStory: 1}, {DropEmpty: true}, {DropEmpty: true, PerStory: 1}} {
		opt.Out, opt.Force = filepath.Join(dir, "out"), true
		res, err := Run(context.Background(), corpus.Config{Options: corpus.Options{Workers: 2}, Paths: []string{in}}, opt)
		if err != nil {
			t.Fatal(err)
		}
		if opt.DropEmpty != (res.Removed[RuleEmpty] == 6) || opt.DropEmpty != (res.Empty == 0) || res.Articles != 8 || res.Skipped != 0 {
			t.Errorf("%+v: %+v", opt, res)
		}
		if res.Removed[RuleResemblance]+res.Removed[RuleStory] != 1 {
			t.Errorf("%+v removed %v", opt, res.Removed)
		}
		again := filepath.Join(dir, "again")
		if _, err := Restore(context.Background(), RestoreOptions{From: opt.Out, Out: again}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tree(t, in), tree(t, again)); d != "" {
			t.Error(d)
		}
		if err := os.RemoveAll(again); err != nil {
			t.Fatal(err)
		}
	}
}
