package text

import (
	"unicode"
	"unicode/utf8"
)

// scratch is what the general path needs besides the text.
type scratch struct{ raw, normal, tmp []byte }

// word is what the general path finds: the bytes that the normal form stands for, and where to look
// for the next word.
type word struct{ start, end, next int }

// scan finds the first word at or after i and leaves its normal form in sc.normal. This is the
// definition of a token in full; the ASCII path of AppendTokens is a faster way to the same answer
// and comes here for whatever it does not know.
//
// It looks at nothing before i, and i must not be inside a word. The normal form of s[start:end]
// alone is the same again.
func (sc *scratch) scan(s string, i int) (word, bool) {
	for i < len(s) {
		r, n := decode(s, i)
		w := word{start: i, next: i + n}
		sc.raw = sc.raw[:0]
		switch classOf(r) {
		case letter, digit:
			w.end, w.next = sc.collect(s, i)
		case cluster:
			w.end, w.next = sc.collectCluster(s, i)
		}
		sc.normal = sc.appendFold(sc.normal[:0])
		if len(sc.normal) > 0 {
			return w, true
		}
		i = w.next
	}
	return word{}, false
}

// collect takes the word that starts at i, and leaves its letters, digits, marks and inner signs in
// sc.raw. It returns the end of what the word stands for and the place after all that belongs to it
// (a possessive 's).
func (sc *scratch) collect(s string, i int) (end, next int) {
	var last class // of the last letter or digit
	plain := 0     // no apostrophe before this place starts a possessive
	for i < len(s) {
		r, n := decode(s, i)
		c := classOf(r)
		switch c {
		case letter, digit:
			last = c
		case mark:
		case ignored, hyphen:
			k := -1
			if last == letter && (c == hyphen || r == '\u00ad') {
				k = afterBreak(s, i+n)
			}
			switch {
			case k > 0:
				i = k
			case c == ignored:
				i += n
			default:
				return end, i
			}
			continue
		case apos:
			if i >= plain {
				k, cut := possessive(s, i)
				if cut {
					return end, k
				}
				plain = k
			}
			k, c := skip(s, i+n)
			if c != letter && c != digit {
				return end, i
			}
			sc.raw = append(sc.raw, '\'')
			i = k
			continue
		case point:
			k, c := skip(s, i+n)
			if last != digit || c != digit {
				return end, i
			}
			sc.raw = utf8.AppendRune(sc.raw, r)
			i = k
			continue
		default:
			return end, i
		}
		sc.raw = append(sc.raw, s[i:i+n]...)
		i += n
		end = i
	}
	return end, i
}

// collectCluster takes the letter at i and the marks on it.
func (sc *scratch) collectCluster(s string, i int) (end, next int) {
	for first := true; i < len(s); first = false {
		r, n := decode(s, i)
		switch c := classOf(r); {
		case c == mark, first:
			sc.raw = append(sc.raw, s[i:i+n]...)
			end = i + n
		case c != ignored:
			return end, i
		}
		i += n
	}
	return end, i
}

// skip passes over characters that are as if they were not there, and says of what class the next
// one is.
func skip(s string, i int) (int, class) {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		c := classOf(r)
		if c != ignored {
			return i, c
		}
		i += n
	}
	return i, other
}

// possessive says where the possessive 's at i ends (or several of them, so that cutting twice cuts
// no more). Where there is none, there is none before the place it returns either.
func possessive(s string, i int) (int, bool) {
	for {
		r, n := utf8.DecodeRuneInString(s[i:])
		if classOf(r) != apos {
			return i, false
		}
		i, _ = skip(s, i+n)
		if i >= len(s) || s[i]|0x20 != 's' {
			return i, false
		}
		end := i + 1
		k, c := skip(s, end)
		switch c {
		case letter, digit, mark:
			return k, false
		case apos:
			_, n := utf8.DecodeRuneInString(s[k:])
			if _, c := skip(s, k+n); c == letter || c == digit {
				i = k
				continue
			}
		}
		return end, true
	}
}

// afterBreak says where a word goes on that a hyphen, which ends at i, breaks at the end of a line:
// at a lower-case letter at the start of the next line. -1 if it does not.
func afterBreak(s string, i int) int {
	lines := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '\n':
			lines++
		case ' ', '\t', '\r':
		default:
			if r, _ := utf8.DecodeRuneInString(s[i:]); lines == 1 && unicode.IsLower(r) && classOf(r) == letter {
				return i
			}
			return -1
		}
	}
	return -1
}

// decode is utf8.DecodeRuneInString(s[i:]), with two- and three-byte characters the short way.
func decode(s string, i int) (rune, int) {
	if i+2 < len(s) {
		a, b, c := rune(s[i]), rune(s[i+1]), rune(s[i+2])
		switch {
		case a < utf8.RuneSelf:
			return a, 1
		case a >= 0xc2 && a < 0xe0 && b&0xc0 == 0x80:
			return a&0x1f<<6 | b&0x3f, 2
		case a > 0xe0 && a < 0xed && b&0xc0 == 0x80 && c&0xc0 == 0x80:
			return a&0xf<<12 | b&0x3f<<6 | c&0x3f, 3
		}
	}
	return utf8.DecodeRuneInString(s[i:])
}
