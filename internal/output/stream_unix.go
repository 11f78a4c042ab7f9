//go:build unix

package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// descriptor tells whether path names an open descriptor of this process, as /dev/fd/3 and
// /proc/self/fd/3 do, and which.
func descriptor(path string) (fd int, ok bool) {
	dir, base := filepath.Split(path)
	fd, err := strconv.Atoi(base)
	if err != nil || fd < 0 || dir == "" {
		return 0, false
	}
	dir, err = filepath.EvalSymlinks(dir)
	if err != nil {
		return 0, false
	}
	if own, err := filepath.EvalSymlinks("/dev/fd"); err == nil && dir == own {
		return fd, true
	}
	self, err := filepath.EvalSymlinks("/proc/self")
	if err != nil {
		return 0, false
	}
	task := strings.HasPrefix(dir, self+"/task/") && strings.HasSuffix(dir, "/fd") // /proc/thread-self
	return fd, task || dir == self+"/fd"
}

// open opens a stream for writing.
func (t *Target) open(ctx context.Context) (*os.File, error) {
	switch {
	case t.fd >= 0:
		return openDescriptor(t.fd, t.Path)
	case t.Info.Mode()&fs.ModeNamedPipe != 0:
		return openFIFO(ctx, t.Path)
	}
	return os.OpenFile(t.Path, os.O_WRONLY|unix.O_NOCTTY, 0)
}

// fifoWait is the time between two looks for a reader of a FIFO.
const fifoWait = 20 * time.Millisecond

// openFIFO opens a FIFO when there is somebody who reads it. To wait for the reader inside open
// would be to wait whatever the user types.
func openFIFO(ctx context.Context, path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK, 0)
		if err == nil {
			return waiting(f), nil
		}
		if !errors.Is(err, unix.ENXIO) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(fifoWait):
		}
	}
}

// waiting gives f back such that a write waits for room: where the runtime does not see to that,
// the kernel must.
func waiting(f *os.File) *os.File {
	if f.SetWriteDeadline(time.Time{}) != nil {
		_ = unix.SetNonblock(int(f.Fd()), false)
	}
	return f
}

// openDescriptor opens what a descriptor leads to. A pipe is opened anew, so that a write that
// waits can be interrupted without changing the descriptor, which is not ours alone. Everything
// else is written where the descriptor stands: opened anew, a file would be written from its start.
func openDescriptor(fd int, path string) (*os.File, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, fmt.Errorf("descriptor %d: %w", fd, err)
	}
	if uint32(st.Mode)&unix.S_IFMT == unix.S_IFIFO && strings.HasPrefix(path, "/proc/") {
		if f, err := os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK, 0); err == nil {
			return waiting(f), nil
		}
	}
	own, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("descriptor %d: %w", fd, err)
	}
	return os.NewFile(uintptr(own), path), nil
}
