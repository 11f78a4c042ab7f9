// Package text turns an article into normalised tokens that know their bytes, and into lines and
// sentences.
//
// In comes the text as it was read. AppendTokens gives its words in normal form; Once then drops a
// line or paragraph that is printed twice in a row. AppendLines, AppendSentences and Headline give
// spans of the text. docs/algorithms/text.md defines each of them.
package text

import (
	"math"
	"sync"

	"github.com/zeebo/xxh3"
)

// Version is the version of the definition of a token: it changes whenever the same text would give
// other tokens or hashes, and whatever keeps hashes between runs keeps it too.
const Version = 1

// Token is a normalised word. Hash is the xxh3 of its normal form. Start and End are the bytes of
// the original text that the normal form stands for, half-open, on character boundaries: with an
// apostrophe inside ("don't"), without a possessive 's, and from the first letter to the last of a
// word broken at a line end.
type Token struct {
	Hash       uint64
	Start, End uint32
}

// AppendTokens appends the tokens of s to dst. Of a text of more than 4 GiB the rest is left out.
// Broken UTF-8 ends words like punctuation.
func AppendTokens(dst []Token, s string) []Token {
	s = s[:min(uint64(len(s)), math.MaxUint32)]
	return appendFast(dst, s)
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// AppendNormal appends the normal form of one word as it stands in a text (the span of a Token):
// folded case, compatibility forms and diacritics, without possessive 's, soft hyphens and
// zero-width characters. Of several words it is the first.
func AppendNormal(dst []byte, word string) []byte {
	if word != "" && alnum[word[0]] {
		if end, _ := asciiTail(word, 0); end > 0 {
			for i := range end {
				dst = append(dst, word[i]|0x20)
			}
			return dst
		}
	}
	sc := scratches.Get().(*scratch)
	defer scratches.Put(sc)
	if _, ok := sc.scan(word, 0); !ok {
		return dst
	}
	return append(dst, sc.normal...)
}

// Hash is the token hash of a normal form: what Token.Hash holds for a word with that normal form.
func Hash(normal string) uint64 { return xxh3.HashString(normal) }

// Hashes are those of the tokens, in order.
func Hashes(toks []Token) []uint64 {
	out := make([]uint64, len(toks))
	for i, t := range toks {
		out[i] = t.Hash
	}
	return out
}
