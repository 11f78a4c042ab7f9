package clean

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
)

// sentences are so many sentences of made-up words, the same for the same seed.
func sentences(n int, seed uint64) string {
	rnd := rand.New(rand.NewPCG(seed, 17))
	var b strings.Builder
	for range n {
		b.WriteString("The")
		for range 11 {
			fmt.Fprintf(&b, " w%d", rnd.IntN(5000))
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

func writeRows(t *testing.T, name string, rows ...string) {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(rows); i += 2 {
		fmt.Fprintf(&b, "{\"id\":%q,\"source\":\"s\",\"text\":%q}\n", rows[i], rows[i+1])
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

func buildIndex(t *testing.T, dir string, paths ...string) {
	t.Helper()
	if _, _, err := indexing.Build(context.Background(), corpus.Config{Paths: paths}, dir, "test", index.Options{}); err != nil {
		t.Fatal(err)
	}
}

// entriesOf lists the entries of an index as "id path:line".
func entriesOf(t *testing.T, dir string) (out []string) {
	t.Helper()
	x, err := index.Open(dir, index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	err = x.Each(context.Background(), func(e *index.Entry) error {
		out = append(out, fmt.Sprintf("%s %s:%d", e.ID, filepath.Base(e.Path), e.Line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKeptCopyGoesForIndex: the canonical of a cluster goes for an entry that its other members do
// not resemble. They went with it once, and no copy stayed; now the best of them stays.
func TestKeptCopyGoesForIndex(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	head, tail := sentences(20, 1), sentences(5, 2)
	first := head + " " + tail
	writeRows(t, at("corpus.jsonl"), "old", sentences(5, 3)+" "+head)
	// kept is near old and near its versions; the versions differ from old on both ends.
	writeRows(t, at("drop.jsonl"), "kept", head+" "+sentences(1, 2), "version", first+" "+sentences(1, 4), "again", first+" "+sentences(1, 4)+" more")
	buildIndex(t, at("idx"), at("corpus.jsonl"))
	opt := RunOptions{Out: at("out.jsonl"), Index: at("idx"), Guard: Guard{MaxRemoved: 1}}
	res, err := Run(context.Background(), corpus.Config{Paths: []string{at("drop.jsonl")}, Options: corpus.Options{Keep: "first"}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(at("out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if res.InIndex != 1 || !strings.Contains(string(out), `"version"`) || strings.Contains(string(out), `"again"`) || strings.Contains(string(out), `"kept"`) {
		t.Errorf("%d for the index, %v; the output is\n%s", res.InIndex, res.Removed, out)
	}
}

// TestIntoEndsAnywhere ends a run behind the moment when the index has its output: the next run
// publishes that and leaves index and output in agreement.
func TestIntoEndsAnywhere(t *testing.T) {
	for _, many := range []bool{false, true} {
		for _, step := range []string{"", "taken in", "manifest named", "output named"} {
			for _, aside := range []bool{false, true} {
				t.Run(fmt.Sprint(many, step, aside), func(t *testing.T) { endInto(t, many, step, aside) })
			}
		}
	}
}

func endInto(t *testing.T, many bool, step string, aside bool) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	writeRows(t, at("corpus.jsonl"), "old", sentences(10, 1))
	writeRows(t, at("drop.jsonl"), "known", sentences(10, 1), "new", sentences(10, 2), "same", sentences(10, 2))
	buildIndex(t, at("idx"), at("corpus.jsonl"))
	opt := RunOptions{Out: at("out"), Index: at("idx"), Add: true, Guard: Guard{MaxRemoved: 1}}
	paths := []string{at("drop.jsonl")}
	if many {
		paths = append(paths, at("more.csv"))
		if err := os.WriteFile(at("more.csv"), []byte("id,text\nrow,"+sentences(10, 5)+"\nknown too,"+sentences(10, 1)+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if aside {
		if err := os.Mkdir(at("aside"), 0o777); err != nil {
			t.Fatal(err)
		}
		opt.Manifest = at("aside/m.jsonl")
	}
	run := func() (res *Result, err error) {
		defer func() {
			if e := recover(); e != nil && e != "ended" {
				panic(e)
			}
		}()
		return Run(context.Background(), corpus.Config{Paths: paths}, opt)
	}
	reached = func(s string) {
		if s == step {
			panic("ended")
		}
	}
	_, err := run()
	reached = func(string) {}
	if err != nil {
		t.Fatal(err)
	}
	res, err := run()
	if err != nil {
		t.Fatal(err)
	}
	if !res.Already {
		t.Error("the run was not finished, but done again")
	}
	want := []string{"old corpus.jsonl:1", "new out:1"}
	if many {
		want = []string{"old corpus.jsonl:1", "new drop.jsonl:1", "row more.csv:2"}
	}
	if got := entriesOf(t, at("idx")); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the index has %v, not %v", got, want)
	}
	if _, err := Restore(context.Background(), RestoreOptions{From: at("out"), Manifest: opt.Manifest, Out: at("again")}); err != nil {
		t.Error(err)
	}
	for _, name := range []string{at("."), at("aside")} {
		left, _ := filepath.Glob(filepath.Join(name, ".*dedup-*"))
		next, _ := filepath.Glob(filepath.Join(name, "*.next"))
		if len(left)+len(next) > 0 {
			t.Errorf("left behind: %v %v", left, next)
		}
	}
}

// TestIntoOtherInputs refuses to replace what the index has by something else.
func TestIntoOtherInputs(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	writeRows(t, at("corpus.jsonl"), "old", sentences(10, 1))
	writeRows(t, at("drop.jsonl"), "new", sentences(10, 2))
	buildIndex(t, at("idx"), at("corpus.jsonl"))
	opt := RunOptions{Out: at("out"), Index: at("idx"), Add: true, Guard: Guard{MaxRemoved: 1}}
	cfg := corpus.Config{Paths: []string{at("drop.jsonl")}}
	if _, err := Run(context.Background(), cfg, opt); err != nil {
		t.Fatal(err)
	}
	writeRows(t, at("drop.jsonl"), "newer", sentences(10, 3))
	if _, err := Run(context.Background(), cfg, opt); err == nil || !strings.Contains(err.Error(), "is in the index as batch 1") {
		t.Errorf("error %v", err)
	}
	if got := entriesOf(t, at("idx")); len(got) != 2 {
		t.Errorf("the index has %v", got)
	}
}
