package clean

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dedup/internal/corpus"
	"dedup/internal/corpus/corpustest"
)

// A file that is written to between the two readings, with its size and its time kept, stops the
// run: what was decided was decided on other bytes.
func TestCleanHoldsReadingsAgainstEachOther(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.jsonl"), filepath.Join(dir, "out.jsonl")
	a := corpustest.NewAuthor(7)
	text := a.Sentences(12)
	line := `{"id":"a","text":"` + text + `"}` + "\n"
	content := line + line + strings.Replace(line, `"a"`, `"b"`, 1)
	if err := os.WriteFile(in, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(in)
	if err != nil {
		t.Fatal(err)
	}
	change := func(stage string, done int64) {
		if stage != "reading" || done == 0 {
			return
		}
		if err := os.WriteFile(in, []byte(strings.ReplaceAll(content, "e", "i")), 0o666); err != nil {
			t.Error(err)
		}
		if err := os.Chtimes(in, info.ModTime(), info.ModTime()); err != nil {
			t.Error(err)
		}
	}
	stages := map[string]bool{}
	_, err = Run(t.Context(), corpus.Config{Paths: []string{in}, Options: corpus.Options{Progress: func(stage string, done, _ int64, _ int) { stages[stage] = true; change(stage, done) }}}, RunOptions{Out: out, Force: true})
	if err == nil || !strings.Contains(err.Error(), "it changed while it was being cleaned") {
		t.Errorf("%v; stages %v", err, stages)
	}
	if _, err := os.Lstat(out); !os.IsNotExist(err) {
		t.Errorf("there is an output, %v", err)
	}
}
