package report

import "strings"

// bar draws a share as a line of so many cells, in steps of half a cell: nothing but zero looks
// like nothing, nothing but all looks like all.
func bar(share float64, cells int) (full, rest string) {
	halves := int(share*float64(2*cells) + 0.5)
	if share > 0 {
		halves = max(halves, 1)
	}
	if share < 1 {
		halves = min(halves, 2*cells-1)
	}
	halves = max(0, min(halves, 2*cells))
	full = strings.Repeat("━", halves/2)
	if halves%2 == 1 {
		full += "╸"
	}
	return full, strings.Repeat("─", cells-(halves+1)/2)
}

// barCells are the cells of a bar beside a figure, and barWidth the line from which there is room
// for it.
const barCells, barWidth = 8, 64

// bar is a share as a bar, the rest of it dim.
func (p *printer) bar(share float64, cells int) string {
	full, rest := bar(share, cells)
	return p.style("36", full) + p.dim(rest)
}

// duplicated prints what share of the corpus the duplicates are.
func (p *printer) duplicated() {
	s := p.r.Summary
	if s.Duplicates == 0 || s.Articles == 0 || s.Bytes == 0 {
		return
	}
	text := 0
	for i := range p.r.Clusters {
		for _, m := range p.r.Clusters[i].Members {
			if a := p.article[m.Article]; a != nil && m.Article != p.r.Clusters[i].Canonical {
				text += a.Bytes
			}
		}
	}
	share := float64(text) / float64(s.Bytes)
	figure := percent(share) + " of the text is duplicated"
	p.line("%s  %s", p.bar(share, min(24, p.opt.Width-2-Width(figure))), figure)
}
