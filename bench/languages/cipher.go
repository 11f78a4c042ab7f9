package main

import (
	"bufio"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/text"
)

// A cipher writes English in the words of another language: the k-th commonest English word becomes
// the k-th commonest of the other, any other word one that is spelled from its hash, the same one
// wherever it stands. Who tells which story, what was copied and how common each word is stay as they
// are, so that the labels of English sets hold in every language. What it cannot show is grammar:
// inflection, and words of several tokens in more orders than English has.
type cipher struct {
	lang   string
	spaces bool              // between words
	cased  bool              // names are capitalised
	word   map[uint64]string // of common English words
	used   map[string]bool
	spell  func(r *random, rank int) string // rank 0: a rare word
}

// languages are what is measured. File: n-grams of the data; without one the words are spelled.
var languages = []struct {
	lang, file    string
	spaces, cased bool
	spell         func(r *random, rank int) string
}{
	{"Chinese", "chinese_simplified", false, false, spellHan},
	{"Japanese", "", false, false, spellJapanese},
	{"Thai", "", false, false, syllables([]rune("กขคงจชดตทนบปพมยรลวสหอ"), []rune("ะาิีุูเแโไ"), "นมงกด")},
	{"Arabic", "", true, false, syllables([]rune("بتثجحخدذرزسشصضطظعغفقكلمنهوي"), []rune("اوي"), "نرلم")},
	{"Russian", "russian", true, true, syllables([]rune("бвгджзклмнпрстфхцчш"), []rune("аеиоуыя"), "нртлк")},
	{"German", "german", true, true, syllables([]rune("bdfghklmnprstvwz"), []rune("aeiouäü"), "nrslt")},
	{"Indonesian", "", true, true, syllables([]rune("bcdghjklmnprstwy"), []rune("aiueo"), "ngkhr")},
}

// random is wyrand.
type random uint64

func (r *random) below(n int) int {
	*r += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(uint64(*r), uint64(*r)^0xe7037ed1a0b428db)
	hi, _ = bits.Mul64(hi^lo, uint64(n))
	return int(hi)
}

// syllables spells words of syllables, the common ones short.
func syllables(heads, vowels []rune, tails string) func(*random, int) string {
	ends := []rune(tails)
	return func(r *random, rank int) string {
		n := 3
		if rank > 0 {
			n = 1 + min(bits.Len(uint(rank))/4, 2)
		}
		var w []rune
		for range n {
			w = append(w, heads[r.below(len(heads))], vowels[r.below(len(vowels))])
		}
		if r.below(2) == 0 {
			w = append(w, ends[r.below(len(ends))])
		}
		return string(w)
	}
}

// spellHan spells words of two or three of 2,500 characters, some of them far commoner.
func spellHan(r *random, rank int) string {
	var w []rune
	for range 2 + r.below(5)/4 {
		k := r.below(2500)
		w = append(w, 0x4e00+rune(k*k/2500)*7)
	}
	return string(w)
}

// spellJapanese spells particles of one or two Hiragana, and other words of Kanji, or of three to
// five Katakana.
func spellJapanese(r *random, rank int) string {
	kana := func(from rune, n int) string {
		var w []rune
		for range n {
			w = append(w, from+rune(r.below(80)))
		}
		return string(w)
	}
	switch {
	case rank > 0 && rank <= 150:
		return kana(0x3042, 1+min(rank/30, 2))
	case r.below(4) == 0:
		return kana(0x30a2, 3+r.below(3))
	}
	return spellHan(r, rank)
}

// newCipher reads the common words of English and of the other language.
func newCipher(data, lang string) (*cipher, error) {
	for _, l := range languages {
		if l.lang != lang {
			continue
		}
		c := &cipher{lang: lang, spaces: l.spaces, cased: l.cased, word: map[uint64]string{}, used: map[string]bool{}, spell: l.spell}
		english, err := commonWords(filepath.Join(data, "frequency", "1grams_english.csv"))
		if err != nil {
			return nil, err
		}
		var other []string
		if l.file != "" {
			if other, err = commonWords(filepath.Join(data, "frequency", "1grams_"+l.file+".csv")); err != nil {
				return nil, err
			}
		}
		for k, w := range english {
			h := text.Hash(string(text.AppendNormal(nil, w)))
			if k < len(other) {
				c.word[h] = other[k]
				c.used[other[k]] = true
			} else {
				c.word[h] = c.fresh(h, k+1)
			}
		}
		return c, nil
	}
	return nil, fmt.Errorf("no language %q", lang)
}

// commonWords reads the words of an n-gram file that are one word for the tokeniser, or of a script
// without spaces, the commonest first, each once.
func commonWords(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []string
	seen := map[string]bool{}
	for sc := bufio.NewScanner(f); sc.Scan(); {
		w, _, _ := strings.Cut(sc.Text(), ",")
		w = strings.ToLower(w)
		r, _ := utf8.DecodeRuneInString(w)
		if toks := text.AppendTokens(nil, w); unicode.IsLetter(r) && !seen[w] && (len(toks) == 1 || unicode.Is(unicode.Han, r)) {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out[min(1, len(out)):], nil // the first row names the columns
}

// fresh spells a word that no other has.
func (c *cipher) fresh(hash uint64, rank int) string {
	for r := random(hash); ; {
		if w := c.spell(&r, rank); !c.used[w] {
			c.used[w] = true
			return w
		}
	}
}

// write ciphers a text. moved says where bytes went: pairs of an old and a new offset, ascending.
func (c *cipher) write(s string) (out string, moved [][2]int) {
	var b strings.Builder
	end, number := 0, false
	for _, t := range text.AppendTokens(nil, s) {
		written := s[t.Start:t.End]
		_, err := strconv.Atoi(written[:1])
		gap := s[end:t.Start]
		if gap == " " && !c.spaces && !(number && err == nil) {
			gap = ""
		}
		number = err == nil
		b.WriteString(gap)
		moved = append(moved, [2]int{int(t.Start), b.Len()})
		b.WriteString(c.of(t.Hash, written, number))
		moved = append(moved, [2]int{int(t.End), b.Len()})
		end = int(t.End)
	}
	b.WriteString(s[end:])
	return b.String(), append(moved, [2]int{len(s), b.Len()})
}

// of is the word for a word.
func (c *cipher) of(hash uint64, written string, number bool) string {
	if number {
		return written
	}
	w, ok := c.word[hash]
	if !ok {
		w = c.fresh(hash, 0)
		c.word[hash] = w
	}
	if r, _ := utf8.DecodeRuneInString(written); c.cased && unicode.IsUpper(r) {
		first, n := utf8.DecodeRuneInString(w)
		w = string(unicode.ToUpper(first)) + w[n:]
	}
	return w
}
