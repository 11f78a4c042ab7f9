package main

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledClean kills runs of clean at random moments: the output is the old one or the new one,
// all of it, and what is there can be restored with the manifest that is there.
func TestKilledClean(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 20 runs")
	}
	rnd := rand.New(rand.NewPCG(5, 20))
	for _, kind := range []string{"file", "directory"} {
		dir := t.TempDir()
		in := map[string]string{"old": filepath.Join(dir, "old"), "new": filepath.Join(dir, "new")}
		want, out := map[string]string{}, filepath.Join(dir, "out")
		for state, path := range in {
			killCorpus(t, path, kind == "directory", state)
			killRun(t, "clean", "-q", path, "-o", out)
			want[state] = listing(t, out)
		}
		took, seen := time.Duration(0), map[string]int{}
		for range 3 {
			start := time.Now()
			killRun(t, "clean", "-q", in["old"], "-o", out)
			took = max(took, time.Since(start))
		}
		for i := range 10 {
			cmd := exec.Command("dedup", "clean", "-q", in["new"], "-o", out)
			killAfter(t, cmd, time.Duration(rnd.Int64N(int64(took)*13/10)))
			state := "old"
			if got := listing(t, out); got == want["new"] {
				state = "new"
			} else if got != want["old"] {
				t.Fatalf("%s, run %d: a mixture:\n%s", kind, i, got)
			}
			seen[state]++
			again := filepath.Join(dir, fmt.Sprint("again", i))
			killRun(t, "restore", "-q", out, "-o", again)
			if listing(t, again) != listing(t, in[state]) {
				t.Fatalf("%s, run %d: the %s output is not restored to its input", kind, i, state)
			}
			if state == "new" {
				killRun(t, "clean", "-q", in["old"], "-o", out)
			}
		}
		killRun(t, "clean", "-q", in["new"], "-o", out)
		if left, err := filepath.Glob(filepath.Join(dir, ".*.dedup-*")); err != nil || len(left) > 0 {
			t.Errorf("%s: left behind after the next run: %v, %v", kind, left, err)
		}
		t.Logf("%s: a run takes %s; states after a kill: %v", kind, took, seen)
	}
}

func killRun(t *testing.T, args ...string) {
	t.Helper()
	if b, err := exec.Command("dedup", args...).CombinedOutput(); err != nil {
		t.Fatalf("dedup %v: %v\n%s", args, err, b)
	}
}

// killCorpus writes articles, every other one a copy.
func killCorpus(t *testing.T, path string, many bool, salt string) {
	t.Helper()
	articles := 1000
	if many {
		articles = 60
	}
	var all strings.Builder
	for i := range articles {
		var b strings.Builder
		for j := range 200 {
			fmt.Fprintf(&b, "%s%d ", salt, (i/2)*1000+j)
		}
		if many {
			name := filepath.Join(path, fmt.Sprint(i%7), fmt.Sprintf("%d.txt", i))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintf(&all, "{\"id\":\"%d\",\"text\":%q}\n", i, b.String())
	}
	if !many {
		if err := os.WriteFile(path, []byte(all.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// listing is every file below path with its content.
func listing(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(path, name)
		fmt.Fprintf(&b, "%s %d %s\n", rel, len(data), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// killAfter starts cmd and kills it after the pause, by when it may have ended.
func killAfter(t *testing.T, cmd *exec.Cmd, pause time.Duration) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(pause)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}
