package background

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/FastFilter/xorfilter"
	"github.com/zeebo/xxh3"

	"dedup/internal/text"
)

// A model file, all numbers little-endian:
//
//	 0  magic "dedupbg" and a byte: the version of the format, 1
//	 8  xxh3 of everything from byte 16 to the end
//	16  version of the tokeniser (text.Version), uint32
//	20  number of words W, pairs P and stock fingerprints S, uint32 each
//	32  hash of what the tokeniser makes of a probe text, uint64
//	40  articles, float64
//	48  tokens, float64
//	56  stock filter: seed uint64; segment length, segment count, segment count × length uint32; 4 bytes zero
//	80  words: directory, W entries; W bytes of occurrences; padding to 4
//	    pairs: directory, P entries
//	    S bytes of stock fingerprints (binary fuse filter of 8 bits: Graf and Lemire 2022)
//
// A directory is 8,193 uint32: bucket b, the keys whose top 13 bits are b, is the entries from
// directory[b] to directory[b+1]. An entry is a uint32: the next 24 bits of the key (of a word 23,
// then one bit that says function word), and a byte, the article count on a log scale: count =
// 2^(byte/255 × (1 + log2 articles)) / 2. Occurrences are the same with tokens. Entries of a bucket
// ascend.
//
// Two of 150,000 words share 36 bits of key with probability 0.15; a look-up of a word that is not
// there finds one in 450,000.
const (
	magic       = "dedupbg\x01"
	headerSize  = 80
	dirBits     = 13
	dirSize     = 4 << dirBits // without the last element
	functionBit = 1 << 8
	maxModel    = 1 << 30 // bytes; more is no model
)

var order = binary.LittleEndian

// ErrTokens says that the model was made by another version of the tokeniser.
var ErrTokens = errors.New("the model was made by another version of dedup: build it again")

// Read reads a model that Write wrote and verifies it.
func Read(r io.Reader) (*Model, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxModel+1))
	if err != nil {
		return nil, fmt.Errorf("read background model: %w", err)
	}
	m, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("read background model: %w", err)
	}
	if m.Version != text.Version || m.probe != probe() {
		return nil, fmt.Errorf("read background model: %w", ErrTokens)
	}
	return m, nil
}

// parse makes a model of data, which it keeps.
func parse(data []byte) (*Model, error) {
	switch {
	case len(data) < 8 || string(data[:7]) != magic[:7]:
		return nil, errors.New("not a background model")
	case data[7] != magic[7]:
		return nil, fmt.Errorf("format version %d is not known to this version of dedup", data[7])
	case len(data) < headerSize:
		return nil, errors.New("cut off")
	case checksum(data) != order.Uint64(data[8:]):
		return nil, errors.New("damaged: the checksum does not match")
	}
	m := &Model{
		Version:  order.Uint32(data[16:]),
		Articles: math.Float64frombits(order.Uint64(data[40:])),
		Tokens:   math.Float64frombits(order.Uint64(data[48:])),
		probe:    order.Uint64(data[32:]),
	}
	if !(m.Articles >= 1 && m.Articles < 1e15 && m.Tokens >= 1 && m.Tokens < 1e18) {
		return nil, errors.New("damaged: impossible number of articles or tokens")
	}
	m.setScale()
	w, p, s := int(order.Uint32(data[20:])), int(order.Uint32(data[24:])), int(order.Uint32(data[28:]))
	pad := -w & 3
	rest := data[headerSize:]
	if len(rest) != 2*(dirSize+4)+5*w+pad+4*p+s {
		return nil, errors.New("damaged: the sizes do not add up")
	}
	m.words, rest = table{rest[:dirSize+4], rest[dirSize+4:][:4*w]}, rest[dirSize+4+4*w:]
	m.uses, rest = rest[:w], rest[w+pad:]
	m.pairs, rest = table{rest[:dirSize+4], rest[dirSize+4:][:4*p]}, rest[dirSize+4+4*p:]
	m.stock = filter{xorfilter.BinaryFuse8{
		Seed:               order.Uint64(data[56:]),
		SegmentLength:      order.Uint32(data[64:]),
		SegmentLengthMask:  order.Uint32(data[64:]) - 1,
		SegmentCount:       order.Uint32(data[68:]),
		SegmentCountLength: order.Uint32(data[72:]),
		Fingerprints:       rest,
	}}
	if err := errors.Join(m.words.check(), m.pairs.check(), m.stock.check()); err != nil {
		return nil, fmt.Errorf("damaged: %w", err)
	}
	return m, nil
}

// Write writes the model.
func (m *Model) Write(w io.Writer) error {
	b := make([]byte, headerSize)
	copy(b, magic)
	order.PutUint32(b[16:], m.Version)
	order.PutUint32(b[20:], uint32(len(m.words.entries)/4))
	order.PutUint32(b[24:], uint32(len(m.pairs.entries)/4))
	order.PutUint32(b[28:], uint32(len(m.stock.Fingerprints)))
	order.PutUint64(b[32:], m.probe)
	order.PutUint64(b[40:], math.Float64bits(m.Articles))
	order.PutUint64(b[48:], math.Float64bits(m.Tokens))
	order.PutUint64(b[56:], m.stock.Seed)
	order.PutUint32(b[64:], m.stock.SegmentLength)
	order.PutUint32(b[68:], m.stock.SegmentCount)
	order.PutUint32(b[72:], m.stock.SegmentCountLength)
	for _, part := range [][]byte{m.words.dir, m.words.entries, m.uses, make([]byte, -len(m.uses)&3), m.pairs.dir, m.pairs.entries, m.stock.Fingerprints} {
		b = append(b, part...)
	}
	order.PutUint64(b[8:], checksum(b))
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write background model: %w", err)
	}
	return nil
}

// table maps keys to entries, as the file holds them. Cost of a look-up: keys are hashes and
// therefore even, so the entry is near the place where its key points to inside of the bucket
// (Peterson, "Addressing for random-access storage", 1957); 10–30 ns.
type table struct{ dir, entries []byte }

// spot is where a key may be: near entry i of [lo, hi), which is e.
type spot struct {
	want, mask, e uint32
	lo, hi, i     int32
}

// spot is where key may be. Bits of ignore do not belong to the key.
func (t table) spot(key uint64, ignore uint32) spot {
	b := key >> (64 - dirBits) * 4
	lo, hi := int32(order.Uint32(t.dir[b:])), int32(order.Uint32(t.dir[b+4:]))
	want := entryKey(key) &^ ignore
	return spot{want, ^(ignore | 0xff), 0, lo, hi, lo + int32(uint64(want)*uint64(hi-lo)>>32)}
}

// look reads entry i.
func (t table) look(s *spot) {
	if s.lo < s.hi {
		s.e = order.Uint32(t.entries[4*int(s.i):])
	}
}

// together is how many look-ups wait for memory at a time.
const together = 32

// lookAll reads an entry for each of the first keys, and says of how many.
func (t table) lookAll(spots *[together]spot, keys []uint64, ignore uint32) int {
	n := min(len(keys), together)
	for i, key := range keys[:n] {
		spots[i] = t.spot(key, ignore)
	}
	for i := range spots[:n] {
		t.look(&spots[i])
	}
	return n
}

// find returns the entry of key and its index. Bits of ignore do not belong to the key.
func (t table) find(key uint64, ignore uint32) (entry uint32, at int, ok bool) {
	s := t.spot(key, ignore)
	t.look(&s)
	return t.walk(&s)
}

// walk goes from a spot to the entry of its key.
func (t table) walk(s *spot) (entry uint32, at int, ok bool) {
	lo, hi, i, e, want, mask := int(s.lo), int(s.hi), int(s.i), s.e, s.want, s.mask
	if lo >= hi {
		return 0, 0, false
	}
	for e&mask < want {
		if i++; i == hi {
			return 0, 0, false
		}
		e = order.Uint32(t.entries[4*i:])
	}
	for e&mask > want {
		if i--; i < lo {
			return 0, 0, false
		}
		e = order.Uint32(t.entries[4*i:])
	}
	return e, i, e&mask == want
}

// check sees to it that no look-up reads outside of the entries.
func (t table) check() error {
	last := uint32(0)
	for i := 0; i < len(t.dir); i += 4 {
		n := order.Uint32(t.dir[i:])
		if n < last || n > uint32(len(t.entries)/4) {
			return errors.New("a directory does not ascend")
		}
		last = n
	}
	return nil
}

func entryKey(key uint64) uint32 { return uint32(key<<dirBits>>(64-24)) << 8 }

// filter is the set of stock sequences; the zero filter is empty.
type filter struct{ xorfilter.BinaryFuse8 }

func (f *filter) has(key uint64) bool {
	return len(f.Fingerprints) > 0 && f.Contains(key)
}

// check sees to it that Contains reads inside of the fingerprints: it looks at three neighbouring
// segments of a power of two.
func (f *filter) check() error {
	n := len(f.Fingerprints)
	if n == 0 {
		return nil
	}
	size, count := uint64(f.SegmentLength), uint64(f.SegmentCount)
	if size == 0 || size&(size-1) != 0 || count == 0 || uint64(f.SegmentCountLength) != size*count || (count+2)*size > uint64(n) {
		return errors.New("the stock filter's sizes do not fit")
	}
	return nil
}

// setScale computes the scales from the numbers of articles and tokens.
func (m *Model) setScale() {
	m.articleLog, m.tokenLog = 1+math.Log2(m.Articles), 1+math.Log2(m.Tokens)
	for b := range 256 {
		m.articleCount[b], m.tokenCount[b] = expand(byte(b), m.articleLog), expand(byte(b), m.tokenLog)
	}
}

// squeeze puts a count of 0.5 to 2^(log-1) on the log scale of a byte, expand takes it back, off by
// at most 2 % of the count for 26,000.
func squeeze(count, log float64) byte {
	return byte(math.Round(255 * min(max((1+math.Log2(count))/log, 0), 1)))
}

func expand(b byte, log float64) float64 { return math.Exp2(float64(b)/255*log - 1) }

func checksum(data []byte) uint64 { return xxh3.Hash(data[16:]) }
