package near

import (
	"syscall"
	"unsafe"
)

// mapPages returns n zero words that the garbage collector never sees, in huge pages where the
// kernel has them: 2 MiB a page fault in place of 4 KiB, and fewer TLB misses for the random
// accesses of the filter.
func mapPages(n int) []uint64 {
	b, err := syscall.Mmap(-1, 0, n*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]uint64, n)
	}
	if len(b) >= 2<<20 {
		_ = syscall.Madvise(b, 14) // MADV_HUGEPAGE; a refusal only costs time
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// unmapPages gives words of mapPages back. What mapPages had to take from the heap is not known to
// syscall.Munmap, which then does nothing.
func unmapPages(w []uint64) {
	if len(w) > 0 {
		_ = syscall.Munmap(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8))
	}
}

// releasePages gives the pages of words back to the system; they read as zero when next used.
func releasePages(w []uint64) {
	if len(w) > 0 {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8), syscall.MADV_DONTNEED)
	}
}
