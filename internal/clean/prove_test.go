package clean

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"dedup/internal/article"
)

// Names that JSON cannot hold, or that another system would take apart, made a directory that
// restore refused.
func TestNamesRoundTrip(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("they are no names here")
	}
	dir := t.TempDir()
	var files []File
	want := map[string]string{}
	for _, name := range []string{"plain.txt", "a\\b.txt", "..\\up.txt", "\xff.txt", "caf\xe9/\xc3(.txt", "line\nend.txt", "\u2028.txt", "\ufffd.txt", "C:x.txt", "d/\"'<>&.txt"} {
		from := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(from), 0o777); err != nil {
			t.Skip(err)
		}
		if err := os.WriteFile(from, []byte("in "+name), 0o666); err != nil {
			t.Logf("%q: %v", name, err) // a file system that has only UTF-8
			continue
		}
		want[name] = "in " + name
		files = append(files, File{Path: from, From: from, Out: name, Items: func(func(*Item) bool) {}})
	}
	out, again := filepath.Join(dir, "out"), filepath.Join(dir, "again")
	for range 2 { // the second time, the output is recognised as clean's own
		if err := ownDirectory(out, out, DefaultManifest(out)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if _, err := Write(context.Background(), files, Options{Out: out, Manifest: DefaultManifest(out)}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil || n != len(files) {
		t.Fatal(n, err)
	}
	for name, content := range want {
		if b, err := os.ReadFile(filepath.Join(again, name)); err != nil || string(b) != content {
			t.Errorf("%q: %q, %v", name, b, err)
		}
	}
}

// A manifest from before names could be in Base64 is restored.
func TestOldManifest(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	if err := os.MkdirAll(filepath.Join(out, "d"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "d", "a.jsonl"), []byte("{\"id\":1,\"text\":\"one two\"}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(filepath.Join("testdata", "manifest-old.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(DefaultManifest(out), old, 0o666); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "again")
	if _, err := Restore(context.Background(), RestoreOptions{From: out, Out: again}); err != nil {
		t.Fatal(err)
	}
	want := "{\"id\":1,\"text\":\"one two\"}\n{\"id\":2,\"text\":\"one two\"}\n"
	if b, err := os.ReadFile(filepath.Join(again, "d", "a.jsonl")); err != nil || string(b) != want {
		t.Errorf("%q, %v", b, err)
	}
}

// What would not be restored is not published: Parquet is opened again, and its rows and their sum
// are those of the manifest.
func TestProve(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.parquet")
	type row struct{ Text string }
	if err := parquet.WriteFile(in, []row{{"one"}, {"two"}, {strings.Repeat("three ", 1000)}}); err != nil {
		t.Fatal(err)
	}
	files := []File{{Path: in, From: in, Out: "in.parquet", Items: func(func(*Item) bool) {}}}
	for name, damage := range map[string]func(b []byte) []byte{
		"none":       func(b []byte) []byte { return b },
		"cut short":  func(b []byte) []byte { return b[:len(b)-5] },
		"other rows": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("two"), []byte("too")) },
	} {
		st, err := newStage(filepath.Join(dir, "out"), filepath.Join(dir, "m"), false, "")
		if err != nil {
			t.Fatal(err)
		}
		mf, err := os.Create(st.manifest())
		if err != nil {
			t.Fatal(err)
		}
		m, err := newManifestWriter(mf, Head{})
		if err != nil {
			t.Fatal(err)
		}
		if err := writeFiles(context.Background(), files, m, &Counts{}, Options{}, st.create); err != nil {
			t.Fatal(err)
		}
		mf.Close()
		written := filepath.Join(st.out, "in.parquet")
		b, err := os.ReadFile(written)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(written, damage(b), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := prove(context.Background(), st, files); (err == nil) != (name == "none") || err != nil && !strings.Contains(err.Error(), "nothing was written, for it could not be restored") {
			t.Errorf("%s: %v", name, err)
		}
		if err := prove(context.Background(), st, append(files, files[0])); err == nil {
			t.Errorf("%s: a file is missing, and nobody says so", name)
		}
		if err := st.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// An input that is another one in the second reading stops the run, whatever its size and its time.
func TestSecondReadingIsHeldAgainstTheFirst(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	u, err := article.OpenPacked(in)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	seen, err := u.Seen()
	if err != nil || seen.Bytes != 4 {
		t.Fatal(seen, err)
	}
	f := File{Path: in, From: in, Seen: seen, Items: func(func(*Item) bool) {}}
	write := func(content string, asIs bool) error {
		if err := os.WriteFile(in, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		f.AsIs = asIs
		_, err := Write(context.Background(), []File{f}, Options{Out: out, Manifest: DefaultManifest(out), Single: true})
		return err
	}
	for _, asIs := range []bool{false, true} {
		for _, other := range []string{"", "texts", "tex", "tent"} {
			if err := write(other, asIs); !errors.Is(err, errChanged) {
				t.Errorf("%q: %v", other, err)
			}
			if _, err := os.Lstat(out); !os.IsNotExist(err) {
				t.Fatalf("%q: there is an output, %v", other, err)
			}
		}
	}
	if err := write("text", false); err != nil {
		t.Error(err)
	}
}
