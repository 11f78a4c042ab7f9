package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// feeding is a run of the program that reads articles from a pipe that stays open.
type feeding struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stderr bytes.Buffer
}

// startFeeding starts a run and writes it more articles than a pipe holds: afterwards it is reading
// them.
func startFeeding(t *testing.T, args ...string) *feeding {
	t.Helper()
	f := &feeding{Cmd: exec.Command("dedup", args...)}
	f.Stderr = &f.stderr
	f.stdin = startPiped(t, f.Cmd)
	var b bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&b, "{\"id\":\"fed %d\",\"text\":\"The goat of Nether Brill has eaten the minutes of meeting %d, and the council met again.\"}\n", i, i)
	}
	if _, err := f.stdin.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
	return f
}

// startPiped starts a command that reads a pipe, gives the end to write to, and kills the command
// when the test is over.
func startPiped(t *testing.T, cmd *exec.Cmd) io.WriteCloser {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return stdin
}

// interrupt sends SIGINT, and wants the run to end with 130.
func (f *feeding) interrupt(t *testing.T) {
	t.Helper()
	if err := f.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { _ = f.Process.Kill() })
	_ = f.Wait() // its error is the exit code, looked at below
	late.Stop()
	if code := f.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want 130\n%s", code, &f.stderr)
	}
}

// try runs the program and gives its exit code and what it printed.
func try(t *testing.T, args ...string) (code int, output string) {
	t.Helper()
	cmd := exec.Command("dedup", args...)
	out, _ := cmd.CombinedOutput() // its error is the exit code
	return cmd.ProcessState.ExitCode(), string(out)
}

// TestOneWriter holds an index open for writing: further writers are told who has it, readers are
// not held up, and an interruption keeps whole batches and lets go of the lock.
func TestOneWriter(t *testing.T) {
	idx, drop := filepath.Join(t.TempDir(), "corpus.idx"), filepath.Join("..", "..", "testdata", "articles.jsonl")
	killRun(t, "index", "build", "-q", idx, drop)
	tmp := t.TempDir()
	f := startFeeding(t, "index", "add", "--tmp", tmp, "--batch-size", "1000", idx, "-")
	want := fmt.Sprintf("dedup: index %s: process %d is writing to it\nhint: wait for it to end; nothing was changed\n", idx, f.Process.Pid)
	for _, args := range [][]string{{"add", idx, drop}, {"remove", idx, "--batch", "0"}, {"merge", idx}, {"merge", idx, idx}} {
		if code, got := try(t, append([]string{"index"}, args...)...); code != exitFatal || got != want {
			t.Errorf("%v beside a writer: exit code %d\n%s", args, code, got)
		}
	}
	for _, args := range [][]string{{"info", idx}, {"check", idx}, {"export", idx}, {"remove", "--dry-run", idx, "--batch", "0"}} {
		if code, got := try(t, append([]string{"index", "-q"}, args...)...); code != exitOK {
			t.Errorf("%v beside a writer: exit code %d\n%s", args, code, got)
		}
	}
	f.interrupt(t)
	if !bytes.Contains(f.stderr.Bytes(), []byte("dedup: added ")) {
		t.Errorf("it does not say what was added:\n%s", &f.stderr)
	}
	empty(t, tmp)
	onlyParts(t, idx)
	if code, got := try(t, "index", "check", idx); code != exitOK {
		t.Errorf("check after an interruption: exit code %d\n%s", code, got)
	}
	if code, got := try(t, "index", "add", "-q", idx, drop); code != exitOK || got != "" {
		t.Errorf("add after an interruption: exit code %d\n%s", code, got)
	}
}

// TestInterruptedBuild leaves nothing of an index whose building is interrupted, and an empty
// directory as it was.
func TestInterruptedBuild(t *testing.T) {
	for _, there := range []bool{false, true} {
		top, tmp := t.TempDir(), t.TempDir()
		idx := filepath.Join(top, "corpus.idx")
		if there {
			if err := os.Mkdir(idx, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		f := startFeeding(t, "index", "build", "--tmp", tmp, "--batch-size", "1000", idx)
		f.interrupt(t)
		if bytes.Contains(f.stderr.Bytes(), []byte("added")) {
			t.Errorf("it says that something was added:\n%s", &f.stderr)
		}
		empty(t, tmp)
		if there {
			empty(t, idx)
			top = idx
		}
		empty(t, top)
	}
}

// onlyParts wants an index without leftovers: as many segments as its manifest names.
func onlyParts(t *testing.T, idx string) {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(idx, "manifest"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(idx, "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !bytes.Contains(manifest, []byte(filepath.Base(f))) {
			t.Errorf("left behind: %s", f)
		}
	}
}

func empty(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	for _, f := range files {
		t.Errorf("left behind: %s in %s", f.Name(), dir)
	}
}
