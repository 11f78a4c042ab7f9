package article

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// rawString passes the string at s.i and gives the bytes between its quotes; start is -1 when it is
// never closed. esc tells whether a backslash is in it.
func (s *jsonScanner) rawString() (start, end int, esc bool) {
	start, end = stringEnd(s.b, s.i+1)
	if end < 0 {
		s.i = len(s.b)
		s.fail("broken JSON: a string is never closed")
		return -1, 0, false
	}
	s.i = end + 1
	return start, end, bytes.IndexByte(s.b[start:end], '\\') >= 0
}

// stringEnd finds the quote that closes the string whose first byte is b[i]; end is -1 when there
// is none.
func stringEnd(b []byte, i int) (start, end int) {
	start = i
	for {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return start, -1
		}
		i += n
		if i == start || b[i-1] != '\\' {
			return start, i
		}
		back := i - 1
		for back > start && b[back-1] == '\\' {
			back--
		}
		if (i-back)%2 == 0 {
			return start, i
		}
		i++
	}
}

// unescape resolves the escapes of b in place and gives what b becomes.
func (s *jsonScanner) unescape(b []byte) []byte {
	r := bytes.IndexByte(b, '\\')
	if r < 0 {
		return b
	}
	w := r
	for {
		n, size := escape(b[w:], b[r:])
		if n == 0 {
			s.fail("broken JSON: an unknown escape in a string")
			return nil
		}
		w += n
		r += size
		n = bytes.IndexByte(b[r:], '\\')
		if n < 0 {
			return b[:w+copy(b[w:], b[r:])]
		}
		w += copy(b[w:], b[r:r+n])
		r += n
	}
}

// simpleEscapes maps the letter after a backslash to what it stands for.
var simpleEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape resolves the escape at the start of src into dst, which may overlap it from before; n is 0
// when it is none.
func escape(dst, src []byte) (n, size int) {
	if len(src) < 2 {
		return 0, 0
	}
	if c := simpleEscapes[src[1]]; c != 0 {
		dst[0] = c
		return 1, 2
	}
	r := hex4(src)
	if r < 0 {
		return 0, 0
	}
	size = 6
	if utf16.IsSurrogate(r) {
		pair := utf8.RuneError
		if low := hex4(src[6:]); low >= 0 {
			pair = utf16.DecodeRune(r, low)
		}
		if r = pair; r != utf8.RuneError {
			size = 12
		}
	}
	return utf8.EncodeRune(dst[:6], r), size
}

// hex4 reads \uXXXX at the start of b, or gives -1.
func hex4(b []byte) (r rune) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}
