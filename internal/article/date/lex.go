package date

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	maxTokens = 24 // numbers and words of a date; the longest that were seen have 16
	maxWord   = 40 // bytes
	maxDigits = 14
)

// token is a number or a word, and what stands before it.
type token struct {
	text   string // as it stands there
	name   *name  // of a word; never nil
	n      int    // of a number
	width  int    // digits of a number; 0: a word
	sep    byte   // last mark before it: one of - / . , : + ( [ '; 0: none
	glued  bool   // no blank before it
	tight  bool   // no blank between it and the mark before it
	inside bool   // of brackets
	known  bool   // a word that is in a list
}

// lex cuts s into tokens. False where something stands in it that no date has.
func (p *parser) lex(s string) bool {
	if !ascii(s) {
		s = norm.NFC.String(s)
	}
	t, depth := token{glued: true, name: &noName}, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch r = narrow(r); {
		case r >= '0' && r <= '9':
			size = t.number(s[i:])
		case unicode.IsLetter(r):
			size = t.word(s[i:], r)
		case unicode.IsSpace(r):
			t.glued, t.tight = false, false
		case !t.mark(r, &depth):
			return false
		}
		if size == 0 || depth < 0 {
			return false
		}
		i += size
		if t.text == "" {
			continue
		}
		if p.n == maxTokens {
			return false
		}
		t.inside = depth > 0
		p.toks[p.n] = t
		p.n++
		t = token{glued: true, name: &noName}
	}
	return p.n > 0
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// narrow gives the ASCII character that a full-width one stands for.
func narrow(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		return r - 0xfee0
	}
	return r
}

// mark notes a mark of punctuation; false for one that no date has.
func (t *token) mark(r rune, depth *int) bool {
	t.tight = true
	switch r {
	case '-', '/', '.', ',', ':', '+', '\'':
		t.sep = byte(r)
	case ';', '|', '·', '•', '—', '–', '、', '،', '@', '_':
		t.sep = ','
	case '\u2212': // minus
		t.sep = '-'
	case '’', '‘', '`':
		t.sep = '\''
	case '(', '[':
		*depth++
		t.sep = '('
	case ')', ']':
		*depth--
		t.sep = ','
	default:
		return unicode.Is(unicode.Cf, r) // direction marks
	}
	return true
}

// number reads the digits that s starts with and gives their bytes; 0 where there are too many.
func (t *token) number(s string) (size int) {
	for size < len(s) {
		r, w := rune(s[size]), 1
		if r >= utf8.RuneSelf {
			r, w = utf8.DecodeRuneInString(s[size:])
		}
		if r = narrow(r); r < '0' || r > '9' {
			break
		}
		if t.width++; t.width > maxDigits {
			return 0
		}
		t.n = t.n*10 + int(r-'0')
		size += w
	}
	t.text = s[:size]
	return size
}

// word reads the letters that s starts with and looks them up; r is the first of them. 0 where they are too many. Scripts without blanks are cut at
// the longest name that is known.
func (t *token) word(s string, r rune) (size int) {
	var buf [maxWord]byte
	lower := buf[:0]
	all := names()
	dense := r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
	best := 0
	for size < len(s) {
		if c := s[size]; c < utf8.RuneSelf { // nearly always
			if c |= 0x20; c < 'a' || c > 'z' || dense {
				break
			}
			if lower = append(lower, c); len(lower) > maxWord-utf8.UTFMax {
				return 0
			}
			size++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[size:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '״' && r != '׳' {
			break
		}
		lower = utf8.AppendRune(lower, unicode.ToLower(r))
		if len(lower) > maxWord-utf8.UTFMax {
			return 0
		}
		size += w
		if !dense {
			continue
		}
		if n, ok := all.names[string(lower)]; ok {
			t.name, t.known, best = n, true, size
		}
		if len(lower) >= all.longest {
			break
		}
	}
	if dense && best > 0 {
		size = best
	} else if !dense {
		if n, ok := all.names[string(lower)]; ok {
			t.name, t.known = n, true
		}
	}
	t.text = s[:size]
	return size
}
