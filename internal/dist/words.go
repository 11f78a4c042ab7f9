package dist

import (
	"encoding/binary"

	"dedup/internal/shingle"
)

// Words of articles in a frame: a dictionary, eight bytes a word, and then each article with its
// words as places in the dictionary, of one to three bytes. A dictionary is filled in the order of
// the text, so that usual words come first and take one byte.

// worded is an article with its words.
type worded struct {
	local  uint32 // place in its piece; the number among all where the words were routed
	id     string
	row    uint64 // > 0: the article has no id, and is called by this row of its piece
	source string
	dated  bool
	date   int64 // seconds since 1970
	bytes  uint64
	same   uint32 // 1 + the number of the article that has its words; 0: they are here
	words  []uint64
}

// packer makes frames of words.
type packer struct {
	origin Origin
	places shingle.Numbers
	words  int32 // in the dictionary
	dict   []byte
	body   []byte
	n      int
}

// begin forgets all articles.
func (p *packer) begin(o Origin) {
	p.origin, p.dict, p.body, p.n = o, p.dict[:0], p.body[:0], 0
	p.places.Reset(0)
	p.words = 0
}

func (p *packer) add(a *worded) {
	b := binary.AppendUvarint(p.body, uint64(a.local))
	b = appendString(b, a.id)
	b = binary.AppendUvarint(b, a.row)
	b = appendString(b, a.source)
	if a.dated {
		b = appendInt(append(b, 1), a.date)
	} else {
		b = append(b, 0)
	}
	b = binary.AppendUvarint(b, a.bytes)
	b = binary.AppendUvarint(b, uint64(a.same))
	b = binary.AppendUvarint(b, uint64(len(a.words)))
	for _, h := range a.words {
		at, known := p.places.At(h)
		if !known {
			*at = p.words
			p.words++
			p.dict = binary.LittleEndian.AppendUint64(p.dict, h)
		}
		b = binary.AppendUvarint(b, uint64(*at))
	}
	p.body = b
	p.n++
}

func (p *packer) size() int { return len(p.dict) + len(p.body) }

// data is the data of the frame.
func (p *packer) data() []byte {
	b := p.origin.append(make([]byte, 0, p.size()+32))
	b = binary.AppendUvarint(b, uint64(len(p.dict)/8))
	b = append(b, p.dict...)
	return append(b, p.body...)
}

// unpacker reads a frame of words.
type unpacker struct {
	origin Origin
	dict   []uint64
	c      cursor
}

// open begins with the data of a frame.
func (u *unpacker) open(data []byte) error {
	u.c = cursor{b: data}
	u.origin = u.c.origin()
	u.dict = u.dict[:0]
	for range u.c.count(8) {
		u.dict = append(u.dict, u.c.fixed())
	}
	return u.c.err
}

// next reads the next article without its words, of which it gives the number. They must be taken
// or passed over before the next one.
func (u *unpacker) next(a *worded) (n int, ok bool, err error) {
	c := &u.c
	if !c.more() {
		return 0, false, c.err
	}
	*a = worded{local: c.number(), id: c.str(), row: c.uint(), source: c.str(), dated: c.uint() == 1, words: a.words[:0]}
	if a.dated {
		a.date = c.int()
	}
	a.bytes, a.same = c.uint(), c.number()
	n = c.count(1)
	return n, c.err == nil, c.err
}

// pass passes over n words and gives their bytes.
func (u *unpacker) pass(n int) ([]byte, error) {
	from := u.c.b
	for i := range from {
		if n == 0 {
			break
		}
		if from[i] < 0x80 {
			n--
		}
		u.c.b = from[i+1:]
	}
	if n > 0 {
		u.c.fail()
	}
	return from[:len(from)-len(u.c.b)], u.c.err
}

// appendWords appends the words whose places in a dictionary coded holds.
func appendWords(dst, dict []uint64, coded []byte) ([]uint64, error) {
	for c := (cursor{b: coded}); len(c.b) > 0; {
		at := c.uint()
		if c.err != nil || at >= uint64(len(dict)) {
			return dst, errData
		}
		dst = append(dst, dict[at])
	}
	return dst, nil
}
