package index

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// Words are kept as the 64-bit hashes that tokens have, in order: whatever is computed from them,
// the shingles first of all, is bit for bit what the text would give. They are written in a static
// prefix code (Huffman 1952, canonical: Schwartz and Kallick 1964), made for some ten thousand
// entries at a time, a stripe. A word that comes once in a stripe takes the code of the rare and
// its 64 bits. News take 1.34 bytes a word, planted articles 1.48: the entropy of single words.
//
// A dictionary is: how many codes there are of each length from 1 to codeLongest; the place of the
// code of the rare among all; the hashes in order of their codes, eight bytes each, any eight at
// that place.
const (
	codeLongest = 26
	codeTable   = 11 // bits of a code that are looked up in a table: 87 % of the words of news
	rareBits    = 64
)

// counter counts words: an open table. The hash 0 is not counted, and so always rare.
type counter struct {
	hashes []uint64
	counts []uint32
	used   int
}

func newCounter(k int) *counter {
	return &counter{hashes: make([]uint64, 1<<k), counts: make([]uint32, 1<<k)}
}

// slot is where a hash is or would be.
func (c *counter) slot(h uint64) int {
	mask := len(c.hashes) - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		if c.hashes[i] == h || c.hashes[i] == 0 {
			return i
		}
	}
}

func (c *counter) add(h uint64, n uint32) {
	if h == 0 {
		return
	}
	i := c.slot(h)
	if c.hashes[i] == 0 {
		if 2*(c.used+1) > len(c.hashes) {
			c.grow()
			i = c.slot(h)
		}
		c.used++
		c.hashes[i] = h
	}
	c.counts[i] += n
}

func (c *counter) grow() {
	old := *c
	*c = *newCounter(bits.Len(uint(len(old.hashes))))
	for i, h := range old.hashes {
		if h != 0 {
			c.add(h, old.counts[i])
		}
	}
}

// symbol is a word and how often it comes; then the length of its code.
type symbol struct {
	hash   uint64
	count  uint64
	length int
}

// dictionary gives words codes.
type dictionary struct {
	counts [codeLongest + 1]int // of codes of each length
	rare   int                  // place of the code of the rare
	hashes []byte               // eight bytes each

	table  [1 << codeTable]uint32  // by the first bits: place<<5 | length; of longer codes, the shortest length; 0 for none
	limits [codeLongest + 1]uint64 // the first codeLongest bits at which no code of a length or shorter begins
	places [codeLongest + 1]int    // what a code of a length is to be raised by for its place
}

func (d *dictionary) size() int { return len(d.hashes) / 8 }

// newDictionary makes the best dictionary for what was counted.
func newDictionary(c *counter) *dictionary {
	list := []symbol{{}} // the rare
	for i, n := range c.counts {
		switch {
		case n > 1:
			list = append(list, symbol{hash: c.hashes[i], count: uint64(n)})
		case n == 1:
			list[0].count++
		}
	}
	list[0].count = max(list[0].count, 1)
	lengths(list)
	slices.SortFunc(list, func(a, b symbol) int { return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.hash, b.hash)) })
	d := &dictionary{hashes: make([]byte, 0, 8*len(list))}
	for i, s := range list {
		if s.hash == 0 {
			d.rare = i
		}
		d.counts[s.length]++
		d.hashes = binary.LittleEndian.AppendUint64(d.hashes, s.hash)
	}
	d.prepare()
	return d
}

// lengths gives each symbol the length of its code: Huffman's by two queues (van Leeuwen 1976),
// again with halved counts until none is longer than codeLongest.
func lengths(list []symbol) {
	slices.SortFunc(list, func(a, b symbol) int { return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.hash, b.hash)) })
	if len(list) == 1 {
		list[0].length = 1
		return
	}
	n := len(list)
	weight, parent := make([]uint64, 2*n-1), make([]int, 2*n-1)
	for shift := 0; ; shift++ {
		for i := range list {
			weight[i] = max(list[i].count>>shift, 1)
		}
		leaf, inner := 0, n
		least := func(made int) int {
			if leaf < n && (inner == made || weight[leaf] <= weight[inner]) {
				leaf++
				return leaf - 1
			}
			inner++
			return inner - 1
		}
		for made := n; made < 2*n-1; made++ {
			a, b := least(made), 0
			b = least(made)
			weight[made], parent[a], parent[b] = weight[a]+weight[b], made, made
		}
		depth := make([]int, 2*n-1)
		for i := 2*n - 3; i >= 0; i-- {
			depth[i] = depth[parent[i]] + 1
		}
		for i := range list {
			list[i].length = depth[i]
		}
		if slices.Max(depth[:n]) <= codeLongest {
			return
		}
	}
}

// prepare makes what decoding needs from the counts, and says whether they make a code.
func (d *dictionary) prepare() bool {
	code, place := uint64(0), 0 // of the next code of this length
	for l := 1; l <= codeLongest; l++ {
		code <<= 1
		d.places[l] = place - int(code)
		for range d.counts[l] {
			if l <= codeTable {
				from := code << (codeTable - l)
				if from+1<<(codeTable-l) > 1<<codeTable {
					return false
				}
				for i := range uint64(1) << (codeTable - l) {
					d.table[from+i] = uint32(place)<<5 | uint32(l)
				}
			} else if at := code >> (l - codeTable); at < 1<<codeTable && d.table[at] == 0 {
				d.table[at] = uint32(l)
			}
			code++
			place++
		}
		if code > 1<<l {
			return false
		}
		d.limits[l] = code << (codeLongest - l)
	}
	return place == d.size() && d.rare < place
}

// coded is a word and its code.
type coded struct {
	hash   uint64
	code   uint32
	length uint8
}

// coder is the other way round: codes by words.
type coder struct {
	table []coded
	shift int
	rare  coded
}

func (d *dictionary) coder() *coder {
	k := bits.Len(uint(2 * d.size()))
	c := &coder{table: make([]coded, 1<<k), shift: 64 - k}
	place := 0
	for l := 1; l <= codeLongest; l++ {
		for range d.counts[l] {
			x := coded{binary.LittleEndian.Uint64(d.hashes[8*place:]), uint32(place - d.places[l]), uint8(l)}
			if place == d.rare {
				c.rare = x
			} else {
				*c.slot(x.hash) = x
			}
			place++
		}
	}
	return c
}

func (c *coder) slot(h uint64) *coded {
	for i := int(h >> c.shift); ; i = (i + 1) & (len(c.table) - 1) {
		if x := &c.table[i]; x.hash == h || x.length == 0 {
			return x
		}
	}
}

// append appends the codes of words, the last byte filled with zeros.
func (c *coder) append(dst []byte, words []uint64) []byte {
	w := newBitWriter(dst)
	for _, h := range words {
		if x := c.slot(h); x.length > 0 {
			w.put(uint64(x.code), uint(x.length))
			continue
		}
		w.put(uint64(c.rare.code), uint(c.rare.length))
		w.put(h>>32, rareBits/2)
		w.put(h&math.MaxUint32, rareBits/2)
	}
	return w.end()
}

// decode appends n words whose codes are the first size bytes of b, which goes on for bitPadding
// bytes.
func (d *dictionary) decode(dst []uint64, b []byte, size, n int) ([]uint64, error) {
	pos, end := 0, 8*size
	for range n {
		if pos >= end {
			return dst, errShort
		}
		x := peek(b, pos)
		place, length := 0, 0
		e := d.table[x>>(64-codeTable)]
		if place, length = int(e>>5), int(e&31); length > codeTable {
			place, length = d.long(x>>(64-codeLongest), length)
		}
		if length == 0 {
			return dst, errShort
		}
		pos += length
		if place != d.rare {
			dst = append(dst, binary.LittleEndian.Uint64(d.hashes[8*place:]))
			continue
		}
		if pos+rareBits > end {
			return dst, errShort
		}
		dst = append(dst, peek(b, pos)>>32<<32|peek(b, pos+32)>>32)
		pos += rareBits
	}
	if pos > end || end-pos >= 8 {
		return dst, errShort
	}
	return dst, nil
}

// long finds a code that is longer than the table knows, by its first codeLongest bits. No code
// that begins as it does is shorter than least.
func (d *dictionary) long(x uint64, least int) (place, length int) {
	for l := least; l <= codeLongest; l++ {
		if x < d.limits[l] {
			return int(x>>(codeLongest-l)) + d.places[l], l
		}
	}
	return 0, 0
}

func (d *dictionary) append(dst []byte) []byte {
	for _, n := range d.counts[1:] {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	dst = binary.AppendUvarint(dst, uint64(d.rare))
	return append(dst, d.hashes...)
}

func readDictionary(b []byte) (*dictionary, error) {
	d, f := &dictionary{}, fields{b: b}
	for l := range d.counts[1:] {
		d.counts[l+1] = f.size()
		if d.counts[l+1] > len(b)/8 { // before it is counted up to
			return nil, errShort
		}
	}
	d.rare = f.size()
	if f.err != nil || len(f.b)%8 != 0 {
		return nil, errShort
	}
	d.hashes = f.b
	if !d.prepare() {
		return nil, errShort
	}
	return d, nil
}
