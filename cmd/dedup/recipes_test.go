package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	recipeHead  = regexp.MustCompile(`(?m)^## (\d+)\. (.*)$`)
	recipeNeeds = regexp.MustCompile(`(?m)^Needs ([a-z0-9, ]+)\.(?: Modules ([a-z, ]+)\.)?`)
	recipeCode  = regexp.MustCompile("(?s)```sh\n(.*?)```\n\n```text\n(.*?)```")
)

// Every recipe of docs/recipes.md does what it says.
func TestRecipes(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell")
	}
	file := filepath.Join("..", "..", "docs", "recipes.md")
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	heads := recipeHead.FindAllStringSubmatchIndex(string(doc), -1)
	if len(heads) != 15 {
		t.Errorf("%d recipes, not fifteen", len(heads))
	}
	fresh := string(doc)
	for i, h := range heads {
		end := len(doc)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		part := string(doc[h[0]:end])
		t.Run(string(doc[h[4]:h[5]]), func(t *testing.T) {
			if needs := recipeNeeds.FindStringSubmatch(part); needs != nil {
				for tool := range strings.SplitSeq(needs[1], ", ") {
					if _, err := exec.LookPath(tool); err != nil {
						t.Skipf("no %s here", tool)
					}
				}
				if modules := needs[2]; modules != "" && exec.Command("python3", "-c", "import "+modules).Run() != nil {
					t.Skipf("python3 has no %s here", modules)
				}
			}
			m := recipeCode.FindStringSubmatch(part)
			if m == nil {
				t.Fatal("no code with its output")
			}
			got := runFences(t, recipeDir(t), m[1])[0]
			if *update {
				fresh = strings.Replace(fresh, part, strings.Replace(part, "```text\n"+m[2], "```text\n"+got, 1), 1)
			} else if d := cmp.Diff(m[2], got); d != "" {
				t.Errorf("it prints something else (-documented +now):\n%s", d)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// recipeDir is a directory with the files that recipes begin with.
func recipeDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
	files := map[string][]byte{"corpus.jsonl": data}
	for i, part := range [][][]byte{lines[:7], lines[7:]} {
		var rows []genRow
		for _, l := range part {
			var r genRow
			if err := json.Unmarshal(l, &r); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, r)
		}
		var b bytes.Buffer
		if err := writeRows(&b, ".parquet", rows); err != nil {
			t.Fatal(err)
		}
		n := string(rune('1' + i))
		files["data/part-"+n+".parquet"] = b.Bytes()
		files["parts/"+n+".jsonl"] = append(bytes.Join(part, nil), '\n')
	}
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runFences runs scripts one after the other in one shell that begins in dir, as a reader types
// them, and gives what each of them printed. None may fail or say anything on stderr.
func runFences(t *testing.T, dir string, scripts ...string) []string {
	t.Helper()
	const end = "\x1e"
	cmd := exec.Command("sh", "-e", "-c", strings.Join(scripts, "\nprintf '\\036'\n"))
	cmd.Dir, cmd.Env = dir, append(bareEnv(), "LC_ALL=C")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	got := strings.Split(string(out), end)
	if err != nil || errs.Len() > 0 || len(got) != len(scripts) {
		t.Fatalf("%v\n%s\nafter:\n%s%s", err, scripts[min(len(got), len(scripts))-1], got[len(got)-1], &errs)
	}
	return got
}
