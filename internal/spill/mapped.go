package spill

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	mmap "github.com/edsrzf/mmap-go"
)

// Mapped files. What is mapped counts as memory of the process, whoever could have it back: so what
// was looked at is given back to the system once it is more than its group may keep. The system
// holds it as cache then, and a page that is looked at again costs a fault, not a read of the disk.
//
// Cost: an atomic load for each piece that is looked at; some three microseconds for each 64 KiB
// that come back. Places without order in a file much larger than its group are better read.

// grain is how much of a file one fault brings in: Linux maps what it has of the 16 pages around
// the one that was missing, whatever madvise says, and at least what was written at once (Append).
const grain = 16 * 4 << 10

// Group is files that share an allowance of resident bytes. Its methods and those of its files may
// be called by many goroutines at once, but Close.
type Group struct {
	most int64
	held atomic.Int64 // bytes that may be resident by now
	mu   sync.Mutex   // one goroutine gives pages back
	all  []*Mapped
}

// NewGroup makes a group of files of which most bytes may be resident, a mebibyte at least.
func NewGroup(most int64) *Group { return &Group{most: max(most, 16*grain)} }

// Mapped is a file that is mapped.
type Mapped struct {
	group *Group
	m     mmap.MMap
	seen  []atomic.Uint64 // a bit a grain: looked at since the pages were given back
}

// Map maps all that f holds, for writing too if write is set. f must not be closed before the
// group. Of a file that nothing was written to, there is nothing to map.
func (g *Group) Map(f *File, write bool) (*Mapped, error) {
	if f.Len() == 0 {
		return nil, nil
	}
	m, err := g.mapped(f.f, write)
	if err != nil {
		return nil, fmt.Errorf("map the temporary file of %s: %w", f.what, err)
	}
	return m, nil
}

func (g *Group) mapped(f *os.File, write bool) (*Mapped, error) {
	access := mmap.RDONLY
	if write {
		access = mmap.RDWR
	}
	m, err := mmap.Map(f, access, 0)
	if err != nil {
		return nil, err
	}
	file := &Mapped{group: g, m: m, seen: make([]atomic.Uint64, int64(len(m))/grain/64+1)}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = append(g.all, file)
	return file, nil
}

// Bytes are what is mapped; valid until Close.
func (f *Mapped) Bytes() []byte {
	if f == nil {
		return nil
	}
	return f.m
}

// Touch tells that n bytes from an offset on are about to be looked at. Of no file, it does
// nothing.
func (f *Mapped) Touch(from, n int64) {
	if f == nil || n <= 0 {
		return
	}
	for g := from / grain; g <= (from+n-1)/grain; g++ {
		word, bit := &f.seen[g/64], uint64(1)<<(g%64)
		if word.Load()&bit == 0 && word.Or(bit)&bit == 0 && f.group.held.Add(grain) > f.group.most {
			f.group.Release()
		}
	}
}

// Release gives all pages back. One that somebody is looking at comes back at once.
func (g *Group) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held.Load() == 0 {
		return
	}
	for _, f := range g.all {
		for i := range f.seen {
			if f.seen[i].Load() != 0 {
				f.seen[i].Store(0)
			}
		}
		giveBack(f.m)
	}
	g.held.Store(0)
}

// Close ends all mappings.
func (g *Group) Close() error {
	if g == nil {
		return nil
	}
	var errs []error
	for _, f := range g.all {
		errs = append(errs, f.m.Unmap())
	}
	g.all = nil
	return errors.Join(errs...)
}
