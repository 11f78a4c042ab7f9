package story

import (
	"cmp"
	"container/heap"
	_ "embed" // word lists
	"math"
	"slices"
	"strings"

	"dedup/internal/text"
)

// score of a candidate.
func (w *words) score(c *keyword) float64 {
	df := math.Inf(1)
	for i, h := range c.words() {
		df = min(df, w.bg.DF(h))
		if i > 0 {
			df = min(df, max(w.bg.PairDF(c.list[i-1], h), unseen))
		}
	}
	info := min(math.Log2(w.bg.Articles/df), 12)
	return c.strength * info
}

// unseen is the article count of a pair that the background model does not list.
const unseen = 3

// fits tells whether a candidate may be a keyword: it does not end in a lone letter, one of three
// or more articles stands in two of them, and two words that are no name stand in half of them,
// mostly together, and are known to go together.
func (w *words) fits(c *keyword) bool {
	if w.articles >= 3 && c.articles < 2 || strings.LastIndexByte(c.form, ' ') == len(c.form)-2 {
		return false
	}
	if c.run {
		return w.isWord(c)
	}
	if c.name || c.n == 1 {
		return true
	}
	if 2*c.articles < w.articles {
		return false
	}
	for i := range c.n {
		if one, ok := w.phraseAt.Of(key(c.list[i : i+1])); ok && c.strength < w.phrases[one].strength/2 {
			return false
		}
	}
	return w.bg.PairDF(c.list[0], c.list[1]) > 0
}

// rank gives the candidates that fit as a heap, the best on top, and those that are names of
// several words, the longest first. Both are good until the next call.
func (w *words) rank() (list keywordHeap, names []*keyword) {
	list, names = w.ranked[:0], w.names[:0]
	for i := range w.phrases {
		c := &w.phrases[i]
		if !w.fits(c) {
			continue
		}
		c.score = w.score(c)
		list = append(list, c)
		if c.name && c.n > 1 {
			names = append(names, c)
		}
	}
	w.ranked, w.names = list, names
	heap.Init(&list)
	slices.SortFunc(names, func(a, b *keyword) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(b.strength, a.strength), cmp.Compare(a.form, b.form))
	})
	return list, names
}

// keywordHeap has the best keyword first. No two are equal: a form is that of one candidate.
type keywordHeap []*keyword

func (h keywordHeap) Len() int { return len(h) }
func (h keywordHeap) Less(i, j int) bool {
	a, b := h[i], h[j]
	if a.score != b.score {
		return a.score > b.score
	}
	return a.n > b.n || a.n == b.n && a.form < b.form
}
func (h keywordHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *keywordHeap) Push(x any)   { *h = append(*h, x.(*keyword)) }
func (h *keywordHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// keywords picks the best candidates.
func (w *words) keywords() []string {
	var out, stems []string
	list, names := w.rank()
	best := 0.0
	if len(list) > 0 {
		best = list[0].score
	}
	for len(list) > 0 && len(out) < keywords {
		c := heap.Pop(&list).(*keyword)
		if len(out) >= 3 && c.score < best/4 {
			break
		}
		form := withoutRank(c.whole(names).form)
		words := []string{form}
		if !c.run {
			words = stemmed(form)
		}
		if slices.ContainsFunc(words, func(x string) bool { return slices.ContainsFunc(stems, func(y string) bool { return akin(x, y) }) }) {
			continue
		}
		out = append(out, form)
		stems = append(stems, words...)
	}
	return out
}

// whole is the longest name that c is a part of and that is used often enough: the man is called
// Fidan, the keyword Hakan Fidan.
func (c *keyword) whole(names []*keyword) *keyword {
	if !c.name {
		return c
	}
	for _, n := range names {
		if n.n > c.n && n.strength >= 0.35*c.strength && contains(n.words(), c.words()) {
			return n
		}
	}
	return c
}

//go:embed ranks.txt
var rankList string

// ranks are what people are addressed by.
var ranks = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range listed(rankList) {
		m[w] = true
	}
	return m
}()

// withoutRank cuts ranks off the front of a name of at least two more words.
func withoutRank(name string) string {
	words := strings.Fields(name)
	for len(words) > 2 && ranks[strings.TrimRight(words[0], ".")] {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// contains tells whether part stands in all as a run.
func contains(all, part []uint64) bool {
	for i := 0; i+len(part) <= len(all); i++ {
		if slices.Equal(all[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// stemmed is the normal forms of the words of a keyword.
func stemmed(form string) []string {
	var out []string
	for _, t := range text.AppendTokens(nil, form) {
		out = append(out, string(text.AppendNormal(nil, form[t.Start:t.End])))
	}
	return out
}

// akin tells whether two words are forms of one: "missile" and "missiles", "Iran" and "Iranian".
func akin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	if spaceless(a) || spaceless(b) {
		return strings.Contains(b, a)
	}
	return n == len(a) && (n >= 4 || len(a) == len(b)) || n >= 5 && n >= len(a)-2
}

// shared is how well a headline tells the story: the share of its content words that half of the
// articles have, from 0.2 to 1.2. A line that is no headline counts half.
func (w *words) shared(line string, told bool) float32 {
	w.bag.toks = text.AppendTokens(w.bag.toks[:0], line)
	have, all := 0.0, 0.0
	for _, t := range w.bag.toks {
		u := w.word(t.Hash, line[t.Start:t.End])
		if u.function || calendar[t.Hash] {
			continue
		}
		all++
		if 2*u.articles > w.articles {
			have++
		}
	}
	score := 0.2 + have/max(all, 4)
	if !told {
		score /= 2
	}
	return float32(score)
}
