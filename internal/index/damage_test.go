package index

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestDamagedStore flips bits of every file of a store, and cuts each off, in many places: readers
// and writers say so or go on as before. They never panic, keep no lock, and a writer that does
// open the index adds to all of it.
func TestDamagedStore(t *testing.T) {
	articles := corpus(newRand(50), 40)
	dir := build(t, testOptions(t), articles, 2)
	files, err := filepath.Glob(filepath.Join(dir, storeDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	defer func(n int) { openTries = n }(openTries)
	openTries = 1
	refused, same := 0, 0
	for _, file := range files {
		good, err := os.ReadFile(file)
		if err != nil {
			continue // the directory of replaced tables
		}
		steps := 1 // of tables, TestDamage tries more
		if strings.HasPrefix(filepath.Base(file), "MANIFEST") && !testing.Short() {
			steps = 16
		}
		for k := range steps {
			at := (2*k + 1) * len(good) / (2 * steps)
			flipped := slices.Clone(good)
			if len(good) > 0 {
				flipped[at] ^= 1 << (k % 8)
			}
			for _, bad := range [][]byte{flipped, good[:at], slices.Concat(good, flipped[at:])} {
				copied := filepath.Join(t.TempDir(), "x")
				if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(copied, storeDir, filepath.Base(file)), bad, 0o666); err != nil {
					t.Fatal(err)
				}
				if useDamaged(t, copied, len(articles)) {
					same++
				} else {
					refused++
				}
				if t.Failed() {
					t.Fatalf("%s, at %d of %d, %d bytes left", filepath.Base(file), at, len(good), len(bad))
				}
			}
		}
	}
	t.Logf("%d refused, %d as before", refused, same)
}

// useDamaged checks an index, writes to it, and tells whether it was as if nothing had happened to
// it.
func useDamaged(t *testing.T, dir string, articles int) bool {
	t.Helper()
	whole := !damaged(t, dir)
	w, err := OpenWriter(dir, testOptions(t))
	if err == nil {
		if whole && w.Len() != articles {
			t.Errorf("a writer finds %d articles of %d", w.Len(), articles)
		}
		a := w.NewAdd("more")
		err = joined(a.Article(ctx, Entry{ID: "new"}, []uint64{1, 2, 3, 4, 5, 6}), func() error { _, err := a.Commit(ctx); return err }())
		if err == nil {
			_, err = w.Remove(ctx, func(e *Entry) bool { return e.Number%2 == 0 })
		}
		if e := w.Close(); err == nil {
			err = e
		}
	}
	ourWords(t, err)
	if l, err := lockWriter(dir); err != nil {
		t.Error(err)
	} else {
		l.Close()
	}
	if whole && err == nil && damaged(t, dir) {
		t.Error("a writer harms the index")
	}
	return whole && err == nil
}

// TestManifestBits flips a bit in every byte of a manifest, and cuts it off at each: a reader and a
// writer refuse the index, or it is as it was.
func TestManifestBits(t *testing.T) {
	if testing.Short() {
		t.Skip("opens an index some thousand times")
	}
	defer func(n int) { openTries = n }(openTries)
	openTries = 1
	opt := testOptions(t)
	dir := build(t, opt, corpus(newRand(51), 30), 2)
	w, err := OpenWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Remove(ctx, func(e *Entry) bool { return e.Number == 3 }); n != 1 || err != nil { // without compaction: the last edit
		t.Fatal(n, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	desc, err := pebble.Peek(filepath.Join(dir, storeDir), vfs.Default)
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(desc.ManifestFilename)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	try := func(bad []byte, what string, at int) {
		if err := os.WriteFile(desc.ManifestFilename, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		x, err := Open(dir, opt)
		if err != nil {
			ourWords(t, err)
			refused++
			if w, err := OpenWriter(dir, opt); err == nil {
				t.Fatalf("%s at %d of %d: a writer opens what a reader refuses, %v", what, at, len(good), w.Close())
			}
			return
		}
		if x.Len() != 29 {
			t.Errorf("%s at %d of %d: %d articles, not 29", what, at, len(good), x.Len())
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	for at := range good {
		bad := slices.Clone(good)
		bad[at] ^= 1 << (at % 8)
		try(bad, "flipped", at)
		try(good[:at], "cut off", at)
	}
	if err := os.WriteFile(desc.ManifestFilename, good, 0o666); err != nil {
		t.Fatal(err)
	}
	sound(t, open(t, dir))
	t.Logf("%d of %d refused", refused, 2*len(good))
}

func FuzzNewest(f *testing.F) {
	f.Add(newest{1234, 1200}.String())
	f.Add("next 1\narticles 1\nsum 0\n")
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := parseNewest(s); err == nil && n.String() != s {
			t.Errorf("%q is read, but written as %q", s, n.String())
		}
	})
}
