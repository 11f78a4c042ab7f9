package page

import (
	"unicode/utf8"
)

// Offsets of a report count bytes of UTF-8; those of a script count UTF-16 units. An article's text
// goes through here once on its way into the page: every rune becomes one that is safe to show and
// takes as many units, so that both sides agree.

const hexDigits = "0123456789abcdef"

// appendText appends s as the inside of a JSON string that may stand in an HTML script element: no
// quote, backslash, "<", ">", "&", control character or line separator stands for itself. What
// would reorder or hide the text around it, and broken UTF-8, becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i++
				continue
			}
			dst = append(dst, s[from:i]...)
			dst = appendASCII(dst, s, i)
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if n > 1 && !reorders(r) {
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = append(dst, "\ufffd"...)
		if r > 0xffff {
			dst = append(dst, "\ufffd"...)
		}
		i += n
		from = i
	}
	return append(dst, s[from:]...)
}

// plain tells the ASCII characters that stand for themselves.
var plain = func() (t [utf8.RuneSelf]bool) {
	for c := byte(' '); c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return t
}()

// appendASCII appends character i of s, one that does not stand for itself.
func appendASCII(dst []byte, s string, i int) []byte {
	switch c := s[i]; c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\t':
		return append(dst, '\\', 't')
	case '\r': // before a line feed it is nothing to see; alone it ends a line
		if i+1 < len(s) && s[i+1] == '\n' {
			return append(dst, ' ')
		}
		return append(dst, '\\', 'n')
	case '<', '>', '&':
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(dst, "\ufffd"...)
}

// reorders tells the characters that change how the text around them is shown: C1 controls, line
// separators, bidirectional embeddings, overrides and isolates, tags.
func reorders(r rune) bool {
	return r < 0xa0 || r >= '\u2028' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r >= 0xe0000 && r <= 0xe007f
}

// appendString appends s as a JSON string of at most max bytes of s.
func appendString(dst []byte, s string, max int) []byte {
	dst = append(dst, '"')
	if cut := clip(s, max); len(cut) < len(s) {
		dst = append(appendText(dst, cut), "…"...)
	} else {
		dst = appendText(dst, s)
	}
	return append(dst, '"')
}

// clip is the longest prefix of whole characters of s that has at most max bytes.
func clip(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for i := max; i > max-utf8.UTFMax && i >= 0; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:max]
}

// counter turns ascending byte offsets of one text into UTF-16 units.
type counter struct {
	s           string
	byte, units int
}

// at gives the units before byte offset n; one inside a character counts as its start, one past the
// end as the end.
func (c *counter) at(n int) int {
	for c.byte < n && c.byte < len(c.s) {
		if c.s[c.byte] < utf8.RuneSelf {
			c.byte++
			c.units++
			continue
		}
		r, size := utf8.DecodeRuneInString(c.s[c.byte:])
		if c.byte+size > n {
			return c.units
		}
		c.byte += size
		c.units++
		if r > 0xffff {
			c.units++
		}
	}
	return c.units
}
