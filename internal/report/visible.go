package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What cannot be seen, or moves what can: names and ids are shown with it escaped, so that two that
// differ look different, and nothing in one of them acts on a terminal or ends a line. Plain does
// the same for text, of which nothing has to be read back.

// hidden tells the characters that are escaped: controls, C1 included; what reorders the characters
// around it; line and paragraph separators; and what takes no room. Joiners that stand between
// characters that are not ASCII do their work in Persian, in Indic scripts and in emoji.
func hidden(before, r, after rune) bool {
	switch {
	case r < 0x20 || r >= 0x7f && r <= 0x9f || dangerous(r):
		return true
	case r == '\u200c' || r == '\u200d':
		return before < 0x80 || after < 0x80
	}
	return r == '\u061c' || r == '\u180e' || r == '\u200b' || r == '\u200e' || r == '\u200f' || r >= '\u2060' && r <= '\u206f' || r == '\ufeff'
}

// visible tells at one look that nothing has to be escaped.
func visible[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

// AppendField appends s as a field of a row: hidden characters and bytes that are not UTF-8 as \t,
// \n, \r, \xNN, \uNNNN or \UNNNNNNNN, a backslash as two. ReadField gives s back.
func AppendField(dst []byte, s string) []byte {
	if visible(s) {
		return append(dst, s...)
	}
	return appendEscaped(dst, s, `\\`, "")
}

// Visible makes a name fit for a message: escaped as a field is, with backslashes as they are, for
// nobody reads it back.
func Visible(s string) string {
	if visible(s) {
		return s
	}
	return string(appendEscaped(nil, s, `\`, ""))
}

// AppendVisible appends a message, of one line or several.
func AppendVisible(dst, message []byte) []byte {
	if visible(message) {
		return append(dst, message...)
	}
	return appendEscaped(dst, string(message), `\`, "\n\t")
}

// appendEscaped appends s; kept are ASCII characters that stay as they are.
func appendEscaped(dst []byte, s, backslash, kept string) []byte {
	before := rune(0)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		after, _ := utf8.DecodeRuneInString(s[i+n:])
		if i+n == len(s) {
			after = 0
		}
		switch {
		case r == utf8.RuneError && n <= 1:
			dst = fmt.Appendf(dst, `\x%02x`, s[i])
		case r == '\\':
			dst = append(dst, backslash...)
		case n == 1 && strings.IndexByte(kept, s[i]) >= 0 || !hidden(before, r, after):
			dst = append(dst, s[i:i+n]...)
		default:
			dst = appendEscape(dst, r)
		}
		before = r
		i += n
	}
	return dst
}

func appendEscape(dst []byte, r rune) []byte {
	switch {
	case r == '\t':
		return append(dst, `\t`...)
	case r == '\n':
		return append(dst, `\n`...)
	case r == '\r':
		return append(dst, `\r`...)
	case r < 0x80:
		return fmt.Appendf(dst, `\x%02x`, r)
	case r > 0xffff:
		return fmt.Appendf(dst, `\U%08x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// ReadField undoes AppendField.
func ReadField(s string) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		var c byte
		if i++; i < len(s) {
			c = s[i]
		}
		if at := strings.IndexByte(`tnr\`, c); at >= 0 {
			b = append(b, "\t\n\r\\"[at])
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		code, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+1+digits, len(s))], 16, 32)
		if err != nil || len(s) < i+1+digits || c != 'x' && !utf8.ValidRune(rune(code)) {
			return "", fmt.Errorf("%q holds a backslash that starts no escape; it is written as two", s)
		}
		if i += digits; c == 'x' {
			b = append(b, byte(code))
		} else {
			b = utf8.AppendRune(b, rune(code))
		}
	}
	return string(b), nil
}

// NewEncoder writes JSON, one value a line, with hidden characters escaped: the values are the
// same.
func NewEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(visibleJSON{w})
	e.SetEscapeHTML(false)
	return e
}

// visibleJSON escapes hidden characters. An encoder hands over whole values.
type visibleJSON struct{ w io.Writer }

func (v visibleJSON) Write(p []byte) (int, error) {
	q := appendVisibleJSON(nil, p)
	if _, err := v.w.Write(q); err != nil {
		return 0, err
	}
	return len(p), nil
}

// appendVisibleJSON appends a JSON value with the hidden characters in its strings escaped.
func appendVisibleJSON(dst, value []byte) []byte {
	at, before := 0, rune(0)
	for i := 0; i < len(value); {
		if c := value[i]; c < 0x7f { // an encoder escapes controls
			before = rune(c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(value[i:])
		after, _ := utf8.DecodeRune(value[i+n:])
		if r != utf8.RuneError && hidden(before, r, after) {
			dst = append(dst, value[at:i]...)
			if at = i + n; r > 0xffff {
				dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
			} else {
				dst = fmt.Appendf(dst, `\u%04x`, r)
			}
		}
		before = r
		i += n
	}
	return append(dst, value[at:]...)
}
