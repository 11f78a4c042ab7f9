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
	"dedup/internal/shingle"
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
	wordAt   shingle.Numbers
	words    []word
	phraseAt shingle.Numbers
	phrases  []keyword // of one word or more

	toks   []text.Token // of the openings of all articles
	of     []int32      // of each of them, its word
	ends   []int        // of each article
	titles []text.Token
	named  []int32 // the words of a title
	ranked []*keyword
	names  []*keyword
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

// countWords learns how articles write words, from the first bytes of their texts.
func (s *run) countWords(k *worker, articles []Article, opening int) *words {
	if k.words == nil {
		k.words = &words{bag: &k.bag}
	}
	w := k.words
	w.bg = s.bg.Of(cmp.Or(articles[0].Text, articles[0].Title))
	w.bag.speak(w.bg)
	w.articles = len(articles)
	w.words, w.toks, w.of, w.ends = w.words[:0], w.toks[:0], w.of[:0], w.ends[:0]
	w.wordAt.Reset(0)
	for i, a := range articles {
		w.count(i+1, beginning(a.Text, opening))
	}
	return w
}

// unknown is the words of an article that were counted in other parts than they are collected in.
const unknown = -1

// collectAll collects the candidates of the articles that were counted.
func (w *words) collectAll(articles []Article, opening int) {
	w.leaveGrammar()
	w.phrases = w.phrases[:0]
	w.phraseAt.Reset(0)
	from := 0
	for i, a := range articles {
		w.titles = text.AppendTokens(w.titles[:0], a.Title)
		w.named = w.appendWords(w.named[:0], a.Title, w.titles)
		w.collect(i+1, a.Title, w.titles, w.named, true)
		str, toks, of := beginning(a.Text, opening), w.toks[from:w.ends[i]], w.of[from:w.ends[i]]
		if len(of) > 0 && of[0] == unknown {
			of = w.appendWords(of[:0], str, toks)
		}
		w.collect(i+1, str, toks, of, false)
		from = w.ends[i]
	}
	for i := range w.phrases {
		w.phrases[i].close()
	}
	w.findParts()
}

// word is the entry of a word, form one way to write it. It is good until the next call.
func (w *words) word(hash uint64, form string) *word { return &w.words[w.wordNumber(hash, form)] }

// appendWords appends the numbers of the words of toks, the tokens of str.
func (w *words) appendWords(dst []int32, str string, toks []text.Token) []int32 {
	for _, t := range toks {
		dst = append(dst, w.wordNumber(t.Hash, str[t.Start:t.End]))
	}
	return dst
}

func (w *words) wordNumber(hash uint64, form string) int32 {
	at, ok := w.wordAt.At(hash)
	if !ok {
		*at = int32(len(w.words))
		known := w.bag.know(hash)
		w.words = append(w.words, word{
			function: known.function, known: known.articles >= 1, unspaced: spaceless(form), letters: utf8.RuneCountInString(form),
			useful: !known.function && !calendar[hash] && telltale(form),
		})
	}
	return *at
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

// count learns how words are written, line by line, and keeps the tokens of str.
func (w *words) count(article int, str string) {
	from := len(w.toks)
	w.toks = text.AppendTokens(w.toks, str)
	toks := w.toks[from:]
	if slices.ContainsFunc(toks, func(t text.Token) bool { return strings.IndexByte(str[t.Start:t.End], '\n') >= 0 }) {
		for line := range strings.Lines(str) { // a word that two lines share is one in each of them
			w.bag.toks = text.AppendTokens(w.bag.toks[:0], line)
			w.named = w.appendWords(w.named[:0], line, w.bag.toks)
			w.countLine(article, line, w.bag.toks, w.named)
		}
		for range toks {
			w.of = append(w.of, unknown)
		}
	} else {
		w.of = w.appendWords(w.of, str, toks)
		of := w.of[from:]
		for len(toks) > 0 {
			n, end := 0, len(str)
			if i := strings.IndexByte(str[toks[0].Start:], '\n'); i >= 0 {
				end = int(toks[0].Start) + i
			}
			for n < len(toks) && int(toks[n].Start) < end {
				n++
			}
			w.countLine(article, str, toks[:n], of[:n])
			toks, of = toks[n:], of[n:]
		}
	}
	w.ends = append(w.ends, len(w.toks))
}

// countLine counts the tokens of a line of str; of are their words. A line that capitalises most of
// its words, a headline, says nothing about case.
func (w *words) countLine(article int, str string, toks []text.Token, of []int32) {
	content, capital := 0, 0
	for k, t := range toks {
		if !w.words[of[k]].function {
			content++
			if capitalWeight(str[t.Start:t.End]) {
				capital++
			}
		}
	}
	prose := content < 4 || 3*capital < 2*content
	for k, t := range toks {
		form := str[t.Start:t.End]
		u := &w.words[of[k]]
		if u.last != article {
			u.last = article
			u.articles++
		}
		switch {
		case !prose:
		case !capitalWeight(form):
			u.low++
		case !starts(str, int(t.Start)):
			u.cap++
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
func (w *words) name(word int32) bool {
	u := &w.words[word]
	return u.cap > u.low && (u.low == 0 || !u.function) // Las Vegas
}

// collect adds the candidates of one text, of the tokens toks and the words of.
func (w *words) collect(article int, str string, toks []text.Token, of []int32, title bool) {
	name, useful, joined := false, false, false // of the word before
	for i, t := range toks {
		nameBefore, usefulBefore := name && joined, useful
		name, useful = w.name(of[i]), w.words[of[i]].useful
		if spaceless(str[t.Start:]) {
			w.collectRuns(article, str, toks, of, i, title)
			joined = false
			continue
		}
		if useful {
			w.add(article, str, toks[i:i+1], of[i:], title)
		}
		if useful && usefulBefore && joined && !name && !nameBefore && !compound(str, toks, i) {
			w.add(article, str, toks[i-1:i+1], of[i-1:], title)
		}
		joined = i+1 < len(toks) && isJoined(str, t, toks[i+1])
		if !name || calendar[t.Hash] {
			continue
		}
		for n := 2; n <= longName && i+n <= len(toks); n++ {
			last := toks[i+n-1]
			if !isJoined(str, toks[i+n-2], last) || !capitalWeight(str[last.Start:last.End]) || !w.name(of[i+n-1]) {
				break
			}
			w.add(article, str, toks[i:i+n], of[i:], title)
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

// add counts one use of a candidate, which is the words of. It is good until the next call.
func (w *words) add(article int, str string, toks []text.Token, of []int32, title bool) *keyword {
	var list [longRun]uint64
	for i, t := range toks {
		list[i] = t.Hash
	}
	key := key(list[:len(toks)])
	form := str[toks[0].Start:toks[len(toks)-1].End]
	i, ok := w.phraseAt.At(key)
	if !ok {
		*i = int32(len(w.phrases))
		name := true
		for _, u := range of[:len(toks)] {
			name = name && w.name(u)
		}
		w.phrases = append(w.phrases, keyword{list: list, n: len(toks), form: form, name: name})
	}
	c := &w.phrases[*i]
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

// better tells whether a form reads better in a list: a name with capitals but not all of them,
// another word in lower case.
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

// close turns the uses in one article into strength: one use counts 0.4, many up to 1, a title 0.5
// more.
func (c *keyword) close() {
	if c.uses > 0 {
		c.strength += c.uses / (c.uses + 1.5)
	}
	if c.title {
		c.strength += 0.5
	}
	c.uses, c.title = 0, false
}
