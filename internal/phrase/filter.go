package phrase

// filter tells which hashes may be in several groups: two bitmaps, one of all hashes and one of
// those that an earlier group has too. It takes one in eight for what it is not. Cost: a byte a
// hash for each bitmap, so that a story's fit a cache that a table of its hashes does not; 1 ns a
// hash and call there.
type filter struct {
	seen, again []uint64
	shift       uint
}

// reset empties the filter and makes room for n hashes.
func (f *filter) reset(n int) {
	size := 1
	f.shift = 64 - 6
	for size < n/8 {
		size *= 2
		f.shift--
	}
	if cap(f.seen) < size {
		f.seen, f.again = make([]uint64, size), make([]uint64, size)
	}
	f.seen, f.again = f.seen[:size], f.again[:size]
	clear(f.seen)
	clear(f.again)
}

func (f *filter) place(hash uint64) (word int, bit uint64) {
	at := hash * 0x9e3779b97f4a7c15 >> f.shift
	return int(at >> 6), 1 << (at & 63)
}

// add takes in the hashes of a group.
func (f *filter) add(group []uint64) {
	for _, h := range group {
		w, bit := f.place(h)
		f.again[w] |= f.seen[w] & bit
	}
	for _, h := range group {
		w, bit := f.place(h)
		f.seen[w] |= bit
	}
}

// has says whether several groups may have the hash.
func (f *filter) has(hash uint64) bool {
	w, bit := f.place(hash)
	return f.again[w]&bit != 0
}
