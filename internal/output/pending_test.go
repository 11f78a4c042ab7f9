package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a killed run left goes with the next run to the same name. What a living one writes stays,
// and so does what has another kind of name.
func TestPendingFilesAreSwept(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out")
	left := []string{".out.dedup-17", ".out.dedup-18446744073709551615"}
	stay := []string{".out.dedup-x", ".out17", ".other.dedup-17", "out.dedup-17"}
	for _, n := range append(left, stay...) {
		put(t, filepath.Join(dir, n), "half")
	}
	alive, err := newPending(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range left {
		if _, err := os.Lstat(filepath.Join(dir, n)); !os.IsNotExist(err) {
			t.Errorf("%s is still there, %v", n, err)
		}
	}
	if err := write(name, "second"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "second")
	if _, err := alive.WriteString("first"); err != nil {
		t.Fatal(err)
	}
	if err := alive.CloseAtomicallyReplace(); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "first")
	for _, n := range stay {
		holds(t, filepath.Join(dir, n), "half")
	}
}

// A name as long as a file system allows has a pending file too.
func TestLongNames(t *testing.T) {
	name := filepath.Join(t.TempDir(), strings.Repeat("n", 250))
	if err := write(name, "text"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "text")
	alone(t, filepath.Dir(name), filepath.Base(name))
}
