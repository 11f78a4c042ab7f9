package dist

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// Shingles, dealt out to parts by their top bits. In: words. Out, for each part: articles, and of
// each its number, how many different shingles it has, how many of these have the key of another
// one, and the keys that it has in the part: the 40 bits behind those that say the part. Texts that
// are equal to an earlier one are left out.
//
// All shingles go, not a sample: so what an article has alone is known for certain, which drops
// nearly all articles that resemble nothing, and no article has too few (docs/algorithms/dist.md).
//
// Cost: ~20 ns a shingle; 5 bytes each and ~2 for its article are shuffled.

const (
	keyBits   = 40
	keyBytes  = keyBits / 8
	heldSeeds = 64 << 20 // bytes that wait for all parts together
)

// dealt is what waits for a part.
type dealt struct {
	b    []byte
	last uint32
}

// seeds is the stage.
func (r *run) seeds(in frames, out func(Frame) error) error {
	parts := make([]dealt, r.opt.Parts)
	held := 0
	flush := func() error {
		held = 0
		for p := range parts {
			if d := &parts[p]; len(d.b) > 0 {
				if err := out(Frame{Kind: Seeds, Key: uint32(p), Data: d.b}); err != nil {
					return err
				}
				*d = dealt{b: d.b[:0]}
			}
		}
		return nil
	}
	var list []uint64
	err := r.articles(in, func(uint32) bool { return true }, func(number uint32, a *worded) error {
		if len(a.words) == 0 {
			return nil
		}
		list = shingle.Set(shingle.AppendHashes(list[:0], a.words, near.ShingleWords))
		if held += deal(parts, number, list); held > heldSeeds {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// deal deals out the shingles of an article, which are in order and different, and tells how many
// bytes that took.
func deal(parts []dealt, number uint32, set []uint64) (size int) {
	top := bits.Len(uint(len(parts))) - 1
	keyOf := func(h uint64) uint64 { return h >> (64 - keyBits - top) } // part and key
	keys := set[:0]
	n := len(set)
	for i, h := range set {
		if key := keyOf(h); i == 0 || key != keys[len(keys)-1] {
			keys = append(keys, key)
		}
	}
	twice := n - len(keys)
	for len(keys) > 0 {
		part := keys[0] >> keyBits
		k := 1
		for k < len(keys) && keys[k]>>keyBits == part {
			k++
		}
		d := &parts[part]
		before := len(d.b)
		d.b = appendInt(d.b, int64(number)-int64(d.last))
		d.b = appendSize(d.b, uint32(n), uint32(twice))
		d.b = binary.AppendUvarint(d.b, uint64(k))
		for _, key := range keys[:k] {
			d.b = append(d.b, byte(key), byte(key>>8), byte(key>>16), byte(key>>24), byte(key>>32))
		}
		d.last = number
		size += len(d.b) - before
		keys = keys[k:]
	}
	return size
}

// appendSize appends how many different shingles an article has, and how many of them have the key
// of another one: mostly none, which takes no byte.
func appendSize(dst []byte, size, twice uint32) []byte {
	if twice == 0 {
		return binary.AppendUvarint(dst, uint64(size)<<1)
	}
	return binary.AppendUvarint(binary.AppendUvarint(dst, uint64(size)<<1|1), uint64(twice))
}

func (c *cursor) size() (size, twice uint32) {
	v := c.uint()
	if v&1 != 0 {
		twice = c.number()
	}
	if v>>1 > math.MaxUint32 || uint64(twice) > v>>1 {
		c.fail()
	}
	return uint32(v >> 1), twice
}

// articles calls fn with every article of frames of words that is wanted, by its number. One that
// has the text of an earlier one comes without words; a.same says of which.
func (r *run) articles(in frames, want func(number uint32) bool, fn func(number uint32, a *worded) error) error {
	var u unpacker
	var a worded
	for f, err := range in {
		if err != nil {
			return err
		}
		if err := u.open(f.Data); err != nil {
			return err
		}
		p, err := r.piece(u.origin)
		if err != nil {
			return err
		}
		for {
			n, ok, err := u.next(&a)
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			number, err := r.of(p, a.local)
			if err != nil {
				return err
			}
			coded, err := u.pass(n)
			if err != nil {
				return err
			}
			if !want(number) {
				continue
			}
			if first, again := r.first[number]; again {
				a.same = first + 1
			} else if a.words, err = appendWords(a.words, u.dict, coded); err != nil {
				return err
			}
			if a.row > 0 {
				a.id = p.unnamed + "#" + strconv.FormatUint(p.rows+a.row, 10)
			}
			if err := fn(number, &a); err != nil {
				return err
			}
		}
	}
	return nil
}
