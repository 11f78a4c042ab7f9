package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What stands at the root for the CI of others (action.yml, ci/gitlab.yml, .pre-commit-hooks.yaml)
// is run here as their runners would run it.

// repoRoot is the directory of go.mod.
func repoRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// bareEnv is the environment without what would speak to dedup, to git or of the CI that runs the
// tests.
func bareEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		for _, p := range []string{"DEDUP_", "GITHUB_", "INPUT_", "RUNNER_", "CI=", "CI_", "GIT_"} {
			if strings.HasPrefix(kv, p) {
				return true
			}
		}
		return false
	})
}

// needTools skips the test where a program is missing.
func needTools(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err != nil {
			t.Skipf("no %s here", n)
		}
	}
}

// readYAML decodes a file of the repository; a key that out does not have is an error.
func readYAML(t *testing.T, name string, out any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repoRoot(t), name))
	if err != nil {
		t.Fatal(err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(out); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// runIn runs a program in dir and gives its exit code and all that it printed.
func runIn(t *testing.T, dir string, env []string, argv ...string) (code int, out string) {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(bareEnv(), env...)
	b, err := cmd.CombinedOutput()
	if err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			t.Fatalf("%v: %v", argv, err)
		}
		code = exit.ExitCode()
	}
	return code, string(b)
}

// ciDir is a checkout as a user's CI finds it: corpus/, "new drop/" with articles that pass, and
// bad/ with the same and one that prints its headline twice.
func ciDir(t *testing.T) string {
	t.Helper()
	dir, data := t.TempDir(), filepath.Join(repoRoot(t), "testdata")
	for to, from := range map[string]string{"corpus": "articles", "new drop": "ci/drop", "bad": "ci/drop"} {
		if err := copyTree(filepath.Join(dir, to), filepath.Join(data, filepath.FromSlash(from))); err != nil {
			t.Fatal(err)
		}
	}
	bees := readFile(t, filepath.Join(dir, "bad", "bees.txt"))
	head, _, _ := strings.Cut(bees, "\n")
	writeFile(t, filepath.Join(dir, "bad", "bees.txt"), head+"\n\n"+bees)
	return dir
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
