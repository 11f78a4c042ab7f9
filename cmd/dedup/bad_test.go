package main

import (
	"bytes"
	"strings"
	"testing"

	"dedup/internal/article"
)

func TestComplaintsStayReadable(t *testing.T) {
	var b bytes.Buffer
	c := complaints{w: &b}
	for i := range 50 {
		c.add(article.Bad{Path: "a.jsonl", Line: i + 1, Reason: "no text", Hint: "look"})
	}
	c.add(article.Bad{Path: "\x1b[2Jb.txt", Reason: "read as windows-1252", Hint: "convert", Kept: true})
	c.done()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if want := nameAtMost + 1 + 2 + 1; len(lines) != want { // named, their hint, the warning with its hint, how many more
		t.Errorf("%d lines, want %d:\n%s", len(lines), want, b.String())
	}
	for _, want := range []string{"skipped a.jsonl line 20: no text", "and 30 more", "dedup: \\x1b[2Jb.txt: read as windows-1252"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("does not say %q:\n%s", want, b.String())
		}
	}
}
