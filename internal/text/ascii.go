package text

import (
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// alnum says which bytes are ASCII letters and digits.
var alnum = func() (t [256]bool) {
	for b := range t {
		c := byte(b) | 0x20
		t[b] = b >= '0' && b <= '9' || b < 0x80 && c >= 'a' && c <= 'z'
	}
	return t
}()

// appendFast is appendGeneral for text that is mostly ASCII: it takes words of ASCII letters and digits, whatever punctuation ends them, and
// leaves every other word to scan.
//
// In an ASCII word every byte (a-z A-Z 0-9 ' , . :) is lower-cased by setting bit 5.
func appendFast(dst []Token, s string) []Token {
	var sc *scratch
	var buf [64]byte
	for i := 0; i < len(s); {
		if !alnum[s[i]] {
			if s[i] < utf8.RuneSelf {
				i++
				continue
			}
			r, n := utf8.DecodeRuneInString(s[i:])
			if c := classOf(r); c != letter && c != digit && c != cluster {
				i += n
				continue
			}
		}
		w := word{start: i}
		if w.end, w.next = asciiWord(s, i); w.end > 0 {
			b := buf[:0]
			for _, c := range []byte(s[w.start:w.end]) {
				b = append(b, c|0x20)
			}
			dst = append(dst, Token{xxh3.Hash(b), uint32(w.start), uint32(w.end)})
			i = w.next
			continue
		}
		if sc == nil {
			sc = scratches.Get().(*scratch)
			defer scratches.Put(sc)
		}
		w, ok := sc.scan(s, i)
		if !ok {
			break
		}
		dst = append(dst, Token{xxh3.Hash(sc.normal), uint32(w.start), uint32(w.end)})
		i = w.next
	}
	return dst
}

// asciiWord is scratch.collect for a word of ASCII characters that starts at i; end is 0 where it takes the general path to tell.
func asciiWord(s string, i int) (end, next int) {
	for {
		for i < len(s) && alnum[s[i]] {
			i++
		}
		if i == len(s) {
			return i, i
		}
		switch b := s[i]; {
		case b == '\'':
			switch d := peek(s, i+1); {
			case d >= utf8.RuneSelf:
				return 0, 0
			case !alnum[d]:
				return i, i
			case d|0x20 == 's':
				switch e := peek(s, i+2); {
				case e >= utf8.RuneSelf || e == '\'':
					return 0, 0
				case !alnum[e]:
					return i, i + 2
				}
			}
		case b == ',' || b == '.' || b == ':':
			if s[i-1] > '9' {
				return i, i
			}
			switch d := peek(s, i+1); {
			case d >= utf8.RuneSelf:
				return 0, 0
			case d < '0' || d > '9':
				return i, i
			}
		case b == '-' && s[i-1] > '9':
			if peek(s, i+1) <= ' ' && i+1 < len(s) {
				return 0, 0
			}
			return i, i
		case b >= utf8.RuneSelf:
			r, _ := utf8.DecodeRuneInString(s[i:])
			if classOf(r) == other {
				return i, i
			}
			return 0, 0
		default:
			return i, i
		}
		i++
	}
}

// peek is the byte at i, or a space past the end.
func peek(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return ' '
}
