package mapped

import "golang.org/x/sys/unix"

// giveBack takes the pages of a shared mapping out of the process. What was written to them stays
// in the file. An error would only leave them where they are.
func giveBack(b []byte) { _ = unix.Madvise(b, unix.MADV_DONTNEED) }

// scatter says that places are looked at in no order, or in order again.
func scatter(b []byte, on bool) bool {
	advice := unix.MADV_NORMAL
	if on {
		advice = unix.MADV_RANDOM
	}
	return unix.Madvise(b, advice) == nil
}
