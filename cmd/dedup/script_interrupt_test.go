package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestInterrupted interrupts a run that waits for more input: it ends with 130 at once, leaves no output file half written and nothing in --tmp.
func TestInterrupted(t *testing.T) {
	for _, command := range []string{"scan", "sketch", "clusters", "passages", "check"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			tmp, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
			var stderr bytes.Buffer
			cmd := exec.Command("dedup", command, "--tmp", tmp, "-o", out, "-")
			cmd.Stderr = &stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			// More than a pipe holds: once it is written, the program is reading, and has its signals set up.
			line := []byte(`{"text":"A goat was elected to the parish council of Nether Brill, and declined the office."}` + "\n")
			if _, err := stdin.Write(bytes.Repeat(line, 1<<20/len(line))); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() { _ = cmd.Wait(); close(done) }() // its error is the exit code, looked at below
			select {
			case <-done:
			case <-time.After(20 * time.Second):
				t.Fatal("still running 20 s after the interrupt")
			}
			if code := cmd.ProcessState.ExitCode(); code != 130 {
				t.Errorf("exit code %d, want 130\n%s", code, &stderr)
			}
			for _, dir := range []string{tmp, filepath.Dir(out)} {
				left, err := os.ReadDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range left {
					t.Errorf("left behind: %s", f.Name())
				}
			}
			_, _ = io.WriteString(stdin, "") // keeps the pipe open until here
		})
	}
}
