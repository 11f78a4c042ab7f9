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

// candidates are the classes that an editor might keep: cut where a reader cuts, surprising, no
// stock phrase, no date, and not part of a longer one in nearly the same articles. Best first.
// Every class comes after those that contain it, which hand down how many parties carry them.
func (s *stream) candidates(all []class, minBits float64) []candidate {
	var found []candidate
	for x := len(all) - 1; x >= 0; x-- {
		c := &all[x]
		if s.acceptable(c) {
			name := s.named(c.at, c.n)
			if !c.part(name) {
				if cand, ok := s.weigh(c, minBits); ok {
					found = append(found, cand)
					c.above = max(c.above, c.parties)
					if name {
						c.named = max(c.named, c.parties)
					}
				}
			}
		}
		if c.n > 1 {
			for _, p := range []*class{&all[c.prefix], &all[c.suffix]} {
				p.above, p.named = max(p.above, c.above), max(p.named, c.named)
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

// part says whether a class is no more than a part of a longer candidate. A name within a sentence
// stands for itself.
func (c *class) part(name bool) bool {
	above := c.above
	if name {
		above = c.named
	}
	return c.above == c.parties || float64(above) >= nearly*float64(c.parties)
}

// weigh makes a candidate of a class that is surprising enough.
func (s *stream) weigh(c *class, minBits float64) (candidate, bool) {
	hashes := s.hashes(make([]uint64, 0, maxTokens), c.at, c.n)
	bits := s.bg.Bits(hashes)
	if bits < minBits || s.stock(hashes) {
		return candidate{}, false
	}
	var each [maxTokens]float64
	own := s.own(c, hashes, each[:])
	if own < s.least(c) {
		return candidate{}, false
	}
	return candidate{class: *c, bits: bits, own: own, rank: rank(own, int(c.parties)), key: s.normal(c.at, c.n)}, true
}

// longStock is the longest stock phrase that the model knows, shortStock the shortest that a longer
// one is pieced together from.
const longStock, shortStock = 5, 4

// stock says whether a phrase is a stock phrase, or nothing but stock phrases that overlap or
// touch.
func (s *stream) stock(words []uint64) bool {
	if len(words) <= longStock {
		return s.bg.Stock(words)
	}
	end := 0 // words before it lie in stock phrases
	for i := 0; i+shortStock <= len(words) && i <= end; i++ {
		switch {
		case i+longStock <= len(words) && s.bg.Stock(words[i:i+longStock]):
			end = i + longStock
		case s.bg.Stock(words[i : i+shortStock]):
			end = max(end, i+shortStock)
		}
	}
	return end == len(words)
}

// What the least own surprise of a phrase is more than chance, in bits.
const (
	moreTight = -2 // all of a quotation somewhere: the words were chosen as somebody's
	moreQuote = -2 // inside quotation marks wherever it stands
	moreWire  = 4  // no name
	moreThin  = 8  // no name, and only two of its words say something
	morePair  = 18 // two words that are no name
	moreList  = 10 // "China and Russia", "Pasadena, Calif."
	minOwn    = 18
	leastToks = 2000 // tokens: in a shorter story chance is no smaller, for words that go together everywhere
)

// least is the least own surprise of a phrase. That p parties share a phrase of b bits by chance
// somewhere in n tokens is expected n^p / 2^(b(p-1)) times, which is 1 where b = log2(n) p/(p-1).
// Two words must be a name or a rare pair.
func (s *stream) least(c *class) float64 {
	p := float64(c.parties)
	b := math.Log2(float64(max(len(s.toks), leastToks))) * p / (p - 1)
	n := c.n // words
	for i := c.at + 1; i < c.at+c.n; i++ {
		if s.initial(i) {
			n--
		}
	}
	name := s.named(c.at, c.n)
	switch {
	case n > 2 && c.sides&tight != 0 && s.toks[c.at+1].Hash != and:
		b += moreTight
	case n <= 2 && s.flags[c.at]&spaceless == 0 && !(s.capital(c.at) && s.capital(c.at+c.n-1)):
		b += morePair
	case n == 3 && s.toks[c.at+1].Hash == and, n == 2 && s.gap[c.at+1] == comma, name && n <= 5 && s.holds(c, and):
		b += moreList
	case !name:
		b += moreWire
		if m, _ := s.meaning(c); m <= 2 {
			b += moreThin - moreWire
		}
		if c.quotes == c.places {
			b += moreQuote
		}
	}
	return max(b, minOwn)
}

// own is the surprise of a phrase to someone who knows what the story is about: each word is as
// likely as the background model says after the word before it, or as in the rest of the story,
// whichever is more. Words that the story uses everywhere ("Istanbul", "talks") tell nothing of a
// common origin, words that it uses only in this phrase do. What each word tells goes to each.
func (s *stream) own(c *class, hashes []uint64, each []float64) float64 {
	sum := 0.0
	for k := range hashes {
		bits := s.bg.Bits(hashes[k : k+1])
		if k > 0 {
			bits = s.bg.Bits(hashes[k-1:k+1]) - s.bg.Bits(hashes[k-1:k])
		}
		topic := float64(s.words[s.id[c.at+int32(k)]].count-c.places) / float64(len(s.toks))
		each[k] = -math.Log2(max(topic, 0) + math.Exp2(-bits))
		sum += each[k]
	}
	return sum
}

// rank weighs surprise against how many independent voices carry the phrase. Surprise counts by its
// root and up to what makes chance impossible many times over: whole copied sentences are no better
// than a telling clause.
func rank(own float64, parties int) float64 {
	return math.Sqrt(min(own, 100)) * math.Log2(float64(parties)+0.5)
}

func (s *stream) hashes(dst []uint64, at, n int32) []uint64 {
	for i := at; i < at+n; i++ {
		dst = append(dst, s.words[s.id[i]].hash)
	}
	return dst
}

// acceptable says whether the tokens make a phrase that stands alone.
func (s *stream) acceptable(c *class) bool {
	if c.n < 2 || c.sides&(cleanLeft|cleanRight) != cleanLeft|cleanRight || s.calendar(c.at) && !s.dates(c) {
		return false
	}
	if s.holds(c, between) && !s.holds(c, and) {
		return false
	}
	if c.n <= 4 && s.has(c.at, c.at+c.n, s.agency) {
		return false
	}
	n, chars := s.meaning(c)
	return n >= 2 && (chars == 0 || n >= 4)
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

// meaning counts the words that say something beside a date, and how many of them are single
// characters of a script without spaces.
func (s *stream) meaning(c *class) (n, chars int) {
	for i := c.at; i < c.at+c.n; i++ {
		if s.role(i) != content || s.calendar(i) || i > c.at && s.initial(i) {
			continue
		}
		n++
		if s.flags[i]&spaceless != 0 {
			chars++
		}
	}
	return n, chars
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
