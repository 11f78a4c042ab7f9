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

// matrix compares the articles of a story, the first maxCompared of them, that have a text: nil,
// nil where less than two have one. Both are n × n, row by row, in percent rounded down. copied:
// |A∩B|/|A| of the 5-word shingles of row and column, what part of the row stands in the column
// word by word. words: the resemblance of the sets of words that are no function words, a word
// weighing its bits under the background model of the row's language: high for articles about one thing even where no
// sentence is shared.
func (b *builder) matrix(articles []int) (copied, words []int) {
	articles = articles[:min(len(articles), maxCompared)]
	n, known := len(articles), 0
	models := make([]*background.Model, n) // of the language of each text
	shingles, vocabulary := make([][]uint64, n), make([][]uint64, n)
	var toks []text.Token
	for k, a := range articles {
		if b.state[a] == 0 {
			continue
		}
		known++
		s, _ := b.texts(b.shown[a])
		s = clip(s, maxText)
		models[k] = b.opt.Background.Of(s)
		toks = text.AppendTokens(toks[:0], s)
		shingles[k] = shingle.Set(shingle.Append(nil, text.Once(toks, s), shingleSize))
		var telling []uint64
		for _, t := range toks {
			if !models[k].Function(t.Hash) {
				telling = append(telling, t.Hash)
			}
		}
		slices.Sort(telling)
		vocabulary[k] = slices.Compact(telling)
	}
	if known < 2 {
		return nil, nil
	}
	copied, words = make([]int, n*n), make([]int, n*n)
	for i := range n {
		for j := range n {
			copied[i*n+j] = percent(shingle.Containment(shingles[i], shingles[j]))
			if j >= i && models[i] != nil {
				words[i*n+j] = percent(sharedWords(models[i], vocabulary[i], vocabulary[j]))
				words[j*n+i] = words[i*n+j]
			}
		}
	}
	return copied, words
}

// percent rounds down: 99.7 % is not all.
func percent(x float64) int { return int(100*x + 1e-9) }

// sharedWords is the weighted resemblance of two sorted sets of words.
func sharedWords(model *background.Model, a, b []uint64) float64 {
	both, all := 0.0, 0.0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			all += weight(model, a[0])
			a = a[1:]
		case b[0] < a[0]:
			all += weight(model, b[0])
			b = b[1:]
		default:
			w := weight(model, a[0])
			both, all = both+w, all+w
			a, b = a[1:], b[1:]
		}
	}
	for _, w := range append(a[:len(a):len(a)], b...) {
		all += weight(model, w)
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
