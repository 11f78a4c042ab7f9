package background

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/FastFilter/xorfilter"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Options says how much a model holds and what it knows beside the articles. The zero value of a
// number means its default.
type Options struct {
	Words, Pairs, Stock int // most words, adjacent pairs and stock sequences to keep; 150,000, 400,000 and 200,000

	Bare     bool               // leave out what the embedded model knows of function words and stock phrases
	Function []uint64           // function words, by hash
	Prior    map[uint64]float64 // share of all tokens that a word has in its own language, for words that the articles do not show
	Phrases  [][]uint64         // stock phrases
}

// least is the article count from which a lower-case sequence of 2 to 5 words is a stock phrase,
// per 26,000 articles and never under it: the longer, the less likely by chance. A sequence with a
// capitalised word is a name or a topic of the day and needs ten times as many.
var least = [maxStock + 1]float64{2: 25, 3: 12, 4: 8, 5: 6}

const (
	leastPer   = 26_000
	leastNamed = 10
	leastWord  = 2 // articles
	leastPair  = 4
)

// Builder counts the words and sequences of articles. The same articles in the same order give the
// same model. It is for one goroutine.
//
// Memory is bounded at about 400 MB: words and sequences are counted in tables of at most 2^21
// entries, which forget the rarest when full (Manku and Motwani, "Approximate frequency counts over
// data streams", 2002), and a sequence enters its table when a count sketch (Cormode and
// Muthukrishnan, 2005) has seen it three times.
type Builder struct {
	opt       Options
	articles  int
	tokens    int64
	words     *tally // occurrences and articles
	sequences [maxStock + 1]*tally
	seen      *sieve
	near      recent
	shingles  []uint64
	hashes    []uint64
	caps      []bool
}

// NewBuilder returns a builder without articles.
func NewBuilder(opt Options) *Builder {
	opt.Words = cmp.Or(opt.Words, 150_000)
	opt.Pairs = cmp.Or(opt.Pairs, 400_000)
	opt.Stock = cmp.Or(opt.Stock, 200_000)
	b := &Builder{opt: opt, words: newTally(), seen: newSieve()}
	for w := 2; w <= maxStock; w++ {
		b.sequences[w] = newTally()
	}
	return b
}

// Add counts an article: toks are the tokens of s. A near-duplicate of an earlier one is not
// counted again.
func (b *Builder) Add(s string, toks []text.Token) {
	if len(toks) == 0 || b.near.has(&b.shingles, toks) {
		return
	}
	b.articles++
	b.tokens += int64(len(toks))
	b.caps = b.caps[:0]
	for _, t := range toks {
		r, _ := utf8.DecodeRuneInString(s[t.Start:])
		b.caps = append(b.caps, unicode.IsUpper(r))
	}
	b.hashes = b.hashes[:0]
	for _, t := range toks {
		b.hashes = append(b.hashes, t.Hash)
	}
	slices.Sort(b.hashes)
	for i := 0; i < len(b.hashes); {
		j := i + 1
		for j < len(b.hashes) && b.hashes[j] == b.hashes[i] {
			j++
		}
		c := b.words.at(b.hashes[i])
		c.articles++
		c.other += uint32(j - i)
		i = j
	}
	for w := 2; w <= maxStock && w <= len(toks); w++ {
		b.addSequences(w, toks)
	}
}

// addSequences counts each sequence of w words of the article once, and apart those that stand
// capitalised somewhere in it.
func (b *Builder) addSequences(w int, toks []text.Token) {
	b.hashes = shingle.Append(b.hashes[:0], toks, w)
	last := -1 // last capitalised token
	for i, cap := range b.caps {
		if cap {
			last = i
		}
		if at := i - w + 1; at >= 0 {
			b.hashes[at] &^= 1
			if last >= at {
				b.hashes[at] |= 1
			}
		}
	}
	b.hashes = shingle.Set(b.hashes)
	for i, h := range b.hashes {
		if i+1 < len(b.hashes) && b.hashes[i+1]>>1 == h>>1 {
			continue // its capitalised twin is next
		}
		key := h &^ 1
		c := b.sequences[w].find(key)
		if c == nil {
			n := b.seen.add(key)
			if n < promote {
				continue
			}
			c = b.sequences[w].at(key)
			c.articles = promote - 1
		}
		c.articles++
		c.other += uint32(h & 1)
	}
}

// Model makes the model of the articles so far. An error means that there are none.
func (b *Builder) Model() (*Model, error) {
	if b.articles == 0 {
		return nil, errors.New("build background model: no articles")
	}
	m := &Model{Version: text.Version, Articles: float64(b.articles), Tokens: float64(b.tokens), probe: probe()}
	m.setScale()
	words := b.chooseWords(m)
	m.words, m.uses = makeTable(words, functionBit), make([]byte, len(words))
	for i := range words {
		m.uses[i] = squeeze(words[i].uses, m.tokenLog)
	}
	pairs := b.sequences[2].most(leastPair, b.opt.Pairs)
	entries := make([]entry, len(pairs))
	for i, p := range pairs {
		entries[i] = entry{key: p.key, low: uint32(squeeze(float64(p.articles), m.articleLog))}
	}
	m.pairs = makeTable(entries, 0)
	stock := b.chooseStock()
	if len(stock) == 0 {
		return m, nil
	}
	f, err := xorfilter.PopulateBinaryFuse8(stock)
	if err != nil {
		return nil, fmt.Errorf("build background model: %w", err)
	}
	m.stock.BinaryFuse8 = *f
	return m, nil
}

// chooseWords is the words to keep: the commonest of the articles, all function words, and the
// words of other languages.
func (b *Builder) chooseWords(m *Model) []entry {
	function := map[uint64]bool{}
	for _, h := range b.opt.Function {
		function[h] = true
	}
	isFunction := func(h uint64) bool { return function[h] || !b.opt.Bare && Default().Function(h) }
	var list []entry
	add := func(h uint64, articles, uses float64) {
		e := entry{key: h, low: uint32(squeeze(articles, m.articleLog)), uses: uses, rank: articles}
		if isFunction(h) {
			e.low |= functionBit
			e.rank = math.Inf(1)
		}
		list = append(list, e)
	}
	length := m.Tokens / m.Articles
	for _, c := range b.words.all() {
		share, ok := b.opt.Prior[c.key]
		if !ok || c.articles > leastForeign && !function[c.key] {
			share = 0
		}
		articles := max(float64(c.articles), m.Articles*-math.Expm1(-share*length))
		if articles >= leastWord || isFunction(c.key) {
			add(c.key, articles, max(float64(c.other), share*m.Tokens))
		}
	}
	for h, share := range b.opt.Prior {
		if b.words.find(h) == nil {
			add(h, max(m.Articles*-math.Expm1(-share*length), unknown), max(share*m.Tokens, unknown))
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.key, b.key)) })
	list = list[:min(len(list), b.opt.Words)]
	return list
}

// leastForeign is the article count up to which a word of another language takes its count from
// there: "und" in a few of the articles is a quotation, "die" in hundreds is an English word.
const leastForeign = 3

// chooseStock is the keys of the stock sequences.
func (b *Builder) chooseStock() []uint64 {
	scale := max(float64(b.articles)/leastPer, 1)
	var all []count
	for w := 2; w <= maxStock; w++ {
		for _, c := range b.sequences[w].all() {
			floor := least[w] * scale
			if 2*c.other > c.articles {
				floor *= leastNamed
			}
			if float64(c.articles) >= floor || !b.opt.Bare && Default().stock.has(c.key) {
				all = append(all, c)
			}
		}
	}
	slices.SortFunc(all, byCount)
	all = all[:min(len(all), b.opt.Stock)]
	keys := make([]uint64, 0, len(all)+len(b.opt.Phrases))
	for _, c := range all {
		keys = append(keys, c.key)
	}
	for _, p := range b.opt.Phrases {
		if len(p) >= 2 && len(p) <= maxStock {
			keys = append(keys, sequenceKey(p)&^1)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// entry is a row of a table before it is packed.
type entry struct {
	key  uint64
	low  uint32 // the low 9 bits
	uses float64
	rank float64
}

// makeTable packs entries, which it sorts; the bits of ignore do not belong to the key. Where two
// share the bits that are kept, a look-up finds either.
func makeTable(list []entry, ignore uint32) table {
	slices.SortFunc(list, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.low, b.low)) })
	t := table{make([]byte, dirSize+4), make([]byte, 4*len(list))}
	at := 0
	for b := range uint64(1 << dirBits) {
		order.PutUint32(t.dir[4*b:], uint32(at))
		for at < len(list) && list[at].key>>(64-dirBits) == b {
			order.PutUint32(t.entries[4*at:], entryKey(list[at].key)&^ignore|list[at].low)
			at++
		}
	}
	order.PutUint32(t.dir[dirSize:], uint32(at))
	return t
}
