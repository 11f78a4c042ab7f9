// Package mapped maps temporary files into memory and keeps count of the pages that are resident.
// What is mapped counts as memory of the process, whoever could have it back: so what was looked
// at is given back to the system once it is more than a file may keep. The system holds it as cache
// then, and a page that is looked at again costs a fault, not a read of the disk.
//
// Cost: an atomic load for each piece that is looked at; a microsecond for each page that comes
// back.
package mapped

import (
	"os"
	"sync"
	"sync/atomic"

	mmap "github.com/edsrzf/mmap-go"
)

// grain is how much of a file one fault brings in: Linux maps what it has of the 16 pages around
// the one that was missing.
const grain = 16 * page

const page = 4 << 10

// File is a mapped file. Its methods may be called by many goroutines at once, but Close.
type File struct {
	m    mmap.MMap
	most int64 // bytes that may be resident

	grain int64           // bytes that one bit stands for
	seen  []atomic.Uint64 // bits: looked at since the pages were given back
	held  atomic.Int64    // bytes that these stand for at most
	mu    sync.Mutex      // one goroutine gives pages back
}

// Map maps all of f, for writing too if write is set; most is how many bytes of it may be resident.
// The file may be closed and removed while it is mapped, where the system allows it.
func Map(f *os.File, write bool, most int64) (*File, error) {
	access := mmap.RDONLY
	if write {
		access = mmap.RDWR
	}
	m, err := mmap.Map(f, access, 0)
	if err != nil {
		return nil, err
	}
	return &File{m: m, most: max(most, 4*grain), grain: grain, seen: make([]atomic.Uint64, (int64(len(m))/grain)/64+1)}, nil
}

// Bytes are what is mapped; valid until Close.
func (f *File) Bytes() []byte { return f.m }

// Scattered prepares for looks at places without order: a fault brings in one page, not its
// neighbours. Nobody may use f meanwhile.
func (f *File) Scattered(on bool) {
	if f == nil {
		return
	}
	f.release()
	if f.grain = grain; on && scatter(f.m, on) {
		f.grain = page
	} else if !on {
		scatter(f.m, on)
	}
	f.seen = make([]atomic.Uint64, int64(len(f.m))/f.grain/64+1)
}

// Touch tells that n bytes from an offset on are about to be looked at. Of no file, it does nothing.
func (f *File) Touch(from, n int64) {
	if f == nil || n <= 0 {
		return
	}
	for g := from / f.grain; g <= (from+n-1)/f.grain; g++ {
		if word, bit := &f.seen[g/64], uint64(1)<<(g%64); word.Load()&bit == 0 && word.Or(bit)&bit == 0 {
			if f.held.Add(f.grain) > f.most {
				f.release()
			}
		}
	}
}

// release gives all pages back. One that another goroutine is looking at comes back at once.
func (f *File) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held.Load() == 0 {
		return
	}
	for i := range f.seen {
		f.seen[i].Store(0)
	}
	f.held.Store(0)
	giveBack(f.m)
}

// Release gives all pages back: of a file that is not looked at for a while.
func (f *File) Release() {
	if f != nil {
		f.release()
	}
}

// Close ends the mapping.
func (f *File) Close() error {
	if f == nil || f.m == nil {
		return nil
	}
	return f.m.Unmap()
}
