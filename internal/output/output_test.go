package output

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip(err)
	}
	if _, err := os.Readlink(name); err != nil { // under Wine there are none
		t.Skip(err)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
	}
}

// alone wants nothing in a directory but the names.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}

func write(name, content string) error {
	return Write(context.Background(), name, func(w io.Writer) error {
		_, err := io.WriteString(w, content)
		return err
	})
}

// A link stays, and what it leads to is replaced in its own directory, also when nothing is there
// yet.
func TestLinksStay(t *testing.T) {
	top := t.TempDir()
	far := filepath.Join(top, "far")
	if err := os.Mkdir(far, 0o777); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(far, "there"), "old")
	near := filepath.Join(top, "near")
	if err := os.Mkdir(near, 0o777); err != nil {
		t.Fatal(err)
	}
	link(t, far, filepath.Join(near, "dir"))
	for _, l := range []struct{ name, to, file string }{
		{"absolute", filepath.Join(far, "there"), "there"}, {"relative", "../far/there", "there"}, {"chain", "relative", "there"},
		{"dangling", "../far/new", "new"}, {"through", "dir/../far/there", "there"},
	} {
		name := filepath.Join(near, l.name)
		link(t, l.to, name)
		if err := write(name, l.name); err != nil {
			t.Fatal(l.name, err)
		}
		if got, err := os.Readlink(name); err != nil || got != l.to {
			t.Errorf("%s leads to %q, %v", l.name, got, err)
		}
		holds(t, filepath.Join(far, l.file), l.name)
	}
	alone(t, far, "new", "there")
}

func TestLinksThatLeadToEachOther(t *testing.T) {
	dir := t.TempDir()
	link(t, "b", filepath.Join(dir, "a"))
	link(t, "a", filepath.Join(dir, "b"))
	if err := write(filepath.Join(dir, "a"), "x"); err == nil || !strings.Contains(err.Error(), "links lead to each other") {
		t.Error(err)
	}
	alone(t, dir, "a", "b")
}

func TestWhatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	notDirectory := "not a directory"
	if windowsNames {
		notDirectory = "there is no directory"
	}
	put(t, filepath.Join(dir, "file"), "")
	for name, want := range map[string]string{
		dir: "it is a directory\nhint: name a file", dir + "/": "it is a directory", dir + "/.": "it is a directory", filepath.Join(dir, "no", "out"): "there is no directory " + filepath.Join(dir, "no"),
		filepath.Join(dir, "file", "out"): notDirectory, dir + "/new/": "there is no directory", "": "there is no directory",
	} {
		if err := Check(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", name, err, want)
		}
	}
}

// A file is whole or as it was; what is pending lies beside it.
func TestWholeOrNotAtAll(t *testing.T) {
	dir, tmp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	name := filepath.Join(dir, "out")
	put(t, name, "old")
	if err := os.Chmod(name, 0o640); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("failed")
	err := Write(context.Background(), name, func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 1<<18)); err != nil {
			return err
		}
		alone(t, tmp)
		if beside, err := filepath.Glob(filepath.Join(dir, ".out*")); err != nil || len(beside) != 1 {
			t.Errorf("beside the file: %q, %v", beside, err)
		}
		holds(t, name, "old")
		return failed
	})
	if !errors.Is(err, failed) {
		t.Error(err)
	}
	holds(t, name, "old")
	if err := write(name, "new"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "new")
	if info, err := os.Stat(name); err != nil || !windowsNames && info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	alone(t, dir, "out")
}

// A log keeps what was written before an error, and keeps the file that it goes to.
func TestAlong(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "there"), "what was there before")
	link(t, "there", filepath.Join(dir, "log"))
	failed := errors.New("failed")
	err := WriteAlong(context.Background(), filepath.Join(dir, "log"), func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		holds(t, filepath.Join(dir, "there"), "half")
		return errors.Join(err, failed)
	})
	if !errors.Is(err, failed) {
		t.Error(err)
	}
	holds(t, filepath.Join(dir, "there"), "half")
	alone(t, dir, "log", "there")
}
