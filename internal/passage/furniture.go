package passage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
)

// Furniture finds what a page left in an article: share bars, lists of related articles, reaction widgets, advertisement marks, newsletter
// prompts, picture credits, copyright lines. The method is the line classifier of boilerplate removal (Kohlschütter et al., "Boilerplate
// detection using shallow text features", 2010) cut down to what text without markup still shows: a line is short, it begins or reads like
// a rule of the table in furniture_rules.go, and it stands among lines of its kind or at the head or the tail of the article. Precision comes first: a
// line that no rule names stays. Neighbouring lines become one span. Cost: one look at every line, and one at the first word of lines
// of up to maxFurniture bytes; O(len(s)).
func Furniture(s string) []article.Span {
	var lines []article.Span
	lines = appendLines(lines, s)
	kinds := make([]kind, len(lines))
	var buf []byte
	for i, l := range lines {
		if l.End-l.Start <= maxFurniture {
			buf = appendPlain(buf[:0], s[l.Start:l.End])
			kinds[i] = classify(buf)
		}
	}
	takeLists(s, lines, kinds)
	settleWeak(kinds)
	var out []article.Span
	for i := range lines {
		if kinds[i] != strong {
			continue
		}
		if i > 0 && kinds[i-1] == strong {
			out[len(out)-1].End = lines[i].End
			continue
		}
		out = append(out, lines[i])
	}
	return out
}

// maxFurniture is the longest line in bytes that may be furniture; the longest real ones, copyright notices, have about 300.
const maxFurniture = 400

// kind says what a line is taken for.
type kind uint8

const (
	prose  kind = iota
	weak        // furniture only beside other furniture, or at the head or the tail
	strong      // furniture wherever it stands
	opener      // furniture that takes the list below it along
	footer      // furniture when it opens a list, or when only furniture follows
)

// ends is the number of lines at the head and at the tail of an article where weak furniture counts.
const ends = 3

// settleWeak turns weak lines that stand beside furniture, or at an end of the article, into furniture, and the rest into prose.
func settleWeak(kinds []kind) {
	n := len(kinds)
	atEnd := func(i int) bool { return n > 2*ends && (i < ends || i >= n-ends) }
	for i := range kinds {
		if kinds[i] == weak && (atEnd(i) || i > 0 && kinds[i-1] == strong) {
			kinds[i] = strong
		}
	}
	for i := n - 2; i >= 0; i-- {
		if kinds[i] == weak && kinds[i+1] == strong {
			kinds[i] = strong
		}
	}
}

// maxList is the number of lines that an opener takes at most.
const maxList = 12

// takeLists marks the list lines that stand below an opener ("Related Sources:") as furniture: lines with a bullet anywhere in an article, other short lines
// that do not read as sentences only when the list runs to the end of the article.
func takeLists(s string, lines []article.Span, kinds []kind) {
	for i := range kinds {
		k := kinds[i]
		if k != opener && k != footer {
			continue
		}
		bullets, j := true, i+1
		for ; j < len(lines) && j <= i+maxList && kinds[j] != opener && kinds[j] != footer; j++ {
			line := s[lines[j].Start:lines[j].End]
			if !bulleted(line) {
				if kinds[j] == prose && !titleLike(line) {
					break
				}
				bullets = false
			}
		}
		last := i + 1
		for last < j && bulleted(s[lines[last].Start:lines[last].End]) {
			last++
		}
		if j == len(lines) && (bullets || k == opener || j == i+1) {
			last = j
		}
		if k == opener || last > i+1 || last == len(lines) {
			kinds[i] = strong
		} else {
			kinds[i] = prose
		}
		for m := i + 1; m < last; m++ {
			kinds[m] = strong
		}
	}
}

// bulleted tells whether a line begins with a list mark.
func bulleted(line string) bool {
	r, n := utf8.DecodeRuneInString(line)
	switch r {
	case '•', '·', '●', '▪', '■', '►', '▶', '‣', '→', '»', '◦', '⦁':
		return true
	case '-', '*', '–':
		next, _ := utf8.DecodeRuneInString(line[n:])
		return unicode.IsSpace(next)
	}
	return false
}

// titleLike tells whether a line could be the title of another article: short, and not ending as a sentence does.
func titleLike(line string) bool {
	if len(line) > 140 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(line)
	return !strings.ContainsRune(`.!"”…;,:。`, r)
}

// appendPlain appends line folded for the rule table: lower case, straight quotes, single blanks, without marks around it.
func appendPlain(dst []byte, line string) []byte {
	line = strings.TrimFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || r != '©' && r != ':' && (unicode.IsPunct(r) || unicode.IsSymbol(r))
	})
	blank := false
	for _, r := range line {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case r == '’' || r == '‘':
			r = '\''
		case r == '\u00ad' || r == '\u200b' || r == '\ufeff':
			continue
		}
		if blank {
			dst = append(dst, ' ')
			blank = false
		}
		dst = utf8.AppendRune(dst, unicode.ToLower(r))
	}
	return dst
}

// appendLines appends the spans of the lines of s that are not blank, without white space around them.
func appendLines(dst []article.Span, s string) []article.Span {
	for start := 0; start < len(s); {
		end := start + strings.IndexByte(s[start:], '\n')
		if end < start {
			end = len(s)
		}
		line := strings.TrimLeftFunc(s[start:end], unicode.IsSpace)
		from := end - len(line)
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line != "" {
			dst = append(dst, article.Span{Start: from, End: from + len(line)})
		}
		start = end + 1
	}
	return dst
}
