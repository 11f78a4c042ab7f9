package article

import "bytes"

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
