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
		p.from(ps.Origin)
		p.places(ps.Occurrences)
	}
	p.more("  ", n, len(copied), "passage", "passages")
}

// from says where a passage came from, where that is known.
func (p *printer) from(o *Origin) {
	switch {
	case o == nil || o.By == "unknown":
	case o.Article == "":
		p.line("    %s", p.dim("from "+Plain(o.Agency)+", which they credit"))
	case o.By == "agency":
		p.line("    %s", p.dim("from "+p.label(o.Article, p.opt.Width-30)+", by its credit"))
	default:
		p.line("    %s", p.dim("from "+p.label(o.Article, p.opt.Width-30)+", by "+o.By))
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

func (p *printer) places(occ []Occurrence) {
	n := len(occ)
	if p.opt.Top > 0 {
		n = min(n, 6)
	}
	for _, o := range occ[:n] {
		p.line("    %s:%d:%d", p.label(o.Article, p.opt.Width-16), o.Line, o.Column)
	}
	p.more("    ", n, len(occ), "place", "places")
}

func (p *printer) repeats() {
	if len(p.r.Repeats) == 0 {
		return
	}
	p.heading("repeats", "the same text more than once in one article")
	n := p.top(len(p.r.Repeats))
	for _, rep := range p.r.Repeats[:n] {
		var lines []string
		for _, o := range rep.Occurrences {
			lines = append(lines, strconv.Itoa(o.Line))
		}
		where := Truncate("lines "+strings.Join(lines, ", "), 40)
		p.line("  %s  %s", p.label(rep.Article, p.opt.Width-4-Width(where)), p.dim(where))
		for _, l := range wrap(Truncate(Plain(rep.Text), 2*p.opt.Width-12), p.opt.Width-4) {
			p.line("    %s", p.style("36", l))
		}
	}
	p.more("  ", n, len(p.r.Repeats), "repeat", "repeats")
}

func (p *printer) furniture() {
	if len(p.r.Furniture) == 0 {
		return
	}
	p.heading("furniture", "page leftovers, no part of the article")
	n := p.top(len(p.r.Furniture))
	for _, f := range p.r.Furniture[:n] {
		where := fmt.Sprintf("line %d", f.Line)
		p.line("  %s  %s", p.label(f.Article, p.opt.Width-4-Width(where)), p.dim(where))
		p.line("    %s", p.style("36", Truncate(Plain(f.Text), p.opt.Width-4)))
	}
	p.more("  ", n, len(p.r.Furniture), "piece", "pieces")
}
