package index

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestDamagedStore flips bits of every file of a store, and cuts each off, in many places: readers and writers say so or go on as before. They never
// panic, keep no lock, and a writer that does open the index adds to all of it.
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
		manifest := strings.HasPrefix(filepath.Base(file), "MANIFEST")
		if manifest && !testing.Short() {
			steps = 16
		}
		for k := range steps {
			at := (2*k + 1) * len(good) / (2 * steps)
			flipped := slices.Clone(good)
			if len(good) > 0 {
				flipped[at] ^= 1 << (k % 8)
			}
			ways := [][]byte{flipped, good[:at], slices.Concat(good, flipped[at:])}
			if manifest {
				ways = ways[:1] // cut off, it is as a crash leaves it, and holds an earlier state
			}
			for _, bad := range ways {
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

// useDamaged checks an index, writes to it, and tells whether it was as if nothing had happened to it.
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

// TestWholeLog flips every bit of manifests: all of it is noticed. Cut off within a record, as a crash leaves it, they are taken.
func TestWholeLog(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "index", "v*", storeDir, "MANIFEST-*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	more, err := filepath.Glob(filepath.Join(build(t, testOptions(t), corpus(newRand(51), 40), 3), storeDir, "MANIFEST-*"))
	if err != nil || len(more) == 0 {
		t.Fatal(more, err)
	}
	for _, file := range append(files, more...) {
		log, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !wholeLog(log) {
			t.Errorf("%s is whole", file)
		}
		for bit := range 8 * len(log) {
			log[bit/8] ^= 1 << (bit % 8)
			if wholeLog(log) {
				t.Errorf("%s: bit %d is flipped", filepath.Base(file), bit)
			}
			log[bit/8] ^= 1 << (bit % 8)
		}
		first, _ := chunkAt(log)
		for n := range log {
			if got, want := wholeLog(log[:n]), n >= first; got != want {
				t.Errorf("%s, cut off at %d of %d: %v", filepath.Base(file), n, len(log), got)
			}
		}
		if !wholeLog(slices.Concat(log, make([]byte, 100))) {
			t.Error("zeros after the end are what a crash leaves")
		}
	}
	if wholeLog(nil) || wholeLog(make([]byte, 50)) {
		t.Error("a log without a record")
	}
}

// FuzzLog reads anything as a manifest: never a panic, and what is whole begins with a record.
func FuzzLog(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, logHeader))
	f.Add([]byte("\xd3\x7d\x1c\x8a\x02\x00\x01ab"))
	f.Fuzz(func(t *testing.T, log []byte) {
		if wholeLog(log) && len(log) < logBlock/2 && log[len(log)-1] != 0 {
			if size, ok := chunkAt(log); !ok || size > len(log) {
				t.Error("it has no first record")
			}
		}
		_ = wholeLog(slices.Concat(log, make([]byte, 20)))
	})
}
