package story

import (
	"cmp"
	_ "embed" // word lists
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/background"
	"dedup/internal/text"
)

// Keywords: names and words that most articles of a story have and few others, as the articles
// write them. A candidate is a run of up to five capitalised words ("Hakan Fidan"), two adjacent
// content words ("prisoner exchange"), or a word; it scores the share of the story's articles that
// have it, the title and repetition counting, times its surprise under the background model. The
// best come first, and none shares a word or a stem with a better one. Cost: the first opening
// bytes of at most voices articles.
const (
	keywords = 6
	opening  = 2500
	longName = 5 // words
)

// words is the candidates of a story, and a worker's scratch.
type words struct {
	bg       *background.Model
	bag      *bag
	articles int
	wordAt   map[uint64]int32
	words    []word
	phraseAt map[uint64]int32
	phrases  []keyword // of one word or more
}

// word is how a word is written in the story.
type word struct {
	low, cap int // uses inside of sentences in lower case and capitalised
	articles int
	last     int
	useful   bool // may stand in a keyword
	function bool
	known    bool // to the model
	unspaced bool // a character of a script without spaces
	letters  int
}

// keyword is a candidate.
type keyword struct {
	list     [longRun]uint64
	n        int
	form     string
	name     bool
	strength float64 // of the articles before
	uses     float64 // in the last article
	title    bool
	articles int
	last     int
	score    float64

	run          bool // of characters without spaces: spaceless.go
	cut          bool // inside of a run of Katakana
	total, above int  // uses, and those of longer words that it is a part of
	left, right  side
}

func (c *keyword) words() []uint64 { return c.list[:c.n] }

//go:embed calendar.txt
var calendarList string

// calendar is the words, by hash, that are in no keyword: they say when, or belong to a page.
var calendar = func() map[uint64]bool {
	m := map[uint64]bool{}
	for _, w := range listed(calendarList) {
		m[text.Hash(w)] = true
	}
	return m
}()

// listed is the entries of a word list, one a line; lines that begin with # are remarks.
func listed(list string) (words []string) {
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			words = append(words, line)
		}
	}
	return words
}

// collectWords collects the candidates of articles, of the first bytes of their texts.
func (s *run) collectWords(k *worker, articles []Article, opening int) *words {
	if k.words == nil {
		k.words = &words{bag: &k.bag, wordAt: map[uint64]int32{}, phraseAt: map[uint64]int32{}}
	}
	w := k.words
	w.bg = s.bg.Of(cmp.Or(articles[0].Text, articles[0].Title))
	w.bag.speak(w.bg)
	w.articles = len(articles)
	w.words, w.phrases = w.words[:0], w.phrases[:0]
	clear(w.wordAt)
	clear(w.phraseAt)
	for i, a := range articles {
		w.count(i+1, beginning(a.Text, opening))
	}
	w.leaveGrammar()
	for i, a := range articles {
		w.collect(i+1, a.Title, true)
		w.collect(i+1, beginning(a.Text, opening), false)
	}
	for i := range w.phrases {
		w.phrases[i].close()
	}
	w.findParts()
	return w
}

// word is the entry of a word, form one way to write it. It is good until the next call.
func (w *words) word(hash uint64, form string) *word {
	i, ok := w.wordAt[hash]
	if !ok {
		i = int32(len(w.words))
		w.wordAt[hash] = i
		known := w.bag.know(hash)
		w.words = append(w.words, word{
			function: known.function, known: known.articles >= 1, unspaced: spaceless(form), letters: utf8.RuneCountInString(form),
			useful: !known.function && !calendar[hash] && telltale(form),
		})
	}
	return &w.words[i]
}

// telltale tells whether a word without digits is long enough to say something.
func telltale(form string) bool {
	letters := 0
	for _, r := range form {
		if unicode.IsDigit(r) {
			return false
		}
		letters++
	}
	return !spaceless(form) && (letters >= 3 || letters == 2 && strings.ToUpper(form) == form && strings.ToLower(form) != form)
}

// count learns how words are written. A line that capitalises most of its words, a headline, says
// nothing about case.
func (w *words) count(article int, str string) {
	for line := range strings.Lines(str) {
		toks := text.AppendTokens(w.bag.toks[:0], line)
		w.bag.toks = toks
		content, capital := 0, 0
		for _, t := range toks {
			if !w.bag.know(t.Hash).function {
				content++
				if capitalWeight(line[t.Start:t.End]) {
					capital++
				}
			}
		}
		prose := content < 4 || 3*capital < 2*content
		for _, t := range toks {
			form := line[t.Start:t.End]
			u := w.word(t.Hash, form)
			if u.last != article {
				u.last = article
				u.articles++
			}
			switch {
			case !prose:
			case !capitalWeight(form):
				u.low++
			case !starts(line, int(t.Start)):
				u.cap++
			}
		}
	}
}

// starts tells whether a word stands where any would be capitalised: at the start of a sentence, a
// line or a quotation.
func starts(str string, at int) bool {
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
func (w *words) name(t text.Token, str string) bool {
	u := w.word(t.Hash, str[t.Start:t.End])
	return u.cap > u.low && (u.low == 0 || !u.function) // Las Vegas
}

// collect adds the candidates of one text.
func (w *words) collect(article int, str string, title bool) {
	toks := text.AppendTokens(w.bag.toks[:0], str)
	w.bag.toks = toks
	name, useful, joined := false, false, false // of the word before
	for i, t := range toks {
		nameBefore, usefulBefore := name && joined, useful
		name, useful = w.name(t, str), w.word(t.Hash, str[t.Start:t.End]).useful
		if spaceless(str[t.Start:]) {
			w.collectRuns(article, str, toks, i, title)
			joined = false
			continue
		}
		if useful {
			w.add(article, str, toks[i:i+1], title)
		}
		if useful && usefulBefore && joined && !name && !nameBefore && !compound(str, toks, i) {
			w.add(article, str, toks[i-1:i+1], title)
		}
		joined = i+1 < len(toks) && isJoined(str, t, toks[i+1])
		if !name || calendar[t.Hash] {
			continue
		}
		for n := 2; n <= longName && i+n <= len(toks); n++ {
			last := toks[i+n-1]
			if !isJoined(str, toks[i+n-2], last) || !capitalWeight(str[last.Start:last.End]) || !w.name(last, str) {
				break
			}
			w.add(article, str, toks[i:i+n], title)
		}
	}
}

// compound tells whether the word before token i, or i itself, is only a part of one with hyphens
// beyond the two: the second half of "face-to-face talks".
func compound(str string, toks []text.Token, i int) bool {
	before, behind := int(toks[i-1].Start), int(toks[i].End)
	return before > 0 && str[before-1] == '-' || behind < len(str) && str[behind] == '-'
}

// isJoined tells whether only a space or a hyphen stands between two words.
func isJoined(str string, a, b text.Token) bool {
	gap := str[a.End:b.Start]
	return gap == " " || gap == "-"
}

// add counts one use of a candidate. It is good until the next call.
func (w *words) add(article int, str string, toks []text.Token, title bool) *keyword {
	var list [longRun]uint64
	for i, t := range toks {
		list[i] = t.Hash
	}
	key := key(list[:len(toks)])
	form := str[toks[0].Start:toks[len(toks)-1].End]
	i, ok := w.phraseAt[key]
	if !ok {
		i = int32(len(w.phrases))
		w.phraseAt[key] = i
		name := true
		for _, t := range toks {
			name = name && w.name(t, str)
		}
		w.phrases = append(w.phrases, keyword{list: list, n: len(toks), form: form, name: name})
	}
	c := &w.phrases[i]
	if c.last != article {
		c.close()
		c.last = article
		c.articles++
	}
	c.uses++
	c.title = c.title || title
	if form != c.form && better(form, c.form, c.name) {
		c.form = form
	}
	return c
}

func key(words []uint64) uint64 {
	var key uint64
	for _, h := range words {
		key = bits.RotateLeft64(key, 23) ^ h
	}
	return key
}

// better tells whether a form reads better in a list: a name with capitals but not all of them, another word in lower case.
func better(form, than string, name bool) bool {
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
func (c *keyword) close() {
	if c.uses > 0 {
		c.strength += c.uses / (c.uses + 1.5)
	}
	if c.title {
		c.strength += 0.5
	}
	c.uses, c.title = 0, false
}
