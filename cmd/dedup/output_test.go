package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The width of lines comes from COLUMNS, then from the terminal; names are cut on a terminal alone.
func TestTextWidth(t *testing.T) {
	for env, want := range map[string]int{"": 80, "60": 60, "160": maxTextWidth, "0": 80, "-3": 80, "wide": 80, "99999999999999999999": 80} {
		t.Setenv("COLUMNS", env)
		opt, err := new(outputOptions).textOptions(&bytes.Buffer{}, "auto")
		if err != nil || opt.Width != want || opt.Names != 0 || opt.Color {
			t.Errorf("COLUMNS=%q: %+v, %v; want width %d, whole names, no colour", env, opt, err, want)
		}
	}
}

// In a pipe, names are whole whatever COLUMNS says; the rest of the layout follows it.
func TestNamesInAPipe(t *testing.T) {
	corpus := filepath.Join(t.TempDir(), strings.Repeat("deep/", 30))
	if err := os.MkdirAll(corpus, 0o777); err != nil {
		t.Fatal(err)
	}
	text := "Fog at Marl Point closes the harbour for a day, and the ferry that was to leave for the islands stays where it is until it lifts.\n\nFog at Marl Point."
	name := filepath.Join(corpus, "6aedaaefbaff8.txt")
	copied := filepath.Join(corpus, "7bedaaefbaff8.txt")
	for _, name := range []string{name, copied} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, env := range []string{"COLUMNS=", "COLUMNS=40", "COLUMNS=300"} {
		for _, args := range [][]string{{"scan", corpus}, {"check", corpus}, {"clean", "--dry-run", corpus}, {"diff", name, copied}} {
			cmd := exec.Command("dedup", args...)
			cmd.Env = append(os.Environ(), env)
			out, _ := cmd.Output() // check fails: it found the copy
			for _, whole := range []string{name, copied} {
				if !bytes.Contains(out, []byte(whole)) {
					t.Errorf("%s dedup %s does not name %s:\n%s", env, args[0], whole, out)
				}
			}
		}
	}
}
