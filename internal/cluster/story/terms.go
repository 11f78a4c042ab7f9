package story

import (
	"cmp"
	"math"
	"strings"

	"dedup/internal/background"
	"dedup/internal/text"
)

// A bag is the terms of an article: words and pairs of adjacent words, function words left out,
// with how often each stands in the title, in the opening and in all.
//
// A term is 32 bits of a hash: two of a million terms share one with probability 1 in 4,300. A word
// and a pair never do. Cost: each article is tokenised once, some 10 µs a kilobyte.

// maxText is how much of an article is looked at: 10,000 words.
const maxText = 1 << 16

// entry is a term of a bag in 8 bytes: from the top, 32 bits of term, 8 of how often it counts in
// all, 4 in the opening, 3 in the title, 1 for a capital, and 16 of the number of articles of the
// background model that have it, the top half of a float32.
type entry uint64

func (e entry) term() uint32      { return uint32(e >> 32) }
func (e entry) all() int          { return int(e >> 24 & 0xff) }
func (e entry) opening() int      { return int(e >> 20 & 0xf) }
func (e entry) title() int        { return int(e >> 17 & 7) }
func (e entry) capital() bool     { return e>>16&1 != 0 }
func (e entry) articles() float64 { return float64(math.Float32frombits(uint32(e&0xffff) << 16)) }

// bag counts the terms of one article: an open hash table that is emptied by a new stamp.
type bag struct {
	toks    []text.Token
	stamp   uint32
	slots   []slot
	used    []uint32          // slots in order of first use
	words   int               // distinct ones
	bg      *background.Model // of the language of the article
	model   uint16            // its number
	numbers map[*background.Model]uint16
	known   [1 << 14]known // words seen of late
	keys    []uint64       // of pairs, or of words that are not in known
	dfs     []float32      // of pairs, by the background model
}

// known is what the background model says of a word.
type known struct {
	hash     uint64
	articles float32
	model    uint16 // number of the model, from 1 on
	function bool
}

type slot struct {
	stamp   uint32
	term    uint32
	all     uint16
	opening uint16
	title   uint16
	caps    bool
	key     uint64 // of a pair, for the background model; of a word, in how many articles it is, the bits of a float32
}

func (b *bag) reset() {
	if b.slots == nil {
		b.slots = make([]slot, 1<<11)
	}
	b.used = b.used[:0]
	b.words = 0
	b.stamp++
	if b.stamp == 0 {
		clear(b.slots)
		b.stamp = 1
	}
}

// speak sets the model that is asked. What others said stays in known: languages take turns.
func (b *bag) speak(bg *background.Model) {
	if b.bg == bg {
		return
	}
	if b.numbers == nil {
		b.numbers = map[*background.Model]uint16{}
	}
	if b.numbers[bg] == 0 {
		b.numbers[bg] = uint16(len(b.numbers) + 1)
	}
	b.bg, b.model = bg, b.numbers[bg]
}

// learn asks the background model for the words of b.toks that were not there just before, one of
// ten, all at once: so their waits for memory overlap.
func (b *bag) learn() {
	b.keys = b.keys[:0]
	for i := range b.toks {
		h := b.toks[i].Hash
		if k := &b.known[h>>50]; k.hash != h || k.model != b.model {
			b.keys = append(b.keys, h)
		}
	}
	b.bg.Words(b.keys, func(hash uint64, articles float64, function bool) {
		b.known[hash>>50] = known{hash, float32(articles), b.model, function}
	})
}

// know is what the background model says of a word: 5 ns where it was asked just before, else 30.
func (b *bag) know(hash uint64) *known {
	k := &b.known[hash>>50]
	if k.hash != hash || k.model != b.model {
		articles, function := b.bg.Word(hash)
		*k = known{hash, float32(articles), b.model, function}
	}
	return k
}

// place says how often an occurrence counts in each channel.
type place struct{ all, opening, title uint16 }

// add counts a use of a term.
func (b *bag) add(term uint32, key uint64, p place, caps bool) {
	mask := uint32(len(b.slots) - 1)
	for i := term * 0x9e3779b1 >> 7 & mask; ; i = (i + 1) & mask {
		s := &b.slots[i]
		if s.stamp != b.stamp {
			*s = slot{b.stamp, term, p.all, p.opening, p.title, caps, key}
			b.used = append(b.used, i)
			if 2*len(b.used) > len(b.slots) {
				b.grow()
			}
			return
		}
		if s.term == term {
			s.all += p.all
			s.opening += p.opening
			s.title += p.title
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
		b.add(s.term, s.key, place{s.all, s.opening, s.title}, s.caps)
	}
}

// fill puts the terms of an article into the bag.
func (s *run) fill(b *bag, a Article) {
	b.reset()
	b.speak(s.bg.Of(cmp.Or(a.Text, a.Title)))
	title := s.furniture.title(a.Source, a.Title)
	str := a.Text[:min(len(a.Text), maxText)]
	if str == a.Title {
		str = "" // a title that stands for a text
	}
	if title != "" {
		b.toks = text.AppendTokens(b.toks[:0], title)
		s.addTokens(b, title, len(title), len(title), place{uint16(s.par.title), 2, 1}, place{uint16(s.par.title), 2, 1})
	}
	b.toks = text.Once(text.AppendTokens(b.toks[:0], str), str)
	b.toks = s.furniture.cut(a.Source, str, b.toks)
	opening := place{uint16(s.par.lead), 1, 0}
	if title == "" {
		opening.title = 1
	}
	s.addTokens(b, str, s.par.openBytes, s.par.leadBytes, opening, place{uint16(s.par.lead), 1, 0})
}

// addTokens adds the words and pairs of b.toks, the tokens of str: those that start before byte
// first count as the first place, those before lead as the second.
func (s *run) addTokens(b *bag, str string, first, lead int, at, then place) {
	b.learn()
	last := uint64(0)
	for _, t := range b.toks {
		known := b.know(t.Hash)
		if known.function {
			last = 0
			continue
		}
		p := place{all: 1}
		switch {
		case int(t.Start) < first:
			p = at
		case int(t.Start) < lead:
			p = then
		}
		b.addPair(&last, known, p, capitalWeight(str[t.Start:t.End]))
	}
}

// addPair adds a word, and the pair with the word before, 0 for none.
func (b *bag) addPair(last *uint64, word *known, p place, capital bool) {
	b.add(uint32(word.hash>>32)&^1, uint64(math.Float32bits(word.articles)), p, capital)
	if *last != 0 {
		key := background.PairKey(*last, word.hash)
		b.add(uint32(key>>32)|1, key, p, false)
	}
	*last = word.hash
}

// capitalWeight tells whether a word starts with a capital letter.
func capitalWeight(word string) bool {
	if c := word[0]; c < 0x80 {
		return c >= 'A' && c <= 'Z'
	}
	return strings.ToLower(word) != word
}

func (s *slot) pair() bool { return s.term&1 != 0 }

// append appends the terms of the bag to a stretch, behind their number.
func (b *bag) append(to []uint64) []uint64 {
	to = append(to, uint64(len(b.used)))
	b.keys = b.keys[:0]
	for _, k := range b.used {
		if u := &b.slots[k]; u.pair() {
			b.keys = append(b.keys, u.key)
		}
	}
	b.dfs = b.bg.PairDFs(b.dfs[:0], b.keys)
	b.words = len(b.used) - len(b.keys)
	pairs := b.dfs
	for _, k := range b.used {
		u := &b.slots[k]
		articles := math.Float32frombits(uint32(u.key))
		if u.pair() {
			articles = cmp.Or(pairs[0], unseenPair)
			pairs = pairs[1:]
		}
		e := uint64(u.term)<<32 | uint64(min(u.all, 255))<<24 | uint64(min(u.opening, 15))<<20 | uint64(min(u.title, 7))<<17 | uint64(math.Float32bits(articles)>>16)
		if u.caps && !u.pair() {
			e |= 1 << 16
		}
		to = append(to, e)
	}
	return to
}

// unseenPair is in how many articles a pair stands that the background model does not list.
const unseenPair = 0.5

// makeBags fills s.bags and s.counts.
func (s *run) makeBags() error {
	s.counts = newCounts(len(s.units))
	s.bags = newStore((len(s.units)+step-1)/step, s.opt.Tmp, s.opt.Memory/4)
	return s.each(len(s.units), func(w, from, to int) error {
		k := &s.workers[w]
		k.block = k.block[:0]
		for i := from; i < to; i++ {
			s.fill(&k.bag, s.at(int(s.units[i].article)))
			from := len(k.block) + 1
			k.block = k.bag.append(k.block)
			s.counts.add(k.block[from:], &k.counted)
			s.units[i].words = int32(k.bag.words)
		}
		return s.bags.put(from/step, k.block)
	})
}
