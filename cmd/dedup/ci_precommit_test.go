package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hook has the keys of a hook that .pre-commit-hooks.yaml uses.
type hook struct {
	ID, Name, Description, Entry, Language string
	Args, Types                            []string
	Files                                  string
	RequireSerial                          bool `yaml:"require_serial"`
}

func readHook(t *testing.T) hook {
	t.Helper()
	var hooks []hook
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 {
		t.Fatalf("%d hooks, not one", len(hooks))
	}
	return hooks[0]
}

// The hook takes files of articles and leaves code and documents alone.
func TestHookTakesArticles(t *testing.T) {
	files := regexp.MustCompile(readHook(t).Files)
	for name, want := range map[string]bool{
		"drop/a.txt": true, "a b.jsonl": true, "x.csv.gz": true, "x.parquet": true, "x.tsv.zst": true, "x.ndjson.bz2": true,
		"README.md": false, "main.go": false, "package.json": false, "x.txt.bak": false, "txt": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: taken: %t", name, !want)
		}
	}
}

// The hook as pre-commit calls it: the entry, its arguments, the names of changed files.
func TestHookRuns(t *testing.T) {
	needTools(t, "dedup")
	h := readHook(t)
	if h.Language != "golang" || !h.RequireSerial {
		t.Errorf("language %s, serial %t", h.Language, h.RequireSerial)
	}
	dir := ciDir(t)
	call := append(strings.Fields(h.Entry), h.Args...)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{args: []string{"new drop/bees.txt", "new drop/lido.txt"}},
		{args: []string{"bad/bees.txt", "new drop/lido.txt"}, code: 1, says: "bad/bees.txt"},
		{args: []string{"new drop/lido.txt", "bad/lido.txt"}, code: 1, says: "new drop/lido.txt"},
		{args: []string{"--max-repeats", "1", "bad/bees.txt"}},
	} {
		code, out := runIn(t, dir, nil, slices.Concat(call, c.args)...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("%v: exit code %d, want %d\n%s", c.args, code, c.code, out)
		}
	}
}

// The real pre-commit installs the hook from a repository with this source and runs it on a commit.
func TestHookInPreCommit(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	needTools(t, "pre-commit", "git", "go")
	source := sourceRepo(t)
	dir := ciDir(t)
	env := []string{"PRE_COMMIT_HOME=" + t.TempDir(), "GOMODCACHE=" + goEnv(t, "GOMODCACHE"), "GOCACHE=" + goEnv(t, "GOCACHE"), "GOFLAGS=-modcacherw",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "PATH=" + pathWithout(t, "dedup")}
	writeFile(t, filepath.Join(dir, ".pre-commit-config.yaml"),
		"repos:\n  - repo: "+source+"\n    rev: v1.0.0\n    hooks:\n      - id: dedup-check\n        files: ^(new drop|bad)/\n")
	commit := func(files ...string) (int, string) {
		t.Helper()
		if code, out := runIn(t, dir, env, append([]string{"git", "add", "--"}, files...)...); code != 0 {
			t.Fatal(out)
		}
		return runIn(t, dir, env, "git", "-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-m", "articles")
	}
	for _, argv := range [][]string{{"git", "init", "-q"}, {"pre-commit", "install"}} {
		if code, out := runIn(t, dir, env, argv...); code != 0 {
			t.Fatal(out)
		}
	}
	if code, out := commit(".pre-commit-config.yaml", "corpus", "new drop"); code != 0 || !regexp.MustCompile(`dedup check\.+Passed`).MatchString(out) {
		t.Errorf("articles that pass: exit code %d\n%s", code, out)
	}
	if code, out := commit("bad/bees.txt"); code == 0 || !regexp.MustCompile(`dedup check\.+Failed`).MatchString(out) || !strings.Contains(out, "bad/bees.txt") {
		t.Errorf("a headline that stands twice: exit code %d\n%s", code, out)
	}
}

// sourceRepo is a git repository with what building dedup needs, at the tag v1.0.0.
func sourceRepo(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	names := []string{"go.mod", "go.sum", "cmd", "internal", ".pre-commit-hooks.yaml"}
	public, err := filepath.Glob(filepath.Join(repoRoot(t), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range public {
		names = append(names, filepath.Base(file))
	}
	for _, name := range names {
		if err := copyTree(filepath.Join(dir, name), filepath.Join(repoRoot(t), name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-q", "-m", "source"}, {"tag", "v1.0.0"}} {
		args = append([]string{"git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"}, args...)
		if code, out := runIn(t, dir, nil, args...); code != 0 {
			t.Fatal(out)
		}
	}
	return dir
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
