package story

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/text"
)

// Keywords of scripts without spaces. A token is one character, and nothing marks a word; what is a
// word shows in how it is used (accessor variety: Feng, Chen, Deng and Zheng 2004). Candidates are
// the runs of two to longRun characters; one is kept that
//
//   - stands in the story more than once, and has different neighbours, punctuation or a particle
//     on both sides: the front part of a word always has the same character behind it;
//   - is no part of a longer run that has most of its uses;
//   - neither starts nor ends with a particle, nor cuts a run of Katakana.
//
// Cost: longRun candidates a character of the openings.
const longRun = 12

// mostUses is the share of its uses in a longer candidate from which one is a part of it.
const mostUses = 0.7

// particles are the Chinese characters that are grammar nearly wherever they stand.
const particles = "的了是在和与與及或也都就而之被把将將说說称稱等这這那对對从從为為于於以并並已但不有"

// side is the neighbours that a run has on one side.
type side struct {
	hash   uint64
	varied bool
}

func (e *side) see(hash uint64) {
	if hash == 0 || e.hash != 0 && e.hash != hash {
		e.varied = true
	}
	e.hash = hash
}

// spaceless says whether a word is a character of a script without spaces.
func spaceless(form string) bool {
	r, _ := utf8.DecodeRuneInString(form)
	return r >= 0xe00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー')
}

// collectRuns adds the runs of characters that start at token i.
func (w *words) collectRuns(article int, str string, toks []text.Token, of []int32, i int, title bool) {
	before := uint64(0)
	if i > 0 && toks[i-1].End == toks[i].Start && spaceless(str[toks[i-1].Start:]) && !particle(str[toks[i-1].Start:]) {
		before = toks[i-1].Hash
	}
	for n := 1; n <= longRun && i+n <= len(toks); n++ {
		last := toks[i+n-1]
		if n > 1 && (toks[i+n-2].End != last.Start || !spaceless(str[last.Start:])) {
			return
		}
		if n == 1 {
			continue
		}
		behind := uint64(0)
		if i+n < len(toks) && toks[i+n].Start == last.End && spaceless(str[toks[i+n].Start:]) && !particle(str[toks[i+n].Start:]) {
			behind = toks[i+n].Hash
		}
		c := w.add(article, str, toks[i:i+n], of[i:], title)
		c.run = true
		c.total++
		c.left.see(before)
		c.right.see(behind)
		if katakana(str[toks[i].Start:]) && i > 0 && before != 0 && katakana(str[toks[i-1].Start:]) ||
			katakana(str[last.Start:]) && behind != 0 && katakana(str[toks[i+n].Start:]) {
			c.cut = true
		}
	}
}

func katakana(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Katakana, r) || r == 'ー'
}

// particle says whether s starts with a character that is grammar: of Chinese those above, of
// Japanese the Hiragana.
func particle(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Hiragana, r) || strings.ContainsRune(particles, r)
}

// isWord says whether a run of characters is a word of the story.
func (w *words) isWord(c *keyword) bool {
	_, last := utf8.DecodeLastRuneInString(c.form)
	return c.total > 1 && c.left.varied && c.right.varied && !c.cut && !particle(c.form) && !particle(c.form[len(c.form)-last:]) &&
		float64(c.above) < mostUses*float64(c.total)
}

// findParts says of each run how often the words that it is a part of are used: those of n
// characters say it of their halves of n-1, the longest first.
func (w *words) findParts() {
	for n := longRun; n > 2; n-- {
		for i := range w.phrases {
			c := &w.phrases[i]
			if !c.run || c.n != n {
				continue
			}
			above := c.above
			if w.isWord(c) {
				above = max(above, c.total)
			}
			for _, part := range [][]uint64{c.list[:n-1], c.list[1:n]} {
				if k, ok := w.phraseAt.Of(key(part)); ok {
					w.phrases[k].above = max(w.phrases[k].above, above)
				}
			}
		}
	}
}

// beginning is about the first n bytes of a text, and ends between words.
func beginning(str string, n int) string {
	if len(str) <= n {
		return str
	}
	for n > 0 && !utf8.RuneStart(str[n]) {
		n--
	}
	r, _ := utf8.DecodeRuneInString(str[n:])
	if unicode.IsSpace(r) || spaceless(str[n:]) {
		return str[:n]
	}
	if i := strings.LastIndexFunc(str[:n], func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Han, r) }); i > 0 {
		return str[:i]
	}
	return str[:n]
}

// Words of a language that no model is of: the commonest, if short, are grammar as like as not.
const (
	grammar      = 30 // of the commonest
	shortGrammar = 6  // letters
)

// leaveGrammar takes the commonest words out of a story that is in no known language.
func (w *words) leaveGrammar() {
	unknown, all := 0, 0
	for _, u := range w.words {
		if n := u.low + u.cap; !u.unspaced {
			all += n
			if !u.known {
				unknown += n
			}
		}
	}
	if 2*unknown <= all {
		return
	}
	for range grammar {
		best := -1
		for i := range w.words {
			if u := &w.words[i]; u.useful && u.low > u.cap && u.letters <= shortGrammar && (best < 0 || u.low > w.words[best].low) {
				best = i
			}
		}
		if best < 0 || w.words[best].low < 2 {
			return
		}
		w.words[best].useful = false
	}
}
