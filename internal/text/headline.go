package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
)

const (
	maxHeadline = 200 // bytes
	minWords    = 3   // tokens of a headline; shorter first lines are labels ("Advertisement") and datelines
	maxWords    = 30
	firstLines  = 4 // a headline that is printed twice starts in these
)

// Headline finds the headline that a plain text opens with: a line among the first that repeats at
// once, or else the first line when it is short, does not end like a sentence or go on in the next
// line, is no byline, and text follows.
func Headline(s string) (article.Span, bool) {
	var lines [firstLines + 1]article.Span
	found := appendLines(lines[:0], s, len(lines))
	var toks [firstLines + 1][]Token
	for i, sp := range found {
		toks[i] = AppendTokens(nil, s[sp.Start:min(sp.End, sp.Start+maxHeadline+1)])
		if i > 0 && same(toks[i-1], toks[i]) && short(sp, toks[i]) {
			return found[i-1], true
		}
	}
	if len(found) < 2 || !short(found[0], toks[0]) || toks[0][0].Hash == by {
		return article.Span{}, false
	}
	first, next := found[0], found[1].Start
	r, _ := utf8.DecodeRuneInString(s[next:])
	var p paragraph
	if endsSentence(s[first.Start:first.End]) || lineBreaks(s[first.End:next]) == 1 && (unicode.IsLower(r) || p.wrapped(s, next)) {
		return article.Span{}, false
	}
	return first, true
}

var by = Hash("by")

func short(sp article.Span, toks []Token) bool {
	return sp.End-sp.Start <= maxHeadline && len(toks) >= minWords && len(toks) <= maxWords
}

// endsSentence says whether a line ends with a full stop, behind closing quotes or brackets or not.
// Question and exclamation marks end headlines too and do not count.
func endsSentence(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(trimClosing(line))
	return strings.ContainsRune(".。．।…:;,", r)
}
