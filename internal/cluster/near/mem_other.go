//go:build !linux

package near

// mapPages returns n zero words.
func mapPages(n int) []uint64 { return make([]uint64, n) }

// unmapPages leaves the words to the garbage collector.
func unmapPages([]uint64) {}

// releasePages keeps the pages.
func releasePages([]uint64) {}
