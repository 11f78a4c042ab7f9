package phrase

import (
	"cmp"
	"slices"
	"unicode"
)

// candidate is an acceptable sequence and what it is worth.
type candidate struct {
	class
	bits, worth, rank float64
	key               string
}

// candidates are the classes that an editor might keep, the best first. Such a class is cut where a
// reader would cut, is worth at least least, is no date, and is not part of a longer one in nearly
// the same articles. Classes are looked at after those that contain them; these hand down the
// number of their parties.
func (s *stream) candidates(all []class, least float64) []candidate {
	var found []candidate
	for x := len(all) - 1; x >= 0; x-- {
		c := &all[x]
		if s.acceptable(c) && !c.part(s.named(c.at, c.n)) {
			if cand := s.weigh(c); cand.worth >= least {
				cand.key = s.normal(c.at, c.n)
				found = append(found, cand)
				c.above = c.parties
			}
		}
		if c.n > 1 {
			for _, p := range []*class{&all[c.prefix], &all[c.suffix]} {
				p.above = max(p.above, c.above)
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key))
	})
	return found
}

// nearly is the share of the parties of a phrase that make it a mere part of a longer one which
// they carry.
const nearly = 0.6

// part says whether a class is no more than a part of a longer candidate. A name that has a voice
// of its own stands for itself.
func (c *class) part(name bool) bool {
	return c.above == c.parties || !name && float64(c.above) >= nearly*float64(c.parties)
}

func (s *stream) hashes(dst []uint64, at, n int32) []uint64 {
	for i := at; i < at+n; i++ {
		dst = append(dst, s.words[s.id[i]].hash)
	}
	return dst
}

// acceptable says whether the tokens make a phrase that stands alone.
func (s *stream) acceptable(c *class) bool {
	if c.n < 2 || c.right == 0 || c.glued == c.places || s.calendar(c.at) && !s.dates(c) {
		return false
	}
	if r := s.role(c.at); r != content && !(r == subject && c.n >= long) {
		return false
	}
	if s.holds(c, between) && !s.holds(c, and) {
		return false
	}
	if c.n <= 4 && s.has(c.at, c.at+c.n, s.agency) || s.list(c) {
		return false
	}
	n, chars := s.meaning(c)
	return n >= 2 && (chars == 0 || n >= 4)
}

// list tells "China and Russia" and "Pasadena, Calif."
func (s *stream) list(c *class) bool {
	return c.n == 3 && s.toks[c.at+1].Hash == and || c.n == 2 && s.gap[c.at+1] == comma
}

// holds says whether the class has a word.
func (s *stream) holds(c *class, word uint64) bool {
	return s.has(c.at, c.at+c.n, func(x int32) bool { return s.toks[x].Hash == word })
}

// dates says whether a phrase may start with its first token, a small number or a year: "26 crew
// members", "2012 election cycle", not "13, 2016, the logo" or "2013 Manning was sentenced".
func (s *stream) dates(c *class) bool {
	return s.gap[c.at+1] != comma && (s.toks[c.at].End-s.toks[c.at].Start < 4 || !s.has(c.at, c.at+c.n, s.says))
}

// says tells the words that only a clause has.
func (s *stream) says(i int32) bool {
	r := s.role(i)
	return r == speech || r == clause || r == auxiliary
}

// agency says whether an agency's name starts at token i.
func (s *stream) agency(i int32) bool {
	t := s.str(i)
	if agencyOf[t] != "" && !inBrackets[t] {
		return true
	}
	if i+1 >= s.end[i] {
		return false
	}
	str := s.voices[s.voice[i]].Text
	return s.flags[i]&capital != 0 && agencyOf[str[s.toks[i].Start:s.toks[i+1].End]] != ""
}

// initial says whether token i is a further letter of an abbreviation: the S of "U.S."
func (s *stream) initial(i int32) bool {
	return s.gap[i] == joined && s.toks[i].End-s.toks[i].Start == 1
}

// calendar says whether token i is a number as dates and times of day have.
func (s *stream) calendar(i int32) bool {
	if s.flags[i]&number == 0 {
		return false
	}
	t := s.str(i)
	n := 0
	for _, r := range t {
		switch {
		case unicode.IsDigit(r):
			n++
		case r == ':':
			return true
		case r == ',', r == '.':
			return false
		}
	}
	return n <= 2 || n == 4 && (t[:2] == "19" || t[:2] == "20")
}

func (s *stream) str(i int32) string {
	t := s.toks[i]
	return s.voices[s.voice[i]].Text[t.Start:t.End]
}
