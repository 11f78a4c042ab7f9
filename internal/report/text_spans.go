package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The sections that quote text: passages, repeats, furniture.

func (p *printer) passages() {
	var copied []*Passage
	boilerplate, near := 0, 0
	for i := range p.r.Passages {
		switch ps := &p.r.Passages[i]; {
		case ps.Boilerplate:
			boilerplate++
		case ps.NearDuplicates && p.opt.Parts.Clusters:
			near++
		default:
			copied = append(copied, ps)
		}
	}
	if len(copied)+boilerplate == 0 {
		return
	}
	slices.SortStableFunc(copied, func(a, b *Passage) int { return cmp.Compare(b.Tokens, a.Tokens) })
	var besides []string
	if near > 0 {
		besides = append(besides, thousands(near)+" inside near-duplicate clusters")
	}
	if boilerplate > 0 {
		besides = append(besides, orNo(boilerplate, "piece of boilerplate", "pieces of boilerplate"))
	}
	aside := ""
	if len(besides) > 0 {
		aside = "besides " + strings.Join(besides, ", ")
	}
	p.heading("copied passages", aside)
	n := p.top(len(copied))
	for _, ps := range copied[:n] {
		p.snippet(ps.Text, count(ps.Tokens, "word"))
		p.from(ps)
		p.places(ps.Occurrences)
		p.sideBySide(ps.Occurrences)
	}
	p.more("  ", n, len(copied), "passage", "passages")
}

// noOrigin says why no origin is named.
var noOrigin = map[string]string{
	"quotation": "shared quotation: each may have heard it", "statement": "shared statement: each may have got it",
	"unseen": "from a text that is not here, by agreement of its copies", "same-day": "same day: which was first is not known",
}

// from says where a passage came from, or why that is not said. Its article has its byline below,
// where it is among the places.
func (p *printer) from(ps *Passage) {
	o := ps.Origin
	switch {
	case o == nil:
		return
	case o.Article == "" && o.Agency == "":
		if why := noOrigin[o.By]; why != "" {
			p.line("    %s", p.dim(why))
		}
		return
	case o.Article == "" && o.By == "agency":
		p.line("    %s", p.dim("from "+Plain(o.Agency)+", which they credit"))
		return
	case o.Article == "":
		p.line("    %s", p.dim("from "+Plain(o.Agency)+", by "+Plain(o.By)))
		return
	}
	how := ", by " + Plain(o.By)
	if o.By == "agency" {
		how = ", by its credit"
	}
	p.line("    %s", p.dim("from "+p.label(o.Article, 9+Width(how))+how))
	if !slices.ContainsFunc(ps.Occurrences[:p.placesShown(ps.Occurrences)], func(s Occurrence) bool { return s.Article == o.Article }) {
		if by := p.byline(o.Article, 6); by != "" {
			p.line("      %s", p.dim(by))
		}
	}
}

// snippet prints up to two lines of a passage.
func (p *printer) snippet(text, aside string) {
	lines := wrap(Truncate(Plain(text), 2*p.opt.Width-16-Width(aside)), p.opt.Width-4)
	for i, l := range lines {
		if i == 0 {
			l = "“" + l
		} else {
			l = " " + l
		}
		if i == len(lines)-1 {
			p.line("  %s  %s", p.style("36", l+"”"), p.dim(aside))
			return
		}
		p.line("  %s", p.style("36", l))
	}
}

// placesShown is how many places of a passage are listed.
func (p *printer) placesShown(occ []Occurrence) int {
	if p.opt.Top > 0 {
		return min(len(occ), 6)
	}
	return len(occ)
}

func (p *printer) places(occ []Occurrence) {
	n := p.placesShown(occ)
	names := namer{p: p}
	for _, o := range occ[:n] {
		indent := names.next(o.Article, 4)
		p.line("%*s%s", indent, "", p.place(o.Article, fmt.Sprintf(":%d:%d", o.Line, o.Column), "", indent))
	}
	p.more("    ", n, len(occ), "place", "places")
}

// sideBySide names the command that shows the first two articles of a passage.
func (p *printer) sideBySide(occ []Occurrence) {
	for _, o := range occ {
		if o.Article != occ[0].Article {
			p.command(4, diffCommand(p.opt.Reading, p.shown(occ[0].Article), p.shown(o.Article), false))
			return
		}
	}
}

func (p *printer) repeats() {
	if len(p.r.Repeats) == 0 {
		return
	}
	p.heading("repeats", "the same text more than once in one article")
	n := p.top(len(p.r.Repeats))
	names := namer{p: p}
	for _, rep := range p.r.Repeats[:n] {
		var lines []string
		for _, o := range rep.Occurrences {
			lines = append(lines, strconv.Itoa(o.Line))
		}
		indent := names.next(rep.Article, 2)
		p.line("%*s%s", indent, "", p.place(rep.Article, "", Truncate("lines "+strings.Join(lines, ", "), 40), indent))
		for _, l := range wrap(Truncate(Plain(rep.Text), 2*p.opt.Width-16), p.opt.Width-2-indent) {
			p.line("%*s%s", indent+2, "", p.style("36", l))
		}
		p.command(indent+2, textCommand(p.opt.Reading, p.shown(rep.Article)))
	}
	p.more("  ", n, len(p.r.Repeats), "repeat", "repeats")
}

func (p *printer) furniture() {
	if len(p.r.Furniture) == 0 {
		return
	}
	p.heading("furniture", "page leftovers, no part of the article")
	n := p.top(len(p.r.Furniture))
	names := namer{p: p}
	for _, f := range p.r.Furniture[:n] {
		indent := names.next(f.Article, 2)
		p.line("%*s%s", indent, "", p.place(f.Article, "", fmt.Sprintf("line %d", f.Line), indent))
		p.line("%*s%s", indent+2, "", p.style("36", Truncate(Plain(f.Text), p.excerpt(2+indent))))
		p.command(indent+2, textCommand(p.opt.Reading, p.shown(f.Article)))
	}
	p.more("  ", n, len(p.r.Furniture), "piece", "pieces")
}
