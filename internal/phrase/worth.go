package phrase

import "math"

// The worth of a phrase is a sum over features of a sequence of words: how surprising it is,
// whether it is a name or quoted, whether a reader would cut there, how many of the story's voices
// have it. At a worth of 0, an editor would mark the phrase with a probability of one half.
//
// The weights are those of a logistic regression (Cox 1958), rounded. It was fitted to 150
// candidates labelled by hand, and to the list of an editor who read the five seed articles. The
// other 150 labelled candidates were in view when the features were chosen
// (docs/algorithms/phrases.md). No feature depends on the length of the story's text.
const (
	worthNone     = -6.5
	worthBit      = 0.09  // a bit of surprise, up to 80
	worthRare     = 0.195 // a bit of the rarest word, up to 12
	worthTogether = 0.073 // a bit by which two neighbours are likelier than each alone, on average
	worthThree    = 0.8   // three words that say something
	worthFour     = 1.2   // four or more
	worthInner    = 0.9   // a function word inside, up to two: "head of the Russian delegation"
	worthSays     = -1.0  // a verb without meaning inside, or a word of saying
	worthName     = 2.35
	worthQuote    = 1.1  // no name, half of its places are quoted
	worthTight    = 2.25 // nothing but it stands between quotation marks somewhere
	worthLeft     = 0.35 // a reader could cut before it at every place, less at fewer
	worthClean    = 0.45 // three words, and a reader could cut on both sides everywhere
	worthStock    = 0.45 // a stock phrase, beside what it loses:
	worthVoices   = 1.35 // all voices of the story have it, less for fewer; no stock phrase
	worthMany     = 1.3  // four voices or more; no stock phrase
)

// weigh measures a class.
func (s *stream) weigh(c *class) candidate {
	hashes := s.hashes(make([]uint64, 0, maxTokens), c.at, c.n)
	bits := s.bg.Bits(hashes)
	w := worthNone + worthBit*min(bits, 80) + s.wording(c, hashes, bits)
	name := s.named(c.at, c.n)
	switch {
	case name:
		w += worthName
	case 2*c.quotes >= c.places:
		w += worthQuote
	}
	if c.tight {
		w += worthTight
	}
	w += worthLeft * float64(c.left) / float64(c.places)
	if c.n > 2 && c.left == c.places && c.right == c.places {
		w += worthClean
	}
	switch {
	case s.stock(hashes):
		w += worthStock
	case c.parties >= 4:
		w += worthMany
		fallthrough
	default:
		w += worthVoices * float64(c.parties) / float64(s.parties)
	}
	return candidate{class: *c, bits: bits, worth: w, rank: rank(bits, int(c.parties))}
}

// wording is what the words of a class add to its worth.
func (s *stream) wording(c *class, hashes []uint64, bits float64) float64 {
	alone, df := 0.0, math.Inf(1)
	inner, says := 0, false
	for k, h := range hashes {
		alone += s.bg.Bits(hashes[k : k+1])
		switch s.role(c.at + int32(k)) {
		case content:
			df = min(df, s.bg.DF(h))
		case speech, auxiliary, clause, weak, subject:
			says = true
		default:
			inner++
		}
	}
	m, chars := s.meaning(c)
	m -= chars / 2 // two characters are a word
	w := worthTogether*(alone-bits)/float64(max(m-1, 1)) + worthRare*min(math.Log2(s.bg.Articles/df), 12) + worthInner*float64(min(inner, 2))
	switch {
	case m == 3:
		w += worthThree
	case m > 3:
		w += worthFour
	}
	if says {
		w += worthSays
	}
	return w
}

// rank weighs surprise against how many independent voices carry the phrase. Surprise counts by its
// root and up to what makes chance impossible many times over: whole copied sentences are no better
// than a telling clause.
func rank(bits float64, parties int) float64 {
	return math.Sqrt(min(bits, 100)) * math.Log2(float64(parties)+0.5)
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
