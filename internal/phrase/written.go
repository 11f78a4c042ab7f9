package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most words, and most of the text between words, are ASCII characters. A table tells all that
// gapOf and written need to know about these.

// What an ASCII character is.
const (
	asciiOther uint8 = iota // nothing that matters
	asciiWord               // a letter or a digit
	asciiSpace
	asciiComma
	asciiDash // hard beside white space
	asciiHard // hard wherever it stands
	asciiLook // may be more than itself: gapOf
)

// asciiClass is what every byte is; those outside ASCII are to be looked at.
var asciiClass = func() (t [256]uint8) {
	for b := range t {
		switch c := byte(b); {
		case c >= 0x80:
			t[b] = asciiLook
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z':
			t[b] = asciiWord
		}
	}
	for class, list := range map[uint8]string{asciiSpace: " \t\n\v\f\r", asciiComma: ",", asciiDash: "-_", asciiHard: "\"()[]{}<>;:!?|*=~/\\", asciiLook: "'`."} {
		for _, c := range []byte(list) {
			t[c] = class
		}
	}
	return t
}()

// gapOfASCII is gapOf; ok is false where the characters have to be looked at one by one.
func gapOfASCII(between string) (g gap, ok bool) {
	if between == " " || between == "" {
		return plain, true
	}
	var seen [asciiLook + 1]bool
	for i := range len(between) {
		class := asciiClass[between[i]]
		if class == asciiLook && between[i] == '.' && (i == 0 || between[i-1] != '.') {
			class = asciiOther
		}
		if between[i] == '-' && i > 0 && between[i-1] == '-' {
			class = asciiHard
		}
		seen[class] = true
	}
	switch {
	case seen[asciiLook]:
		return plain, false
	case seen[asciiHard], seen[asciiDash] && seen[asciiSpace]:
		return hard, true
	case seen[asciiComma]:
		return comma, true
	case seen[asciiSpace]:
		return plain, true
	}
	return joined, true
}

// writtenASCII is written for words of ASCII characters; ok is false of others.
func writtenASCII(tok string) (fl uint16, ok bool) {
	letters, uppers := 0, 0
	for i := range len(tok) {
		switch c := tok[i]; {
		case c >= 0x80:
			return 0, false
		case c >= 'a' && c <= 'z':
			letters++
		case c >= 'A' && c <= 'Z':
			letters++
			uppers++
		}
	}
	switch c := tok[0]; {
	case c >= 'A' && c <= 'Z':
		fl = capital
	case c >= '0' && c <= '9':
		fl = number
	case c < 'a' || c > 'z':
		fl = caseless
	}
	if letters > 1 && letters == uppers {
		fl |= upper
	}
	return fl, true
}

// gapOf classifies what stands between two tokens.
func gapOf(between string) gap {
	if g, ok := gapOfASCII(between); ok {
		return g
	}
	return gapOfAny(between)
}

func gapOfAny(between string) gap {
	g := plain
	if n := possessiveLen(between); n > 0 {
		g, between = possessive, between[n:]
	}
	space := strings.TrimSpace(between) == "" && between != ""
	if space {
		return g
	}
	spaced := strings.ContainsFunc(between, unicode.IsSpace)
	for _, r := range between {
		switch r {
		case '“', '”', '"', '«', '»', '„', '‟', '「', '」', '『', '』', '—', '―', '(', ')', '[', ']', '{', '}', '<', '>', ';', ':', '!', '?', '|', '•', '·', '…',
			'。', '！', '？', '；', '：', '（', '）', '、', '،', '؛', '؟', '।', '*', '=', '~', '→', '►', '▶':
			return hard
		case '–', '-', '_':
			if spaced {
				return hard
			}
		case '/', '\\':
			return hard
		case ',', '，':
			g = comma
		}
	}
	if strings.Contains(between, "--") || strings.Contains(between, "..") || strings.Contains(between, "''") || strings.Contains(between, "``") {
		return hard
	}
	if !spaced && between != "" && g == plain {
		return joined
	}
	return g
}

// possessiveLen is the length of the possessive 's at the start of between, or 0.
func possessiveLen(between string) int {
	r, n := utf8.DecodeRuneInString(between)
	if (r == '\'' || r == '’' || r == '‘' || r == 'ʼ') && len(between) > n && between[n]|0x20 == 's' {
		return n + 1
	}
	return 0
}

// written says how a token is written.
func written(tok string) uint16 {
	if fl, ok := writtenASCII(tok); ok {
		return fl
	}
	return writtenAny(tok)
}

func writtenAny(tok string) uint16 {
	var fl uint16
	letters, uppers := 0, 0
	for i, r := range tok {
		up := unicode.IsUpper(r) || unicode.IsTitle(r)
		if i == 0 {
			switch {
			case up:
				fl |= capital
			case unicode.IsDigit(r):
				fl |= number
			case unicode.Is(unicode.Hiragana, r):
				fl |= spaceless | kana
			case unicode.In(r, unicode.Han, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
				fl |= spaceless
			case !unicode.IsLower(r):
				fl |= caseless
			}
		}
		if unicode.IsLetter(r) {
			letters++
			if up {
				uppers++
			}
		}
	}
	if letters > 1 && letters == uppers {
		fl |= upper
	}
	return fl
}
