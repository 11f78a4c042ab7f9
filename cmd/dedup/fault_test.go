package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"dedup/internal/disk"
)

// faultRun is a command whose calls of the file system fail, one after the other. DIR stands for
// the directory of the test.
type faultRun struct {
	name    string
	in, out string
	args    string
	restore string // gives the input back in DIR/back; empty: the output is compared with what it was
	killed  bool   // the run before was killed when its output had its name, and its manifest had not
}

var faultRuns = []faultRun{
	{"clean a file", "in.jsonl", "out.jsonl", "clean DIR/in.jsonl -o DIR/out.jsonl", "restore DIR/out.jsonl -o DIR/back", false},
	{"clean to a packed file", "in.jsonl", "out.jsonl.gz", "clean DIR/in.jsonl -o DIR/out.jsonl.gz", "restore DIR/out.jsonl.gz -o DIR/back.jsonl", false},
	{"clean a directory", "in", "out", "clean DIR/in -o DIR/out", "restore DIR/out -o DIR/back", false},
	{"clean with the manifest elsewhere", "in.jsonl", "out.jsonl", "clean DIR/in.jsonl -o DIR/out.jsonl --manifest DIR/m/manifest", "restore DIR/out.jsonl -o DIR/back --manifest MANIFEST", false},
	{"clean after a killed run", "in.jsonl", "out.jsonl", "clean DIR/in.jsonl -o DIR/out.jsonl", "restore DIR/out.jsonl -o DIR/back", true},
	{"clean a directory after a killed run", "in", "out", "clean DIR/in -o DIR/out", "restore DIR/out -o DIR/back", true},
	{"restore a file", "clean.jsonl", "out.jsonl", "restore DIR/clean.jsonl -o DIR/out.jsonl", "", false},
	{"restore a directory", "clean", "out", "restore DIR/clean -o DIR/out", "", false},
	{"scan to a file", "in.jsonl", "out.json", "scan DIR/in.jsonl --format json -o DIR/out.json", "", false},
	{"report of a check", "in.jsonl", "out.json", "check DIR/in.jsonl --report json=DIR/out.json", "", false},
}

// faultKinds are how a call can fail. After a kill, every later call fails too: so a process that
// ends there leaves things.
var faultKinds = []struct {
	name string
	err  error
	keep int
	kill bool
}{
	{"error", syscall.EIO, 0, false},
	{"full disk after a part was written", syscall.ENOSPC, 7, false},
	{"kill", errors.New("the process is dead"), 3, true},
}

// TestFaults lets every call of the file system fail, the n-th of a run for all n. After each, the
// output is the old one or the new one, whole; the input is what it was; a failure is said and ends
// with 2; and the next run succeeds and leaves nothing but its output.
func TestFaults(t *testing.T) {
	step, done := 1, 0
	if testing.Short() {
		step = 7
	}
	for _, r := range faultRuns {
		top := t.TempDir()
		dir, base := filepath.Join(top, "d"), filepath.Join(top, "base")
		states := r.prepare(t, dir)
		if err := os.Rename(dir, base); err != nil {
			t.Fatal(err)
		}
		for _, kind := range faultKinds {
			for n := 1; ; n += step {
				f := &faultTest{T: t, run: r, dir: dir, states: states}
				if err := os.RemoveAll(f.dir); err != nil {
					t.Fatal(err)
				}
				if err := os.CopyFS(f.dir, os.DirFS(base)); err != nil {
					t.Fatal(err)
				}
				if !f.inject(int64(n), kind.err, kind.keep, kind.kill) {
					break // the run has fewer calls
				}
				done++
				f.again()
				if f.bad {
					t.Errorf("%s, %s, call %d: %s", r.name, kind.name, n, f.what)
				}
			}
		}
	}
	t.Logf("%d calls failed", done)
}

// prepare makes the input, and the output that a run over an older one left. It gives the states
// that the output may be in, the one that a run without faults makes at last.
func (r *faultRun) prepare(t *testing.T, dir string) []map[string]string {
	t.Helper()
	in, many := filepath.Join(dir, r.in), filepath.Ext(r.in) == ""
	if err := os.MkdirAll(filepath.Join(dir, "m"), 0o777); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(r.args, "restore") {
		source := filepath.Join(t.TempDir(), "source")
		faultCorpus(t, source, "new", many)
		faultOK(t, dir, "clean "+source+" -o "+in)
		return []map[string]string{{}, faultTree(t, source)}
	}
	var states []map[string]string
	for _, state := range []string{"new", "old", "new"} {
		if err := os.RemoveAll(in); err != nil {
			t.Fatal(err)
		}
		faultCorpus(t, in, state, many)
		if len(states) == 2 {
			break
		}
		faultOK(t, dir, r.args)
		if r.restore != "" {
			states = append(states, faultTree(t, in))
		} else {
			states = append(states, faultTree(t, filepath.Join(dir, r.out)))
		}
	}
	if manifest := filepath.Join(dir, r.out+".manifest.jsonl"); r.killed {
		if err := os.Rename(manifest, manifest+".next"); err != nil {
			t.Fatal(err)
		}
	}
	return []map[string]string{states[1], states[0]}
}

// faultTest is one run with one fault.
type faultTest struct {
	*testing.T
	run    faultRun
	dir    string
	states []map[string]string
	what   string // the call that failed, and what the run said
	bad    bool
}

func (f *faultTest) failf(format string, args ...any) {
	f.bad = true
	f.Logf(format, args...)
}

// inject runs with the n-th call failing; false: there was none.
func (f *faultTest) inject(n int64, err error, keep int, kill bool) bool {
	before := faultTree(f.T, filepath.Join(f.dir, f.run.in))
	var calls atomic.Int64
	var said sync.Once
	disk.SetFault(func(op disk.Op, name string) (int, error) {
		if c := calls.Add(1); c < n || c > n && !kill {
			return 0, nil
		}
		said.Do(func() { f.what = fmt.Sprintf("%s %s", op, strings.TrimPrefix(name, f.dir)) })
		return keep, err
	})
	code, stderr := f.command(f.run.args)
	disk.SetFault(nil)
	if calls.Load() < n {
		return false
	}
	f.what += fmt.Sprintf(": exit code %d, %s", code, stderr)
	if done := code == 0 || code == f.done(); !done && code != 2 && code != 3 || !done && stderr == "" {
		f.failf("exit code %d, %q", code, stderr)
	}
	if d := differing(before, faultTree(f.T, filepath.Join(f.dir, f.run.in))); d != nil {
		f.failf("the input changed: %s", d)
	}
	if strings.Contains(stderr, "skipped ") && code == f.done() { // check found something in what it could read
		code = 3
	}
	f.whole(code)
	return true
}

// differing names the files that are not the same in two trees.
func differing(want, got map[string]string) (names []string) {
	for name, s := range want {
		if there, ok := got[name]; !ok {
			names = append(names, name+" is not there")
		} else if there != s {
			names = append(names, fmt.Sprintf("%s has %d bytes, not %d", name, len(there), len(s)))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			names = append(names, name+" is too much")
		}
	}
	return names
}

// done is the exit code of a run without faults.
func (f *faultTest) done() int {
	if strings.HasPrefix(f.run.args, "check") {
		return 1
	}
	return 0
}

// whole wants the output to be one of the states. A run that had to skip an input, and said so, has
// an output of its own.
func (f *faultTest) whole(code int) {
	got := faultTree(f.T, filepath.Join(f.dir, f.run.out))
	if f.run.restore != "" {
		back := filepath.Join(f.dir, filepath.Base(strings.Fields(f.run.restore)[3]))
		f.restored()
		got = faultTree(f.T, back)
		if err := os.RemoveAll(back); err != nil {
			f.Fatal(err)
		}
	}
	for k, s := range f.states {
		if maps.Equal(got, s) && (code != f.done() || k == 1) {
			return
		}
	}
	if code != 3 || f.run.restore != "" {
		f.failf("the output is none of those that may be: %s", differing(f.states[1], got))
	}
}

// restored brings the input back from the output and the manifest that lies there, under either of
// its names.
func (f *faultTest) restored() {
	var said string
	for _, manifest := range []string{"DIR/m/manifest", "DIR/m/manifest.next"} {
		code, stderr := f.command(strings.ReplaceAll(f.run.restore, "MANIFEST", manifest))
		if code == 0 {
			return
		}
		said += stderr
	}
	f.failf("the output cannot be restored: %s", said)
}

// again wants the next run to succeed and to leave nothing behind. What was restored already stays:
// a directory that holds something is not restored to.
func (f *faultTest) again() {
	code, stderr := f.command(f.run.args)
	if code == 2 && strings.Contains(stderr, "exists and is not empty") && maps.Equal(faultTree(f.T, filepath.Join(f.dir, f.run.out)), f.states[1]) {
		if err := os.RemoveAll(filepath.Join(f.dir, f.run.out)); err != nil {
			f.Fatal(err)
		}
		code, stderr = f.command(f.run.args)
	}
	if code != f.done() {
		f.failf("the next run: exit code %d, %s", code, stderr)
	}
	f.whole(f.done())
	err := filepath.WalkDir(f.dir, func(path string, _ fs.DirEntry, err error) error {
		if name := filepath.Base(path); strings.Contains(name, ".dedup-") || strings.HasSuffix(name, ".next") {
			f.failf("%s is left", path)
		}
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

func (f *faultTest) command(args string) (code int, stderr string) {
	return faultCommand(f.dir, args)
}

func faultCommand(dir, args string) (code int, stderr string) {
	var b bytes.Buffer
	code = run(append(strings.Fields(strings.ReplaceAll(args, "DIR", dir)), "-q", "-j", "1"), strings.NewReader(""), &bytes.Buffer{}, &b)
	return code, b.String()
}

func faultOK(t *testing.T, dir, args string) {
	t.Helper()
	if code, stderr := faultCommand(dir, args); code != 0 && !strings.HasPrefix(args, "check") {
		t.Fatalf("%v: exit code %d, %s", args, code, stderr)
	}
}

// faultCorpus writes a few articles, some of them twice.
func faultCorpus(t *testing.T, path, salt string, many bool) {
	t.Helper()
	var b strings.Builder
	for i := range 8 {
		words := make([]string, 30)
		for k := range words {
			words[k] = fmt.Sprintf("%s%d", salt, (i%6)*31+k*7)
		}
		fmt.Fprintf(&b, "{\"id\":\"a%d\",\"text\":\"%s\"}\n", i, strings.Join(words, " "))
	}
	files := map[string]string{path: b.String()}
	if many {
		files = map[string]string{filepath.Join(path, "a.jsonl"): b.String(), filepath.Join(path, "b", "c.txt"): "One article of " + salt + " alone."}
	}
	for name, s := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// faultTree is what is below a name, or in the file of that name.
func faultTree(t *testing.T, top string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == top {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		files[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
