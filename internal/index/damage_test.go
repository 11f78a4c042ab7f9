package index

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// damagedIndex is a small index with two segments, of one of which a row was removed.
func damagedIndex(t testing.TB) string { return damagedIndexOf(t, testOptions(t)) }

func damagedIndexOf(t testing.TB, opt Options) string {
	t.Helper()
	dir := build(t, opt, corpus(newRand(50), 40), 2)
	if err := writing(dir, testOptions(t), func(w *Writer) error {
		_, err := w.Remove(ctx, func(e *Entry) bool { return e.Number == 3 })
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// refused wants a reader to refuse an index or find it as it was, and a writer to refuse what the
// reader's check refuses. It tells whether it was refused.
func refused(t testing.TB, dir, what string) bool {
	t.Helper()
	faults, articles := 0, 0
	x, err := Open(dir, testOptions(t))
	if err == nil {
		articles = x.Len()
		err = errors.Join(x.Check(ctx, func(string) { faults++ }), x.Close())
	}
	w, writes := OpenWriter(dir, testOptions(t))
	if writes == nil {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	bad := err != nil || faults > 0
	if bad != (writes != nil) {
		t.Errorf("%s: check says %v and %d faults, a writer %v", what, err, faults, writes)
	}
	if !bad && articles != 39 {
		t.Errorf("%s: %d articles, not 39", what, articles)
	}
	if err != nil && !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("%s: no hint: %v", what, err)
	}
	l, err := lockWriter(dir)
	if err != nil {
		t.Fatalf("%s: the lock is kept: %v", what, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	return bad
}

// TestDamage flips a bit in every byte of the manifest, in many of all other files, and cuts each
// file off: all of it is refused, by readers and writers, and changes nothing.
func TestDamage(t *testing.T) {
	t.Run("plain", func(t *testing.T) { noticed(t, damagedIndex(t), 5) })
	t.Run("stories", func(t *testing.T) { noticed(t, damagedIndexOf(t, storyOptions(t)), 6) })
}

func noticed(t *testing.T, dir string, count int) {
	files, err := filepath.Glob(filepath.Join(dir, "*[a-z]"))
	if err != nil || len(files) != count {
		t.Fatal(files, err)
	}
	tried := 0
	for _, file := range files {
		if filepath.Base(file) == lockFile {
			continue
		}
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if filepath.Base(file) != manifestFile {
			step = max(1, len(good)/100)
		}
		if testing.Short() {
			step *= 9
		}
		for at := 0; at < len(good); at += step {
			flipped := slices.Clone(good)
			flipped[at] ^= 1 << (at % 8)
			for _, bad := range [][]byte{flipped, good[:at], slices.Concat(good, flipped[at:])} {
				if err := os.WriteFile(file, bad, 0o666); err != nil {
					t.Fatal(err)
				}
				if !refused(t, dir, filepath.Base(file)) {
					t.Fatalf("%s: byte %d of %d, %d bytes left: not noticed", filepath.Base(file), at, len(good), len(bad))
				}
				tried++
			}
		}
		if err := os.WriteFile(file, good, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if refused(t, dir, "all put back") {
		t.Error("damage stays")
	}
	t.Logf("%d refused", tried)
}

// TestCutWhileOpen shortens a segment that a reader has open: an error, where a mapped file would
// end the program.
func TestCutWhileOpen(t *testing.T) {
	dir := damagedIndex(t)
	x := open(t, dir)
	for _, s := range x.segments {
		if err := os.Truncate(filepath.Join(dir, s.part.name), 3000); err != nil {
			t.Fatal(err)
		}
	}
	err := x.Check(ctx, func(string) {})
	if err == nil || !strings.Contains(err.Error(), ".seg is damaged: it is shorter than when it was written\nhint: ") {
		t.Error(err)
	}
}

// TestLinksOutOfAnIndex: with a link in the place of a file, a writer wrote its pid over another
// file.
func TestLinksOutOfAnIndex(t *testing.T) {
	dir := damagedIndex(t)
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		place, victim := filepath.Join(dir, f.Name()), filepath.Join(t.TempDir(), "victim")
		if err := joined(os.Rename(place, victim), os.Symlink(victim, place)); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(victim)
		if err != nil {
			t.Fatal(err)
		}
		for _, open := range []func(dir string, opt Options) error{
			func(dir string, opt Options) error { _, err := Open(dir, opt); return err },
			func(dir string, opt Options) error { _, err := OpenWriter(dir, opt); return err },
		} {
			if err := open(dir, testOptions(t)); err == nil || !strings.Contains(err.Error(), f.Name()+" is a symbolic link, not a file\nhint: ") {
				t.Errorf("%s: %v", f.Name(), err)
			}
		}
		if after, err := os.ReadFile(victim); err != nil || string(after) != string(before) {
			t.Errorf("%s: what a link leads to was changed, %v", f.Name(), err)
		}
		if err := joined(os.Remove(place), os.Rename(victim, place)); err != nil {
			t.Fatal(err)
		}
	}
	linked := filepath.Join(t.TempDir(), "linked") // a link to all of it is its owner's wish
	if err := os.Symlink(dir, linked); err != nil {
		t.Fatal(err)
	}
	sound(t, open(t, linked))
}

// FuzzIndex damages a file of an index in one place: whatever it is, it is refused.
func FuzzIndex(f *testing.F) {
	dir := damagedIndex(f)
	files, err := filepath.Glob(filepath.Join(dir, "*[a-z]"))
	if err != nil {
		f.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool { return filepath.Base(name) == lockFile })
	f.Add(uint8(0), uint32(100), []byte{1})
	f.Add(uint8(2), uint32(20), []byte("segment 0000000009.seg"))
	f.Fuzz(func(t *testing.T, which uint8, at uint32, xor []byte) {
		copied := filepath.Join(t.TempDir(), "x")
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(copied, filepath.Base(files[int(which)%len(files)]))
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bad := slices.Clone(good)
		for i, x := range xor {
			bad[(int(at)+i)%len(bad)] ^= x
		}
		if err := os.WriteFile(name, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if same := slices.Equal(good, bad); refused(t, copied, filepath.Base(name)) == same {
			t.Errorf("%s: changed %v, but refused %v", filepath.Base(name), !same, same)
		}
	})
}

// BenchmarkLookupOne looks one article up, as a service that takes articles in does:
// DEDUP_INDEX=DIR go test -bench LookupOne
func BenchmarkLookupOne(b *testing.B) {
	dir := os.Getenv("DEDUP_INDEX")
	if dir == "" {
		b.Skip("DEDUP_INDEX names no index")
	}
	x, err := Open(dir, Options{Workers: 1})
	if err != nil {
		b.Fatal(err)
	}
	var words [][]uint64
	for i := range uint32(200) {
		if err := x.Words(ctx, []uint32{i * uint32(x.Len()/200)}, func(_ int, w []uint64) error { words = append(words, edited(newRand(1), w, 0.02)); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	var took []time.Duration
	for b.Loop() {
		i, begin := len(took)%len(words), time.Now()
		if _, err := x.Lookup(ctx, words[i:i+1], LookupOptions{}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
