package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// TestEveryOperationFails has the n-th operation on files fail, for all n, while an index is built,
// added to, removed from and merged, as SQLite is tested: the error comes back, nothing panics, and
// the index is in the state before or after, whole. Then the same is done again without a fault,
// and leaves what it leaves otherwise.
func TestEveryOperationFails(t *testing.T) {
	if testing.Short() {
		t.Skip("syncs some thousand files")
	}
	t.Run("plain", func(t *testing.T) { everyOperationFails(t, testOptions(t)) })
	t.Run("stories", func(t *testing.T) { everyOperationFails(t, storyOptions(t)) })
}

func everyOperationFails(t *testing.T, opt Options) {
	articles := corpus(newRand(70), 60)
	steps := []struct {
		name string
		do   func(dir string, opt Options) error
	}{
		{"build", func(dir string, opt Options) error {
			p, err := NewPending(dir, opt)
			if err != nil {
				return err
			}
			if err := addAll(p.Writer, articles[:30], 0); err != nil {
				return errors.Join(err, p.Abandon())
			}
			return p.Publish()
		}},
		{"add", func(dir string, opt Options) error {
			return writing(dir, opt, func(w *Writer) error { return addAll(w, articles[30:], 30) })
		}},
		{"remove", func(dir string, opt Options) error {
			return writing(dir, opt, func(w *Writer) error {
				_, err := w.Remove(ctx, func(e *Entry) bool { return e.Number == 7 || e.Number == 50 })
				return err
			})
		}},
		{"merge", func(dir string, opt Options) error {
			return writing(dir, opt, func(w *Writer) error { return w.Compact(ctx) })
		}},
		{"remove much", func(dir string, opt Options) error {
			return writing(dir, opt, func(w *Writer) error {
				_, err := w.Remove(ctx, func(e *Entry) bool { return e.Number%3 == 1 })
				return err
			})
		}},
	}
	opt.Batch, opt.Workers = 20, 1
	dir := filepath.Join(t.TempDir(), "x")
	var states [][]uint32
	for _, step := range steps {
		ops := faults(t, step.name, dir, opt, step.do, states)
		if ops < 10 {
			t.Errorf("%s: %d operations: too few to mean something", step.name, ops)
		}
		if err := step.do(dir, opt); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		states = append(states, numbers(t, dir))
	}
	if want := 60; len(states[1]) != want {
		t.Errorf("%d entries, want %d", len(states[1]), want)
	}
}

// faults runs a step on copies of an index, with a fault at each operation in turn, and returns how
// many operations it has.
func faults(t *testing.T, name, dir string, opt Options, do func(dir string, opt Options) error, states [][]uint32) int {
	t.Helper()
	var before []uint32
	if len(states) > 0 {
		before = states[len(states)-1]
	}
	var want []uint32
	if before != nil {
		good := filepath.Join(t.TempDir(), "good")
		if err := errors.Join(os.CopyFS(good, os.DirFS(dir)), do(good, opt)); err != nil {
			t.Fatal(err)
		}
		want = numbers(t, good)
	}
	for n := 1; ; n++ {
		copied := filepath.Join(t.TempDir(), "x")
		if before != nil {
			if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
		}
		count, what := 0, ""
		opt.disk.fault = func(op, file string) error {
			if count++; count == n {
				what = fmt.Sprintf("%s: operation %d, %s of %s", name, n, op, filepath.Base(file))
				return syscall.ENOSPC
			}
			return nil
		}
		err := do(copied, opt)
		opt.disk.fault = nil
		if count < n {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return n - 1
		}
		if err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", what, err)
		}
		if before == nil {
			if _, e := os.Stat(copied); err != nil && e == nil {
				t.Errorf("%s: there is a part of an index", what)
			}
			files, _ := os.ReadDir(filepath.Dir(copied))
			if err != nil && len(files) > 0 {
				t.Errorf("%s: %v is left", what, files)
			}
			continue
		}
		// The index is sound, as it was or after some whole batches, and goes on from there.
		if got := numbers(t, copied); !slices.Equal(got, before) && !slices.Equal(got, want) && name != "add" {
			t.Errorf("%s: %v is neither before nor after", what, got)
		}
		if err := do(copied, opt); err != nil {
			t.Errorf("%s: again: %v", what, err)
		}
		if got := numbers(t, copied); !slices.Equal(got, want) {
			t.Errorf("%s: afterwards %v, want %v", what, got, want)
		}
		write(t, copied, opt, func(w *Writer) { onlyNamed(t, w) })
		if t.Failed() {
			return n
		}
	}
}

// writing opens an index, has fn write to it, and closes it.
func writing(dir string, opt Options, fn func(w *Writer) error) error {
	w, err := OpenWriter(dir, opt)
	if err != nil {
		return err
	}
	return errors.Join(fn(w), w.Close())
}

func addAll(w *Writer, articles [][]uint64, from int) error {
	a := w.NewAdd("all")
	for i, words := range articles {
		if err := a.Article(ctx, entryOf(from+i, words), words); err != nil {
			return errors.Join(err, a.Discard())
		}
	}
	_, err := a.Commit(ctx)
	return err
}

// numbers lists the entries of an index, which it wants to be sound.
func numbers(t *testing.T, dir string) (list []uint32) {
	t.Helper()
	x := open(t, dir)
	sound(t, x)
	if err := x.Each(ctx, func(e *Entry) error { list = append(list, e.Number); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}
