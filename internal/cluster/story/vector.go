package story

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"dedup/internal/background"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Term vectors: tf-idf of words and pairs of adjacent words (Salton and Buckley, "Term-weighting
// approaches in automatic text retrieval",
// 1988), function words left out. The number of articles that have a term is that of the background model and of the articles at hand
// together, so that five articles have a useful idf too.
//
// A term is 32 bits of a hash: two of a million terms share one with probability 1 in 4,300. Terms
// that only one article has add to its length and are then left out, since no other article can
// meet them. Cost: each article is tokenised twice (countTerms, makeVectors), some 20 µs a kilobyte
// in all.

// params are the constants of the method; docs/algorithms/stories.md says how they were chosen and
// what it costs to be off.
type params struct {
	title, lead float64 // what an occurrence there counts, in the body 1
	leadBytes   int
	caps        float64 // factor of a capitalised word
	pair        float64 // factor of a pair of adjacent words

	soon, late float64 // days in which the two date factors fall to 1/e
	dateFloor  float64 // the least value of the first

	ratio, grow float64 // how close two groups must be, as a share of their cohesion: link.go
	prior       float64 // cohesion of a lone article
	crowd       float64 // the same, as a multiple of the weight of its 40th neighbour,
	crowded     float64 // and at most that
	priorPairs  float64 // how many pairs that belief counts
}

var defaults = params{
	title: 4, lead: 2, leadBytes: 400, caps: 2, pair: 1,
	soon: 30, late: 1000, dateFloor: 0.5,
	ratio: 0.5, grow: 0.2, prior: 0.09, crowd: 5, crowded: 0.2, priorPairs: 2,
}

// maxText is how much of an article is looked at: 10,000 words.
const maxText = 1 << 16

// terms is how many terms an article keeps, the heaviest: 2.4 kB. With 200 the labelled sets lose
// 0.001, with 400 or all they gain nothing.
const terms = 300

// term is one element of a vector.
type term struct {
	term   uint32
	weight float32
}

// vector is in order of weight, the heaviest first; its length with the terms that are left out is
// 1.
type vector []term

// bag counts the terms of one article: an open hash table that is emptied by a new stamp.
type bag struct {
	toks  []text.Token
	stamp uint32
	slots []slot
	used  []uint32 // slots in order of first use
	keys  []uint64
	here  []uint32          // of each used slot, the units that have the term
	bg    *background.Model // of the language of the article
	known [1 << 12]known    // words of it seen of late
	story *words
}

// known is what the background model says of a word.
type known struct {
	hash     uint64
	articles float32
	function bool
}

type slot struct {
	stamp  uint32
	term   uint32
	caps   bool
	tf     float32
	before uint64 // of a pair, the first word; 0: a word
	word   uint64
}

func (b *bag) reset() {
	if b.slots == nil {
		b.slots = make([]slot, 1<<11)
	}
	b.used = b.used[:0]
	b.stamp++
	if b.stamp == 0 {
		clear(b.slots)
		b.stamp = 1
	}
}

// speak sets the model that know asks.
func (b *bag) speak(bg *background.Model) {
	if b.bg != bg {
		b.bg = bg
		clear(b.known[:])
	}
}

// know asks the background model. Two of three words of a text were there just before: 5 ns instead
// of 30.
func (b *bag) know(hash uint64) *known {
	k := &b.known[hash>>52]
	if k.hash != hash {
		articles, function := b.bg.Word(hash)
		*k = known{hash, float32(articles), function}
	}
	return k
}

// add counts a use of a term.
func (b *bag) add(term uint32, before, word uint64, tf float32, caps bool) {
	mask := uint32(len(b.slots) - 1)
	for i := term * 0x9e3779b1 >> 7 & mask; ; i = (i + 1) & mask {
		s := &b.slots[i]
		if s.stamp != b.stamp {
			*s = slot{b.stamp, term, caps, tf, before, word}
			b.used = append(b.used, i)
			if 2*len(b.used) > len(b.slots) {
				b.grow()
			}
			return
		}
		if s.term == term {
			s.tf += tf
			s.caps = s.caps || caps
			return
		}
	}
}

func (b *bag) grow() {
	old, used := b.slots, b.used
	b.slots = make([]slot, 2*len(old))
	b.used = nil
	for _, i := range used {
		s := old[i]
		b.add(s.term, s.before, s.word, s.tf, s.caps)
	}
}

// fill puts the terms of an article into the bag.
func (s *run) fill(b *bag, a Article) {
	b.reset()
	b.speak(s.bg.Of(cmp.Or(a.Text, a.Title)))
	if a.Title != "" {
		b.toks = text.AppendTokens(b.toks[:0], a.Title)
		s.addTokens(b, a.Title, s.par.title, 0)
	}
	str := a.Text
	if len(str) > maxText {
		str = str[:maxText]
	}
	b.toks = text.Once(text.AppendTokens(b.toks[:0], str), str)
	s.addTokens(b, str, 1, s.par.leadBytes)
}

// addTokens adds the words and pairs of b.toks, the tokens of str, an occurrence as weight; those
// that start before byte lead as s.par.lead.
func (s *run) addTokens(b *bag, str string, weight float64, lead int) {
	last := uint64(0)
	for _, t := range b.toks {
		if b.know(t.Hash).function {
			last = 0
			continue
		}
		w := float32(weight)
		if int(t.Start) < lead {
			w = float32(s.par.lead)
		}
		b.add(uint32(t.Hash>>32)&^1, 0, t.Hash, w, capitalWeight(str[t.Start:t.End]))
		if last != 0 {
			b.add(uint32(shingle.Mix(bits.RotateLeft64(last, 23)^t.Hash)>>32)|1, last, t.Hash, w, false)
		}
		last = t.Hash
	}
}

// capitalWeight tells whether a word starts with a capital letter.
func capitalWeight(word string) bool {
	if c := word[0]; c < 0x80 {
		return c >= 'A' && c <= 'Z'
	}
	return strings.ToLower(word) != word
}

// countTerms counts in how many units each term stands. Terms share a counter now and then, which
// makes one of them seem a little more common.
func (s *run) countTerms() error {
	s.counts = make([]uint32, 1<<max(16, min(26, bits.Len(uint(len(s.units)*400)))))
	return s.each(len(s.units), func(w, i int) {
		b := &s.bags[w]
		s.fill(b, s.at(s.units[i].article))
		for _, k := range b.used {
			atomic.AddUint32(s.count(b.slots[k].term), 1)
		}
	})
}

func (s *run) count(term uint32) *uint32 { return &s.counts[term&uint32(len(s.counts)-1)] }

// makeVectors fills s.vectors.
func (s *run) makeVectors() error {
	s.vectors = make([]vector, len(s.units))
	return s.each(len(s.units), func(w, i int) {
		b := &s.bags[w]
		s.fill(b, s.at(s.units[i].article))
		s.vectors[i] = s.vector(b)
	})
}

// vector weighs the terms of the bag.
func (s *run) vector(b *bag) vector {
	b.here = b.here[:0]
	for _, k := range b.used { // nothing but loads far apart, so that they overlap
		b.here = append(b.here, *s.count(b.slots[k].term))
	}
	sum := 0.0
	b.keys = b.keys[:0]
	for i, k := range b.used {
		u, n := &b.slots[k], b.here[i]
		x := s.weight(b, u, n)
		sum += x * x
		if n > 1 && x > 0 { // the bits of a positive float32 are in the order of its value
			b.keys = append(b.keys, uint64(^math.Float32bits(float32(x)))<<32|uint64(u.term))
		}
	}
	slices.Sort(b.keys)
	scale := float32(1 / math.Sqrt(max(sum, 1e-9)))
	b.keys = b.keys[:min(len(b.keys), terms)]
	v := make(vector, len(b.keys))
	for k, x := range b.keys {
		v[k] = term{uint32(x), math.Float32frombits(^uint32(x>>32)) * scale}
	}
	return v
}

// weight is the tf-idf of a term that n units have.
func (s *run) weight(b *bag, u *slot, n uint32) float64 {
	common, factor := 0.0, 1.0
	if u.before == 0 {
		common = float64(b.know(u.word).articles)
		if u.caps {
			factor = s.par.caps
		}
	} else {
		common, factor = max(b.bg.PairDF(u.before, u.word), 0.5), s.par.pair
	}
	idf := math.Log((s.bg.Articles + float64(len(s.units)) + 1) / (common + float64(n)))
	if u.tf != 1 {
		factor *= 1 + math.Log(float64(u.tf))
	}
	return factor * max(idf, 0)
}
