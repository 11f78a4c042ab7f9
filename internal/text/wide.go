package text

import "unicode/utf8"

// The short way for Chinese and Japanese: the characters from U+3000 to U+9FFF are three bytes
// each, their first byte 0xe3 to 0xe9. One that is a token of its own and its own normal form, with
// no mark or ignored character behind it, needs nothing but a table and three rounds of mixing: 6
// ns, where scan takes 35. Any other character is left to scan.
const (
	wideFrom, wideTo = 0x3000, 0xa000
	wideLow, wideTop = 0xe3, 0xe9 // first bytes
)

// What a character in that range is.
const (
	wideSlow  uint8 = iota // for scan to see
	wideOther              // ends a word: punctuation, the wide space
	wideToken
)

// wide is 28 KB.
var wide = func() (t [wideTo - wideFrom]uint8) {
	for k := range t {
		switch r := wideFrom + rune(k); {
		case classes[r] == other:
			t[k] = wideOther
		case classes[r] == cluster && isInert(r):
			t[k] = wideToken
		}
	}
	return t
}()

// appendWide appends the tokens from i on as long as the short way can tell them, and says where it
// ended.
func appendWide(dst []Token, s string, i int) ([]Token, int) {
	for i+3 <= len(s) && s[i] >= wideLow && s[i] <= wideTop {
		a, b, c := s[i], s[i+1], s[i+2]
		if b&0xc0 != 0x80 || c&0xc0 != 0x80 {
			return dst, i
		}
		switch wide[(uint(a)&0xf<<12|uint(b)&0x3f<<6|uint(c)&0x3f)-wideFrom] {
		case wideOther:
			i += 3
		case wideToken:
			if !alone(s, i+3) {
				return dst, i
			}
			dst = append(dst, Token{hashWide(a, b, c), uint32(i), uint32(i + 3)})
			i += 3
		default:
			return dst, i
		}
	}
	return dst, i
}

// alone says whether nothing at i belongs to the character before it.
func alone(s string, i int) bool {
	if i == len(s) || s[i] < utf8.RuneSelf {
		return true
	}
	r, _ := decode(s, i)
	if r >= 0x3400 && r < wideTo {
		return true
	}
	c := classOf(r)
	return c != mark && c != ignored
}

// hashWide is the xxh3 of three bytes (hashASCII).
func hashWide(a, b, c byte) uint64 {
	x := uint64(a)<<16 | uint64(b)<<24 | uint64(c) | 3<<8
	return mixShort(x)
}
