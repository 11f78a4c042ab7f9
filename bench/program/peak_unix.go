//go:build unix

package program

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the most resident memory that a process had, in KiB.
func peak(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" { // counts bytes
		return int64(usage.Maxrss) >> 10
	}
	return int64(usage.Maxrss)
}
