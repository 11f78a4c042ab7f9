package background

import (
	"fmt"
	"math"
	"slices"

	"github.com/FastFilter/xorfilter"

	"dedup/internal/text"
)

// Shares is what is known of a language from counts of words rather than articles.
type Shares struct {
	Words    map[uint64]float64    // share of all tokens, by hash
	Pairs    map[[2]uint64]float64 // share of all places where the two words stand side by side
	Function []uint64              // function words
	Phrases  [][]uint64            // stock phrases
}

// Model makes a model on the scale of the news model: as if its articles were written in that
// language. A word of share s stands in an article of n tokens with probability 1 - e^(-sn): words
// that come in bursts stand in fewer.
func (s *Shares) Model() (*Model, error) {
	news := Default()
	length := news.Tokens / news.Articles
	spread := func(share float64) float64 { return max(news.Articles*-math.Expm1(-share*length), unknown) }
	articles := map[uint64]float64{}
	for h, share := range s.Words {
		articles[h] = spread(share)
	}
	pairs := map[[2]uint64]float64{}
	for p, share := range s.Pairs {
		pairs[p] = spread(share)
	}
	return s.model(articles, pairs)
}

// model makes a model of article counts, which are of as many articles as the news model has.
func (s *Shares) model(articles map[uint64]float64, pairs map[[2]uint64]float64) (*Model, error) {
	news := Default()
	m := &Model{Version: text.Version, Articles: news.Articles, Tokens: news.Tokens, probe: probe()}
	m.setScale()
	function := map[uint64]bool{}
	for _, h := range s.Function {
		function[h] = true
	}
	words := make([]entry, 0, len(articles))
	for h, n := range articles {
		e := entry{key: h, low: uint32(squeeze(n, m.articleLog)), uses: max(s.Words[h]*m.Tokens, unknown)}
		if function[h] {
			e.low |= functionBit
		}
		words = append(words, e)
	}
	m.words, m.uses = makeTable(words, functionBit), make([]byte, len(words))
	for i := range words {
		m.uses[i] = squeeze(words[i].uses, m.tokenLog)
	}
	entries := make([]entry, 0, len(pairs))
	for p, n := range pairs {
		entries = append(entries, entry{key: PairKey(p[0], p[1]), low: uint32(squeeze(n, m.articleLog))})
	}
	m.pairs = makeTable(entries, 0)
	keys := make([]uint64, 0, len(s.Phrases))
	for _, p := range s.Phrases {
		if len(p) >= 2 && len(p) <= maxStock {
			keys = append(keys, sequenceKey(p)&^1)
		}
	}
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) == 0 {
		return m, nil
	}
	f, err := xorfilter.PopulateBinaryFuse8(keys)
	if err != nil {
		return nil, fmt.Errorf("build language model: %w", err)
	}
	m.stock.BinaryFuse8 = *f
	return m, nil
}
