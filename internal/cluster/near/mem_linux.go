package near

import (
	"syscall"
	"unsafe"
)

const fewWords = 1 << 13 // 64 KiB

// mapPages returns n zero words that the garbage collector never sees, in huge pages where the
// kernel has them: 2 MiB a page fault in place of 4 KiB, and fewer TLB misses for the random
// accesses of the filter. Of few words two calls of the kernel would cost more than they save.
func mapPages(n int) []uint64 {
	if n < fewWords {
		return make([]uint64, n)
	}
	b, err := syscall.Mmap(-1, 0, n*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return make([]uint64, n)
	}
	if len(b) >= 2<<20 {
		_ = syscall.Madvise(b, 14) // MADV_HUGEPAGE; a refusal only costs time
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// unmapPages gives words of mapPages back. Few are on the heap; of many that mapPages had to take
// from there syscall.Munmap knows nothing, and does nothing.
func unmapPages(w []uint64) {
	if len(w) >= fewWords {
		_ = syscall.Munmap(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8))
	}
}

// releasePages gives the pages of words back to the system; those of few words stay.
func releasePages(w []uint64) {
	if len(w) >= fewWords {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8), syscall.MADV_DONTNEED)
	}
}
