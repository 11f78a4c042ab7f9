package index

import (
	"encoding/binary"
	"math/bits"
)

// Bits are written from the highest of a byte to the lowest. A reader loads eight bytes at any
// place, so what is read from ends in bitPadding bytes of zero.
const bitPadding = 16

// bitWriter appends bits to buf.
type bitWriter struct {
	buf  []byte
	acc  uint64 // the bits that are no whole byte yet, lowest last
	free uint   // of acc
}

func newBitWriter(buf []byte) bitWriter { return bitWriter{buf: buf, free: 64} }

// put appends the low n bits of v; n is at most 56.
func (w *bitWriter) put(v uint64, n uint) {
	if n > w.free {
		w.flush()
	}
	w.acc = w.acc<<n | v
	w.free -= n
}

// flush hands over whole bytes.
func (w *bitWriter) flush() {
	for 64-w.free >= 8 {
		w.buf = append(w.buf, byte(w.acc>>(64-w.free-8)))
		w.free += 8
	}
	w.acc &= 1<<(64-w.free) - 1
}

// end fills the last byte with zeros and gives the buffer.
func (w *bitWriter) end() []byte {
	w.flush()
	if w.free < 64 {
		w.put(0, 8-(64-w.free))
		w.flush()
	}
	return w.buf
}

// peek gives 57 bits or more from bit pos on, at the top of the word.
func peek(b []byte, pos int) uint64 {
	return binary.BigEndian.Uint64(b[pos>>3:]) << (pos & 7)
}

// Numbers that are mostly near 2^k are Rice codes (Golomb 1966, Rice 1979): v>>k zeros, a one, and
// k bits. A larger one than riceLong<<k is riceLong zeros and keyBits bits.
const riceLong = 15

func (w *bitWriter) rice(v uint64, k uint) {
	if q := v >> k; q < riceLong {
		w.put(1, uint(q)+1)
		w.put(v&(1<<k-1), k)
		return
	}
	w.put(0, riceLong)
	w.put(v, keyBits)
}

// riceAt reads the code at pos and gives the place after it.
func riceAt(b []byte, pos int, k uint) (v uint64, next int) {
	x := peek(b, pos)
	q := bits.LeadingZeros64(x)
	if q >= riceLong {
		return peek(b, pos+riceLong) >> (64 - keyBits), pos + riceLong + keyBits
	}
	return uint64(q)<<k | x<<(q+1)>>1>>(63-k), pos + q + 1 + int(k)
}
