package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestKilledCleanInto kills runs of clean --index --add at random moments. After the same command
// again, the output is the one that an undisturbed run gives, the index has its articles, each
// once, and has counted once what came, and the input can be restored. DEDUP_KILLS sets how many
// runs.
func TestKilledCleanInto(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 30 runs")
	}
	kills := 30
	if s := os.Getenv("DEDUP_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatalf("DEDUP_KILLS=%s: use a number", s)
		}
	}
	rnd := rand.New(rand.NewPCG(17, 20))
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	killCorpus(t, at("corpus.jsonl"), false, "old")
	killCorpus(t, at("drop.jsonl"), false, "new")
	part, err := os.ReadFile(at("corpus.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	appendFile(t, at("drop.jsonl"), part[:len(part)/4]) // cut in the middle of a record
	appendFile(t, at("drop.jsonl"), []byte("\n"))
	killRun(t, "index", "build", "-q", at("fresh.idx"), at("corpus.jsonl"))
	fresh := os.DirFS(at("fresh.idx"))
	args := []string{"clean", "-q", "--index", at("corpus.idx"), "--add", "--max-removed", "100%", at("drop.jsonl"), "-o", at("out.jsonl")}
	begin := func() {
		for _, name := range []string{"corpus.idx", "out.jsonl", "out.jsonl.manifest.jsonl"} {
			if err := os.RemoveAll(at(name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.CopyFS(at("corpus.idx"), fresh); err != nil {
			t.Fatal(err)
		}
	}
	took, want, came := time.Duration(0), "", ""
	for range 3 {
		begin()
		start := time.Now()
		if b, err := exec.Command("dedup", args...).CombinedOutput(); exitCode(err) != exitSkipped {
			t.Fatalf("%v\n%s", err, b)
		}
		took = max(took, time.Since(start))
		want, came = listing(t, at("out.jsonl")), cameInto(t, at("corpus.idx"))
	}
	seen := map[string]int{}
	for i := range kills {
		begin()
		cmd := exec.Command("dedup", args...)
		pause := rnd.Int64N(int64(took) * 11 / 10)
		if i%3 > 0 { // near the end is where it matters
			pause = int64(took)/2 + rnd.Int64N(int64(took)/2)
		}
		killAfter(t, cmd, time.Duration(pause))
		_, err := os.Stat(at("out.jsonl"))
		seen[fmt.Sprintf("output: %t, in the index: %t", err == nil, indexed(t, at("corpus.idx")) > 1000)]++
		if b, err := exec.Command("dedup", args...).CombinedOutput(); err != nil && exitCode(err) != exitSkipped {
			t.Fatalf("run %d, again: %v\n%s", i, err, b)
		}
		if got := listing(t, at("out.jsonl")); got != want {
			t.Fatalf("run %d: another output, of %d bytes and not %d", i, len(got), len(want))
		}
		if n, lines := indexed(t, at("corpus.idx")), strings.Count(want, `"}`); n != 1000+lines {
			t.Fatalf("run %d: %d articles in the index, the output has %d", i, n-1000, lines)
		}
		if got := cameInto(t, at("corpus.idx")); got != came {
			t.Fatalf("run %d: it counts as come\n%sand not\n%s", i, got, came)
		}
		killRun(t, "restore", "-q", at("out.jsonl"), "-o", at("again.jsonl"))
		if listing(t, at("again.jsonl")) != listing(t, at("drop.jsonl")) {
			t.Fatalf("run %d: the input is not restored", i)
		}
		if left, err := filepath.Glob(at(".*.dedup-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind after the next run: %v, %v", left, err)
		}
	}
	t.Logf("a run takes %s; states after a kill: %v", took, seen)
}

func appendFile(t *testing.T, name string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func exitCode(err error) int {
	if e, ok := err.(*exec.ExitError); ok {
		return e.ExitCode()
	}
	return 0
}

// cameInto is what came into an index, batch by batch.
func cameInto(t *testing.T, dir string) string {
	t.Helper()
	b, err := exec.Command("dedup", "index", "info", "--sources", "--by", "batch", "--format", "tsv", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// indexed is how many articles are in an index.
func indexed(t *testing.T, dir string) int {
	t.Helper()
	b, err := exec.Command("dedup", "index", "info", "--format", "json", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var info struct{ Articles int }
	if err := json.Unmarshal(b, &info); err != nil {
		t.Fatal(err)
	}
	return info.Articles
}
