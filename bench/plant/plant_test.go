package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func plant(t *testing.T, n int) (corpus, gold string) {
	t.Helper()
	dir := t.TempDir()
	corpus, gold = filepath.Join(dir, "corpus"), filepath.Join(dir, "gold")
	if err := write(n, 7, corpus, gold); err != nil {
		t.Fatal(err)
	}
	return corpus, gold
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameFlagsSameBytes(t *testing.T) {
	c1, g1 := plant(t, 6000)
	c2, g2 := plant(t, 6000)
	if !bytes.Equal(read(t, c1), read(t, c2)) || !bytes.Equal(read(t, g1), read(t, g2)) {
		t.Error("two runs differ")
	}
}

func TestEveryKindIsPlanted(t *testing.T) {
	corpus, gold := plant(t, 6000)
	n := 0
	for line := range bytes.Lines(read(t, corpus)) {
		var a struct{ ID, Source, Text string }
		if err := json.Unmarshal(line, &a); err != nil || a.ID == "" || a.Source == "" || len(strings.Fields(a.Text)) < 30 {
			t.Fatalf("article %d: %s: %v", n, line, err)
		}
		n++
	}
	if n != 6000 {
		t.Error(n, "articles")
	}
	for _, kind := range []string{"exact", "edited", "truncated", "extended", "wrapped", "template"} {
		if k := bytes.Count(read(t, gold), []byte("\t"+kind+"\t")); k < 50 {
			t.Error(k, "of kind", kind)
		}
	}
}

func TestScoreCountsWhatIsFoundAndWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	gold, clusters := filepath.Join(dir, "gold"), filepath.Join(dir, "clusters")
	for path, s := range map[string]string{
		gold:     "b\ta\texact\t1\t1\nc\ta\tedited\t0.8\t0.9\nd\t-\ttemplate\t0\t0\n",
		clusters: "article\tcanonical\tresemblance\na\ta\t1\nb\ta\t1\nx\ty\t1\n",
	} {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	if err := scoreFile(gold, clusters, &b); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "all                 2          1   0.5000\nfalse members: 1\n") {
		t.Error(s)
	}
}

func BenchmarkPlant(b *testing.B) {
	a := author{lang: newLanguage(1)}
	var p piece
	for b.Loop() {
		p.corpus, p.gold = p.corpus[:0], p.gold[:0]
		for i := range 1000 {
			p = a.append(p, i)
		}
	}
	b.SetBytes(int64(len(p.corpus)))
}

func TestCopiesAreTheSameEachTimeAndLittleChanged(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "from.jsonl")
	text := strings.Repeat("the harbour of the town was closed on a day after storms ", 20)
	if err := os.WriteFile(from, []byte(`{"id":"a","text":"`+text+`"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out [2][]byte
	for i := range out {
		to := filepath.Join(dir, "to")
		if err := copies(from, 3, 1, to); err != nil {
			t.Fatal(err)
		}
		out[i] = read(t, to)
	}
	if !bytes.Equal(out[0], out[1]) || bytes.Count(out[0], []byte("\n")) != 3 {
		t.Fatalf("%s", out)
	}
	for line := range bytes.Lines(out[0]) {
		var a struct{ ID, Text string }
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		was, is, other := strings.Fields(text), strings.Fields(a.Text), 0
		for i := range was {
			if was[i] != is[i] {
				other++
			}
		}
		if other == 0 || other > len(was)*changed/100 {
			t.Errorf("%s: %d words changed", a.ID, other)
		}
	}
}
