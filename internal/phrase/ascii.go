package phrase

// Most of what is between words, and most words, are ASCII characters, of which a table tells all
// that gapOf and written ask for.

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
