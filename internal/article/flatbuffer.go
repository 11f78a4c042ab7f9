package article

import "encoding/binary"

// The metadata of Arrow are flatbuffers: tables of fields that are found by their number. What is
// read here is bounded by the bytes that are there: a place outside them reads as nothing, so a
// damaged table has default values, which are then held against the data.

// flatTable is a table in b.
type flatTable struct {
	b  []byte
	at int // of the table; 0: there is none
}

// flatRoot is the table that a flatbuffer is.
func flatRoot(b []byte) flatTable {
	t := flatTable{b: b}
	return flatTable{b, t.jump(0)}
}

func (t flatTable) u16(at int) int {
	if at < 0 || at+2 > len(t.b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(t.b[at:]))
}

func (t flatTable) u32(at int) int {
	if at < 0 || at+4 > len(t.b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(t.b[at:]))
}

// jump follows the offset that stands at a place; 0: it leads nowhere.
func (t flatTable) jump(at int) int {
	if n := t.u32(at); n > 0 && at+n < len(t.b) {
		return at + n
	}
	return 0
}

// field is where field n stands; 0: it has its default.
func (t flatTable) field(n int) int {
	if t.at == 0 || t.at+4 > len(t.b) {
		return 0
	}
	vtable := t.at - int(int32(binary.LittleEndian.Uint32(t.b[t.at:])))
	if vtable < 0 || 4+2*n >= t.u16(vtable) {
		return 0
	}
	if off := t.u16(vtable + 4 + 2*n); off > 0 {
		return t.at + off
	}
	return 0
}

// number is a signed number of so many bytes.
func (t flatTable) number(n, size int, missing int64) int64 {
	at := t.field(n)
	if at == 0 || at+size > len(t.b) {
		return missing
	}
	switch size {
	case 1:
		return int64(int8(t.b[at]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(t.b[at:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(t.b[at:])))
	}
	return int64(binary.LittleEndian.Uint64(t.b[at:]))
}

func (t flatTable) table(n int) flatTable {
	if at := t.field(n); at > 0 {
		return flatTable{t.b, t.jump(at)}
	}
	return flatTable{}
}

// vector is where a vector's elements of so many bytes start, and how many there are.
func (t flatTable) vector(n, size int) (at, length int) {
	if f := t.field(n); f > 0 {
		if at = t.jump(f); at > 0 {
			length = t.u32(at)
			at += 4
		}
	}
	if at == 0 || length < 0 || length > (len(t.b)-at)/size {
		return 0, 0
	}
	return at, length
}

func (t flatTable) text(n int) string {
	at, length := t.vector(n, 1)
	return string(t.b[at : at+length])
}

// tables are the elements of a vector of tables.
func (t flatTable) tables(n int) []flatTable {
	at, length := t.vector(n, 4)
	out := make([]flatTable, length)
	for i := range out {
		out[i] = flatTable{t.b, t.jump(at + 4*i)}
	}
	return out
}

// pairs are the elements of a vector of structs of two 64-bit numbers.
func (t flatTable) pairs(n int) [][2]int64 {
	at, length := t.vector(n, 16)
	out := make([][2]int64, length)
	for i := range out {
		out[i][0] = int64(binary.LittleEndian.Uint64(t.b[at+16*i:]))
		out[i][1] = int64(binary.LittleEndian.Uint64(t.b[at+16*i+8:]))
	}
	return out
}

// put overwrites a 64-bit number; false: the table has its default, and so no room, and it differs.
func (t flatTable) put(n int, value int64) bool {
	at := t.field(n)
	if at == 0 || at+8 > len(t.b) {
		return value == 0
	}
	binary.LittleEndian.PutUint64(t.b[at:], uint64(value))
	return true
}

// putPairs overwrites a vector of structs of two 64-bit numbers; false: it has another length.
func (t flatTable) putPairs(n int, values [][2]int64) bool {
	at, length := t.vector(n, 16)
	if length != len(values) {
		return false
	}
	for i, p := range values {
		binary.LittleEndian.PutUint64(t.b[at+16*i:], uint64(p[0]))
		binary.LittleEndian.PutUint64(t.b[at+16*i+8:], uint64(p[1]))
	}
	return true
}
