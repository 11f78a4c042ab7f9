package clean

import (
	"golang.org/x/sys/unix"

	"dedup/internal/disk"
)

// exchange swaps two names in one step, where the file system can (APFS).
func exchange(a, b string) error {
	return disk.Exchange(a, b, func() error { return unix.RenameatxNp(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_SWAP) })
}
