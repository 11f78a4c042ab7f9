package index

import (
	"encoding/binary"
	"errors"
	"time"

	"dedup/internal/shingle"
)

// wordsSum is a hash over words in their order.
func wordsSum(words []uint64) uint64 {
	h := uint64(len(words))
	for _, w := range words {
		h = shingle.Mix(h ^ w)
	}
	return h
}

// Batch is what was added together.
type Batch struct {
	Number  uint32
	First   uint32 // number of the first entry; they follow one another
	Added   int    // entries
	Removed int    // of them, since
	At      time.Time
	Program string // version that wrote it
	Origin  string // what was read: the paths, as the caller gave them

	rows int // of the segment that holds it; the others were removed before it was written
}

func (b *Batch) append(dst []byte) []byte {
	for _, n := range []int{int(b.Number), int(b.First), b.Added, b.rows} {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	return appendString(appendString(appendTime(dst, b.At), b.Program), b.Origin)
}

func (f *fields) batch() Batch {
	b := Batch{Number: f.small(), First: f.small(), Added: f.size(), rows: f.size()}
	b.At, b.Program, b.Origin = f.time(), f.string(), f.string()
	if b.rows > b.Added {
		f.err = errShort
	}
	return b
}

// errShort is the one fault that reading can have: there is less than there should be, or more.
var errShort = errors.New("broken record")

// fields reads the parts of a record; after a fault all further parts are zero.
type fields struct {
	b   []byte
	err error
}

func (f *fields) uint() uint64 {
	v, n := binary.Uvarint(f.b)
	if n <= 0 {
		f.b, f.err = nil, errShort
		return 0
	}
	f.b = f.b[n:]
	return v
}

func (f *fields) int() int64 {
	v, n := binary.Varint(f.b)
	if n <= 0 {
		f.b, f.err = nil, errShort
		return 0
	}
	f.b = f.b[n:]
	return v
}

// small is a number that fits 32 bits.
func (f *fields) small() uint32 {
	v := f.uint()
	if v != uint64(uint32(v)) {
		f.err = errShort
	}
	return uint32(v)
}

// size is a number that fits 31 bits.
func (f *fields) size() int {
	v := f.uint()
	if v > 1<<31-1 {
		f.err = errShort
		return 0
	}
	return int(v)
}

// size64 is a number that fits 48 bits: a place in a file.
func (f *fields) size64() uint64 {
	v := f.uint()
	if v > 1<<48 {
		f.err = errShort
		return 0
	}
	return v
}

func (f *fields) fixed32() uint32 {
	if len(f.b) < 4 {
		f.b, f.err = nil, errShort
		return 0
	}
	v := binary.BigEndian.Uint32(f.b)
	f.b = f.b[4:]
	return v
}

// bytes is a length and as many bytes, which are only lent.
func (f *fields) bytes() []byte {
	n := f.uint()
	if n > uint64(len(f.b)) {
		f.b, f.err = nil, errShort
		return nil
	}
	s := f.b[:n]
	f.b = f.b[n:]
	return s
}

func (f *fields) string() string { return string(f.bytes()) }

// time is what appendTime wrote.
func (f *fields) time() time.Time {
	if len(f.b) == 0 {
		f.err = errShort
		return time.Time{}
	}
	t, _ := timeOf(f.bytes(), f)
	return t
}

// end wants nothing to be left.
func (f *fields) end() error {
	if f.err == nil && len(f.b) > 0 {
		f.err = errShort
	}
	return f.err
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendTime(dst []byte, t time.Time) []byte {
	return appendString(dst, string(appendDate(nil, t, false)))
}

// appendDate appends a time: nothing for none, else seconds in eight bytes, of which neighbours
// share the first ones, and where there are any, nanoseconds in four or a byte 1 for a day.
func appendDate(dst []byte, t time.Time, day bool) []byte {
	if t.IsZero() {
		if day {
			return append(dst, 1)
		}
		return dst
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(t.Unix())^1<<63)
	if n := t.Nanosecond(); n > 0 {
		dst = binary.BigEndian.AppendUint32(dst, uint32(n))
	}
	if day {
		dst = append(dst, 1)
	}
	return dst
}

// timeOf reads what appendDate wrote; a fault is put down in f.
func timeOf(b []byte, f *fields) (t time.Time, day bool) {
	if len(b)%4 == 1 && b[len(b)-1] == 1 {
		day, b = true, b[:len(b)-1]
	}
	nsec := uint32(0)
	switch len(b) {
	case 0:
		return t, day
	case 12:
		nsec = binary.BigEndian.Uint32(b[8:])
	case 8:
	default:
		f.err = errShort
		return t, false
	}
	if nsec > 999_999_999 {
		f.err = errShort
		return t, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)^1<<63), int64(nsec)).UTC(), day
}
