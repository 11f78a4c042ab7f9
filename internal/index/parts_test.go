package index

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
)

// TestLinksOutOfAnIndex: with a link at store/archive, a writer removed the files of a directory
// that was none of its own; with one at lock, it wrote its pid over another file.
func TestLinksOutOfAnIndex(t *testing.T) {
	dir := build(t, testOptions(t), corpus(newRand(60), 20), 2)
	for _, part := range []string{"store", "staging", "store/archive", "lock", "readers", "newest", "header"} {
		for _, kind := range []string{"link", "file"} {
			copied, victim := filepath.Join(t.TempDir(), "x"), filepath.Join(t.TempDir(), "victim")
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			place := filepath.Join(copied, filepath.FromSlash(part))
			info, err := os.Lstat(place)
			if kind == "file" && (err != nil || !info.IsDir()) {
				continue
			}
			if errors.Is(err, os.ErrNotExist) {
				err = os.Mkdir(place, 0o777)
			}
			if err == nil { // what the link leads to is what was there, and a stranger's file
				err = os.Rename(place, victim)
			}
			if err == nil && kind == "link" {
				err = os.Symlink(victim, place)
			} else if err == nil {
				err = os.WriteFile(place, nil, 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			_ = os.WriteFile(filepath.Join(victim, "theirs"), []byte("theirs"), 0o666)
			before := content(t, victim)
			if err := emptyTrash(copied); part == "store/archive" && kind == "link" && err == nil {
				t.Errorf("%s: the trash is emptied through a link", part)
			}
			x, err := Open(copied, testOptions(t))
			if err == nil {
				t.Errorf("%s: a reader opens it, %v", part, x.Close())
			}
			w, err := OpenWriter(copied, testOptions(t))
			if err == nil {
				t.Errorf("%s: a writer opens it, %v", part, w.Close())
				continue
			}
			if !strings.Contains(err.Error(), part+" is a ") || !strings.Contains(err.Error(), "\nhint: ") {
				t.Errorf("%s: %v", part, err)
			}
			if after := content(t, victim); !slices.Equal(before, after) {
				t.Errorf("%s: what a link leads to was %q, is %q", part, before, after)
			}
		}
	}
	linked := filepath.Join(t.TempDir(), "linked") // a link to all of it is its owner's wish
	if err := os.Symlink(dir, linked); err != nil {
		t.Fatal(err)
	}
	sound(t, open(t, linked))
}

// content lists files below a place with what is in them.
func content(t *testing.T, place string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(place, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		list = append(list, name+" "+string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tablesOf opens the tables of an index as the store does.
func tablesOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, storeDir, "*.sst"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return names
}

// TestBlocksAreHeldAgainstTheirChecksums reads each block of each table as it is and with a flipped
// bit: the store never gets to look for that bit, which took it a second for a small block and a
// minute for a dictionary, at every read.
func TestBlocksAreHeldAgainstTheirChecksums(t *testing.T) {
	dir := build(t, testOptions(t), corpus(newRand(61), 300), 2)
	opt := Options{}
	opt.setDefaults()
	o := storeOptions(dir, opt)
	blocks := 0
	for _, name := range tablesOf(t, dir) {
		f, err := o.FS.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := sstable.NewSimpleReadable(f)
		if err != nil {
			t.Fatal(err)
		}
		r, err := sstable.NewReader(ctx, file, o.MakeReaderOptions())
		if err != nil {
			t.Fatal(err)
		}
		layout, err := r.Layout()
		if err != nil {
			t.Fatal(err)
		}
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range layout.Data {
			p := make([]byte, b.Length+blockTrailer)
			if _, err := f.ReadAt(p, int64(b.Offset)); err != nil {
				t.Fatalf("%s: a good block: %v", name, err)
			}
			bad := slices.Clone(good)
			bad[int(b.Offset)+blocks%len(p)] ^= 1 << (blocks % 8)
			blocks++
			if err := os.WriteFile(name, bad, 0o666); err != nil {
				t.Fatal(err)
			}
			_, err := f.ReadAt(p, int64(b.Offset))
			if !errors.Is(err, pebble.ErrCorruption) || !strings.Contains(fromStore(err).Error(), filepath.Base(name)+" is damaged: a checksum in it is wrong") {
				t.Fatalf("%s: a flipped bit: %v", name, err)
			}
		}
		if err := errors.Join(os.WriteFile(name, good, 0o666), r.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if blocks < 10 {
		t.Errorf("%d blocks: too few to mean something", blocks)
	}
}

// TestDamagedDictionaryEndsCheck: every entry asked for the dictionary again, and its damage was
// said, and looked for, once an entry.
func TestDamagedDictionaryEndsCheck(t *testing.T) {
	dir := build(t, testOptions(t), corpus(newRand(62), 400), 1)
	refused := 0
	for _, name := range tablesOf(t, dir) {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bad := slices.Clone(good)
		bad[10] ^= 4
		if err := os.WriteFile(name, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		x, err := Open(dir, testOptions(t))
		if err == nil {
			faults := 0
			err = x.Check(ctx, func(string) { faults++ })
			if faults > 0 {
				t.Errorf("%s: %d faults are named besides the table", name, faults)
			}
			if e := x.Close(); e != nil {
				t.Error(e)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "store/"+filepath.Base(name)+" is damaged") {
			t.Errorf("%s: %v", name, err)
		} else {
			refused++
		}
		if err := os.WriteFile(name, good, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d tables", refused)
	sound(t, open(t, dir))
}

// TestWriterLooksAtEnds damages what a writer looks at before it writes, in every table: it refuses
// what a check refuses.
func TestWriterLooksAtEnds(t *testing.T) {
	dir := build(t, testOptions(t), corpus(newRand(63), 60), 2)
	for _, name := range tablesOf(t, dir) {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, back := range []int{1, 20, 50, 100, 300} { // from the end: the footer, then the properties and the indexes
			bad := slices.Clone(good)
			bad[len(bad)-back] ^= 16
			if err := os.WriteFile(name, bad, 0o666); err != nil {
				t.Fatal(err)
			}
			w, err := OpenWriter(dir, testOptions(t))
			if err == nil {
				t.Errorf("%s: %d bytes before its end: a writer opens it, %v", name, back, w.Close())
				continue
			}
			ourWords(t, err)
			if !strings.Contains(err.Error(), "store/"+filepath.Base(name)+" is damaged") {
				t.Errorf("%s: %d bytes before its end: %v", name, back, err)
			}
		}
		if err := os.WriteFile(name, good, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, testOptions(t), func(w *Writer) {
		if w.Len() != 60 {
			t.Errorf("%d articles, not 60", w.Len())
		}
	})
}

// TestInterruptEndsMerging: a merge of tables that has begun went on to its end, and closing waited
// for it.
func TestInterruptEndsMerging(t *testing.T) {
	opt := testOptions(t)
	dir := build(t, opt, corpus(newRand(64), 200), 4)
	stop, cancel := context.WithCancel(ctx)
	opt.Context = stop
	w, err := OpenWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.Compact(ctx); !errors.Is(err, context.Canceled) { // only the store's reads can end it
		t.Errorf("interrupted: %v", err)
	}
	if err := w.Close(); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	sound(t, open(t, dir))
}
