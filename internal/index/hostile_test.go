package index

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/shingle"
)

// write opens an index, has fn do something with it, and closes it.
func write(t *testing.T, dir string, opt Options, fn func(w *Writer)) {
	t.Helper()
	w, err := OpenWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	fn(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// put adds articles and commits.
func put(t *testing.T, w *Writer, entries []Entry, words [][]uint64) Added {
	t.Helper()
	a := w.NewAdd("put")
	for i := range entries {
		if err := a.Article(ctx, entries[i], words[i]); err != nil {
			t.Fatal(err)
		}
	}
	added, err := a.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

// TestOddArticles keeps ids of any bytes and length, articles of no or one word and a huge one,
// under all of the smallest and the largest options.
func TestOddArticles(t *testing.T) {
	r := newRand(20)
	long := story(r, 500_000)
	for i := range long {
		if i%3 == 0 {
			long[i] = r.Uint64() // nine bytes each
		}
	}
	ids := []string{"", "\x00", "a\x00b", "\x1b[31m", "#2", "a#2", "\xff\xfe", strings.Repeat("long ", 1<<18), "tab\tline\n", "one"}
	words := [][]uint64{{}, {1}, {1, 2}, {math.MaxUint64, 0, 0, 0, 0, 0, 0, 0}, story(r, 5), story(r, 4), long, story(r, 300), slices.Repeat([]uint64{7}, 1000), nil}
	for _, opt := range []Options{{}, {Memory: 1, Workers: 1, Batch: 1}, {Memory: 1, Workers: 9, Batch: 2}, {Memory: -1, Workers: -1, Batch: -1}, {Memory: 1 << 40, Batch: math.MaxInt}} {
		dir := filepath.Join(t.TempDir(), "x")
		w, err := Create(dir, opt)
		if err != nil {
			t.Fatal(err)
		}
		var entries []Entry
		for i, id := range ids {
			entries = append(entries, Entry{ID: id, Source: id, Path: id, Line: i, Published: time.Date(1+i*1000, 1, 1, 0, 0, 0, i, time.UTC)})
		}
		if got := put(t, w, entries, words); got.Articles != len(ids) || got.Renamed != 0 || got.Known != 0 {
			t.Fatalf("%+v: %+v", opt, got)
		}
		if got := put(t, w, entries, words); got.Articles != 0 || got.Known != len(ids) {
			t.Fatalf("%+v: again %+v", opt, got)
		}
		for range 2 {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		x, err := Open(dir, opt)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, x)
		i := 0
		err = x.EachWithWords(ctx, func(e *Entry, got []uint64) error {
			want := entries[i]
			want.Number, want.Batch, want.Seat = uint32(i), e.Batch, e.Seat
			if d := cmp.Diff(want, *e); d != "" {
				t.Error(d)
			}
			if !slices.Equal(got, words[i]) {
				t.Errorf("%q has other words", ids[i][:min(len(ids[i]), 20)])
			}
			i++
			return nil
		})
		if err != nil || i != len(ids) {
			t.Error(i, err)
		}
		found, err := x.Lookup(ctx, words, LookupOptions{Others: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range found {
			if len(shingle.Set(shingle.AppendHashes(nil, words[i], shingleWords))) > 20 && len(f.Near) != 1 {
				t.Errorf("article %d: %+v", i, f)
			}
		}
		for range 2 {
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestManyTextsOfOneID adds one id with ever other texts: each is looked at once, whatever the
// batches, and all of them are known again.
func TestManyTextsOfOneID(t *testing.T) {
	const n = 30_000
	opt := testOptions(t)
	opt.Batch = 1000
	dir := build(t, opt, nil, 0)
	entries, words := make([]Entry, n), make([][]uint64, n)
	for i := range entries {
		entries[i].ID, words[i] = "same", []uint64{uint64(i)}
	}
	start := time.Now()
	write(t, dir, opt, func(w *Writer) {
		if got, want := put(t, w, entries, words), (Added{Articles: n, Renamed: n - 1, Batches: n / 1000}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
	write(t, dir, opt, func(w *Writer) {
		slices.Reverse(words)
		if got, want := put(t, w, entries, words), (Added{Known: n}); got != want {
			t.Errorf("again %+v, want %+v", got, want)
		}
	})
	t.Logf("%s", time.Since(start))
	if took := time.Since(start); took > 2*time.Minute {
		t.Errorf("%s for %d texts of one id", took, n)
	}
	x := open(t, dir)
	sound(t, x)
	if _, ok, err := x.finder().sum(fmt.Sprintf("same#%d", n)); err != nil || !ok {
		t.Error(ok, err)
	}
}

// TestIDsThatLookLikeVersions takes "a#2" for an id like any other.
func TestIDsThatLookLikeVersions(t *testing.T) {
	opt := testOptions(t)
	dir := build(t, opt, nil, 0)
	ids := []string{"a", "a#2", "a", "a", "a#2", "a#2", "a"}
	texts := []uint64{1, 2, 3, 2, 4, 2, 4}
	var got []string
	write(t, dir, opt, func(w *Writer) {
		for i := range ids {
			put(t, w, []Entry{{ID: ids[i]}}, [][]uint64{{texts[i]}})
		}
	})
	x := open(t, dir)
	if err := x.Each(ctx, func(e *Entry) error { got = append(got, e.ID); return nil }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a", "a#2", "a#3", "a#2#2", "a#4"}, got); d != "" {
		t.Error(d)
	}
}

// TestDiscardLeavesNothing gives up an addition in the middle of a batch, and goes on with the same
// writer.
func TestDiscardLeavesNothing(t *testing.T) {
	opt := testOptions(t)
	opt.Memory = 1 << 16 // a chunk is a few articles
	articles := corpus(newRand(21), 200)
	dir := build(t, opt, articles[:20], 1)
	write(t, dir, opt, func(w *Writer) {
		for round := range 3 {
			a := w.NewAdd("given up")
			for i := range 100 {
				other := story(newRand(uint64(round*1000+i)), 200) // so that a dictionary of its own pays
				if err := a.Article(ctx, Entry{ID: fmt.Sprint("gone", i)}, other); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.Remove(ctx, func(*Entry) bool { return true }); err == nil {
				t.Error("removed while a batch is open")
			}
			b := w.NewAdd("beside")
			_ = b.Article(ctx, Entry{ID: "b"}, []uint64{1})
			if _, err := b.Commit(ctx); err == nil {
				t.Error("two batches at a time")
			}
			switch round {
			case 0:
				if err := a.Discard(); err != nil {
					t.Fatal(err)
				}
			case 1:
				stop, cancel := context.WithCancel(ctx)
				cancel()
				if got, err := a.Commit(stop); err == nil || got != (Added{}) {
					t.Errorf("interrupted, but %+v, %v", got, err)
				}
			case 2:
				if err := a.Article(ctx, Entry{ID: "too much", Bytes: math.MaxInt}, nil); err == nil {
					t.Error("a size that cannot be read again was taken")
				}
				if _, err := a.Commit(ctx); err == nil {
					t.Error("committed after an error")
				}
			}
			if err := a.Article(ctx, Entry{ID: "late"}, nil); err == nil {
				t.Error("added after the end")
			}
			onlyNamed(t, w)
			from := 20 + round*60
			var entries []Entry
			for i := from; i < from+60; i++ {
				entries = append(entries, entryOf(i, articles[i]))
			}
			put(t, w, entries, articles[from:from+60])
		}
	})
	x := open(t, dir)
	sound(t, x)
	i := 0
	err := x.EachWithWords(ctx, func(e *Entry, words []uint64) error {
		if !slices.Equal(words, articles[i]) || e.Number != uint32(i) {
			t.Errorf("entry %d is not article %d", e.Number, i)
		}
		i++
		return nil
	})
	if err != nil || i != 200 {
		t.Error(i, err)
	}
}

// onlyNamed wants nothing in the directory but what the manifest names.
func onlyNamed(t *testing.T, w *Writer) {
	t.Helper()
	files, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	names := w.manifest.names()
	for _, f := range files {
		if !names[f.Name()] && f.Name() != manifestFile && f.Name() != lockFile {
			t.Errorf("left behind: %s", f.Name())
		}
	}
}

// TestLostFiles refuses an index of which a file is gone: an empty one in its place would lose the
// corpus in silence.
func TestLostFiles(t *testing.T) {
	for _, lost := range []string{"*.seg", "*.gone", "manifest"} {
		dir := build(t, testOptions(t), corpus(newRand(22), 50), 1)
		write(t, dir, testOptions(t), func(w *Writer) {
			if n, err := w.Remove(ctx, func(e *Entry) bool { return e.Number == 3 }); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		})
		files, err := filepath.Glob(filepath.Join(dir, lost))
		if err != nil || len(files) == 0 {
			t.Fatal(lost, err)
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		w, err := OpenWriter(dir, testOptions(t))
		if err == nil {
			t.Fatalf("%s is lost, and a writer opens the index with %d articles, %v", lost, w.Len(), w.Close())
		}
		if !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "\nhint: ") || lost != "manifest" && !strings.Contains(err.Error(), filepath.Base(files[0])+" is missing\n") {
			t.Errorf("%s is lost: %v", lost, err)
		}
		if x, err := Open(dir, testOptions(t)); err == nil {
			t.Errorf("%s is lost, and a reader opens the index, %v", lost, x.Close())
		}
		if l, err := lockWriter(dir); err != nil {
			t.Errorf("the lock is kept: %v", err)
		} else if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPlaces builds where an empty directory is, through a link, with a slash at the end, and
// beside the remains of others.
func TestPlaces(t *testing.T) {
	for name, prepare := range map[string]func(top string) (dir, place string, err error){
		"new":   func(top string) (string, string, error) { return top + "/deep/x", top + "/deep/x", nil },
		"slash": func(top string) (string, string, error) { return top + "/x//", top + "/x", nil },
		"empty": func(top string) (string, string, error) { return top + "/x", top + "/x", os.Mkdir(top+"/x", 0o750) },
		"dot":   func(top string) (string, string, error) { t.Chdir(top); return ".", top, nil },
		"link": func(top string) (string, string, error) {
			return top + "/l", top + "/x", joined(os.Mkdir(top+"/x", 0o777), os.Symlink("x", top+"/l"))
		},
		"killed before": func(top string) (string, string, error) {
			return top + "/x", top + "/x", os.MkdirAll(fmt.Sprintf("%s/.x.building-%d.0/store", top, os.Getpid()), 0o777)
		},
	} {
		for _, publish := range []bool{false, true} {
			t.Run(fmt.Sprint(name, publish), func(t *testing.T) {
				top := t.TempDir()
				dir, place, err := prepare(top)
				if err != nil {
					t.Fatal(err)
				}
				before, _ := os.Stat(place)
				p, err := NewPending(dir, testOptions(t))
				if err != nil {
					t.Fatal(err)
				}
				put(t, p.Writer, []Entry{{ID: "a"}}, [][]uint64{{1, 2, 3}})
				if !publish {
					if err := p.Abandon(); err != nil {
						t.Fatal(err)
					}
					after, _ := os.Stat(place)
					if (before == nil) != (after == nil) || before != nil && before.Mode() != after.Mode() {
						t.Errorf("%v is %v afterwards", before, after)
					}
					return
				}
				if err := p.Publish(); err != nil {
					t.Fatal(err)
				}
				if err := p.Abandon(); err != nil && before == nil {
					t.Fatal(err)
				}
				for _, d := range []string{place, dir} {
					if x := open(t, d); x.Len() != 1 {
						t.Error(x.Len())
					}
				}
			})
		}
	}
	top := t.TempDir()
	if err := os.Symlink("nowhere", top+"/l"); err != nil {
		t.Fatal(err)
	}
	p, err := NewPending(top+"/l", testOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Publish(); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(top + "/l"); err != nil || to != "nowhere" {
		t.Errorf("an index replaces a link that leads nowhere: %q, %v", to, err)
	}
	open(t, top+"/nowhere")
}

func joined(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestSweep leaves what is being built, and removes what a killed builder of the same place left.
func TestSweep(t *testing.T) {
	top := t.TempDir()
	alive, err := NewPending(filepath.Join(top, "x"), testOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".x.building-1.0", ".xx.building-1.0"} {
		createEmpty(t, filepath.Join(top, name), testOptions(t))
	}
	if err := os.Mkdir(filepath.Join(top, ".x.building-2.0"), 0o777); err != nil { // of one that begins right now
		t.Fatal(err)
	}
	next, err := NewPending(filepath.Join(top, "x"), testOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{alive.dir, next.dir, filepath.Join(top, ".xx.building-1.0"), filepath.Join(top, ".x.building-2.0")} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(top, ".x.building-1.0")); err == nil {
		t.Error("what was left is still there")
	}
	for _, p := range []*Pending{alive, next} {
		if err := p.Abandon(); err != nil {
			t.Error(err)
		}
	}
}
