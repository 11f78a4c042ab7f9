package page

import (
	"slices"

	"dedup/internal/background"
	"dedup/internal/report"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// How many articles of one story or cluster are compared with each other: their number squared is
// what it costs in time and space.
const maxCompared = 40

// shingleSize is that of near-duplicates (docs/json.md).
const shingleSize = 5

// comparer compares the articles of one story after another. It serves one goroutine.
type comparer struct {
	b       *builder
	toks    []text.Token
	grams   []uint64
	members []member
}

// member is what is compared of an article.
type member struct {
	model    *background.Model // of the language of its text; nil: it has none
	shingles []uint64
	words    []uint64  // a set: those that are no function words
	weights  []float64 // of the words
}

// comparers are those of as many goroutines as there are workers.
func (b *builder) comparers() []comparer {
	out := make([]comparer, b.opt.Workers)
	for w := range out {
		out[w].b = b
	}
	return out
}

// set is the set of 5-word shingles of a text. It leaves the tokens in c.toks.
func (c *comparer) set(s string) []uint64 {
	c.toks = text.AppendTokens(c.toks[:0], s)
	once := c.toks
	c.grams = c.grams[:0]
	for _, t := range c.toks { // Once works in place
		c.grams = append(c.grams, t.Hash)
	}
	return shingle.Set(shingle.Append(nil, text.Once(once, s), shingleSize))
}

// take reads a text.
func (m *member) take(c *comparer, s string) {
	m.model = c.b.opt.Background.Of(s)
	m.shingles = c.set(s)
	for _, w := range shingle.Set(c.grams) {
		if !m.model.Function(w) {
			m.words = append(m.words, w)
			m.weights = append(m.weights, weight(m.model, w))
		}
	}
}

// matrix compares the articles of a story, the first maxCompared of them, that have a text: nil,
// nil where less than two have one. Both are n × n, row by row, in percent rounded down. copied:
// |A∩B|/|A| of the 5-word shingles of row and column, what part of the row stands in the column
// word by word. words: the resemblance of the sets of words that are no function words, a word
// weighing its bits under the background model of the row's language: high for articles about one
// thing even where no sentence is shared.
func (c *comparer) matrix(articles []int) (copied, words []int) {
	articles = articles[:min(len(articles), maxCompared)]
	n, known := len(articles), 0
	c.members = slices.Grow(c.members[:0], n)[:n]
	for k, a := range articles {
		c.members[k] = member{}
		if c.b.state[a] == 0 {
			continue
		}
		known++
		s, _ := c.b.texts(c.b.shown[a])
		c.members[k].take(c, clip(s, maxText))
	}
	if known < 2 {
		return nil, nil
	}
	copied, words = make([]int, n*n), make([]int, n*n)
	for i := range n {
		x := &c.members[i]
		for j := i; j < n; j++ {
			y := &c.members[j]
			shared := shingle.Shared(x.shingles, y.shingles)
			copied[i*n+j], copied[j*n+i] = percent(share(shared, len(x.shingles))), percent(share(shared, len(y.shingles)))
			if x.model != nil {
				words[i*n+j] = percent(sharedWords(x, y))
				words[j*n+i] = words[i*n+j]
			}
		}
	}
	return copied, words
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// percent rounds down: 99.7 % is not all.
func percent(x float64) int { return int(100*x + 1e-9) }

// sharedWords is the resemblance of the words of x and y, weighed by the model of x.
func sharedWords(x, y *member) float64 {
	theirs := y.weights
	if y.model != x.model {
		theirs = make([]float64, len(y.words))
		for k, w := range y.words {
			theirs[k] = weight(x.model, w)
		}
	}
	both, all := 0.0, 0.0
	i, j := 0, 0
	for i < len(x.words) && j < len(y.words) {
		switch {
		case x.words[i] < y.words[j]:
			all += x.weights[i]
			i++
		case y.words[j] < x.words[i]:
			all += theirs[j]
			j++
		default:
			both, all = both+x.weights[i], all+x.weights[i]
			i, j = i+1, j+1
		}
	}
	for _, w := range x.weights[i:] {
		all += w
	}
	for _, w := range theirs[j:] {
		all += w
	}
	if all == 0 {
		return 0
	}
	return both / all
}

// weight is how much a word tells: the bits of the share of articles that have it.
func weight(model *background.Model, word uint64) float64 {
	return max(0, model.Bits([]uint64{word}))
}

// weakest is the pair of members that resemble each other least: of all pairs where there are texts
// and not too many members, else of those with the canonical, which is all that a cluster promises.
func (b *builder) weakest(members []int, verified []report.Member) []any {
	if sets := b.sets(members); sets != nil {
		x, y, least := 0, 1, 2.0
		for i := range sets {
			for j := i + 1; j < len(sets); j++ {
				if r := shingle.Resemblance(sets[i], sets[j]); r < least {
					x, y, least = i, j, r
				}
			}
		}
		return []any{members[x], members[y], report.Ratio(least), true}
	}
	canonical, ok := b.number[verified[0].Article]
	if !ok {
		return nil
	}
	least, at := 2.0, -1
	for _, m := range verified[1:] {
		if a, ok := b.number[m.Article]; ok && m.Resemblance < least {
			least, at = m.Resemblance, a
		}
	}
	if at < 0 {
		return nil
	}
	return []any{canonical, at, report.Ratio(least), false}
}

// sets gives the shingles of all members, nil where they are too many or a text is not there.
func (b *builder) sets(members []int) [][]uint64 {
	if len(members) > maxCompared {
		return nil
	}
	sets := make([][]uint64, len(members))
	for k, a := range members {
		if b.state[a] != 1 {
			return nil
		}
		s, _ := b.texts(b.shown[a])
		sets[k] = shingle.Set(shingle.Append(nil, text.Once(text.AppendTokens(nil, s), s), shingleSize))
	}
	return sets
}
