package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/article"
)

// docs/formats.md lists the table of input formats, and the README, the help and the completion of
// shells name them all.
func TestInputFormatsAreListed(t *testing.T) {
	var table strings.Builder
	table.WriteString("| `--input-format` | what | names end in | offsets count | `clean` takes out |\n|---|---|---|---|---|\n")
	for _, f := range article.Formats() {
		offsets := "the file's text"
		if !f.InBytes {
			offsets = "the extracted text"
		}
		fmt.Fprintf(&table, "| `%s` | %s | `%s` | %s | %s |\n", f.Name, f.What, strings.Join(f.Ext, " "), offsets, f.Clean)
	}
	path := filepath.Join("..", "..", "docs", "formats.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- the table of formats -->\n", "<!-- end of the table -->\n"
	before, rest, ok := strings.Cut(string(page), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s lacks %q or %q", path, begin, end)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+table.String()+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if d := cmp.Diff(table.String(), old); d != "" {
		t.Errorf("docs/formats.md lists other formats (-now +docs; make golden renews it):\n%s", d)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var completed bytes.Buffer
	if code := run([]string{"__complete", "scan", "--input-format", ""}, strings.NewReader(""), &completed, &bytes.Buffer{}); code != exitOK {
		t.Fatalf("completion ends with %d", code)
	}
	for _, name := range article.FormatNames() {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not name the input format %q", name)
		}
		if !strings.Contains(completed.String(), name+"\n") {
			t.Errorf("--input-format does not complete %q", name)
		}
		if !strings.Contains(inputHelp, name) {
			t.Errorf("the help does not name the input format %q", name)
		}
	}
}
