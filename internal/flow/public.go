package flow

import (
	_ "embed"
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
func (ix *index) public(k int, carriers []carrier, at func(i int) Article) string {
	p := &ix.passages[k]
	quoted, stated, seen := 0, 0, 0
	for _, o := range p.Occurrences {
		if seen++; seen > mostKin {
			seen--
			break
		}
		s := at(o.Article).Text
		if isQuoted(s, o.Span) {
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
	if ix.shareMore(k, carriers, at) {
		return ""
	}
	return by
}

// shareMore says whether two of the carriers share bar tokens that nobody said in public.
func (ix *index) shareMore(k int, carriers []carrier, at func(i int) Article) bool {
	of := map[int]bool{}
	for _, c := range carriers {
		of[c.at] = true
	}
	for _, c := range carriers[:min(len(carriers), mostKin)] {
		list := ix.of[c.at]
		more := map[int]int{} // tokens in common, by the other article
		for _, other := range list[:min(len(list), mostPassages)] {
			p := &ix.passages[other]
			own := ownPlace(p, c.at)
			if int(other) == k || own == nil || isQuoted(c.Text, own.Span) || isStatement(c.Text, own.Span) {
				continue
			}
			for _, o := range p.Occurrences[:min(len(p.Occurrences), mostCarriers)] {
				if o.Article == c.at || !of[o.Article] {
					continue
				}
				if more[o.Article] += p.Tokens; more[o.Article] >= bar {
					return true
				}
			}
		}
	}
	return false
}

func ownPlace(p *Passage, a int) *Occurrence {
	for i := range p.Occurrences {
		if p.Occurrences[i].Article == a {
			return &p.Occurrences[i]
		}
	}
	return nil
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

func isQuoted(s string, span article.Span) bool {
	part, from := around(s, span, quotationReach)
	inside, all := 0, 0
	quotations := text.AppendQuotations(nil, part)
	next := 0
	for _, t := range text.AppendTokens(nil, part) {
		start, end := int(t.Start)+from, int(t.End)+from
		if start < span.Start || end > span.End {
			continue
		}
		all++
		for next < len(quotations) && quotations[next].End <= int(t.Start) {
			next++
		}
		if next < len(quotations) && quotations[next].Start <= int(t.Start) {
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
