package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterruptedIdle interrupts runs that wait for their first input: one interrupt is enough.
func TestInterruptedIdle(t *testing.T) {
	for _, args := range []string{
		"scan", "sketch", "pairs", "clusters", "stories", "passages", "phrases", "check", "filter", "clean -o out", "index build idx", "background build -o model", "report -", "clusters --files-from -",
		"eval --gold gold --of clusters",
	} {
		first := []string{"", `{"id":"a`}
		switch args { // what an earlier stage prints is read by another reader
		case "pairs":
			first = append(first, "id\tfingerprint\tsignature\tsource\n")
		case "clusters":
			first = append(first, "a\tb\tresemblance\tcontainment_a\n")
		}
		for _, first := range first {
			t.Run(args+" "+first, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "gold"), []byte("a\tb\n"), 0o666); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("dedup", append(strings.Fields(args), "--tmp", dir)...)
				cmd.Dir = dir
				stdin := startPiped(t, cmd)
				if _, err := io.WriteString(stdin, first); err != nil {
					t.Fatal(err)
				}
				waitUntilReading(t, cmd.Process.Pid)
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				if !ended(cmd) {
					t.Fatal("still running 20 s after the interrupt")
				}
				if code := cmd.ProcessState.ExitCode(); code != 130 && code != -1 { // -1: the interrupt came before the program had set up its signals
					t.Errorf("exit code %d, want 130", code)
				}
				_, _ = io.WriteString(stdin, "") // keeps the pipe open until here
			})
		}
	}
}

// ended waits for a command.
func ended(cmd *exec.Cmd) bool {
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }() // its error is the exit code, which the caller looks at
	select {
	case <-done:
		return true
	case <-time.After(20 * time.Second):
		return false
	}
}

// waitUntilReading waits until the program has its signals set up, as far as the system tells.
func waitUntilReading(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			time.Sleep(time.Second) // not Linux
			return
		}
		for line := range strings.Lines(string(status)) {
			var caught uint64
			if n, _ := fmt.Sscanf(line, "SigCgt: %x", &caught); n == 1 && caught&(1<<(syscall.SIGINT-1)) != 0 && ignores(string(status), syscall.SIGPIPE) {
				return
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the program does not read")
}

// ignores tells whether a process ignores a signal, which dedup does with SIGPIPE when it has set
// up the others.
func ignores(status string, s syscall.Signal) bool {
	_, rest, _ := strings.Cut(status, "SigIgn:")
	var set uint64
	_, _ = fmt.Sscanf(rest, "%x", &set)
	return set&(1<<(s-1)) != 0
}

// TestInterrupted interrupts a run that waits for more input: it ends with 130 at once, leaves no
// output file half written and nothing in --tmp.
func TestInterrupted(t *testing.T) {
	for _, command := range []string{"scan", "sketch", "clusters", "passages", "check"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			tmp, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
			var stderr bytes.Buffer
			cmd := exec.Command("dedup", command, "--tmp", tmp, "-o", out, "-")
			cmd.Stderr = &stderr
			stdin := startPiped(t, cmd)
			// More than a pipe holds: once it is written, the program is reading, and has its
			// signals set up.
			line := []byte(`{"text":"A goat was elected to the parish council of Nether Brill, and declined the office."}` + "\n")
			if _, err := stdin.Write(bytes.Repeat(line, 1<<20/len(line))); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			if !ended(cmd) {
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
