package clean

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/zeebo/xxh3"

	"dedup/internal/disk"
	dest "dedup/internal/output"
)

// put writes an output file with its manifest, as a run does.
func putOutput(t *testing.T, out, content string) {
	t.Helper()
	from := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(from, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	none := func(func(*Item) bool) {}
	files := []File{{Path: "in", From: from, Items: none}}
	if _, err := Write(context.Background(), files, Options{Out: out, Manifest: DefaultManifest(out), Single: true}); err != nil {
		t.Fatal(err)
	}
}

// A run that was killed between its second and its third step left MANIFEST.next; neither restore
// nor the next run loses it.
func TestKilledBetweenSteps(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	putOutput(t, out, "old")
	old, err := os.ReadFile(DefaultManifest(out))
	if err != nil {
		t.Fatal(err)
	}
	putOutput(t, out, "new")
	if err := os.Rename(DefaultManifest(out), DefaultManifest(out)+nextSuffix); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(DefaultManifest(out), old, 0o666); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "again")
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(again); err != nil || string(b) != "new" {
		t.Fatalf("restored %q, %v", b, err)
	}
	if err := finish(context.Background(), out, DefaultManifest(out), true, ""); err != nil {
		t.Fatal(err)
	}
	if err := verify(context.Background(), out, DefaultManifest(out), true, ""); err != nil {
		t.Error(err)
	}
	// Killed before the second step: the manifest of an output that never came goes away.
	if err := os.WriteFile(DefaultManifest(out)+nextSuffix, old, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := finish(context.Background(), out, DefaultManifest(out), true, ""); err != nil {
		t.Fatal(err)
	}
	if err := verify(context.Background(), out, DefaultManifest(out), true, ""); err != nil {
		t.Error(err)
	}
}

// An output that could not be read lost its only manifest: it was taken for that of another output.
func TestManifestStaysWhereOutputIsUnread(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	putOutput(t, out, "text")
	next := DefaultManifest(out) + nextSuffix
	if err := os.Rename(DefaultManifest(out), next); err != nil {
		t.Fatal(err)
	}
	for _, op := range []disk.Op{disk.OpOpen, disk.OpRead} {
		disk.SetFault(func(o disk.Op, name string) (int, error) {
			if o == op && name == out {
				return 0, syscall.EIO
			}
			return 0, nil
		})
		err := finish(context.Background(), out, DefaultManifest(out), true, "")
		disk.SetFault(nil)
		if !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: %v", op, err)
		}
		if _, err := os.Stat(next); err != nil {
			t.Errorf("%s: %v", op, err)
		}
	}
}

// What a killed run left goes away; what a running one has stays.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	left, busy := filepath.Join(dir, ".out.dedup-1"), filepath.Join(dir, ".out.dedup-2")
	for _, d := range []string{left, busy} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := dest.LockDir(busy)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	gone, err := dest.LockDir(left)
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	sweep(dir, ".out.dedup-")
	if _, err := os.Stat(left); err == nil {
		t.Error("the left one stays")
	}
	if _, err := os.Stat(busy); err != nil {
		t.Error("the busy one is gone")
	}
}

func TestSumText(t *testing.T) {
	h := xxh3.New()
	if got := sumText(h); got != "99aa06d3014798d86001c324468d497f" { // of nothing, by the specification
		t.Error(got)
	}
}
