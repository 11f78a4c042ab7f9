package index

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"path/filepath"

	"github.com/zeebo/xxh3"
)

// Rows that were removed are a file of their own, which the manifest names beside the segment: the
// line "dedup removed 2", a bit a row, lowest first, and the xxh3 of all that, eight bytes
// big-endian. The next removal writes a new one.
const bitmapMagic = "dedup removed 2\n"

// bitmap is a set of rows. A nil one is empty.
type bitmap struct {
	words []uint64
	n     int // rows in it
}

func newBitmap(rows int) *bitmap { return &bitmap{words: make([]uint64, (rows+63)/64)} }

func (b *bitmap) has(row uint32) bool { return b != nil && b.words[row/64]>>(row%64)&1 != 0 }

func (b *bitmap) count() int {
	if b == nil {
		return 0
	}
	return b.n
}

func (b *bitmap) add(row uint32) {
	if !b.has(row) {
		b.words[row/64] |= 1 << (row % 64)
		b.n++
	}
}

// clone copies a bitmap for so many rows.
func (b *bitmap) clone(rows int) *bitmap {
	c := newBitmap(rows)
	if b != nil {
		copy(c.words, b.words)
		c.n = b.n
	}
	return c
}

func (b *bitmap) encode() []byte {
	dst := []byte(bitmapMagic)
	for _, w := range b.words {
		dst = binary.LittleEndian.AppendUint64(dst, w)
	}
	return binary.BigEndian.AppendUint64(dst, xxh3.Hash(dst))
}

// readBitmap reads the removed rows of a segment.
func readBitmap(dir string, d disk, p part, rows int) (_ *bitmap, err error) {
	f, err := d.open(filepath.Join(dir, p.removed))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	wrong := &damage{p.removed, "it does not say which entries were removed"}
	b := newBitmap(rows)
	data := make([]byte, len(bitmapMagic)+8*len(b.words)+8)
	if n, err := f.ReadAt(append(data, 0), 0); n != len(data) || !errors.Is(err, io.EOF) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, wrong
	}
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, err
	}
	sum := binary.BigEndian.Uint64(data[len(data)-8:])
	if sum != xxh3.Hash(data[:len(data)-8]) || sum != p.removedSum || string(data[:len(bitmapMagic)]) != bitmapMagic {
		return nil, wrong
	}
	for i := range b.words {
		b.words[i] = binary.LittleEndian.Uint64(data[len(bitmapMagic)+8*i:])
		b.n += bits.OnesCount64(b.words[i])
	}
	if rows%64 != 0 && b.words[len(b.words)-1]>>(rows%64) != 0 {
		return nil, wrong
	}
	return b, nil
}

// sum is the checksum at the end of what encode gave.
func (*bitmap) sum(data []byte) uint64 { return binary.BigEndian.Uint64(data[len(data)-8:]) }
