package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The walkthrough of docs/ingest.md prints what it says.
func TestIngestWalkthrough(t *testing.T) {
	needTools(t, "sh", "dedup", "jq", "cut", "grep", "head", "tail", "cmp")
	root := repoRoot(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "corpus.jsonl"), []byte(readFile(t, filepath.Join(root, "testdata", "articles.jsonl"))), 0o666); err != nil {
		t.Fatal(err)
	}
	walk(t, filepath.Join(root, "docs", "ingest.md"), dir)
}
