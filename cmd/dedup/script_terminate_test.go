//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// oneFileManifest is the manifest of a file of one byte.
const oneFileManifest = `{"kind":"manifest","schema":"dedup.manifest/1","single_file":true}
{"kind":"file","path":"in","name":"","format":"bytes","bytes":1,"xxh3":"","output_bytes":1,"output_xxh3":"","gone":0}
{"kind":"end","files":1,"removed":0,"cuts":0,"whole":0,"bytes":1,"gone":0}
`

// TestTerminated asks runs to end that wait to open a FIFO to which nobody writes: they end at the
// first signal, with 128 and its number, and leave nothing.
func TestTerminated(t *testing.T) {
	for i, args := range []string{
		"clusters fifo", "scan fifo -o out", "filter fifo", "clean fifo -o out", "index build idx fifo", "background build fifo -o model", "check fifo",
		"clusters --files-from fifo", "check --baseline fifo in.jsonl", "scan --background fifo in.jsonl", "scan --config fifo in.jsonl", "report fifo",
		"eval --gold fifo --of clusters in.jsonl", "eval --gold in.jsonl --of clusters fifo", "index remove idx --ids-from fifo", "restore fifo -o out --manifest MANIFEST",
	} {
		sig, want := syscall.SIGTERM, exitTerminated
		if i%5 == 1 {
			sig, want = syscall.SIGINT, exitInterrupted
		}
		t.Run(fmt.Sprint(args, " ", sig), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), []byte(`{"text":"a goat"}`+"\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
				t.Skip(err)
			}
			manifest := filepath.Join(t.TempDir(), "manifest")
			if err := os.WriteFile(manifest, []byte(oneFileManifest), 0o666); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("dedup", append(strings.Fields(strings.ReplaceAll(args, "MANIFEST", manifest)), "--tmp", dir)...)
			cmd.Dir = dir
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			waitUntilReading(t, cmd.Process.Pid)
			time.Sleep(200 * time.Millisecond) // by then it waits; if not, it ends all the same
			if err := cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if !ended(cmd) {
				t.Fatal("still running 20 s after the signal")
			}
			if code := cmd.ProcessState.ExitCode(); code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 2 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// TestKilledLeavesNoSpill kills runs whose temporary files are in use: none of them has a name.
func TestKilledLeavesNoSpill(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip(err)
	}
	for _, args := range []string{"passages --memory 64MiB -", "clean - -o out", "pairs --memory 64MiB -"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			tmp := t.TempDir()
			cmd := exec.Command("dedup", append(strings.Fields(args), "--tmp", tmp)...)
			cmd.Dir = t.TempDir()
			stdin := startPiped(t, cmd)
			line := []byte(`{"text":"` + strings.Repeat("A goat was elected to the parish council of Nether Brill. ", 100) + `"}` + "\n")
			for range 5000 { // 30 MB
				if _, err := stdin.Write(line); err != nil {
					t.Fatal(err)
				}
			}
			spilled := false
			for range 100 {
				fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", cmd.Process.Pid))
				for _, fd := range fds {
					to, _ := os.Readlink(fd)
					spilled = spilled || strings.HasPrefix(to, tmp)
				}
				if spilled || cmd.Process.Signal(syscall.Signal(0)) != nil {
					break
				}
				time.Sleep(20 * time.Millisecond)
			}
			if strings.HasPrefix(args, "clean") && !spilled {
				t.Error("there is no copy of standard input")
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
