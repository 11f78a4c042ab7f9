package dedup_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"dedup"
	"dedup/internal/corpus/corpustest"
)

// made yields articles of made-up words.
func made(seed uint64, n int) func(yield func(dedup.Article, error) bool) {
	return func(yield func(dedup.Article, error) bool) {
		author := corpustest.NewAuthor(seed)
		for i := range n {
			if !yield(dedup.Article{ID: fmt.Sprint(seed, "-", i), Source: "Herald", Published: "2024-05-02", Text: author.Sentences(20)}, nil) {
				return
			}
		}
	}
}

func openIndex(t testing.TB) *dedup.Index {
	t.Helper()
	x, err := dedup.OpenIndex(filepath.Join(t.TempDir(), "corpus.idx"), dedup.Options{Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// What was added is found from then on, as it is, contained, and containing.
func TestIndexFindsWhatWasAdded(t *testing.T) {
	x := openIndex(t)
	for seed := range uint64(3) {
		if added, err := x.Add(t.Context(), made(seed, 700), "test"); err != nil || added.Articles != 700 {
			t.Fatalf("%+v, %v", added, err)
		}
	}
	if added, err := x.Add(t.Context(), made(1, 700), "test"); err != nil || added.Known != 700 || x.Len() != 2100 {
		t.Errorf("%+v, %d in all, %v", added, x.Len(), err)
	}
	text := ""
	for a := range made(2, 600) {
		text = a.Text
	}
	want := func(s string, known, superseded string) {
		t.Helper()
		found, err := x.Look(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		ids := func(list []dedup.Entry) string {
			var ids []string
			for _, e := range list {
				if e.ID = strings.Clone(e.ID); e.Source != "Herald" || e.Published != "2024-05-02" || e.Tokens != 200 || e.Rule == "" {
					t.Errorf("%+v", e)
				}
				ids = append(ids, e.ID)
			}
			return strings.Join(ids, " ")
		}
		if ids(found.Known) != known || ids(found.Superseded) != superseded {
			t.Errorf("%+v, not %q and %q", found, known, superseded)
		}
	}
	want(text, "2-599", "")
	want(text[:len(text)*2/3], "2-599", "")
	want(text+" "+corpustest.NewAuthor(9).Sentences(30), "", "2-599")
	want("Nothing of this was ever written.", "", "")
	want("", "", "")
}

func BenchmarkIndexLook(b *testing.B) {
	x := openIndex(b)
	if _, err := x.Add(b.Context(), made(1, 20000), "bench"); err != nil {
		b.Fatal(err)
	}
	var texts []string
	for a := range made(1, 100) {
		texts = append(texts, a.Text)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := x.Look(b.Context(), texts[i%len(texts)]); err != nil {
			b.Fatal(err)
		}
	}
}

// Stories of an index: what Story says, Add does; a name that was given stays.
func TestIndexKeepsStories(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus.idx")
	x, err := dedup.OpenStoryIndex(dir, dedup.Options{Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	// Each event has words of its own.
	told := func(take int) func(yield func(dedup.Article, error) bool) {
		return func(yield func(dedup.Article, error) bool) {
			for e := range 12 {
				author := corpustest.NewAuthor(uint64(100 + e))
				own := author.Sentences(4)
				for k := range 2 {
					a := dedup.Article{ID: fmt.Sprint(e, "-", take, k), Source: "Herald", Published: "2026-03-0" + fmt.Sprint(take+1), Text: own + " " + corpustest.NewAuthor(uint64(10000+1000*take+10*e+k)).Sentences(6)}
					if !yield(a, nil) {
						return
					}
				}
			}
		}
	}
	names := map[string]string{}
	for take := range 3 {
		looked, err := x.Story(t.Context(), told(take))
		if err != nil {
			t.Fatal(err)
		}
		added, err := x.Add(t.Context(), told(take), "test")
		if err != nil || len(added.Placements) < 24 || added.Articles != 24 {
			t.Fatal(added, err)
		}
		for i, p := range added.Placements {
			if p != looked[i] {
				t.Fatalf("looked %+v, added %+v", looked[i], p)
			}
			event, _, _ := strings.Cut(p.Article, "-")
			if old, ok := names[event]; ok && old != p.Event || p.OpensEvent != (take == 0) || p.WasEvent != "" {
				t.Errorf("event %s is %s: %+v", event, old, p)
			}
			names[event] = p.Event
		}
	}
	plain := openIndex(t)
	if _, err := plain.Story(t.Context(), told(0)); err == nil || !strings.Contains(err.Error(), "it has no stories\nhint: ") {
		t.Error(err)
	}
}
