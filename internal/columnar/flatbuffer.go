package columnar

import "encoding/binary"

// Metadata of Arrow are flatbuffers. They are written from front to back: a table's index, the
// table with places left for what it refers to, then that, whose place is noted when it is known.
// So every reference leads forward, as the format has it.

// flat is a flatbuffer that is being written.
type flat struct{ b []byte }

// slot is a field of a table: a number of so many bytes, or what child writes, which gives its
// place.
type slot struct {
	n      int // of the field
	size   int
	number uint64
	child  func(f *flat) (at int)
}

func num(n, size int, number uint64) slot { return slot{n: n, size: size, number: number} }

func ref(n int, child func(f *flat) int) slot { return slot{n: n, size: 4, child: child} }

// flatbuffer writes a whole buffer with this root.
func flatbuffer(root func(f *flat) int) []byte {
	f := &flat{b: make([]byte, 4, 256)}
	f.put(0, 4, uint64(root(f)))
	return append(f.b, make([]byte, -len(f.b)&7)...)
}

// put writes a number of so many bytes at a place.
func (f *flat) put(at, size int, n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	copy(f.b[at:at+size], b[:])
}

// align fills up until so many bytes from here lead to a multiple of 8.
func (f *flat) align(before int) { f.b = append(f.b, make([]byte, -(len(f.b)+before)&7)...) }

// table writes a table and what it refers to.
func (f *flat) table(slots ...slot) (at int) {
	last, size := -1, 4
	places := make([]int, len(slots))
	for i, s := range slots {
		size += -size & (s.size - 1)
		places[i] = size
		size += s.size
		last = max(last, s.n)
	}
	index := 4 + 2*(last+1)
	f.align(index)
	from := len(f.b)
	at = from + index
	f.b = append(f.b, make([]byte, index+size)...)
	f.put(from, 2, uint64(index))
	f.put(from+2, 2, uint64(size))
	f.put(at, 4, uint64(index))
	for i, s := range slots {
		f.put(from+4+2*s.n, 2, uint64(places[i]))
		if s.child == nil {
			f.put(at+places[i], s.size, s.number)
		}
	}
	for i, s := range slots {
		if s.child != nil {
			to := s.child(f)
			f.put(at+places[i], 4, uint64(to-at-places[i]))
		}
	}
	return at
}

// vector writes a vector of references.
func (f *flat) vector(children ...func(f *flat) int) (at int) {
	f.align(0)
	at = len(f.b)
	f.b = append(f.b, make([]byte, 4+4*len(children))...)
	f.put(at, 4, uint64(len(children)))
	for i, child := range children {
		to := child(f)
		place := at + 4 + 4*i
		f.put(place, 4, uint64(to-place))
	}
	return at
}

// pairs writes a vector of structs of two 64-bit numbers.
func (f *flat) pairs(list [][2]int64) (at int) {
	f.align(4)
	at = len(f.b)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(len(list)))
	for _, p := range list {
		f.b = binary.LittleEndian.AppendUint64(f.b, uint64(p[0]))
		f.b = binary.LittleEndian.AppendUint64(f.b, uint64(p[1]))
	}
	return at
}

func (f *flat) text(s string) (at int) {
	f.align(0)
	at = len(f.b)
	f.b = binary.LittleEndian.AppendUint32(f.b, uint32(len(s)))
	f.b = append(append(f.b, s...), 0)
	return at
}
