package text

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"dedup/internal/article"
)

// Once drops from toks, the tokens of s, every line and every paragraph (lines between blank ones)
// that repeats the one before it at once: a headline printed twice is kept once. Blank lines and
// lines without tokens in between do not count. It returns toks shortened in place.
//
// Two lines or paragraphs are the same when their tokens are; paragraphs also when they are the
// same after their own lines are dropped. Cost: one pass over newlines and a comparison a token.
func Once(toks []Token, s string) []Token {
	var line, para, lastLine, lastPara struct{ a, b int } // ranges of toks
	drops := false
	endPara := func() {
		if para.a == para.b {
			return
		}
		p, q := toks[lastPara.a:lastPara.b], toks[para.a:para.b]
		if samePara(p, q) {
			drops = true
			drop(q)
		}
		lastPara = para
	}
	for pos, t := 0, 0; t < len(toks); {
		end := len(s)
		if n := strings.IndexByte(s[pos:], '\n'); n >= 0 {
			end = pos + n
		}
		line.a = t
		for t < len(toks) && int(toks[t].Start) < end {
			t++
		}
		line.b = t
		here := s[pos:end]
		pos = min(end+1, len(s))
		if line.a == line.b {
			if strings.TrimSpace(here) == "" {
				endPara()
				para.a, para.b = t, t
			}
			continue
		}
		para.b = t
		if same(toks[lastLine.a:lastLine.b], toks[line.a:line.b]) {
			drops = true
			drop(toks[line.a:line.b])
		}
		lastLine = line
	}
	endPara()
	if !drops {
		return toks
	}
	return slices.DeleteFunc(toks, isDropped)
}

// drop marks tokens as dropped and leaves their hashes, which later lines and paragraphs are
// compared with.
func drop(toks []Token) {
	for i := range toks {
		toks[i].End = 0
	}
}

func isDropped(t Token) bool { return t.End == 0 }

func same(a, b []Token) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Hash != b[i].Hash {
			return false
		}
	}
	return true
}

// samePara says whether two paragraphs are the same with, or without, their dropped tokens.
func samePara(a, b []Token) bool {
	if same(a, b) {
		return true
	}
	i, j := 0, 0
	for {
		for i < len(a) && isDropped(a[i]) {
			i++
		}
		for j < len(b) && isDropped(b[j]) {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i].Hash != b[j].Hash {
			return false
		}
		i++
		j++
	}
}

// AppendLines appends the spans of the lines of s that are not blank to dst, without line ends and
// surrounding white space.
func AppendLines(dst []article.Span, s string) []article.Span {
	return appendLines(dst, s, math.MaxInt)
}

// appendLines is AppendLines until dst has most spans.
func appendLines(dst []article.Span, s string, most int) []article.Span {
	for pos := 0; pos < len(s) && len(dst) < most; {
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

// trim takes white space off both ends of a span.
func trim(s string, sp article.Span) article.Span {
	t := strings.TrimSpace(s[sp.Start:sp.End])
	if t == "" {
		return article.Span{Start: sp.Start, End: sp.Start}
	}
	start := sp.Start + strings.Index(s[sp.Start:sp.End], t)
	return article.Span{Start: start, End: start + len(t)}
}

// Lines finds the line and column of many offsets of one text.
type Lines struct {
	s      string
	starts []int // of each line
}

// NewLines indexes the lines of s. Cost: one pass over newlines.
func NewLines(s string) *Lines {
	x := &Lines{s: s, starts: make([]int, 1, 1+strings.Count(s, "\n"))}
	for pos := 0; ; {
		n := strings.IndexByte(s[pos:], '\n')
		if n < 0 {
			return x
		}
		pos += n + 1
		x.starts = append(x.starts, pos)
	}
}

// Position gives the line of a byte offset and the column in it, both counted from 1; a column is a
// character (Unicode code point). Cost: a binary search over lines, and a pass over the line up to
// the offset.
func (x *Lines) Position(offset int) (line, column int) {
	n, found := slices.BinarySearch(x.starts, offset)
	if !found {
		n--
	}
	return n + 1, utf8.RuneCountInString(x.s[x.starts[n]:offset]) + 1
}
