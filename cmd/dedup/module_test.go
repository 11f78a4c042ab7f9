package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestModuleGetsItsAddress renames the module in a copy of the tree, twice, and builds it.
func TestModuleGetsItsAddress(t *testing.T) {
	if testing.Short() {
		t.Skip("builds everything under another name")
	}
	needTools(t, "make", "sed", "grep", "find", "go")
	dir := t.TempDir()
	copyModule(t, repoRoot(t), dir)
	runOf(t, dir, "make", "-s", "module", "PATH=example.org/first/name")
	runOf(t, dir, "go", "build", "./cmd/dedup")
	runOf(t, dir, "go", "test", "./internal") // the layers
	runOf(t, dir, "make", "-s", "module", "PATH=github.com/some-team/dedup.go")
	runOf(t, dir, "go", "list", "-deps", "./...")
	runOf(t, dir, "go", "list", "-C", "bench", "-deps", "./...")
	if b, err := os.ReadFile(filepath.Join(dir, "docs", "ci.md")); err != nil || !strings.Contains(string(b), "uses: some-team/dedup.go@v1") || !strings.Contains(string(b), "repo: https://github.com/some-team/dedup.go\n") {
		t.Errorf("docs/ci.md does not name the address: %v", err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "module" || filepath.Base(path) == "module_test.go" {
			return err
		}
		b, err := os.ReadFile(path)
		for _, placeholder := range []string{"OWNER/", "first/name", "\"dedup/internal"} {
			if strings.Contains(string(b), placeholder) {
				t.Errorf("%s still says %s", path, placeholder)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if out, err := exec.Command("make", "-s", "-C", dir, "module", "PATH=no address").CombinedOutput(); err == nil || !strings.Contains(string(out), "usage") {
		t.Errorf("%v: %s", err, out)
	}
}

// copyModule copies what is under version control, as far as a walk can tell.
func copyModule(t *testing.T, from, to string) {
	t.Helper()
	skip := []string{".git", "bin", "soak"}
	err := filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skip, d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o777)
		case !d.Type().IsRegular() || d.Name() == ".git":
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func runOf(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, bareEnv()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}
