package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"dedup/internal/shingle"
)

// An index is a directory:
//
//	header    magic, format, scheme and their checksum, as text (header.go)
//	newest    which state the store has at least, under a checksum (newest.go)
//	lock      flock of the one writer, with its pid
//	readers   shared flock of every reader; a writer that gets it alone empties store/archive
//	store/    a Pebble store: sorted tables with a checksum for every block; in store/archive, those replaced while readers may still read them
//	staging/  tables that are being written; a writer empties it when it begins
//
// Keys of the store, numbers big-endian, so that they sort by number:
//
//	a number             entry: what is known of an article (record.go)
//	b batch              batch: what was added together, when, and sums over what is left of it
//	d dictionary         words by code (words.go)
//	i hash number        the entry has an id with this xxh3
//	m                    totals and the next numbers
//	s seed number        the entry has this seed: 40 bits of the hash of a shingle (seeds.go)
//	w number             the words of the entry (words.go)
//
// Everything is written as sorted tables and taken in by one Ingest, which is one edit of the
// store's manifest: all of a batch appears, or nothing.
const (
	keyEntry      = 'a'
	keyBatch      = 'b'
	keyDictionary = 'd'
	keyID         = 'i'
	keyTotals     = 'm'
	keySeed       = 's'
	keyWords      = 'w'
)

// numberKey is the key of an entry, a batch, a dictionary or an entry's words.
func numberKey(dst []byte, kind byte, number uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, kind), number)
}

func idKey(dst []byte, hash uint64, number uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(append(dst, keyID), hash), number)
}

// seedBits is how much of a shingle's hash a seed is: two different shingles of a corpus of 10⁹
// seeds are taken for one about once in a thousand looks, which costs a comparison and no result.
const seedBits = 40

func seedKey(dst []byte, seed uint64, number uint32) []byte {
	dst = append(dst, keySeed, byte(seed>>32))
	dst = binary.BigEndian.AppendUint32(dst, uint32(seed))
	return binary.BigEndian.AppendUint32(dst, number)
}

// seedOf reads a seed key.
func seedOf(key []byte) (seed uint64, number uint32, ok bool) {
	if len(key) != 10 || key[0] != keySeed {
		return 0, 0, false
	}
	return uint64(key[1])<<32 | uint64(binary.BigEndian.Uint32(key[2:])), binary.BigEndian.Uint32(key[6:]), true
}

// numberOf reads the number at the end of a key, 0 of one that is too short.
func numberOf(key []byte) uint32 {
	if len(key) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(key[len(key)-4:])
}

// seedSum and idSum are what a key adds to the sums of its batch: sums in which the order does not
// count, and from which a removal subtracts.
func seedSum(seed uint64, number uint32) uint64 {
	return shingle.Mix(shingle.Mix(seed) + uint64(number))
}

func idSum(hash uint64, number uint32) uint64 {
	return shingle.Mix(bits.RotateLeft64(hash, 1) ^ uint64(number))
}

// errShort is the one fault that decoding a record can have: it says less than it should, or more.
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

func (f *fields) fixed() uint64 {
	if len(f.b) < 8 {
		f.b, f.err = nil, errShort
		return 0
	}
	v := binary.BigEndian.Uint64(f.b)
	f.b = f.b[8:]
	return v
}

func (f *fields) string() string {
	n := f.uint()
	if n > uint64(len(f.b)) {
		f.b, f.err = nil, errShort
		return ""
	}
	s := string(f.b[:n])
	f.b = f.b[n:]
	return s
}

// time is what appendTime wrote.
func (f *fields) time() time.Time {
	if f.uint() == 0 {
		return time.Time{}
	}
	sec, nsec := f.int(), f.uint()
	if nsec > 999_999_999 {
		f.err = errShort
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
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
	if t.IsZero() {
		return append(dst, 0)
	}
	dst = binary.AppendVarint(append(dst, 1), t.Unix())
	return binary.AppendUvarint(dst, uint64(t.Nanosecond()))
}

// broken says which record cannot be read.
func broken(kind string, number uint32, err error) error {
	return fmt.Errorf("%s %d: %w", kind, number, err)
}
