package background

import (
	"math/bits"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"

	"dedup/internal/text"
)

// The language of a text is recognised from its first 600 bytes, in three ways, the cheapest first:
//
//  1. The script, where only one language uses it: Chinese, Japanese, Korean, Thai, Greek …
//  2. The models' own words: the commonest words of one language are a fifth of the first 64
//     tokens, and half as many again as those of the next language. 2 µs an article.
//  3. Trigrams (whatlanggo: Cavnar and Trenkle, "N-gram-based text categorization", 1994): 84
//     languages in 0.4 MB, a millisecond. Learn asks them for articles that are not English; what
//     it learns gives the languages without a model words of their own.
//
// Codes are those of ISO 639-1.

// cheaply tells the language of a text by script and by words; "" where neither does. margin is how
// many times as many words as the next language the best must have.
func (f *family) cheaply(s string, margin float64) string {
	s = s[:cut(s, toldBytes)]
	if r := firstLetter(s); r >= 0x370 {
		if lang := byScript(s); lang != "" {
			return lang
		}
	}
	buf := beginnings.Get().(*[]text.Token)
	defer beginnings.Put(buf)
	*buf = text.AppendTokens((*buf)[:0], s)
	return f.byWords((*buf)[:min(len(*buf), told)], margin)
}

// byTrigrams tells the language of a text that words say is lang, or "", not known.
func byTrigrams(s, lang string) string {
	s = s[:cut(s, toldBytes)]
	info := whatlanggo.Detect(s)
	if info.Confidence == 0 { // none, or two that are as near: it would name either
		return lang
	}
	if code := info.Lang.Iso6391(); code != "" && (lang == "" || info.IsReliable()) {
		return code
	}
	return lang
}

var beginnings = sync.Pool{New: func() any { return new([]text.Token) }}

const (
	told        = 64 // tokens that are looked at
	toldBytes   = 600
	scriptBytes = 400
	wordShare   = 5   // one of the commonest words in so many tokens makes a language
	clearly     = 1.5 // times as many as those of the next language
)

// cut is n, or less where that is inside of a character or behind the end.
func cut(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

func firstLetter(s string) rune {
	for _, r := range s[:cut(s, scriptBytes)] {
		if unicode.IsLetter(r) {
			return r
		}
	}
	return 0
}

// scripts are those that tell a language. Of Kana and Han, Kana decides.
var scripts = []struct {
	table *unicode.RangeTable
	lang  string
}{
	{unicode.Hiragana, "ja"}, {unicode.Katakana, "ja"}, {unicode.Han, "zh"}, {unicode.Hangul, "ko"}, {unicode.Thai, "th"}, {unicode.Hebrew, "he"},
	{unicode.Greek, "el"}, {unicode.Lao, "lo"}, {unicode.Khmer, "km"}, {unicode.Myanmar, "my"}, {unicode.Georgian, "ka"}, {unicode.Armenian, "hy"},
	{unicode.Tamil, "ta"}, {unicode.Telugu, "te"}, {unicode.Bengali, "bn"}, {unicode.Gujarati, "gu"}, {unicode.Kannada, "kn"}, {unicode.Malayalam, "ml"},
}

// ofScript says whether a language has its script for itself.
func ofScript(lang string) bool {
	for k := range scripts {
		if scripts[k].lang == lang {
			return true
		}
	}
	return false
}

// byScript tells the language by the script that most letters of the beginning are of.
func byScript(s string) string {
	var count [32]int
	letters := 0
	for _, r := range s[:cut(s, scriptBytes)] {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		for k := range scripts {
			if unicode.Is(scripts[k].table, r) {
				count[k]++
				break
			}
		}
	}
	if kana := count[0] + count[1]; 10*kana > count[2] && 2*(kana+count[2]) > letters {
		return "ja"
	}
	for k := range scripts {
		if 2*count[k] > letters {
			return scripts[k].lang
		}
	}
	return ""
}

// byWords tells the language by the commonest words of the models; "" if none is clear.
func (f *family) byWords(toks []text.Token, margin float64) string {
	var hits [mostLanguages]int
	for _, t := range toks {
		for set := f.words[t.Hash]; set != 0; set &= set - 1 {
			hits[bits.TrailingZeros64(set)]++
		}
	}
	best, next := 0, 0
	for k, n := range hits {
		switch {
		case n > hits[best]:
			best, next = k, hits[best]
		case k != best:
			next = max(next, n)
		}
	}
	if n := hits[best]; n >= 2 && wordShare*n >= len(toks) && float64(n) >= margin*float64(next) {
		return f.languages[best]
	}
	return ""
}
