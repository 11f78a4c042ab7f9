package passage

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Furniture finds what a page left in an article: share bars, lists of related articles, reaction
// widgets, advertisement marks, newsletter prompts, picture credits and captions, copyright lines.
// The method is the line classifier of boilerplate removal (Kohlschütter et al., "Boilerplate
// detection using shallow text features", 2010) cut down to what text without markup still shows: a
// line is short, it reads like a rule of the table in furniture.txt and is no quotation, and
// some lines count only among lines of their kind or at the head or the tail of the article.
// Precision comes first: a line that no rule names stays. Neighbouring lines become one span. Cost:
// tokenising s, one bit test a token, and the rules for the few lines that hold a word of theirs.
func Furniture(s string) []article.Span {
	var f furnisher
	return f.find(nil, s, text.AppendTokens(nil, s))
}

// furnisher is the scratch of a worker.
type furnisher struct {
	lines []article.Span
	kinds []kind
	plain []byte

	quotations []article.Span
}

// find appends the furniture of s, whose tokens are toks.
func (f *furnisher) find(dst []article.Span, s string, toks []text.Token) []article.Span {
	f.lines = text.AppendLines(f.lines[:0], s)
	f.kinds = f.kinds[:0]
	any := prose
	for _, l := range f.lines {
		from := 0
		for from < len(toks) && int(toks[from].Start) < l.End {
			from++
		}
		k := prose
		if l.End-l.Start <= maxFurniture && mayBeFurniture(s[l.Start:l.End], toks[:from]) {
			f.plain = appendPlain(f.plain[:0], s[l.Start:l.End])
			if k = classify(f.plain); k != prose && f.quoted(s[l.Start:l.End]) {
				k = prose
			}
		}
		f.kinds = append(f.kinds, k)
		any = max(any, k)
		toks = toks[from:]
	}
	if any == prose {
		return dst
	}
	takeLists(s, f.lines, f.kinds)
	settleWeak(f.kinds)
	for i, k := range f.kinds {
		if k != strong {
			continue
		}
		if i > 0 && f.kinds[i-1] == strong {
			dst[len(dst)-1].End = f.lines[i].End
			continue
		}
		dst = append(dst, f.lines[i])
	}
	return dst
}

// quoted tells whether what makes a line furniture stands in quotation marks. A page does not speak
// in them: "Sign up for the draft," the minister said.
func (f *furnisher) quoted(line string) bool {
	f.quotations = text.AppendQuotations(f.quotations[:0], line)
	if len(f.quotations) == 0 {
		return opensQuoted(line) // and another line closes it
	}
	f.plain = f.plain[:0]
	at := 0
	for _, q := range f.quotations {
		f.plain = append(appendPlain(f.plain, line[at:q.Start]), ' ')
		at = q.End
	}
	f.plain = bytes.TrimSpace(appendPlain(f.plain, line[at:]))
	return classify(f.plain) == prose
}

// maxFurniture is the longest line in bytes that may be furniture; the longest real ones, forms of
// newsletters, have about 600.
const maxFurniture = 700

// kind says what a line is taken for.
type kind uint8

const (
	prose  kind = iota
	weak        // furniture only beside other furniture, or at the head or the tail
	strong      // furniture wherever it stands
	opener      // furniture that takes the list below it along
	footer      // furniture when it opens a list, or when only furniture follows
)

// ends is the number of lines at the head and at the tail of an article where weak furniture
// counts.
const ends = 3

// settleWeak turns weak lines that stand beside furniture, or at an end of the article, into
// furniture, and the rest into prose.
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

// takeLists marks the list lines that stand below an opener ("Related Sources:") as furniture:
// lines with a bullet anywhere in an article, other short lines that do not read as sentences only
// when the list runs to the end of the article.
func takeLists(s string, lines []article.Span, kinds []kind) {
	for i := range kinds {
		k := kinds[i]
		if k != opener && k != footer {
			continue
		}
		bullets, j := true, i+1
		for ; j < len(lines) && j <= i+maxList && kinds[j] != opener && kinds[j] != footer; j++ {
			line := s[lines[j].Start:lines[j].End]
			if kinds[j] == prose && quotation(line) {
				break
			}
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

// titleLike tells whether a line could be the title of another article: short, and not ending as a
// sentence does.
func titleLike(line string) bool {
	if len(line) > 140 {
		return false
	}
	r, _ := utf8.DecodeLastRuneInString(line)
	return !strings.ContainsRune(`.!"”…;,:。！“»«」』`, r)
}

// quotation tells whether a line is what somebody says, and no title with a word of it: it opens
// with a quotation mark and ends as a sentence or a quotation does.
func quotation(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(line)
	return opensQuoted(line) && (strings.ContainsRune(".!…。！", r) || closesQuoted(line))
}

// appendPlain appends line folded for the rule table: lower case, straight quotes, single blanks,
// without marks around it.
func appendPlain(dst []byte, line string) []byte {
	line = strings.TrimFunc(line, func(r rune) bool {
		return unicode.IsSpace(r) || r != '©' && r != ':' && (unicode.IsPunct(r) || unicode.IsSymbol(r))
	})
	blank := false
	for i := 0; i < len(line); {
		if c := line[i]; c < utf8.RuneSelf && c > ' ' {
			if blank {
				dst = append(dst, ' ')
				blank = false
			}
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(line[i:])
		i += n
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
