//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFIFOStays writes into a FIFO that somebody reads, and interrupts runs whose FIFO nobody does.
func TestFIFOStays(t *testing.T) {
	corpus, err := filepath.Abs(filepath.Join("..", "..", "testdata", "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	want, err := exec.Command("dedup", "pairs", corpus).Output()
	if err != nil {
		t.Fatal(err)
	}
	read := exec.Command("cat", name)
	var got bytes.Buffer
	read.Stdout = &got
	if err := read.Start(); err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command("dedup", "pairs", "-o", name, corpus).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := read.Wait(); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("read %q, %v; want %q", &got, err, want)
	}
	for _, args := range [][]string{{"pairs", "-o", name}, {"scan", "-o", name}, {"check", "--report", "json=" + name}} {
		interruptWaiting(t, append(args, corpus))
	}
	if info, err := os.Lstat(name); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("the FIFO is %v, %v", info, err)
	}
}

// interruptWaiting interrupts a run until it ends, which it must at the first interrupt that it
// sees.
func interruptWaiting(t *testing.T, args []string) {
	cmd := exec.Command("dedup", args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	time.Sleep(time.Second) // by then it waits; if not, it is interrupted earlier, and ends all the same
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Errorf("%v: %v", args, err)
	}
	if !ended(cmd) {
		t.Fatalf("%v: still running 20 s after the interrupt", args)
	}
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("%v: exit code %d, want %d", args, code, exitInterrupted)
	}
}

// TestDeviceStays writes into a node that root made: it was a regular file afterwards.
func TestDeviceStays(t *testing.T) {
	corpus, err := filepath.Abs(filepath.Join("..", "..", "testdata", "articles.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "null")
	if err := exec.Command("mknod", name, "c", "1", "3").Run(); err != nil { // Mknod has another signature on every system
		t.Skip("mknod: ", err)
	}
	if f, err := os.OpenFile(name, os.O_WRONLY, 0); err != nil {
		t.Skip("a file system without devices: ", err)
	} else {
		f.Close()
	}
	for _, args := range [][]string{{"pairs", "-o", name}, {"scan", "-o", name, "--cpuprofile", name}, {"check", "--rules", "empty", "-o", name, "--report", "json=" + name}} {
		if out, err := exec.Command("dedup", append(args, corpus)...).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	if info, err := os.Lstat(name); err != nil || info.Mode().Type() != os.ModeDevice|os.ModeCharDevice {
		t.Errorf("the device is %v, %v", info, err)
	}
}
