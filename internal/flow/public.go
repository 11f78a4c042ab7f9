package flow

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Text that was said or handed out in public: whoever prints it first is not where it came from.

//go:embed statement.txt
var statementList string

// statements are the expressions of statement.txt, in small letters.
var statements = func() (list []string) {
	for line := range strings.Lines(statementList) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list = append(list, strings.ToLower(line))
		}
	}
	return list
}()

// Where an expression of a statement may stand: in the passage or this near it, in bytes; and up to
// how many tokens a passage is one sentence or two, which such an expression speaks for.
const (
	statementReach  = 120
	statementTokens = 60
)

// quotedShare is how much of a quotation stands between quotation marks, in tokens: "he said" is
// not between them.
const quotedShare = 0.6

// public tells a quotation and a statement; empty for neither. Where two outlets share more than
// that, text that is neither, one copied it with the rest.
func (r *reader) public(k int, carriers []carrier) string {
	p := &r.passages[k]
	quoted, stated, seen := 0, 0, 0
	for _, o := range p.Occurrences {
		if seen++; seen > mostKin {
			seen--
			break
		}
		s := r.at(o.Article).Text
		if r.isQuoted(s, o.Span) {
			quoted++
		}
		if p.Tokens <= statementTokens && isStatement(s, o.Span) {
			stated++
		}
	}
	by := ""
	switch {
	case 2*quoted >= seen && quoted > 0:
		by = Quotation
	case 2*stated >= seen && stated > 0:
		by = Statement
	default:
		return ""
	}
	if r.shareMore(k, carriers) {
		return ""
	}
	return by
}

// shareMore says whether two of the carriers share bar tokens that nobody said in public.
func (r *reader) shareMore(k int, carriers []carrier) bool {
	of := map[int]bool{}
	for _, c := range carriers {
		of[c.at] = true
	}
	var with []int
	for _, c := range carriers[:min(len(carriers), mostKin)] {
		list := r.of[c.at]
		more := map[int]int{} // tokens in common, by the other article
		for _, other := range list[:min(len(list), mostPassages)] {
			p := &r.passages[other]
			with = with[:0]
			for _, o := range p.Occurrences[:min(len(p.Occurrences), mostCarriers)] {
				if o.Article != c.at && of[o.Article] {
					with = append(with, o.Article)
				}
			}
			if int(other) == k || len(with) == 0 || r.isPublic(p, c) {
				continue
			}
			for _, a := range with {
				if more[a] += p.Tokens; more[a] >= bar {
					return true
				}
			}
		}
	}
	return false
}

// isPublic says whether a passage is a quotation or a statement where a carrier first has it.
func (r *reader) isPublic(p *Passage, c carrier) bool {
	i, _ := slices.BinarySearchFunc(p.Occurrences, c.at, func(o Occurrence, a int) int { return cmp.Compare(o.Article, a) })
	span := p.Occurrences[i].Span
	return r.isQuoted(c.Text, span) || isStatement(c.Text, span)
}

// around is the span with reach bytes more on both sides: all that a quotation mark can stand in.
func around(s string, span article.Span, reach int) (string, int) {
	from := max(0, min(span.Start, len(s))-reach)
	to := min(len(s), span.End+reach)
	if from >= to {
		return "", 0
	}
	return s[from:to], from
}

// quotationReach is how far from a passage the marks around it may stand.
const quotationReach = 2000

// wordReach is how much of the text behind a passage is read, in bytes, to see where its last word
// ends.
const wordReach = 64

// isQuoted says whether most words of a span stand between quotation marks. The words behind the
// span only tell where its last one ends.
func (r *reader) isQuoted(s string, span article.Span) bool {
	part, from := around(s, span, quotationReach)
	inside, all := 0, 0
	r.quotes = text.AppendQuotations(r.quotes[:0], part)
	next, begin := 0, max(0, span.Start-from)
	r.toks = text.AppendTokens(r.toks[:0], part[begin:min(len(part), span.End-from+wordReach)])
	for _, t := range r.toks {
		start, end := begin+int(t.Start), begin+int(t.End)
		if start+from >= span.End {
			break
		}
		if end+from > span.End {
			continue
		}
		all++
		for next < len(r.quotes) && r.quotes[next].End <= start {
			next++
		}
		if next < len(r.quotes) && r.quotes[next].Start <= start {
			inside++
		}
	}
	return all > 0 && float64(inside) >= quotedShare*float64(all)
}

func isStatement(s string, span article.Span) bool {
	part, _ := around(s, span, statementReach)
	part = strings.ToLower(part)
	for _, e := range statements {
		if strings.Contains(part, e) {
			return true
		}
	}
	return false
}
