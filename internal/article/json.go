package article

import (
	"bytes"
	"cmp"
	"slices"

	"dedup/internal/article/date"
)

// This file reads the few wanted fields of a JSON object and walks over the rest.
//
// Invariant: whatever encoding/json accepts is accepted with the same strings (a fuzz target holds
// that), in valid UTF-8 input. Let pass beyond that, because news dumps have them: control
// characters raw inside strings (but NUL), unknown escapes in strings that are not wanted, and the
// NaN and Infinity that Python writes. Cost: strings are found and unescaped in place with
// bytes.IndexByte, a few bytes of work per escape, nothing allocated.

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
	stamp  int       // number of the record
	nested []string  // names that were met in objects that are looked into
}

type seenKey struct {
	raw     []byte
	stamp   int // record that had it last,
	at      int // and where
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
	s.stamp++
	s.nested = s.nested[:0]
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
		if len(k.targets) > 0 {
			v.putOdd(k.targets) // unless something in it is looked for
		}
		return s.members(v, foldName(string(k.raw))+".", depth+1)
	}
	if k.list && depth == 1 && s.at('[') {
		s.inner = s.i
	}
	if len(k.targets) == 0 || s.i >= len(s.b) {
		return s.skip(depth)
	}
	start := s.i
	switch s.b[start] {
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
		if len(b) == 0 && bytes.IndexByte(s.b[start:s.i], '{') >= 0 {
			v.putOdd(k.targets)
		} else {
			v.put(k.targets, b)
		}
		return ok
	case 't', 'f', 'n', 'N', 'I':
		v.put(k.targets, nil)
		return s.skip(depth)
	}
	object := s.at('{')
	if !s.skip(depth) {
		return false
	}
	if b := s.b[start:s.i]; !object || k.targets[0].field == fieldPublished && date.Wrapped(str(b)) {
		v.put(k.targets, b)
	} else {
		v.putOdd(k.targets)
	}
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
		} else if all && s.at('{') {
			var part values
			if !s.paragraph(&part, depth+1) {
				return nil, false
			}
			if b := part[fieldText].b; len(b) > 0 {
				if n > 0 {
					out = append(out, '\n')
				}
				out = append(out, b...)
				n++
			}
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

// paragraphKeys are what an object in a list of paragraphs has its text under.
var paragraphKeys = map[string]bool{"text": true, "content": true, "paragraph": true}

// paragraph reads an object of a list of paragraphs.
func (s *jsonScanner) paragraph(v *values, depth int) bool {
	from := s.i
	if !s.skip(depth) {
		return false
	}
	end := s.i
	for i := from + 1; i < end; {
		i += len(s.b[i:end]) - len(bytes.TrimLeft(s.b[i:end], " \t\r\n,"))
		if i >= end || s.b[i] != '"' {
			break
		}
		s.i = i
		start, stop, _ := s.rawString()
		key := s.b[start:stop]
		s.space()
		s.i++ // the colon: skip saw it
		s.space()
		if paragraphKeys[string(key)] && s.at('"') {
			start, stop, esc := s.rawString()
			b := s.b[start:stop]
			if esc {
				b = s.unescape(b)
			}
			v[fieldText].b = b
			s.i = end
			return s.reason == ""
		}
		if !s.skip(depth + 1) {
			return false
		}
		i = s.i
	}
	s.i = end
	return true
}

// look finds what a key feeds.
func (s *jsonScanner) look(key []byte, prefix string) *seenKey {
	if prefix != "" {
		name := prefix + foldName(string(key))
		s.nested = append(s.nested, name)
		return &seenKey{raw: []byte(name), targets: s.schema.names[name], prefix: s.schema.prefixes[name]}
	}
	for range s.keys {
		if s.slot >= len(s.keys) {
			s.slot = 0
		}
		k := &s.keys[s.slot]
		s.slot++
		if bytes.Equal(k.raw, key) {
			k.stamp, k.at = s.stamp, s.i
			return k
		}
	}
	name := foldName(string(key))
	k := seenKey{bytes.Clone(key), s.stamp, s.i, s.schema.names[name], s.schema.prefixes[name], lists[name]}
	if len(s.keys) == maxKeys {
		return &k
	}
	s.keys = append(s.keys, k)
	s.slot = len(s.keys)
	return &s.keys[s.slot-1]
}

// there describes the fields of the record that was read last, in its order, those inside objects
// after the others.
func (s *jsonScanner) there() []string {
	var keys []*seenKey
	for i := range s.keys {
		if k := &s.keys[i]; k.stamp == s.stamp {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b *seenKey) int { return cmp.Compare(a.at, b.at) })
	names := make([]string, 0, len(keys)+len(s.nested))
	for _, k := range keys {
		names = append(names, fieldThere(string(k.raw), s.valueAt(k.at)))
	}
	for _, n := range s.nested {
		names = append(names, fieldThere(n, ""))
	}
	return names
}

// valueAt is the start of the value behind a key, as it stands in the record.
func (s *jsonScanner) valueAt(at int) string {
	b := s.b[min(at, len(s.b)):]
	b = bytes.TrimLeft(b[:min(len(b), 256)], " \t\r\n:")
	if len(b) == 0 {
		return ""
	}
	if b[0] == '"' {
		if _, end := stringEnd(b, 1); end >= 0 {
			b = b[:end]
		}
		b = b[1:]
	} else if end := valueEnd(b, 0, true); end >= 0 {
		b = b[:end]
	}
	return string(bytes.ToValidUTF8(b, nil))
}

func (s *jsonScanner) at(c byte) bool { return s.i < len(s.b) && s.b[s.i] == c }

func (s *jsonScanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\n' || s.b[s.i] == '\r' || s.b[s.i] == '\t') {
		s.i++
	}
}
