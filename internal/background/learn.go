package background

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"

	"dedup/internal/text"
)

// A language without a model is learned from the articles that are written in it: in how many of
// them a word stands, and which words are function words. The method:
//
//  1. The language of every article is recognised (language.go). Languages of too few articles join
//     the commonest one without a model of the same script: trigrams take some Indonesian for
//     Malay.
//  2. A word that df of n articles have counts as if it stood in a share (df - 1/2) / n of all: by
//     Good and Turing (Good 1953) words that were seen once are about half as common as they look,
//     and a word of one article is no rarer than n can tell. The count is divided by the square of
//     how bursty the word is: what articles are about they say again and again, and a few stories
//     would else make their own words common (Katz, "Distribution of content words", 1996). With
//     the square, stories of ciphered English lose 0.03 of B-cubed F1 to English, without it 0.17,
//     with the cube 0.03 (docs/log/background.md).
//  3. A function word stands in half of the articles, is spread evenly, and is seldom capitalised.
//     It is even if it stands in nearly as many stretches of 40 tokens as chance would have it
//     (Church and Gale, "Poisson mixtures", 1995); words for the subject of a text come in bursts.
//     Scripts without spaces have no function words: their tokens are parts of words.
//
// Cost: 2 µs an article for its language, a millisecond each of at most 1,000 where trigrams must
// tell, and one pass over at most 2,000 articles of a language without a model.
const (
	leastLearned = 20    // articles; fewer say nothing of a language
	mostLearned  = 2_000 // articles of a language that are looked at
	mostTold     = 1_000 // articles whose trigrams are looked at
	tellingWords = 120   // of the commonest
	learnedBytes = 1 << 14
	stretch      = 40   // tokens
	even         = 0.8  // of the stretches that chance would have
	everywhere   = 0.5  // share of the articles that have a function word
	often        = 1e-3 // share of the tokens that one is
	small        = 0.8  // share of its uses in lower case
	manyArticles = 500  // from so many on, pairs of one article are left out
)

// Learned is what came of a language that no model is embedded for.
type Learned struct {
	Language string // its English name
	Articles int
	Few      bool // too few articles to learn from
}

// Learn returns m with models for the languages that it has none for and that enough of n articles
// are written in. at gives article i, and false for one that is to be left out, such as a
// near-duplicate; it is called concurrently. The same articles in another order give the same
// model. A model that was read from a file is returned as it is. An error is that of ctx.
func (m *Model) Learn(ctx context.Context, n, workers int, at func(i int) (string, bool)) (*Model, []Learned, error) {
	if m.family == nil {
		return m, nil, nil
	}
	lang, err := m.family.languagesOf(ctx, n, workers, at)
	if err != nil {
		return nil, nil, err
	}
	members := map[string][]int{}
	for i, l := range lang {
		if l != "" && l != English && m.family.models[l] == nil {
			members[l] = append(members[l], i)
		}
	}
	if len(members) == 0 {
		return m, nil, nil
	}
	joinFew(members, at)
	other := *m
	other.family = m.family.clone()
	var out []Learned
	for _, l := range slices.Sorted(maps.Keys(members)) {
		list := members[l]
		if len(list) < leastLearned {
			out = append(out, Learned{name(l), len(list), true})
			continue
		}
		model, words, err := learn(ctx, sample(list, mostLearned, at), at)
		if err != nil {
			return nil, nil, err
		}
		other.family.models[l] = model
		other.family.tell(l, words)
		out = append(out, Learned{name(l), len(list), false})
	}
	slices.SortStableFunc(out, func(a, b Learned) int { return cmp.Compare(b.Articles, a.Articles) })
	return &other, out, nil
}

// languagesOf tells the language of each article; of those that trigrams must tell, of mostTold.
func (f *family) languagesOf(ctx context.Context, n, workers int, at func(i int) (string, bool)) ([]string, error) {
	lang := make([]string, n)
	unclear := make([]bool, n)
	err := each(ctx, n, workers, func(i int) {
		if s, ok := at(i); ok {
			lang[i] = f.cheaply(s, clearly)
			unclear[i] = lang[i] != English && !ofScript(lang[i])
		}
	})
	if err != nil {
		return nil, err
	}
	var list []int
	for i, u := range unclear {
		if u {
			list = append(list, i)
		}
	}
	list = sample(list, mostTold, at)
	err = each(ctx, len(list), workers, func(k int) {
		s, _ := at(list[k])
		lang[list[k]] = byTrigrams(s, lang[list[k]])
	})
	return lang, err
}

// each calls do for every i below n.
func each(ctx context.Context, n, workers int, do func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(max(workers, 1), n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// joinFew moves the articles of languages of few to the commonest one of the same script.
func joinFew(members map[string][]int, at func(i int) (string, bool)) {
	codes := slices.SortedFunc(maps.Keys(members), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(members[b]), len(members[a])), cmp.Compare(a, b))
	})
	most := map[*unicode.RangeTable]string{}
	for _, l := range codes {
		first, _ := at(members[l][0])
		script := scriptOf(first)
		if script == nil {
			continue
		}
		if most[script] == "" {
			most[script] = l
			continue
		}
		if len(members[l]) < leastLearned {
			members[most[script]] = append(members[most[script]], members[l]...)
			delete(members, l)
		}
	}
	for _, list := range members {
		slices.Sort(list)
	}
}

// codes are the languages that trigrams tell, by code.
var codes = sync.OnceValue(func() map[string]whatlanggo.Lang {
	m := map[string]whatlanggo.Lang{}
	for l := range whatlanggo.Langs {
		if c := l.Iso6391(); c != "" {
			m[c] = l
		}
	}
	return m
})

// name is the English name of a language.
func name(code string) string {
	if l, ok := codes()[code]; ok {
		return l.String()
	}
	return code
}

// sharedScripts are the scripts of many languages, which only words and trigrams tell apart.
var sharedScripts = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Arabic, unicode.Devanagari}

// scriptOf is the script of a text if many languages share it.
func scriptOf(s string) *unicode.RangeTable {
	r := firstLetter(s)
	for _, t := range sharedScripts {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}

// sample is at most n of the articles, whatever their order.
func sample(list []int, n int, at func(i int) (string, bool)) []int {
	if len(list) <= n {
		return list
	}
	hash := make(map[int]uint64, len(list))
	for _, i := range list {
		s, _ := at(i)
		hash[i] = text.Hash(s)
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(hash[a], hash[b]), cmp.Compare(a, b)) })
	return list[:n]
}

// use is how a word is used.
type use struct {
	articles, stretches      int32
	lastArticle, lastStretch int32
	count, capital           int32
	part                     bool // of a word: a script without spaces
}

// learn makes a model of articles, and lists their commonest words.
func learn(ctx context.Context, list []int, at func(i int) (string, bool)) (*Model, []uint64, error) {
	words, pairs := map[uint64]*use{}, map[[2]uint64]*pairUse{}
	var toks []text.Token
	total, stretches := 0, int32(0)
	for k, i := range list {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		s, _ := at(i)
		s = s[:cut(s, learnedBytes)]
		toks = text.Once(text.AppendTokens(toks[:0], s), s)
		article := int32(k + 1)
		for j, t := range toks {
			if j%stretch == 0 {
				stretches++
			}
			w := words[t.Hash]
			if w == nil {
				w = &use{part: spaceless(s[t.Start:t.End])}
				words[t.Hash] = w
			}
			w.see(article, stretches, s[t.Start:t.End])
			if j > 0 {
				key := [2]uint64{toks[j-1].Hash, t.Hash}
				p := pairs[key]
				if p == nil {
					p = &pairUse{}
					pairs[key] = p
				}
				p.count++
				if p.last != article {
					p.articles++
					p.last = article
				}
			}
		}
		total += len(toks)
	}
	m, err := modelOf(words, pairs, len(list), total, stretches)
	return m, commonest(words), err
}

// commonest is the words that stand in most stretches: what tells the language.
func commonest(words map[uint64]*use) []uint64 {
	list := slices.SortedFunc(maps.Keys(words), func(a, b uint64) int {
		return cmp.Or(cmp.Compare(words[b].stretches, words[a].stretches), cmp.Compare(a, b))
	})
	return list[:min(len(list), tellingWords)]
}

// pairUse is how two words are used side by side.
type pairUse struct{ articles, count, last int32 }

func (w *use) see(article, stretch int32, written string) {
	w.count++
	if w.lastArticle != article {
		w.lastArticle = article
		w.articles++
	}
	if w.lastStretch != stretch {
		w.lastStretch = stretch
		w.stretches++
	}
	if r, _ := utf8.DecodeRuneInString(written); unicode.IsUpper(r) {
		w.capital++
	}
}

func modelOf(words map[uint64]*use, pairs map[[2]uint64]*pairUse, n, total int, stretches int32) (*Model, error) {
	scale := Default().Articles / float64(n)
	s := Shares{Words: map[uint64]float64{}}
	articles, together := map[uint64]float64{}, map[[2]uint64]float64{}
	for h, w := range words {
		articles[h] = scale * discounted(w.articles, w.count, n)
		s.Words[h] = (float64(w.count) - 0.5) / float64(max(total, 1))
		if w.function(n, total, stretches) {
			s.Function = append(s.Function, h)
		}
	}
	for p, x := range pairs {
		if n < manyArticles || x.articles > 1 {
			together[p] = scale * discounted(x.articles, x.count, n)
		}
	}
	return s.model(articles, together)
}

// discounted is in how many of n articles a word would stand that was not what some of them are
// about: half an article less, for chance, and less for each time that it comes in bursts.
func discounted(articles, count int32, n int) float64 {
	mean := float64(count) / float64(n)
	chance := mean / -math.Expm1(-mean) // uses an article that has it, were they strewn evenly
	burst := max(float64(count)/float64(articles)/chance, 1)
	return (float64(articles) - 0.5) / (burst * burst)
}

// function says whether a word is a function word, of n articles, total tokens and as many
// stretches.
func (w *use) function(n, total int, stretches int32) bool {
	chance := float64(stretches) * -math.Expm1(-float64(w.count)/float64(stretches))
	return !w.part && float64(w.articles) >= everywhere*float64(n) && float64(w.count) >= often*float64(total) &&
		float64(w.stretches) >= even*chance && float64(w.capital) <= (1-small)*float64(w.count)
}

// spaceless says whether a word is of a script without spaces between words.
func spaceless(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= 0xe00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー')
}
