package phrase

import (
	"cmp"
	"math"
	"slices"
	"unicode"
)

// candidate is an acceptable sequence with its worth.
type candidate struct {
	class
	bits, own, rank float64
	key             string
}

// candidates are the classes that an editor might keep: cut where a reader cuts, surprising, no stock phrase, no date, and not part of a
// longer one with the same parties. Best first.
func (s *stream) candidates(all []class, minBits float64) []candidate {
	var found []candidate
	var hashes []uint64
	for x := len(all) - 1; x >= 0; x-- {
		c := all[x]
		ok := s.acceptable(c)
		if c.n > 1 && (ok || c.covered) {
			for _, part := range []int32{c.prefix, c.suffix} {
				if all[part].parties == c.parties {
					all[part].covered = true
				}
			}
		}
		if !ok || c.covered {
			continue
		}
		hashes = s.hashes(hashes[:0], c.at, c.n)
		bits := s.bg.Bits(hashes)
		if bits < minBits || c.n <= 5 && s.bg.Stock(hashes) {
			continue
		}
		own := s.own(c, hashes)
		if own < minOwn {
			continue
		}
		found = append(found, candidate{class: c, bits: bits, own: own})
	}
	for i := range found {
		c := &found[i]
		c.rank = rank(c.own, int(c.parties))
		c.key = s.normal(c.at, c.n)
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(b.n, a.n), cmp.Compare(a.key, b.key))
	})
	return found
}

// minOwn is the least surprise of a phrase in bits when the topic of the story is known.
const minOwn = 22

// own is the surprise of a phrase to someone who knows what the story is about: each word is as likely as the background model says after
// the words before it, or as in the rest of the story, whichever is more. Words that the story uses everywhere ("Istanbul", "talks")
// tell nothing of a common origin, words that it uses only in this phrase do.
func (s *stream) own(c class, hashes []uint64) float64 {
	sum, before := 0.0, 0.0
	for k := range hashes {
		bits := s.bg.Bits(hashes[:k+1])
		topic := float64(s.words[s.id[c.at+int32(k)]].count-c.places) / float64(len(s.toks))
		sum -= math.Log2(max(topic, 0) + math.Exp2(before-bits))
		before = bits
	}
	return sum
}

// rank weighs surprise against how many independent voices carry the phrase: bits count by their root beyond what makes chance
// impossible, voices by their logarithm.
func rank(bits float64, parties int) float64 {
	return math.Sqrt(bits) * math.Log2(float64(parties))
}

func (s *stream) hashes(dst []uint64, at, n int32) []uint64 {
	for i := at; i < at+n; i++ {
		dst = append(dst, s.words[s.id[i]].hash)
	}
	return dst
}

// acceptable says whether the tokens make a phrase that stands alone.
func (s *stream) acceptable(c class) bool {
	if c.n < 2 || c.sides != cleanLeft|cleanRight || !s.words[s.id[c.at]].role.ends() || !s.words[s.id[c.at+c.n-1]].role.ends() {
		return false
	}
	meaning, small := 0, 0
	for i := c.at; i < c.at+c.n; i++ {
		if s.words[s.id[i]].role != content {
			continue
		}
		if s.calendar(i) {
			continue
		}
		meaning++
		if s.flags[i]&spaceless != 0 {
			small++
		}
	}
	return meaning >= 2 && (small == 0 || meaning >= 4)
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
