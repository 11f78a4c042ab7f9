package clean

import (
	"bytes"
	"encoding/binary"

	"dedup/internal/text"
)

// Words is a text in which the same words are looked for. Invariant: what is found stands in it
// word for word, whatever its case, marks and accents. Cost: 8 bytes a word; a look-up is a search
// for bytes.
type Words struct {
	hashes []byte // 8 a word
	unit   []byte
	toks   []text.Token
}

// NewWords reads the words of s.
func NewWords(s string) *Words {
	var w Words
	w.hashes = w.append(nil, s)
	return &w
}

// WordsOf is a text of which the hashes of its words are left.
func WordsOf(hashes []uint64) *Words {
	w := Words{hashes: make([]byte, 0, 8*len(hashes))}
	for _, h := range hashes {
		w.hashes = binary.LittleEndian.AppendUint64(w.hashes, h)
	}
	return &w
}

func (w *Words) append(dst []byte, s string) []byte {
	w.toks = text.AppendTokens(w.toks[:0], s)
	for _, t := range w.toks {
		dst = binary.LittleEndian.AppendUint64(dst, t.Hash)
	}
	return dst
}

// Find gives the first and the last word, half-open, of a place from word from on where the words
// of s stand, or of any place if there is none behind; 0, 0 if there is none at all.
func (w *Words) Find(s string, from int) (first, last int) {
	w.unit = w.append(w.unit[:0], s)
	n := len(w.unit) / 8
	if n == 0 {
		return 0, 0
	}
	for _, at := range [2]int{from, 0} {
		for at *= 8; at <= len(w.hashes); {
			i := bytes.Index(w.hashes[at:], w.unit)
			if i < 0 {
				break
			}
			if at += i; at%8 == 0 {
				return at / 8, at/8 + n
			}
			at++ // inside a word
		}
	}
	return 0, 0
}
