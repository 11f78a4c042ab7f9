package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
)

const (
	maxHeadline = 200 // bytes; the longest of 5,000 titles that news records carry is under 200
	maxWords    = 30  // tokens of a headline
	firstLines  = 4   // a headline that is printed twice starts in these
)

// Headline finds the headline that a plain text opens with: a line among the first that repeats at once, or else the first line when it is
// short, does not end like a sentence, and text follows.
func Headline(s string) (article.Span, bool) {
	var lines [firstLines + 1]article.Span
	found := firstSpans(lines[:0], s)
	var toks [2][]Token
	for i := range found {
		toks[i%2] = AppendTokens(toks[i%2][:0], s[found[i].Start:found[i].End])
		if i > 0 && len(toks[0]) > 0 && same(toks[0], toks[1]) && short(s, found[i-1]) {
			return found[i-1], true
		}
	}
	if len(found) < 2 || !short(s, found[0]) || endsSentence(s[found[0].Start:found[0].End]) {
		return article.Span{}, false
	}
	return found[0], true
}

// firstSpans is AppendLines up to the capacity of dst.
func firstSpans(dst []article.Span, s string) []article.Span {
	for pos := 0; pos < len(s) && len(dst) < cap(dst); {
		end := len(s)
		if n := strings.IndexByte(s[pos:], '\n'); n >= 0 {
			end = pos + n
		}
		if sp := trim(s, article.Span{Start: pos, End: end}); sp.Start < sp.End {
			dst = append(dst, sp)
		}
		pos = end + 1
	}
	return dst
}

func short(s string, sp article.Span) bool {
	if sp.End-sp.Start > maxHeadline {
		return false
	}
	n := len(AppendTokens(nil, s[sp.Start:sp.End]))
	return n > 0 && n <= maxWords
}

// endsSentence says whether a line ends with a full stop, behind closing quotes or brackets or not. Question and exclamation marks end headlines
// too and do not count.
func endsSentence(line string) bool {
	line = strings.TrimRightFunc(line, func(r rune) bool { return unicode.In(r, unicode.Pe, unicode.Pf) || r == '"' || r == '\'' })
	r, _ := utf8.DecodeLastRuneInString(line)
	return strings.ContainsRune(".。．।…:;,", r)
}
