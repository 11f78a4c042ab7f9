//go:build unix && !solaris && !aix

package output

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// locks tells whether pending files can be locked, and renamed while they are open.
const locks = true

// lock locks a file until it is closed or the process ends: errLocked where another process has
// locked it, another error where that cannot be told.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
