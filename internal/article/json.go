package article

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads the few wanted fields of a JSON object and walks over the rest.
//
// Invariant: whatever encoding/json accepts is accepted with the same strings (a fuzz target holds that), in valid UTF-8
// input. Let pass beyond that, because news dumps have them: control characters raw inside strings (but NUL), unknown escapes in
// strings that are not wanted, and the NaN and Infinity that Python writes.
// Cost: strings are found and unescaped in place with bytes.IndexByte, a few bytes of work per escape, nothing allocated.

const maxDepth = 1000 // nesting of arrays and objects

// jsonScanner walks over one object. Wanted strings are unescaped in place, so b is written to.
type jsonScanner struct {
	b      []byte
	i      int
	reason string // why the scan failed; empty: it did not
	schema *schema
	keys   []seenKey // keys met at the top of records
	slot   int       // where the next key is likely: most records have the same keys in the same order
	inner  int       // where an array of articles inside the record starts; 0: there is none
}

type seenKey struct {
	raw     []byte
	targets []target
	prefix  bool // an object under this key is looked into
	list    bool // an array under this key may hold articles
}

const maxKeys = 64 // keys kept; records with more are read slower

// lists are the names of arrays that hold the articles of an answer of a news service.
var lists = map[string]bool{"articles": true, "items": true, "results": true, "docs": true, "documents": true, "data": true,
	"records": true, "news": true, "stories": true, "entries": true, "posts": true}

func (s *jsonScanner) fail(reason string) bool {
	if s.reason == "" {
		s.reason = reason
	}
	return false
}

// object reads one record, all of b, into v.
func (s *jsonScanner) object(b []byte, v *values) bool {
	s.b, s.i, s.slot, s.reason, s.inner = b, 0, 0, "", 0
	s.space()
	if s.i == len(b) || b[s.i] != '{' {
		return s.fail("not a JSON object")
	}
	if !s.members(v, "", 1) {
		return false
	}
	s.space()
	if s.i < len(b) {
		return s.fail("more text after the end of the JSON object")
	}
	return true
}

// members reads the object at s.i; prefix is the folded path to it with a dot at its end.
func (s *jsonScanner) members(v *values, prefix string, depth int) bool {
	s.i++
	s.space()
	if s.at('}') {
		s.i++
		return true
	}
	for {
		if !s.at('"') {
			return s.fail("broken JSON: a key in quotation marks is missing")
		}
		start, end, esc := s.rawString()
		if start < 0 {
			return false
		}
		key := s.b[start:end]
		if esc {
			key = s.unescape(key)
			if s.reason != "" {
				return false
			}
		}
		s.space()
		if !s.at(':') {
			return s.fail("broken JSON: a colon is missing after a key")
		}
		s.i++
		s.space()
		if !s.member(v, s.look(key, prefix), depth) {
			return false
		}
		s.space()
		switch {
		case s.at(','):
			s.i++
			s.space()
		case s.at('}'):
			s.i++
			return true
		case s.i >= len(s.b):
			return s.fail("broken JSON: the object is never closed")
		default:
			return s.fail("broken JSON: a comma is missing between fields")
		}
	}
}

// member reads the value of a key.
func (s *jsonScanner) member(v *values, k *seenKey, depth int) bool {
	if k.prefix && s.at('{') {
		return s.members(v, foldName(string(k.raw))+".", depth+1)
	}
	if k.list && depth == 1 && s.at('[') {
		s.inner = s.i
	}
	if len(k.targets) == 0 || s.i >= len(s.b) {
		return s.skip(depth)
	}
	switch s.b[s.i] {
	case '"':
		start, end, esc := s.rawString()
		if start < 0 {
			return false
		}
		b := s.b[start:end]
		if esc {
			b = s.unescape(b)
		}
		v.put(k.targets, b)
		return s.reason == ""
	case '[':
		b, ok := s.list(k.targets[0].field == fieldText, depth)
		v.put(k.targets, b)
		return ok
	case 't', 'f', 'n', 'N', 'I', '{':
		v.put(k.targets, nil)
		return s.skip(depth)
	}
	start := s.i
	if !s.skip(depth) {
		return false
	}
	v.put(k.targets, s.b[start:s.i])
	return true
}

// list reads an array of strings: all of them joined by line ends, or only the first.
func (s *jsonScanner) list(all bool, depth int) ([]byte, bool) {
	s.i++
	out := s.b[s.i:s.i:len(s.b)]
	n := 0
	s.space()
	if s.at(']') {
		s.i++
		return nil, true
	}
	for {
		if s.at('"') {
			start, end, esc := s.rawString()
			if start < 0 {
				return nil, false
			}
			b := s.b[start:end]
			if esc {
				b = s.unescape(b)
			}
			if n > 0 && all {
				out = append(out, '\n') // where a quote and a comma stood
			}
			if n == 0 || all {
				out = append(out, b...)
			}
			n++
		} else if !s.skip(depth + 1) {
			return nil, false
		}
		if s.reason != "" {
			return nil, false
		}
		s.space()
		if s.at(']') {
			s.i++
			return out, true
		}
		if !s.at(',') {
			return nil, s.fail("broken JSON: an array is never closed")
		}
		s.i++
		s.space()
	}
}

// look finds what a key feeds.
func (s *jsonScanner) look(key []byte, prefix string) *seenKey {
	if prefix != "" {
		name := prefix + foldName(string(key))
		return &seenKey{raw: []byte(name), targets: s.schema.names[name], prefix: s.schema.prefixes[name]}
	}
	for range s.keys {
		if s.slot >= len(s.keys) {
			s.slot = 0
		}
		k := &s.keys[s.slot]
		s.slot++
		if bytes.Equal(k.raw, key) {
			return k
		}
	}
	name := foldName(string(key))
	k := seenKey{bytes.Clone(key), s.schema.names[name], s.schema.prefixes[name], lists[name]}
	if len(s.keys) == maxKeys {
		return &k
	}
	s.keys = append(s.keys, k)
	s.slot = len(s.keys)
	return &s.keys[s.slot-1]
}

func (s *jsonScanner) at(c byte) bool { return s.i < len(s.b) && s.b[s.i] == c }

func (s *jsonScanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\r' || s.b[s.i] == '\t') {
		s.i++
	}
}

// rawString passes the string at s.i and gives the bytes between its quotes; start is -1 when it is never closed.
// esc tells whether a backslash is in it.
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

// stringEnd finds the quote that closes the string whose first byte is b[i]; end is -1 when there is none.
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

// skip passes any value and checks its syntax.
func (s *jsonScanner) skip(depth int) bool {
	if depth > maxDepth {
		return s.fail("JSON nested too deep")
	}
	if s.i >= len(s.b) {
		return s.fail("broken JSON: it ends where a value should stand")
	}
	switch c := s.b[s.i]; c {
	case '"':
		start, _, _ := s.rawString()
		return start >= 0
	case '{':
		return s.skipObject(depth)
	case '[':
		return s.skipArray(depth)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	case 'N':
		return s.word("NaN")
	case 'I':
		return s.word("Infinity")
	default:
		return s.number()
	}
}

func (s *jsonScanner) skipObject(depth int) bool {
	s.i++
	s.space()
	if s.at('}') {
		s.i++
		return true
	}
	for {
		if !s.at('"') {
			return s.fail("broken JSON: a key in quotation marks is missing")
		}
		if start, _, _ := s.rawString(); start < 0 {
			return false
		}
		s.space()
		if !s.at(':') {
			return s.fail("broken JSON: a colon is missing after a key")
		}
		s.i++
		s.space()
		if !s.skip(depth + 1) {
			return false
		}
		s.space()
		if s.at('}') {
			s.i++
			return true
		}
		if !s.at(',') {
			return s.fail("broken JSON: an object is never closed")
		}
		s.i++
		s.space()
	}
}

func (s *jsonScanner) skipArray(depth int) bool {
	s.i++
	s.space()
	if s.at(']') {
		s.i++
		return true
	}
	for {
		if !s.skip(depth + 1) {
			return false
		}
		s.space()
		if s.at(']') {
			s.i++
			return true
		}
		if !s.at(',') {
			return s.fail("broken JSON: an array is never closed")
		}
		s.i++
		s.space()
	}
}

func (s *jsonScanner) word(w string) bool {
	if !bytes.HasPrefix(s.b[s.i:], []byte(w)) {
		return s.fail("broken JSON: a value that is no string, number, object or array")
	}
	s.i += len(w)
	return true
}

func (s *jsonScanner) number() bool {
	if s.at('-') {
		s.i++
		if s.at('I') {
			return s.word("Infinity")
		}
	}
	const wrong = "broken JSON: a value that is no string, number, object or array"
	if s.at('0') {
		s.i++
	} else if s.digits() == 0 {
		return s.fail(wrong)
	}
	if s.at('.') {
		s.i++
		if s.digits() == 0 {
			return s.fail(wrong)
		}
	}
	if s.at('e') || s.at('E') {
		s.i++
		if s.at('+') || s.at('-') {
			s.i++
		}
		if s.digits() == 0 {
			return s.fail(wrong)
		}
	}
	return true
}

func (s *jsonScanner) digits() (n int) {
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
		n++
	}
	return n
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

// escape resolves the escape at the start of src into dst, which may overlap it from before; n is 0 when it is none.
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
