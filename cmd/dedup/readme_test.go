package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "renew the golden files and the output in README.md")

// The README shows what its first command prints, byte for byte.
func TestReadmeShowsTheRealOutput(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("COLUMNS", "")
	var out, errs bytes.Buffer
	if code := run([]string{"scan", "seeds/"}, strings.NewReader(""), &out, &errs); code != exitOK || errs.Len() > 0 {
		t.Fatalf("exit code %d, stderr %q", code, errs.String())
	}
	const before = "The first command above prints:\n\n```\n"
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	start := strings.Index(string(readme), before)
	if start < 0 {
		t.Fatalf("README.md does not say %q", before)
	}
	start += len(before)
	end := start + strings.Index(string(readme[start:]), "```\n")
	if *update {
		fresh := string(readme[:start]) + out.String() + string(readme[end:])
		if err := os.WriteFile("README.md", []byte(fresh), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(readme[start:end]), out.String()); d != "" {
		t.Errorf("README.md shows another output (-README +now; make golden renews it):\n%s", d)
	}
}

// Every command that README.md and the documents name exists, with the flags they use.
func TestDocumentedCommandsExist(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`(?m)(?:^|\| |bin/|\./cmd/)dedup ((?:index |background )?[a-z]+)((?: [^|>#\n]*)?)`)
	flagName := regexp.MustCompile(`(^| )--([a-z][a-z-]*)`)
	for _, file := range append(files, filepath.Join("..", "..", "README.md")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllStringSubmatch(fences(string(text)), -1) {
			root := newRootCmd(&app{})
			root.InitDefaultCompletionCmd()
			cmd, _, err := root.Find(strings.Fields(m[1]))
			if err != nil || cmd == root {
				t.Errorf("%s: dedup %s: no such command", file, m[1])
				continue
			}
			cmd.InitDefaultHelpFlag()
			for _, f := range flagName.FindAllStringSubmatch(m[2], -1) {
				if cmd.Flags().Lookup(f[2]) == nil && cmd.InheritedFlags().Lookup(f[2]) == nil {
					t.Errorf("%s: dedup %s has no flag --%s", file, m[1], f[2])
				}
			}
		}
	}
}

// fences gives the text inside the ```sh fences of a document.
func fences(doc string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(doc) {
		if strings.HasPrefix(line, "```") {
			inside = strings.HasPrefix(line, "```sh")
			continue
		}
		if inside {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Every command has an example and names the exit codes; the man pages are made of them.
func TestHelpIsComplete(t *testing.T) {
	root := newRootCmd(&app{})
	for _, cmd := range append(root.Commands(), root) {
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		if !strings.Contains(cmd.Long, "Exit codes:") {
			t.Errorf("%s does not name its exit codes", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Long) {
			if len(strings.TrimSuffix(line, "\n")) > 82 {
				t.Errorf("%s: help line too long: %q", cmd.CommandPath(), line)
			}
		}
	}
}
