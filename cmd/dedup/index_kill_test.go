package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dedup/internal/index"
)

// TestKilledIndex kills 100 runs that add to an index or remove from it, at random moments: it
// opens every time, holds whole batches only, and check finds nothing wrong.
func TestKilledIndex(t *testing.T) {
	if testing.Short() {
		t.Skip("kills 100 runs")
	}
	const batch, batches = 40, 8
	rnd := rand.New(rand.NewPCG(6, 20))
	dir := t.TempDir()
	idx := filepath.Join(dir, "corpus.idx")
	drop := filepath.Join(dir, "drop.jsonl")
	next := 0
	write := func() {
		var b strings.Builder
		for range batch * batches {
			fmt.Fprintf(&b, "{\"id\":\"%d\",\"date\":\"2026-01-02\",\"text\":\"", next)
			for range 80 {
				fmt.Fprintf(&b, "w%d ", rnd.IntN(2000))
			}
			b.WriteString("\"}\n")
			next++
		}
		if err := os.WriteFile(drop, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	add := []string{"index", "add", "-q", "--batch-size", fmt.Sprint(batch), idx, drop}
	write()
	killRun(t, "index", "build", "-q", "--batch-size", fmt.Sprint(batch), idx, drop)
	took := time.Duration(0)
	for range 3 {
		write()
		start := time.Now()
		killRun(t, add...)
		took = max(took, time.Since(start))
	}
	before, cut, none, all := wholeBatches(t, idx, batch), 0, 0, 0
	for i := range 100 {
		args := add
		if i%5 == 4 {
			args = []string{"index", "remove", "-q", idx, "--batch", fmt.Sprint(rnd.IntN(i))}
		} else {
			write()
		}
		cmd := exec.Command("dedup", args...)
		killAfter(t, cmd, time.Duration(rnd.Int64N(int64(took)*11/10)))
		after := wholeBatches(t, idx, batch)
		switch {
		case i%5 == 4:
		case after == before:
			none++
		case after == before+batches:
			all++
		default:
			cut++
		}
		before = after
	}
	t.Logf("an addition of %d batches takes %s; of 80 that were killed, %d came to nothing, %d to some batches, %d to all", batches, took, none, cut, all)
	if none == 0 || cut == 0 {
		t.Errorf("the moments are not spread: %d nothing, %d some, %d all", none, cut, all)
	}
}

// wholeBatches opens an index, wants each of its batches whole and check to find nothing, and
// returns how many batches there are.
func wholeBatches(t *testing.T, idx string, batch int) int {
	t.Helper()
	x, err := index.Open(idx, index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	info, err := x.Info()
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for i, b := range info.Batches {
		if b.Added != batch || b.Removed != 0 && b.Removed != batch {
			t.Fatalf("batch %d: %d added, %d removed", b.Number, b.Added, b.Removed)
		}
		if b.Number != uint32(i) {
			t.Fatalf("batch %d is at place %d", b.Number, i)
		}
		left += b.Added - b.Removed
	}
	if left != info.Articles {
		t.Fatalf("%d articles, the batches have %d", info.Articles, left)
	}
	if err := x.Check(context.Background(), func(what string) { t.Error(what) }); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return len(info.Batches)
}
