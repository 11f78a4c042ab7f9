package clean

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Excision keeps whole sentences whole. What was found (a passage, a repeat) begins and ends with a
// word; of it go the lines and sentences that lie in it with all their words, and the white space
// that would be left over: of the gaps before and behind the cut the one with more line ends stays,
// so that paragraphs stay paragraphs. Nothing is ever put in.
//
// Invariant: bounds are on characters, a cut never holds a part of a sentence or of a line's words
// outside the span, and cuts do not overlap. Cost: sentences of the text (8 ns a byte), only where
// a span is not made of whole lines.

// Cutter knows the units of one text.
type Cutter struct {
	s         string
	lines     []article.Span
	sentences []article.Span // found when a span is not made of lines
	units     []article.Span // lines and sentences by place, the longer first; found for copies
}

// NewCutter finds the lines of s.
func NewCutter(s string) *Cutter { return &Cutter{s: s, lines: text.AppendLines(nil, s)} }

// Units appends what can go of a span: its whole lines and sentences, neighbours joined. Nothing
// when it holds none.
func (c *Cutter) Units(dst []article.Span, span article.Span) []article.Span {
	from := len(dst)
	dst = c.inside(dst, from, c.lines, span)
	if len(dst) == from+1 && !c.words(span.Start, dst[from].Start) && !c.words(dst[from].End, span.End) {
		return dst
	}
	if c.sentences == nil {
		c.sentences = text.AppendSentences(nil, c.s)
	}
	units := append(slices.Clone(dst[from:]), c.sentences...)
	slices.SortFunc(units, func(a, b article.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	return c.inside(dst[:from], from, units, span)
}

// Copies appends what can go of a span because it stands in words as well: of its whole lines and
// sentences those that stand there word for word. Neighbours are joined where they are neighbours
// there too; what makes less than least words stays, for a few words between others ("The case is
// U.S. v.") are no copied passage.
func (c *Cutter) Copies(dst []article.Span, span article.Span, words *Words, least int) []article.Span {
	if c.units == nil {
		if c.sentences == nil {
			c.sentences = text.AppendSentences(nil, c.s)
		}
		c.units = slices.Concat(c.lines, c.sentences)
		slices.SortFunc(c.units, func(a, b article.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	}
	end, begin, next := span.Start, 0, 0 // the last run of units stands in words [begin, next)
	from := len(dst)
	short := func() bool { return len(dst) > from && next-begin < least }
	for _, u := range c.units {
		if u.Start >= span.End {
			break
		}
		if u.End <= end || c.words(u.Start, end) || c.words(span.End, u.End) || !c.words(u.Start, u.End) {
			continue
		}
		first, last := words.Find(c.s[u.Start:u.End], next)
		if first == last {
			continue
		}
		if n := len(dst) - 1; n >= from && first == next && !c.words(end, u.Start) {
			dst[n].End = u.End
		} else {
			if short() {
				dst = dst[:n]
			}
			dst, begin = append(dst, article.Span{Start: max(u.Start, end), End: u.End}), first
		}
		end, next = u.End, last
	}
	if short() {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// inside appends the units that lie in a span with all their words.
func (c *Cutter) inside(dst []article.Span, from int, units []article.Span, span article.Span) []article.Span {
	for _, u := range units {
		if u.Start >= span.End {
			break
		}
		if u.End <= span.Start || c.words(u.Start, span.Start) || c.words(span.End, u.End) || !c.words(u.Start, u.End) {
			continue
		}
		if n := len(dst) - 1; n >= from && !c.words(dst[n].End, u.Start) {
			dst[n].End = max(dst[n].End, u.End)
			continue
		}
		dst = append(dst, u)
	}
	return dst
}

// words tells whether a word, or a part of one, stands between two offsets.
func (c *Cutter) words(from, to int) bool { return from < to && hasWord(c.s[from:to]) }

func hasWord(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
}

// Settle makes the cuts of one text final: in order, apart, with the white space that goes with
// them. Of two that overlap the first stays as it is. No cuts come back when no word would be left
// of the text.
func Settle(s string, cuts []Cut) []Cut {
	out := disjoint(cuts)
	for i := 1; i < len(out); i++ {
		if strings.TrimSpace(s[out[i-1].End:out[i].Start]) == "" {
			out[i-1].End = out[i].Start
		}
	}
	for i := 0; i < len(out); {
		j := i // cuts that touch are one gap in the text
		for j+1 < len(out) && out[j].End == out[j+1].Start {
			j++
		}
		lo, hi := 0, len(s)
		if i > 0 {
			lo = out[i-1].End
		}
		if j+1 < len(out) {
			hi = out[j+1].Start
		}
		gap := tidy(s, article.Span{Start: out[i].Start, End: out[j].End}, lo, hi)
		out[i].Start, out[j].End = gap.Start, gap.End
		i = j + 1
	}
	if !wordsLeft(s, out) {
		return nil
	}
	return out
}

// disjoint puts cuts in order. Of two that overlap the first stays as it is.
func disjoint(cuts []Cut) []Cut {
	slices.SortStableFunc(cuts, func(a, b Cut) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	out, end := cuts[:0], 0
	for _, c := range cuts {
		if c.Start = max(c.Start, end); c.Start < c.End {
			out, end = append(out, c), c.End
		}
	}
	return out
}

// tidy widens a cut by one of the gaps around it, inside [lo, hi).
func tidy(s string, c article.Span, lo, hi int) article.Span {
	before := lo + len(strings.TrimRightFunc(s[lo:c.Start], unicode.IsSpace))
	after := hi - len(strings.TrimLeftFunc(s[c.End:hi], unicode.IsSpace))
	switch {
	case before == 0:
		c.End = after
	case after == len(s):
		c.Start = before
	case before < c.Start && strings.Count(s[before:c.Start], "\n") >= strings.Count(s[c.End:after], "\n"):
		c.End = after
	default:
		c.Start = before
	}
	return c
}

func wordsLeft(s string, cuts []Cut) bool {
	at := 0
	for _, c := range cuts {
		if hasWord(s[at:c.Start]) {
			return true
		}
		at = c.End
	}
	return hasWord(s[at:])
}

// Remove gives s without its cuts.
func Remove(s string, cuts []Cut) string {
	var b strings.Builder
	at := 0
	for _, c := range cuts {
		b.WriteString(s[at:c.Start])
		at = c.End
	}
	b.WriteString(s[at:])
	return b.String()
}

// OnCharacters tells whether every bound of the cuts is at the start of a character of s, or at its
// end.
func OnCharacters(s string, cuts []Cut) bool {
	for _, c := range cuts {
		if !boundary(s, c.Start) || !boundary(s, c.End) {
			return false
		}
	}
	return true
}

func boundary(s string, at int) bool {
	return at == len(s) || at >= 0 && at < len(s) && utf8.RuneStart(s[at])
}
