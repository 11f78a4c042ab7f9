package acceptance

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// most is what the program may weigh, in bytes (docs/weight.md).
const most = 25_000_000

// TestBuildIsReproducible builds dedup as a release does in two directories, each with a cache of
// its own, and wants the same bytes, and few enough of them.
func TestBuildIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("builds everything anew")
	}
	copied := t.TempDir()
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	for _, name := range append(names, "go.mod", "go.sum", "cmd", "internal") {
		from := filepath.Join(root, name)
		if info, err := os.Stat(from); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			err = os.CopyFS(filepath.Join(copied, name), os.DirFS(from))
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		b, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(filepath.Join(copied, name), b, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	build := func(dir string, env ...string) []byte {
		out := filepath.Join(t.TempDir(), "dedup")
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=v0.1.0", "-o", out, "./cmd/dedup")
		cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "CGO_ENABLED=0"), env...)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	one, other := build(root), build(copied, "GOCACHE="+t.TempDir())
	if !bytes.Equal(one, other) {
		t.Errorf("two builds differ: %d and %d bytes", len(one), len(other))
	}
	if len(one) > most {
		t.Errorf("%d bytes, at most %d are wanted: make weight shows what is in it", len(one), most)
	}
}
