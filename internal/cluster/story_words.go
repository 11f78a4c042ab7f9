package cluster

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/background"
	"dedup/internal/text"
)

// Keywords: names and words that most articles of a story have and few others, as the articles write them. A candidate is a run of up to five
// capitalised words ("Hakan Fidan"), two adjacent content words ("prisoner exchange"), or a word; it scores the share of the story's articles that
// have it, the title and repetition counting, times its surprise under the background model. The best come first, and none shares a word or a
// stem with a better one. Cost: the first storyOpening bytes of at most storyVoices articles.
const (
	storyKeywords = 6
	storyOpening  = 2500
	storyLongName = 5 // words
)

// storyWords is the candidates of a story.
type storyWords struct {
	bg       *background.Model
	articles int
	words    map[uint64]*storyWord    // single content words
	phrases  map[uint64]*storyKeyword // of any length
}

// storyWord is how a word is written in the story.
type storyWord struct {
	low, cap int // uses inside of sentences in lower case and capitalised
	articles int
	last     int
}

type storyKeyword struct {
	words    []uint64
	form     string
	name     bool
	strength float64 // of the articles before
	uses     float64 // in the last article
	title    bool
	articles int
	last     int
}

// storyCalendar are words that date a story and do not tell it.
var storyCalendar = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, w := range strings.Fields("monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december " +
		"today yesterday tomorrow week weeks month months year years day days time times people news photo image images video caption file getty reuters ap afp copyright rights reserved") {
		m[text.Hash(w)] = true
	}
	return m
}()

// words collects the candidates of articles.
func (s *storyRun) words(b *storyBag, articles []StoryArticle) *storyWords {
	w := &storyWords{bg: s.bg, articles: len(articles), words: map[uint64]*storyWord{}, phrases: map[uint64]*storyKeyword{}}
	for i, a := range articles {
		w.count(b, i+1, a.Text[:min(len(a.Text), storyOpening)])
	}
	for i, a := range articles {
		w.collect(b, i+1, a.Title, true)
		w.collect(b, i+1, a.Text[:min(len(a.Text), storyOpening)], false)
	}
	for _, c := range w.phrases {
		c.close()
	}
	return w
}

// count learns how words are written. A line that capitalises most of its words, a headline, says nothing about case.
func (w *storyWords) count(b *storyBag, article int, str string) {
	for line := range strings.Lines(str) {
		b.toks = text.AppendTokens(b.toks[:0], line)
		content, capital := 0, 0
		for _, t := range b.toks {
			if !w.bg.Function(t.Hash) {
				content++
				if storyCapital(line[t.Start:t.End]) {
					capital++
				}
			}
		}
		w.countLine(b, article, line, content < 4 || 3*capital < 2*content)
	}
}

func (w *storyWords) countLine(b *storyBag, article int, line string, prose bool) {
	for _, t := range b.toks {
		u := w.words[t.Hash]
		if u == nil {
			u = &storyWord{}
			w.words[t.Hash] = u
		}
		if u.last != article {
			u.last = article
			u.articles++
		}
		switch {
		case !prose:
		case !storyCapital(line[t.Start:t.End]):
			u.low++
		case !storyStarts(line, int(t.Start)):
			u.cap++
		}
	}
}

// storyStarts tells whether a word stands where any would be capitalised: at the start of a sentence, a line or a quotation.
func storyStarts(str string, at int) bool {
	before := strings.TrimRight(str[:at], " \t")
	if before == "" {
		return true
	}
	r, n := utf8.DecodeLastRuneInString(before)
	if r == '-' && len(before) == at && n < len(before) && before[len(before)-2] > ' ' {
		return false // Wal-Mart
	}
	return strings.ContainsRune(".!?:\n\r\"“”‘'`-–—*•|", r)
}

// name tells whether the story writes a word with a capital.
func (w *storyWords) name(hash uint64) bool {
	u := w.words[hash]
	return u != nil && u.cap > u.low && (u.low == 0 || !w.bg.Function(hash)) // Las Vegas
}

// collect adds the candidates of one text.
func (w *storyWords) collect(b *storyBag, article int, str string, title bool) {
	b.toks = text.AppendTokens(b.toks[:0], str)
	toks := b.toks
	for i := 0; i < len(toks); i++ {
		useful := w.useful(toks[i].Hash, str[toks[i].Start:toks[i].End])
		if useful {
			w.add(article, str, toks[i:i+1], title)
		}
		if useful && i+1 < len(toks) && !w.name(toks[i].Hash) && !w.name(toks[i+1].Hash) && storyJoined(str, toks[i], toks[i+1]) &&
			w.useful(toks[i+1].Hash, str[toks[i+1].Start:toks[i+1].End]) {
			w.add(article, str, toks[i:i+2], title)
		}
		if !w.name(toks[i].Hash) || storyCalendar[toks[i].Hash] || i > 0 && w.name(toks[i-1].Hash) && storyJoined(str, toks[i-1], toks[i]) {
			continue // not the start of a name
		}
		for n := 2; n <= storyLongName && i+n <= len(toks); n++ {
			last := toks[i+n-1]
			if !w.name(last.Hash) || !storyCapital(str[last.Start:last.End]) || !storyJoined(str, toks[i+n-2], last) {
				break
			}
			w.add(article, str, toks[i:i+n], title)
		}
	}
}

// storyJoined tells whether only a space or a hyphen stands between two words.
func storyJoined(str string, a, b text.Token) bool {
	gap := str[a.End:b.Start]
	return gap == " " || gap == "-"
}

// useful tells whether a word may stand in a keyword.
func (w *storyWords) useful(hash uint64, form string) bool {
	if w.bg.Function(hash) || storyCalendar[hash] {
		return false
	}
	letters := 0
	for _, r := range form {
		if unicode.IsDigit(r) {
			return false
		}
		letters++
	}
	r, _ := utf8.DecodeRuneInString(form)
	return letters >= 3 || unicode.Is(unicode.Han, r) || letters == 2 && strings.ToUpper(form) == form
}

// add counts one use of a candidate.
func (w *storyWords) add(article int, str string, toks []text.Token, title bool) {
	var list [storyLongName]uint64
	for i, t := range toks {
		list[i] = t.Hash
	}
	key := storyKey(list[:len(toks)])
	c := w.phrases[key]
	form := str[toks[0].Start:toks[len(toks)-1].End]
	if c == nil {
		c = &storyKeyword{form: form, name: true}
		for _, t := range toks {
			c.words = append(c.words, t.Hash)
			c.name = c.name && w.name(t.Hash)
		}
		w.phrases[key] = c
	}
	if c.last != article {
		c.close()
		c.last = article
		c.articles++
	}
	c.uses++
	c.title = c.title || title
	if storyBetter(form, c.form, c.name) {
		c.form = form
	}
}

func storyKey(words []uint64) uint64 {
	var key uint64
	for _, h := range words {
		key = bits.RotateLeft64(key, 23) ^ h
	}
	return key
}

// storyBetter tells whether a form reads better in a list: a name with capitals but not all of them, another word in lower case.
func storyBetter(form, than string, name bool) bool {
	rank := func(f string) int {
		shouts := slices.ContainsFunc(strings.Fields(f), func(x string) bool { return len(x) > 3 && x == strings.ToUpper(x) })
		switch low := f == strings.ToLower(f); {
		case low != name && !shouts:
			return 0
		case !shouts:
			return 1
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(form), rank(than)), cmp.Compare(form, than)) < 0
}

// close turns the uses in one article into strength: one use counts 0.4, many up to 1, a title 0.5 more.
func (c *storyKeyword) close() {
	if c.uses > 0 {
		c.strength += c.uses / (c.uses + 1.5)
	}
	if c.title {
		c.strength += 0.5
	}
	c.uses, c.title = 0, false
}

// score of a candidate.
func (w *storyWords) score(c *storyKeyword) float64 {
	df := math.Inf(1)
	for i, h := range c.words {
		df = min(df, w.bg.DF(h))
		if i > 0 {
			df = min(df, max(w.bg.PairDF(c.words[i-1], h), storyUnseen))
		}
	}
	info := min(math.Log2(w.bg.Articles/df), 12)
	return c.strength * info
}

// storyUnseen is the article count of a pair that the background model does not list.
const storyUnseen = 3

// fits tells whether a candidate may be a keyword: it does not end in a lone letter, one of three or more articles stands in two of them, and two words that are no name mostly
// stand together here, and are known to.
func (w *storyWords) fits(c *storyKeyword) bool {
	if w.articles >= 3 && c.articles < 2 || strings.LastIndexByte(c.form, ' ') == len(c.form)-2 {
		return false
	}
	if c.name || len(c.words) == 1 {
		return true
	}
	for i := range c.words {
		if one := w.phrases[storyKey(c.words[i:i+1])]; one != nil && c.strength < one.strength/2 {
			return false
		}
	}
	return w.bg.PairDF(c.words[0], c.words[1]) > 0
}

// keywords picks the best candidates.
func (w *storyWords) keywords() []string {
	type scored struct {
		*storyKeyword
		score float64
	}
	var list []scored
	var names []*storyKeyword
	for _, c := range w.phrases {
		if w.fits(c) {
			list = append(list, scored{c, w.score(c)})
			if c.name && len(c.words) > 1 {
				names = append(names, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(len(b.words), len(a.words)), cmp.Compare(a.form, b.form))
	})
	slices.SortFunc(names, func(a, b *storyKeyword) int {
		return cmp.Or(cmp.Compare(len(b.words), len(a.words)), cmp.Compare(b.strength, a.strength), cmp.Compare(a.form, b.form))
	})
	var out []string
	var stems []string
	for _, c := range list {
		if len(out) == storyKeywords || len(out) >= 3 && c.score < list[0].score/4 {
			break
		}
		form := storyWithoutRank(c.whole(names).form)
		words := storyStems(form)
		if slices.ContainsFunc(words, func(x string) bool { return slices.ContainsFunc(stems, func(y string) bool { return storyAkin(x, y) }) }) {
			continue
		}
		out = append(out, form)
		stems = append(stems, words...)
	}
	return out
}

// whole is the longest name that c is a part of and that is used often enough: the man is called Fidan, the keyword Hakan Fidan.
func (c *storyKeyword) whole(names []*storyKeyword) *storyKeyword {
	if !c.name {
		return c
	}
	for _, n := range names {
		if len(n.words) > len(c.words) && n.strength >= 0.35*c.strength && storyContains(n.words, c.words) {
			return n
		}
	}
	return c
}

// storyRanks are what people are addressed by.
var storyRanks = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("President Vice Prime Minister Foreign Secretary Senator Sen Rep Representative Gov Governor Mayor Judge Justice Chief Police Sheriff " +
		"Officer Trooper Senior Sergeant Captain General Colonel Dr Chairman CEO Director Coach Actress Actor Singer Republican Democrat Democratic Congressman Congresswoman Mr Mrs Ms") {
		m[w] = true
	}
	return m
}()

// storyWithoutRank cuts ranks off the front of a name of at least two more words.
func storyWithoutRank(name string) string {
	words := strings.Fields(name)
	for len(words) > 2 && storyRanks[strings.TrimRight(words[0], ".")] {
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// storyContains tells whether part stands in all as a run.
func storyContains(all, part []uint64) bool {
	for i := 0; i+len(part) <= len(all); i++ {
		if slices.Equal(all[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// storyStems is the normal forms of the words of a keyword.
func storyStems(form string) []string {
	var out []string
	for _, t := range text.AppendTokens(nil, form) {
		out = append(out, string(text.AppendNormal(nil, form[t.Start:t.End])))
	}
	return out
}

// storyAkin tells whether two words are forms of one: "missile" and "missiles", "Iran" and "Iranian".
func storyAkin(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n == len(a) && (n >= 4 || len(a) == len(b)) || n >= 5 && n >= len(a)-2
}

// shared is how well a headline tells the story: the share of its content words that half of the articles have, from 0.2 to 1.2. A line that is
// no headline counts half.
func (w *storyWords) shared(b *storyBag, line string, told bool) float32 {
	b.toks = text.AppendTokens(b.toks[:0], line)
	have, all := 0.0, 0.0
	for _, t := range b.toks {
		if w.bg.Function(t.Hash) || storyCalendar[t.Hash] {
			continue
		}
		all++
		if u := w.words[t.Hash]; u != nil && 2*u.articles > w.articles {
			have++
		}
	}
	score := 0.2 + have/max(all, 4)
	if !told {
		score /= 2
	}
	return float32(score)
}
