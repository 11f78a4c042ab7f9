package index

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// Words are kept as the 64-bit hashes that tokens have, in order: whatever is computed from them,
// the shingles first of all, is bit for bit what the text would give. They are written by codes: a
// dictionary lists hashes by frequency, the first 176 take one byte, the next 16,384 two, the next
// 983,040 three, and a word that is not in it nine. A dictionary belongs to the index and never
// changes; a batch brings a new one when that saves more than it takes. Of news, a word takes 1.7
// bytes.
//
// A record is: number of the dictionary, number of words, codes.
const (
	codeOne   = 176        // codes of one byte: 0..175
	codeTwo   = 64 * 256   // then 176..239 and a byte
	codeThree = 15 * 65536 // then 240..254 and two bytes
	codeWord  = 255        // and the eight bytes of the hash
	maxCodes  = codeOne + codeTwo + codeThree
	codeCost  = 8 // bytes of an entry of a dictionary
)

// codeBytes is how long a code is.
func codeBytes(code int) int {
	switch {
	case code < codeOne:
		return 1
	case code < codeOne+codeTwo:
		return 2
	case code < maxCodes:
		return 3
	}
	return 9
}

// dictionary gives words codes.
type dictionary struct {
	number uint32
	words  []uint64 // by code
	table  []uint32 // code+1 by hash, open addressing; nil until it is needed
	shift  int
}

func (d *dictionary) index() {
	k := max(bits.Len(uint(len(d.words)))+1, 4)
	d.table, d.shift = make([]uint32, 1<<k), 64-k
	for code, h := range d.words {
		i := d.slot(h)
		for d.table[i] != 0 {
			i = (i + 1) & (len(d.table) - 1)
		}
		d.table[i] = uint32(code) + 1
	}
}

// slot is where the search for a word begins. Hashes of words are spread already.
func (d *dictionary) slot(h uint64) int { return int(h >> d.shift) }

// code gives the code of a word, maxCodes if it has none.
func (d *dictionary) code(h uint64) int {
	for i := d.slot(h); d.table[i] != 0; i = (i + 1) & (len(d.table) - 1) {
		if c := d.table[i] - 1; d.words[c] == h {
			return int(c)
		}
	}
	return maxCodes
}

// appendWords appends the record of an article's words.
func (d *dictionary) appendWords(dst []byte, words []uint64) []byte {
	dst = binary.AppendUvarint(dst, uint64(d.number))
	dst = binary.AppendUvarint(dst, uint64(len(words)))
	for _, h := range words {
		switch c := d.code(h); {
		case c < codeOne:
			dst = append(dst, byte(c))
		case c < codeOne+codeTwo:
			c -= codeOne
			dst = append(dst, byte(codeOne+c>>8), byte(c))
		case c < maxCodes:
			c -= codeOne + codeTwo
			dst = append(dst, byte(240+c>>16), byte(c>>8), byte(c))
		default:
			dst = binary.BigEndian.AppendUint64(append(dst, codeWord), h)
		}
	}
	return dst
}

// wordsHead reads the dictionary and the number of words of a record.
func wordsHead(b []byte) (dictionary uint32, n int, codes []byte, err error) {
	f := fields{b: b}
	dictionary, n = f.small(), f.size()
	if f.err == nil && n > len(f.b) {
		f.err = errShort
	}
	return dictionary, n, f.b, f.err
}

// decode appends the n words that codes stand for.
func (d *dictionary) decode(dst []uint64, codes []byte, n int) ([]uint64, error) {
	for range n {
		if len(codes) == 0 {
			return dst, errShort
		}
		c, take := int(codes[0]), 1
		switch {
		case c < codeOne:
		case c < 240:
			take = 2
			if len(codes) >= take {
				c = codeOne + (c-codeOne)<<8 + int(codes[1])
			}
		case c < codeWord:
			take = 3
			if len(codes) >= take {
				c = codeOne + codeTwo + (c-240)<<16 + int(codes[1])<<8 + int(codes[2])
			}
		default:
			if len(codes) < 9 {
				return dst, errShort
			}
			dst, codes = append(dst, binary.BigEndian.Uint64(codes[1:])), codes[9:]
			continue
		}
		if len(codes) < take || c >= len(d.words) {
			return dst, errShort
		}
		dst, codes = append(dst, d.words[c]), codes[take:]
	}
	if len(codes) > 0 {
		return dst, errShort
	}
	return dst, nil
}

func (d *dictionary) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(d.words)))
	for _, h := range d.words {
		dst = binary.BigEndian.AppendUint64(dst, h)
	}
	return dst
}

// dictionaryError says that a dictionary cannot be read: the fault of no entry, and of all that use
// it.
type dictionaryError struct {
	number uint32
	error
}

func (e *dictionaryError) Unwrap() error { return e.error }

func readDictionary(number uint32, b []byte) (*dictionary, error) {
	f := fields{b: b}
	n := f.size()
	if f.err != nil || n > maxCodes || len(f.b) != 8*n {
		return nil, fmt.Errorf("dictionary %d: %w", number, errShort)
	}
	d := &dictionary{number: number, words: make([]uint64, n)}
	for i := range d.words {
		d.words[i] = f.fixed()
	}
	return d, nil
}

// tally counts words, to make a dictionary of them.
type tally map[uint64]uint32

// dictionary makes the best dictionary for what was counted, without a number, and says how many
// bytes all words take by it, the dictionary included, where each counted word stands for as many
// as times says.
func (t tally) dictionary(times int) (d *dictionary, size int) {
	type counted struct {
		hash uint64
		n    uint32
	}
	words := make([]counted, 0, len(t))
	for h, n := range t {
		words = append(words, counted{h, n})
	}
	slices.SortFunc(words, func(a, b counted) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.hash, b.hash)) })
	d = &dictionary{}
	for _, w := range words {
		long, short := codeBytes(maxCodes)*int(w.n)*times, codeBytes(len(d.words))*int(w.n)*times
		if long-short <= codeCost {
			size += long
			continue
		}
		d.words = append(d.words, w.hash)
		size += short + codeCost
	}
	return d, size
}

// size is how many bytes the counted words take by d.
func (t tally) size(d *dictionary) int {
	size := 0
	for h, n := range t {
		size += codeBytes(d.code(h)) * int(n)
	}
	return size
}
