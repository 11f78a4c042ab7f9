//go:build unix

package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func fifo(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	return name
}

func isStill(t *testing.T, name string, want fs.FileMode) {
	t.Helper()
	if info, err := os.Lstat(name); err != nil || info.Mode().Type() != want {
		t.Errorf("%s is %v now, %v", name, info, err)
	}
}

// What is written to a FIFO reaches its reader, who comes late; the FIFO stays.
func TestFIFO(t *testing.T) {
	name := fifo(t)
	got := make(chan string)
	go func() {
		time.Sleep(3 * fifoWait)
		b, err := os.ReadFile(name)
		got <- fmt.Sprint(string(b), err)
	}()
	if err := write(name, "text"); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "text<nil>" {
		t.Error(s)
	}
	isStill(t, name, fs.ModeNamedPipe)
}

// Nobody reads: the wait ends with the context, before and after the FIFO is full.
func TestFIFOIsInterruptible(t *testing.T) {
	name := fifo(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*fifoWait)
	defer cancel()
	if err := Write(ctx, name, func(io.Writer) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	r, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0) // a reader that reads nothing
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(2*fifoWait, cancel)
	err = Write(ctx, name, func(w io.Writer) error {
		_, err := w.Write(make([]byte, 1<<22))
		return err
	})
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// A device is written into and stays one. Nodes of devices are root's to make.
func TestDeviceStays(t *testing.T) {
	name := filepath.Join(t.TempDir(), "null")                               // never the machine's own: a test that fails would replace it
	if err := exec.Command("mknod", name, "c", "1", "3").Run(); err != nil { // Mknod has another signature on every system
		t.Skip("mknod: ", err)
	}
	if err := write(name, "text"); err != nil {
		t.Skip("a file system without devices: ", err)
	}
	isStill(t, name, fs.ModeDevice|fs.ModeCharDevice)
	link(t, "null", name+"-link")
	if err := write(name+"-link", "text"); err != nil {
		t.Error(err)
	}
	isStill(t, name+"-link", fs.ModeSymlink)
	isStill(t, name, fs.ModeDevice|fs.ModeCharDevice)
	alone(t, filepath.Dir(name), "null", "null-link")
}

// An open descriptor is written where it stands: a file behind what it holds already, a pipe and a
// socket to whoever reads.
func TestDescriptors(t *testing.T) {
	if _, err := os.Stat("/dev/fd/0"); err != nil {
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "file")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, "before, "); err != nil {
		t.Fatal(err)
	}
	if err := write(fmt.Sprintf("/dev/fd/%d", f.Fd()), "written, "); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "after"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "before, written, after")

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := write(fmt.Sprintf("/dev/fd/%d", w.Fd()), "text"); err != nil {
		t.Fatal(err)
	}
	reads(t, r, w)

	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	near, far := os.NewFile(uintptr(pair[0]), "near"), os.NewFile(uintptr(pair[1]), "far")
	if err := write(fmt.Sprintf("/dev/fd/%d", pair[0]), "text"); err != nil {
		t.Fatal(err)
	}
	reads(t, far, near)

	if err := write("/dev/fd/987", "text"); err == nil {
		t.Error("a descriptor that is not open was written to")
	}
}

// reads wants "text" in r once w is shut.
func reads(t *testing.T, r, w *os.File) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != "text" {
		t.Errorf("%q, %v", b, err)
	}
	r.Close()
}

func TestSocketIsRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", name)
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	if err := Check(name); err == nil {
		t.Error("a socket is no output")
	}
	isStill(t, name, fs.ModeSocket)
}
