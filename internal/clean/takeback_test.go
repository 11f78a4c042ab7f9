package clean

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/corpus"
)

// TestTakeBackKeepsArrays takes removals back one after the other, in any order: a JSON array stays
// one, also where a comma went with its last element or comes back with one, and everything else can
// be restored from what is there at every step.
func TestTakeBackKeepsArrays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "takeback")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		at := func(name string) string { return filepath.Join(dir, name) }
		n := rapid.IntRange(2, 7).Draw(rt, "articles")
		sep := rapid.SampledFrom([]string{",", ", ", " ,\n  "}).Draw(rt, "separator")
		var rows, gone []string
		first := map[int]bool{}
		for i := range n {
			k := rapid.IntRange(0, 2).Draw(rt, "text")
			rows = append(rows, fmt.Sprintf(`{"id":"a%d","text":%q}`, i, sentences(4, uint64(k))))
			if first[k] {
				gone = append(gone, fmt.Sprintf("a%d", i))
			}
			first[k] = true
		}
		want := "[" + strings.Join(rows, sep) + " ]\n"
		if err := os.WriteFile(at("in.json"), []byte(want), 0o666); err != nil {
			rt.Fatal(err)
		}
		ctx := context.Background()
		keep := rapid.SampledFrom([]string{"first", "longest"}).Draw(rt, "keep")
		opt := RunOptions{Out: at("out.json"), Guard: Guard{MaxRemoved: 1}}
		if _, err := Run(ctx, corpus.Config{Paths: []string{at("in.json")}, Options: corpus.Options{Keep: keep}}, opt); err != nil {
			rt.Fatal(err)
		}
		if err := json.Unmarshal(read(rt, at("out.json")), &[]any{}); err != nil {
			rt.Fatal(err)
		}
		for left := len(gone); left > 0; left-- {
			k := rapid.IntRange(0, left-1).Draw(rt, "next")
			if _, err := TakeBack(ctx, RestoreOptions{From: at("out.json"), Out: at("out.json")}, []string{gone[k]}); err != nil {
				rt.Fatal(err)
			}
			gone[k] = gone[left-1]
			var got []any
			if err := json.Unmarshal(read(rt, at("out.json")), &got); err != nil || len(got) != n-left+1 {
				rt.Fatalf("%v, %d elements, not %d:\n%s", err, len(got), n-left+1, read(rt, at("out.json")))
			}
			if _, err := Restore(ctx, RestoreOptions{From: at("out.json"), Out: at("again.json")}); err != nil {
				rt.Fatal(err)
			}
			if got := read(rt, at("again.json")); string(got) != want {
				rt.Fatalf("restored as\n%s", got)
			}
		}
		if got := read(rt, at("out.json")); string(got) != want {
			rt.Fatalf("all taken back:\n%s", got)
		}
	})
}

func read(t *rapid.T, name string) []byte {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
