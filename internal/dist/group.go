package dist

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"dedup/internal/plural"
	"dedup/internal/shingle"
)

// Buckets. In: the keys of a part. Out: the articles that share a key, as buckets; and of each
// article that is in any how many it is in, by level.
//
// A level says how soon an article takes a bucket: by its size first (classes), the rarest first,
// and then by the part, so that a class need not be taken whole. Which buckets are taken changes
// what is compared, not what is found.
//
// Cost: ~20 ns a key, 8 bytes each in memory. A bucket of any size costs what its articles cost.

// classes are the sizes of buckets: the greatest of each class.
var classes = [...]int{2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 256, math.MaxInt}

const steps = 8 // of a class

// class is the class of a bucket of k articles.
func class(k int) int {
	c := 0
	for classes[c] < k {
		c++
	}
	return c
}

// level is the level of a bucket of the class in a part; from 1 up.
func level(class int, part uint32, parts int) uint8 {
	return uint8(1 + class*steps + int(part)*steps/parts)
}

const (
	levels       = 1 + len(classes)*steps
	lastLevel    = 1 << 7
	articleBits  = 64 - keyBits // of an article's place in a part
	rangeBits    = 16           // of an article's number in a range
	mostOfAPart  = 1 << articleBits
	bucketsFrame = 4 << 20 // bytes of a frame of buckets
)

// shared is an article of a part.
type shared struct {
	number      uint32
	size, twice uint32 // different shingles, and how many of them have the key of another one
	last        uint32 // 1 + where the bucket begins that it was in first last
}

// part is what a call works on, one part after another.
type part struct {
	articles []shared
	keys     []uint64               // each with the place of its article
	places   []uint32               // of articles: those of a bucket, the first marked
	met      [][len(classes)]uint32 // buckets of each article, by class
}

// group is the stage.
func (r *run) group(in frames, out func(Frame) error) error {
	var p part
	return keyed(in, func(key uint32, frames []Frame) error {
		if err := p.read(frames); err != nil {
			return err
		}
		p.group()
		if err := p.buckets(key, out); err != nil {
			return err
		}
		return p.sizes(key, r.opt.Parts, out)
	})
}

// read reads the keys of a part.
func (p *part) read(frames []Frame) error {
	size := 0
	for _, f := range frames {
		size += len(f.Data)
	}
	p.articles, p.keys = p.articles[:0], slices.Grow(p.keys[:0], size/(keyBytes+1))
	for _, f := range frames {
		number := int64(0)
		for c := (cursor{b: f.Data}); c.more(); {
			number += c.int()
			a := shared{number: uint32(number)}
			a.size, a.twice = c.size()
			n := c.count(keyBytes)
			if c.err != nil || number < 0 || number >= mostArticles || a.twice >= a.size || len(p.articles) == mostOfAPart {
				return tooMany(len(p.articles))
			}
			for b := c.bytes(n * keyBytes); len(b) > 0; b = b[keyBytes:] {
				key := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32
				p.keys = append(p.keys, key<<articleBits|uint64(len(p.articles)))
			}
			p.articles = append(p.articles, a)
		}
	}
	if len(p.keys) >= firstMark {
		return fmt.Errorf("more than %s have one part\nhint: use more parts", plural.Count(firstMark, "shingle"))
	}
	return nil
}

func tooMany(articles int) error {
	if articles == mostOfAPart {
		return fmt.Errorf("more than %s have shingles of one part\nhint: use more parts", plural.Count(mostOfAPart, "article"))
	}
	return errData
}

// group makes the buckets of the keys, and counts those of every article. Versions of a text meet in
// many; one that holds what the last one held is counted and left out.
func (p *part) group() {
	n := len(p.articles)
	p.met = slices.Grow(p.met[:0], n)[:n]
	clear(p.met)
	p.places = p.places[:0]
	for rest := shingle.Set(p.keys); len(rest) > 0; {
		k := 1
		for k < len(rest) && rest[k]>>articleBits == rest[0]>>articleBits {
			k++
		}
		bucket := rest[:k]
		if rest = rest[k:]; k == 1 {
			continue
		}
		c, at := class(k), len(p.places)
		for _, x := range bucket {
			place := uint32(x & (mostOfAPart - 1))
			p.met[place][c]++
			p.places = append(p.places, place)
		}
		p.places[at] |= firstMark
		first := &p.articles[p.places[at]&^firstMark]
		if old := int(first.last) - 1; old >= 0 && old+k <= at && slices.Equal(p.places[old:old+k], p.places[at:]) && p.places[old+k]&firstMark != 0 {
			p.places = p.places[:at]
		} else {
			first.last = uint32(at) + 1
		}
	}
}

const firstMark = 1 << 31

// buckets gives the buckets in frames: the articles of the frame, each with its number and size,
// and then the buckets, each with its size and the places of its articles, in order.
func (p *part) buckets(key uint32, out func(Frame) error) error {
	places := p.places
	index := make([]uint32, len(p.articles)) // 1 + place in the frame
	var members []uint32
	var b []byte
	flush := func() error {
		if len(b) == 0 {
			return nil
		}
		head := binary.AppendUvarint(nil, uint64(len(members)))
		for _, m := range members {
			head = binary.AppendUvarint(head, uint64(p.articles[m].number))
			head = binary.AppendUvarint(head, uint64(p.articles[m].size))
			index[m] = 0
		}
		data := append(head, b...)
		members, b = members[:0], b[:0]
		return out(Frame{Kind: Buckets, Key: key, Data: data})
	}
	for len(places) > 0 {
		k := 1
		for k < len(places) && places[k]&firstMark == 0 {
			k++
		}
		b = binary.AppendUvarint(b, uint64(k))
		for _, m := range places[:k] {
			m &^= firstMark
			if index[m] == 0 {
				members = append(members, m)
				index[m] = uint32(len(members))
			}
			b = binary.AppendUvarint(b, uint64(index[m]-1))
		}
		if places = places[k:]; len(b) >= bucketsFrame {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// sizes gives how many buckets of each class articles are in: of each article its number and size,
// and of each class that there are any of the level, which is marked in the last, and how many.
func (p *part) sizes(part uint32, parts int, out func(Frame) error) error {
	var order []uint64 // number and place of the articles that are in a bucket
	for i := range p.met {
		if p.met[i] != ([len(classes)]uint32{}) {
			order = append(order, uint64(p.articles[i].number)<<32|uint64(i))
		}
	}
	slices.Sort(order)
	l := list{kind: Sizes, out: out}
	for _, x := range order {
		a, met := &p.articles[uint32(x)], &p.met[uint32(x)]
		if key := a.number >> rangeBits; key != l.key {
			if err := l.close(); err != nil {
				return err
			}
			l.key = key
		}
		if err := l.add(a.number); err != nil {
			return err
		}
		l.b = appendSize(l.b, a.size, a.twice)
		at := 0
		for c, k := range met {
			if k > 0 {
				at = len(l.b)
				l.b = binary.AppendUvarint(append(l.b, level(c, part, parts)), uint64(k))
			}
		}
		l.b[at] |= lastLevel
	}
	return l.close()
}

// taking is what is known of an article of a range.
type taking struct {
	size, twice uint32
	met         [levels]uint32
}

// count is the stage: it decides up to which level articles take buckets.
func (r *run) count(in frames, out func(Frame) error) error {
	return keyed(in, func(key uint32, frames []Frame) error {
		articles := make([]taking, 1<<rangeBits)
		for _, f := range frames {
			number := uint32(0)
			for c := (cursor{b: f.Data}); c.more(); {
				number += c.number()
				if number>>rangeBits != key {
					return errData
				}
				a := &articles[number&(1<<rangeBits-1)]
				a.size, a.twice = c.size()
				for last := false; !last; {
					b := c.bytes(1)
					if len(b) == 0 {
						return errData
					}
					l := b[0] &^ lastLevel
					if last = b[0] != l; l == 0 || int(l) >= levels {
						return errData
					}
					a.met[l] += c.number()
				}
				if c.err != nil {
					return c.err
				}
			}
		}
		l := list{kind: Cuts, key: key, out: out}
		for i := range articles {
			if cut := r.cut(&articles[i]); cut > 0 {
				if err := l.add(key<<rangeBits | uint32(i)); err != nil {
					return err
				}
				l.b = binary.AppendUvarint(l.b, uint64(cut))
			}
		}
		return l.close()
	})
}

// cut is the level up to which an article takes buckets, as the smaller side of an edge: so that
// the keys that it has alone and those it takes are more than may be missing from the other side, or
// are all that it has. 0: it has enough alone.
func (r *run) cut(a *taking) int {
	keys := int64(a.size) - int64(a.twice)
	for _, k := range a.met {
		keys -= int64(k)
	}
	need := int64(r.judge.Missing(int(a.size))) + 1 - keys // keys: those it has alone
	if a.size == 0 || need <= 0 {
		return 0
	}
	last := 0
	for l, k := range a.met {
		if k > 0 && need > 0 {
			need -= int64(k)
			last = l
		}
	}
	return last
}
