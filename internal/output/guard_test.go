package output

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is one file on the disk clashes, by whatever names; what is two does not.
func TestGuard(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	put(t, "in", "text")
	put(t, "other", "text")
	for _, d := range []string{"d", "idx", "idx/store"} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	put(t, "d/in", "text")
	put(t, "idx/store/table", "text")
	if err := os.Link("in", "hard"); err != nil {
		t.Skip(err)
	}
	link(t, "in", "soft")
	link(t, "d", "e")
	link(t, "d/new", "far")
	for _, c := range []struct {
		name    string
		reads   string
		keeps   string
		writes  [2]string
		refused string
	}{
		{name: "apart", reads: "in", writes: [2]string{"other", "new"}},
		{name: "itself", reads: "in", writes: [2]string{"in"}, refused: "--a in is an input as well (in)"},
		{name: "another path", reads: "in", writes: [2]string{"d/../in"}, refused: "is an input"},
		{name: "absolute", reads: filepath.Join(dir, "in"), writes: [2]string{"in"}, refused: "is an input"},
		{name: "hard link", reads: "in", writes: [2]string{"hard"}, refused: "is an input"},
		{name: "link to the input", reads: "in", writes: [2]string{"soft"}, refused: "is an input"},
		{name: "link is the input", reads: "soft", writes: [2]string{"in"}, refused: "is an input"},
		{name: "linked directory", reads: "d/in", writes: [2]string{"e/in"}, refused: "is an input"},
		{name: "directory that holds it", reads: "d/in", writes: [2]string{"d"}, refused: "is an input"},
		{name: "link to such a directory", reads: "d/in", writes: [2]string{"e"}, refused: "is an input"},
		{name: "input through such a link", reads: "e/in", writes: [2]string{"d"}, refused: "is an input"},
		{name: "not there", reads: "none", writes: [2]string{"none"}},
		{name: "below what is kept", keeps: "idx", writes: [2]string{"idx/new"}, refused: "lies in what is read (the index idx)"},
		{name: "part of what is kept", keeps: "idx", writes: [2]string{"idx/store/table"}, refused: "idx"},
		{name: "what is kept", keeps: "idx", writes: [2]string{"idx"}, refused: "idx"},
		{name: "beside what is kept", keeps: "idx", writes: [2]string{"idx2"}},
		{name: "two new", writes: [2]string{"new", "./new"}, refused: "--b ./new: --a names this file already"},
		{name: "two new by a link", writes: [2]string{"e/new", "d/new"}, refused: "names this file already"},
		{name: "two new by a link that leads nowhere", writes: [2]string{"far", "d/new"}, refused: "names this file already"},
		{name: "two that are there", writes: [2]string{"in", "hard"}, refused: "names this file already"},
		{name: "devices", reads: os.DevNull, writes: [2]string{os.DevNull, os.DevNull}},
	} {
		var g Guard
		if c.reads != "" {
			g.Reads("", c.reads)
		}
		if c.keeps != "" {
			g.Keeps("the index", c.keeps)
		}
		for i, name := range c.writes {
			if name != "" {
				g.Writes([]string{"--a", "--b"}[i], name)
			}
		}
		err := g.Check()
		if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: %v, want %q", c.name, err, c.refused)
		}
	}
}

// Open files are compared by what they are: standard output may be the file that is read.
func TestGuardOfOpenFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "in")
	put(t, name, "text")
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var g Guard
	g.ReadsFrom("standard input", in)
	if err := g.WritesTo("standard output", out, true); err == nil || !strings.Contains(err.Error(), "standard output is an input as well (standard input)") {
		t.Error(err)
	}
	if g.Busy() {
		t.Error("it was not to be held against the other outputs")
	}
	g = Guard{}
	if err := g.WritesTo("standard output", out, false); err != nil {
		t.Error(err)
	}
	g.Writes("--report", name)
	if err := g.Check(); err == nil || !strings.Contains(err.Error(), ": standard output names this file already") {
		t.Error(err)
	}
}
