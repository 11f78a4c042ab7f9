package passage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/text"
)

// words reads articles as the tokens that passages are made of: those of the furniture are left
// out, so that neither a share bar is called copied nor an advertisement mark splits a passage in
// two.
type words struct {
	f         furnisher
	furniture []article.Span
	toks      []text.Token
}

// append appends the words of s to dst.
func (w *words) append(dst []text.Token, s string) []text.Token { return w.of(dst, Article{Text: s}) }

// of appends the words of an article to dst.
func (w *words) of(dst []text.Token, a Article) []text.Token {
	from := len(dst)
	dst = text.AppendTokens(dst, a.Text)
	furniture := a.Furniture
	if !a.Furnished {
		w.furniture = w.f.find(w.furniture[:0], a.Text, dst[from:])
		furniture = w.furniture
	}
	if len(furniture) == 0 {
		return dst
	}
	out := dst[:from]
	for _, t := range dst[from:] {
		for len(furniture) > 0 && furniture[0].End <= int(t.Start) {
			furniture = furniture[1:]
		}
		if len(furniture) > 0 && furniture[0].Start <= int(t.Start) {
			continue
		}
		out = append(out, t)
	}
	return out
}

// wordPart tells whether the token that s starts with is a character of a script without spaces: a
// part of a word, and no word.
func wordPart(s string) uint8 {
	if len(s) == 0 || s[0] < 0xe0 {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r >= 0x4e00 && r <= 0x9fff, unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Yi):
		return hanPart
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet):
		return thaiPart
	}
	return 0
}

// appendFlags appends what the text around each token says of it: startsUnit, addressPart, and
// what wordPart does.
func appendFlags(dst []uint8, s string, toks []text.Token) []uint8 {
	base, start, address := len(dst), 0, false // start: the first token since white space
	for k, t := range toks {
		part := wordPart(s[t.Start:t.End])
		if k == 0 {
			dst = append(dst, startsUnit|part)
			continue
		}
		between := s[toks[k-1].End:t.Start]
		if between == " " {
			start, address = k, false
			dst = append(dst, part)
			continue
		}
		flag := part
		if unitEnd(between) {
			flag |= startsUnit
		}
		switch {
		case white(between):
			start, address = k, false
		case !address && (strings.IndexByte(between, '@') >= 0 || strings.Contains(between, "://")):
			address = true
			for i := base + start + 1; i < len(dst); i++ {
				dst[i] |= addressPart
			}
		}
		if address {
			flag |= addressPart
		}
		dst = append(dst, flag)
	}
	return dst
}

// white tells whether what stands between two words has white space in it.
func white(between string) bool {
	for i := range len(between) {
		if c := between[i]; c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == 0xa0 { // 0xa0 ends a no-break space, and little else between words
			return true
		}
	}
	return false
}

// unitMarks are the ASCII characters that may end a sentence, a clause, a quotation or a line, as
// bits.
var unitMarks = func() (set [2]uint64) {
	for _, c := range "\n.!?;:\"()[]" {
		set[c/64] |= 1 << (c % 64)
	}
	return set
}()

// unitEnd tells whether what stands between two words may end a sentence, a clause, a quotation or
// a line.
func unitEnd(between string) bool {
	for i := range len(between) {
		c := between[i]
		if c >= 0x80 {
			return strings.ContainsAny(between[i:], "\n.!?;:\"()[]“”«»„—…।،؟。！？；：「」『』（）")
		}
		if unitMarks[c/64]>>(c%64)&1 != 0 {
			return true
		}
	}
	return false
}
