package report

import (
	"fmt"
	"strings"

	"dedup"
)

func (p *printer) clusters() {
	if len(p.r.Clusters) == 0 {
		return
	}
	p.heading("near-duplicates", "* is kept; figures: resemblance to it, ⊂ containment")
	n := p.top(len(p.r.Clusters))
	for i := range p.r.Clusters[:n] {
		p.cluster(&p.r.Clusters[i])
	}
	p.more("  ", n, len(p.r.Clusters), "cluster", "clusters")
}

func (p *printer) cluster(c *Cluster) {
	n := len(c.Members)
	if p.opt.Top > 0 {
		n = min(n, storyArticles)
	}
	p.line("  %s  %s", p.bold(Plain(c.ID)), p.dim(count(len(c.Members), "article")))
	kept := p.shown(c.Canonical)
	for _, m := range c.Members[:n] {
		tag, share := p.mark("*    "), 0.0
		switch m.Rule {
		case "resemblance":
			share = m.Resemblance
			tag = fmt.Sprintf("%.2f ", floor2(share))
		case "containment":
			share = m.Containment
			tag = fmt.Sprintf("%.2f⊂", floor2(share))
		}
		if p.opt.Width < barWidth {
			p.member(m, "    "+tag+"  ", 11, kept)
			continue
		}
		drawn := strings.Repeat(" ", barCells)
		if share > 0 {
			drawn = p.bar(share, barCells)
		}
		p.member(m, "    "+tag+" "+drawn+"  ", 12+barCells, kept)
	}
	p.more("         ", n, len(c.Members), "copy", "copies")
}

// member names a member of a cluster, and the command that shows it beside the one that is kept.
func (p *printer) member(m dedup.Member, head string, indent int, kept shown) {
	p.nameArticle(head, indent, m.Article, "")
	if m.Article != kept.id {
		p.command(indent, diffCommand(p.opt.Reading, kept, p.shown(m.Article), false))
	}
}

// floor2 keeps two decimals, rounded down: 0.997 is not 1.00.
func floor2(x float64) float64 { return float64(int(x*100+1e-9)) / 100 }
