package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The walkthrough of docs/ingest.md prints what it says.
func TestIngestWalkthrough(t *testing.T) {
	needTools(t, "sh", "dedup", "jq", "cut", "grep", "head", "tail", "cmp")
	root := repoRoot(t)
	file := filepath.Join(root, "docs", "ingest.md")
	doc := readFile(t, file)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "corpus.jsonl"), []byte(readFile(t, filepath.Join(root, "testdata", "articles.jsonl"))), 0o666); err != nil {
		t.Fatal(err)
	}
	steps := docCode.FindAllStringSubmatch(doc, -1)
	var scripts []string
	for _, s := range steps {
		scripts = append(scripts, s[1])
	}
	printed := runFences(t, dir, scripts...)
	fresh := doc
	for i, s := range steps {
		if *update {
			with := "```sh\n" + s[1] + "```\n"
			if printed[i] != "" {
				with += "\n```text\n" + printed[i] + "```\n"
			}
			fresh = strings.Replace(fresh, s[0], with, 1)
		} else if d := cmp.Diff(s[2], printed[i]); d != "" {
			t.Errorf("\n%sprints something else (-documented +now; make golden renews it):\n%s", s[1], d)
		}
	}
	if fresh != doc {
		if err := os.WriteFile(file, []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
