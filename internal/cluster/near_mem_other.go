//go:build !linux

package cluster

// nearMap returns n zero words.
func nearMap(n int) []uint64 { return make([]uint64, n) }

// nearUnmap leaves the words to the garbage collector.
func nearUnmap([]uint64) {}

// nearRelease keeps the pages.
func nearRelease([]uint64) {}
