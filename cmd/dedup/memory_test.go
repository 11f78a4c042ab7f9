//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
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

// memoryLimit is the --memory of the test, the smallest there is.
const memoryLimit = 64 << 20

// memoryRuns are the commands whose memory is measured, in this order: some read what others wrote.
var memoryRuns = []string{
	"sketch IN",
	"pairs IN",
	"clusters IN",
	"passages IN",
	"filter IN",
	"clean IN -o DIR/out.jsonl --force",
	"clean IN -o DIR/cut.jsonl --passages --force",
	"restore DIR/cut.jsonl -o DIR/again.jsonl",
	"index build DIR/idx IN",
	"index export DIR/idx -o DIR/exported.jsonl",
	"check IN --index DIR/idx",
	"filter IN --index DIR/idx",
	"background build IN -o DIR/own.model",
	"text IN --format jsonl",
	"flow IN",
	"stories IN",
	"phrases IN",
	"scan IN --format json",
	"check IN",
}

// reportBytes is what scan may hold of an article beyond its memory: its report stands in memory as a
// whole until it is printed (docs/reliability.md).
const reportBytes = 2 << 10

// TestMemory measures the most memory that each command has, pages of files included, on corpora of
// two sizes, the larger one several times its --memory.
//
// It takes 55 s of processor time.
func TestMemory(t *testing.T) {
	const most = int64(memoryLimit)*12/10 + 64<<20
	if testing.Short() {
		t.Skip("reads 50 MB nineteen times")
	}
	for _, articles := range []int{1_000, 12_000} {
		in := filepath.Join(t.TempDir(), "in.jsonl")
		memoryCorpus(t, in, articles)
		dir := t.TempDir()
		for _, r := range memoryRuns {
			args := strings.Fields(strings.NewReplacer("IN", in, "DIR", dir).Replace(r))
			peak := peakOf(t, append(args, "-q", "--memory", strconv.Itoa(memoryLimit>>20)+"MiB", "--tmp", dir))
			t.Logf("%6d articles, %3d MiB of at most %3d: %s", articles, peak>>20, most>>20, r)
			most := most
			if strings.HasPrefix(r, "scan") {
				most += int64(articles) * reportBytes
			}
			if peak > most {
				t.Errorf("%s: %d MiB on %d articles, at most %d may be", r, peak>>20, articles, most>>20)
			}
		}
	}
}

// TestStateThatDoesNotFit wants a run that cannot hold what it must know of its articles to say so,
// in place of growing until the kernel ends it: five million one-line records, 14 kB packed, took
// 11 GB.
func TestStateThatDoesNotFit(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 500,000 records")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in.jsonl")
	if err := os.WriteFile(in, bytes.Repeat([]byte("{\"text\":\"a few words of news\"}\n"), 500_000), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"check IN", "clean IN -o DIR/out --force", "scan IN"} {
		fields := strings.Fields(strings.NewReplacer("IN", in, "DIR", dir).Replace(args))
		out, err := exec.Command("dedup", append(fields, "-q", "--memory", "64MiB")...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), "--memory 64MiB\nhint:") {
			t.Errorf("%s: %v, %s", args, err, out)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("clean left an output")
	}
}

// memoryCorpus writes articles of 600 words, 4 kB: every tenth is a copy of the one before with a
// few words changed, and every fifth has a paragraph in common with others.
func memoryCorpus(t *testing.T, name string, articles int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	rnd := rand.New(rand.NewPCG(14, 7))
	word := func() string { return "w" + strconv.Itoa(int(rnd.ExpFloat64()*3000)) }
	words := make([]string, 600)
	shared := make([][]string, 40)
	for i := range shared {
		for range 60 {
			shared[i] = append(shared[i], word())
		}
	}
	for i := range articles {
		for k := range words {
			if i%10 != 9 || k%60 == 0 {
				words[k] = word()
			}
		}
		text := strings.Join(words, " ")
		if i%5 == 0 {
			text += ".\n\n" + strings.Join(shared[rnd.IntN(len(shared))], " ") + "."
		}
		fmt.Fprintf(w, "{\"id\":\"a%d\",\"source\":\"s%d\",\"date\":\"2026-01-%02d\",\"text\":%q}\n", i, i%50, 1+i%28, text)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// peakOf runs a command and gives the most memory that it had: the high-water mark that the kernel
// keeps, read until the process ends.
func peakOf(t *testing.T, args []string) (peak int64) {
	t.Helper()
	cmd := exec.Command("dedup", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	for {
		select {
		case err := <-done:
			if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 {
				t.Fatalf("%v: %v\n%s", args, err, stderr.String())
			}
			return peak
		case <-time.After(5 * time.Millisecond):
			peak = max(peak, highWater(status))
		}
	}
}

func highWater(status string) int64 {
	b, err := os.ReadFile(status)
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kb, 10, 64)
	return n << 10
}
