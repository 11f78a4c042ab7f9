package gate

import (
	"fmt"
	"strings"
	"testing"

	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
)

// TestBenchmarkItemsAreFound: articles with a question of a benchmark in them, of nine to forty
// words, are found, however it was copied; articles without are not, and each finding names its
// question.
func TestBenchmarkItemsAreFound(t *testing.T) {
	a := corpustest.NewAuthor(17)
	var items [][]string
	var entries []corpustest.Record
	for i := range 640 {
		words := strings.Fields(strings.ReplaceAll(a.Sentences(4), ".", ""))[:9+i%32]
		items = append(items, words)
		entries = append(entries, corpustest.Record{fmt.Sprint("item", i), "", "", strings.Join(words, " ") + "?"})
	}
	copies := map[string]func(words []string) string{
		"whole": func(words []string) string { return strings.Join(words, " ") + "?" },
		"wrapped": func(words []string) string {
			var b strings.Builder
			for k, w := range words {
				b.WriteString(strings.ToUpper(w) + map[bool]string{true: "\n", false: " "}[k%8 == 7])
			}
			return b.String()
		},
		"changed": func(words []string) string {
			words = append([]string(nil), words...)
			words[a.Rand.IntN(len(words))] = "altogether"
			return strings.Join(words, " ") + "?"
		},
	}
	var drop []corpustest.Record
	for _, how := range []string{"whole", "wrapped", "changed", "long"} {
		put := copies[strings.Replace(how, "long", "whole", 1)]
		around := map[bool]int{true: 150, false: 9}[how == "long"]
		for i, words := range items {
			drop = append(drop, corpustest.Record{fmt.Sprint(how, " item", i), "", "", a.Sentences(around) + "\n" + put(words) + "\n" + a.Sentences(around)})
		}
	}
	for i := range 2000 {
		drop = append(drop, corpustest.Record{fmt.Sprint("clean ", i), "", "", a.Sentences(20)})
	}
	opt := CheckOptions{Index: builtIndex(t, corpustest.WriteDrop(t, "benchmark.jsonl", entries...)), Rules: []Rule{InCorpus, Supersedes, CopiedPassage}}
	cfg := corpus.Config{Options: corpus.Options{Workers: 2, MinTokens: 8}, Paths: []string{corpustest.WriteDrop(t, "drop.jsonl", drop...)}}
	found := map[string]bool{}
	for _, f := range checkDrop(t, cfg, opt).Findings {
		if _, item, _ := strings.Cut(f.Article, " "); item != f.Matched {
			t.Errorf("%s: %s from %s", f.Article, f.Rule, f.Matched)
		}
		found[f.Article] = true
	}
	for how, least := range map[string]float64{"whole": 1, "wrapped": 1, "changed": 0.98, "long": 1} {
		n := 0
		for i := range items {
			if found[fmt.Sprint(how, " item", i)] {
				n++
			}
		}
		t.Logf("%s: %d of %d", how, n, len(items))
		if float64(n) < least*float64(len(items)) {
			t.Errorf("%s: %d of %d are found", how, n, len(items))
		}
	}
}
