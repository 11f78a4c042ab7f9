// Package background is the background model: in how many of a large number of news articles each
// word and each common sequence of words occurs. Stories weigh terms by the model, and phrases
// measure surprise by it.
package background

import (
	_ "embed" // the embedded model
	"fmt"
	"math"
	"math/bits"
	"sync"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// maxStock is the longest sequence of words that Stock knows.
const maxStock = 5

// unknown is the number of articles that a word which the model has not seen is counted in.
const unknown = 0.5

// pairWeight is how much of the probability of a word comes from the word before it; the rest is
// its own (Jelinek and Mercer 1980).
const pairWeight = 0.8

// Model answers how common words and sequences are. It is read-only and safe for concurrent use.
type Model struct {
	Articles float64 // number of articles that the counts were made from
	Tokens   float64 // number of tokens in them
	Version  uint32  // text.Version of the tokeniser that made it

	words table // entry: 23 bits of key, 1 bit function word, 8 bits article count
	uses  []byte
	pairs table // entry: 24 bits of key, 8 bits article count
	stock filter

	family *family // of the embedded model: those of other languages

	probe                    uint64       // what that tokeniser made of a probe text
	articleLog, tokenLog     float64      // log2 of the counts above, plus one: the scale of the count bytes
	articleCount, tokenCount [256]float64 // what count bytes stand for
}

//go:generate go run ./gen -o news.model

//go:embed news.model
var embedded []byte

var loadDefault = sync.OnceValue(func() *Model {
	m, err := parse(embedded)
	if err != nil {
		panic(fmt.Sprintf("embedded background model: %v", err)) // a test loads it: no build with a broken one gets out
	}
	m.family = embeddedFamily()
	return m
})

// Default is the model embedded in the binary: that of English news, which leads to those of other
// languages (Of). Loading takes well under a millisecond: the bytes are used where they are.
func Default() *Model { return loadDefault() }

// DF estimates in how many of m.Articles articles the word (a text.Token hash) occurs; at least a
// floor above zero for an unknown word.
func (m *Model) DF(word uint64) float64 {
	_, e, ok := m.word(word)
	if !ok {
		return unknown
	}
	return m.articleCount[byte(e)]
}

// Word is DF and Function at once.
func (m *Model) Word(word uint64) (articles float64, function bool) {
	_, e, ok := m.word(word)
	if !ok {
		return unknown, false
	}
	return m.articleCount[byte(e)], e&functionBit != 0
}

// PairDF is DF of two adjacent words; 0 where the pair is not among the common ones.
func (m *Model) PairDF(a, b uint64) float64 {
	e, _, ok := m.pairs.find(PairKey(a, b), 0)
	if !ok {
		return 0
	}
	return m.articleCount[byte(e)]
}

// PairDFs appends PairDF of the pairs of keys. The look-ups wait for memory together, not one after
// the other.
func (m *Model) PairDFs(dst []float32, keys []uint64) []float32 {
	var spots [together]spot
	for len(keys) > 0 {
		n := m.pairs.lookAll(&spots, keys, 0)
		for i := range spots[:n] {
			df := 0.0
			if e, _, ok := m.pairs.walk(&spots[i]); ok {
				df = m.articleCount[byte(e)]
			}
			dst = append(dst, float32(df))
		}
		keys = keys[n:]
	}
	return dst
}

// Words calls f with Word of each word. The look-ups wait for memory together.
func (m *Model) Words(words []uint64, f func(word uint64, articles float64, function bool)) {
	var spots [together]spot
	for len(words) > 0 {
		n := m.words.lookAll(&spots, words, functionBit)
		for i := range spots[:n] {
			if e, _, ok := m.words.walk(&spots[i]); ok {
				f(words[i], m.articleCount[byte(e)], e&functionBit != 0)
			} else {
				f(words[i], unknown, false)
			}
		}
		words = words[n:]
	}
}

// Stock tells whether the sequence of 2 to 5 words is a stock phrase: one that unrelated articles
// keep using. One in 256 sequences that are none is called one.
func (m *Model) Stock(words []uint64) bool {
	if len(words) < 2 || len(words) > maxStock {
		return false
	}
	return m.stock.has(sequenceKey(words) &^ 1)
}

// Function tells whether the word is a function word ("the", "of", "according"...: too common to
// carry meaning).
func (m *Model) Function(word uint64) bool {
	_, e, ok := m.word(word)
	return ok && e&functionBit != 0
}

// Bits is the surprise of the sequence: -log2 of its probability at a given place of a text under
// the model (interpolated word and pair probabilities).
func (m *Model) Bits(words []uint64) float64 {
	sum, before := 0.0, 0.0 // before: occurrences of the word before
	for i, w := range words {
		n := m.occurrences(w)
		p := n / m.Tokens
		if i > 0 {
			pair := 0.0
			if df := m.PairDF(words[i-1], w); df > 0 {
				pair = min(poisson(df, m.Articles)/before, 1)
			}
			p = pairWeight*pair + (1-pairWeight)*p
		}
		sum -= math.Log2(p)
		before = n
	}
	return sum
}

// occurrences estimates how often the word stands in the m.Tokens tokens.
func (m *Model) occurrences(word uint64) float64 {
	at, _, ok := m.word(word)
	if !ok {
		return unknown
	}
	return m.tokenCount[m.uses[at]]
}

func (m *Model) word(word uint64) (at int, entry uint32, ok bool) {
	entry, at, ok = m.words.find(word, functionBit)
	return at, entry, ok
}

// poisson is the number of occurrences of a term that stands in df of n articles, were it strewn
// evenly: a pair such as "of the" stands several times in an article.
func poisson(df, n float64) float64 {
	return -n * math.Log1p(-min(df, n-0.5)/n)
}

// PairKey and sequenceKey hash words in order. They are what shingle.Append gives for the same
// words, which the builder uses without their lowest bit.
func PairKey(a, b uint64) uint64 { return shingle.Mix(bits.RotateLeft64(a, 23)^b) &^ 1 }

func sequenceKey(words []uint64) uint64 {
	var h uint64
	for _, w := range words {
		h = bits.RotateLeft64(h, 23) ^ w
	}
	return shingle.Mix(h)
}

// probe tells a model that was made by another tokeniser: its hash is kept in the file.
func probe() uint64 {
	toks := text.AppendTokens(nil, "The co-operation’s 1,000 for 1,000 swap, Erdoğan’s naïve “don't” at 13:30 — ﬁrst 北京 Москва ½ U.S.")
	var h uint64
	for _, t := range toks {
		h = shingle.Mix(h ^ t.Hash ^ uint64(t.Start)<<32 ^ uint64(t.End))
	}
	return h
}
