package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// The scripts under testdata/script run the real program. Each starts in an empty directory that
// holds copies of testdata/articles, testdata/gold and testdata/articles.jsonl. They check the
// contract (exit codes, JSON fields, columns, what stderr names), not the wording of the text
// report. UPDATE=1 in the environment rewrites golden files inside the scripts.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dedup": main})
}

func TestScripts(t *testing.T) {
	fixtures, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join(fixtures, "script"),
		UpdateScripts:      os.Getenv("UPDATE") != "",
		ContinueOnError:    true,
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TESTDATA", fixtures)
			env.Setenv("SEEDS", filepath.Join(fixtures, "..", "seeds"))
			for _, name := range []string{"articles", "gold", "articles.jsonl"} {
				if err := copyTree(filepath.Join(env.WorkDir, name), filepath.Join(fixtures, name)); err != nil {
					return err
				}
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond == "root" { // may read anything, whatever its mode says
				return os.Getuid() == 0, nil
			}
			return false, errors.New("unknown condition")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      cmdExits,
			"put":        cmdPut,
			"big":        cmdBig,
			"clip":       cmdClip,
			"encode":     cmdEncode,
			"gen":        cmdGen,
			"members":    cmdMembers,
			"json":       cmdJSON,
			"sameReport": cmdSameReport,
			"cuts":       cmdCuts,
			"columns":    cmdColumns,
		},
	})
}

// exits CODE PROGRAM ARG… runs the program and wants it to end with CODE.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// put FILE TEXT… writes the texts to the file; in all of them (the name too), \n, \t, \x00 and so
// on stand for bytes.
func cmdPut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: put FILE TEXT...")
	}
	for i, a := range args {
		s, err := strconv.Unquote(`"` + strings.ReplaceAll(a, `"`, `\"`) + `"`)
		ts.Check(err)
		args[i] = s
	}
	save(ts, args[0], []byte(strings.Join(args[1:], "")))
}

// big FILE BYTES writes one line of words of that length.
func cmdBig(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: big FILE BYTES")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	words := []byte("a line that never ends and ")
	save(ts, args[0], bytes.Repeat(words, n/len(words)+1)[:n])
}

// clip FILE BYTES cuts the file off after so many bytes.
func cmdClip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: clip FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// encode CHARSET OUT FROM writes FROM, which is UTF-8, in another charset; UTF-16 with a byte order
// mark.
func cmdEncode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode CHARSET OUT FROM")
	}
	enc, err := htmlindex.Get(args[0])
	ts.Check(err)
	switch args[0] {
	case "utf-16le":
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	out, err := enc.NewEncoder().Bytes([]byte(ts.ReadFile(args[2])))
	ts.Check(err)
	save(ts, args[1], out)
}

// columns FILE NAME… wants the file to be TSV with exactly these columns and at least one row, all
// of the header's width.
func cmdColumns(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: columns FILE NAME...")
	}
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	if want := strings.Join(args[1:], "\t"); lines[0] != want {
		ts.Fatalf("header is %q, want %q", lines[0], want)
	}
	if len(lines) == 1 {
		ts.Fatalf("no row under the header")
	}
	for i, line := range lines {
		if n := strings.Count(line, "\t") + 1; n != len(args)-1 {
			ts.Fatalf("line %d has %d columns, want %d", i+1, n, len(args)-1)
		}
	}
}

func save(ts *testscript.TestScript, name string, data []byte) {
	path := ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o777))
	ts.Check(os.WriteFile(path, data, 0o666))
}

func copyTree(to, from string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o666)
}
