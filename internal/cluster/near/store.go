package near

import (
	"errors"
	"sync"
	"unsafe"

	"dedup/internal/spill"
)

// Where words and records lie: arenas, each a row of slabs that one goroutine fills. In: words,
// some at a time. Out: the place of each lot, by which it is read again.
//
// Slabs are in memory, outside of the garbage collector, until those of all arenas together reach
// the budget. From then on an arena whose last slab is full writes that to a temporary file and
// fills its memory again. What is put in at one go lies within one slab.

const (
	hugePage = 1 << 18 // words: 2 MiB
	region   = 32      // huge pages taken from the system at once
	block    = 1 << 13 // articles
)

// place is where something begins.
type place struct{ slab, off uint32 }

// slab is a piece of an arena.
type slab struct {
	words []uint64 // nil: in the file
	fill  int
	off   int64 // in the file, bytes
	first int   // of words: the number of its first article among those of its worker
}

// arena is memory that one goroutine fills.
type arena struct {
	pool  *pool
	slabs []slab
	file  *spill.File // nil: all in memory
}

// room returns n words at the end of the arena, to write to; article is the number of the one that
// they are for.
func (h *arena) room(n, article int) ([]uint64, error) {
	if k := len(h.slabs); k > 0 {
		last := &h.slabs[k-1]
		if last.fill+n <= len(last.words) {
			return last.words[last.fill : last.fill+n], nil
		}
		if h.pool.over() {
			if err := h.spill(last); err != nil {
				return nil, err
			}
		}
	}
	words := h.pool.take(n)
	h.slabs = append(h.slabs, slab{words: words, first: article})
	return words[:n], nil
}

// used says how many of the words of room were written and returns where they lie.
func (h *arena) used(n int) place {
	k := len(h.slabs) - 1
	off := h.slabs[k].fill
	h.slabs[k].fill += n
	return place{uint32(k), uint32(off)}
}

// spill moves a slab to the file.
func (h *arena) spill(s *slab) error {
	if h.file == nil {
		h.file = h.pool.file()
	}
	off, err := h.file.Append(spill.Bytes(s.words[:s.fill]))
	if err != nil {
		return err
	}
	s.off = off
	h.pool.give(s.words)
	s.words = nil
	return nil
}

// slab returns what is in slab i, through buf when it is in the file.
func (h *arena) slab(i int, buf *[]uint64) ([]uint64, error) {
	s := &h.slabs[i]
	if s.words != nil {
		return s.words[:s.fill], nil
	}
	return h.read(s.off, s.fill, buf)
}

// list returns n words from a place, through buf when they are in the file.
func (h *arena) list(p place, n int, buf *[]uint64) ([]uint64, error) {
	s := &h.slabs[p.slab]
	if s.words != nil {
		return s.words[p.off : int(p.off)+n], nil
	}
	return h.read(s.off+int64(p.off)*8, n, buf)
}

func (h *arena) read(off int64, n int, buf *[]uint64) ([]uint64, error) {
	if cap(*buf) < n {
		*buf = make([]uint64, n+n/4)
	}
	words := (*buf)[:n]
	return words, h.file.Read(spill.Bytes(words), off)
}

// release gives all memory of the arena back, and the file.
func (h *arena) release() {
	for i := range h.slabs {
		if s := &h.slabs[i]; s.words != nil {
			h.pool.give(s.words)
		}
	}
	h.slabs = nil
	h.pool.done(h.file)
	h.file = nil
}

// pool hands out slabs and knows when the budget is spent.
type pool struct {
	mu      sync.Mutex
	tmp     string
	budget  int // words
	slab    int // words of one
	out     int // words handed out
	free    [][]uint64
	rest    []uint64   // of the last region
	regions [][]uint64 // to give back
	files   []*spill.File
	errs    []error // of files that were closed
}

// over says whether slabs must leave memory.
func (p *pool) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out >= p.budget
}

// take returns a slab of at least n words.
func (p *pool) take(n int) []uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out += max(n, p.slab)
	if n > p.slab {
		words := mapPages(n)
		p.regions = append(p.regions, words)
		return words
	}
	if k := len(p.free); k > 0 {
		words := p.free[k-1]
		p.free = p.free[:k-1]
		return words
	}
	if len(p.rest) < p.slab {
		words := mapPages(p.slab * region)
		p.regions = append(p.regions, words)
		if p.rest = words; p.slab == hugePage {
			p.rest = words[unaligned(words):]
		}
	}
	words := p.rest[:p.slab:p.slab]
	p.rest = p.rest[p.slab:]
	return words
}

// unaligned is the number of words before the first that begins a huge page.
func unaligned(words []uint64) int {
	over := uintptr(unsafe.Pointer(unsafe.SliceData(words))) / 8 % hugePage
	return int((hugePage - over) % hugePage)
}

// give takes a slab back. One of the usual size is used again; the pages of a bigger one go to the
// system.
func (p *pool) give(words []uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out -= len(words)
	if len(words) == p.slab {
		p.free = append(p.free, words)
		return
	}
	releasePages(words)
}

// trim gives the pages of slabs that nobody uses to the system.
func (p *pool) trim() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slab == hugePage { // the system takes whole pages, those of small neighbours too
		for _, words := range p.free {
			releasePages(words)
		}
	}
}

// file makes a file for one arena.
func (p *pool) file() *spill.File {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := spill.New(p.tmp, "words of articles")
	p.files = append(p.files, f)
	return f
}

// done gives the space of a file back, if there is one.
func (p *pool) done(f *spill.File) {
	err := f.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errs = append(p.errs, err)
}

func (p *pool) close() error {
	errs := p.errs
	for _, f := range p.files {
		errs = append(errs, f.Close())
	}
	for _, r := range p.regions {
		unmapPages(r)
	}
	p.files, p.regions, p.free, p.rest = nil, nil, nil, nil
	return errors.Join(errs...)
}
