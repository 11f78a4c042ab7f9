package report

import (
	"fmt"
	"math"
	"strings"
)

// flow lists who copied from whom, the most words first.
func (p *printer) flow() {
	f := p.r.Flow
	if f == nil || len(f.Arrows) == 0 {
		return
	}
	name := OutletNames(f)
	p.heading("who copied from whom", "words, articles, median time behind")
	n := p.top(len(f.Arrows))
	for i := range f.Arrows[:n] {
		a := &f.Arrows[i]
		known := count(int(a.Words), "word") + ", " + count(a.Articles, "article")
		if lag := lagOf(a); lag != "" {
			known += ", " + lag
		}
		room := p.room(2 + 4 + 2 + Width(known))
		from, to := Plain(name[a.From]), Plain(name[a.To])
		if Width(from)+Width(to) > room {
			from = Truncate(from, max(room/2, room-Width(to)))
			to = Truncate(to, max(8, room-Width(from)))
		}
		p.line("  %s → %s  %s", from, to, p.dim(known))
	}
	p.more("  ", n, len(f.Arrows), "arrow", "arrows")
}

// OutletNames are the names of a flow's outlets by id, for people: those without a name are told by
// their kind.
func OutletNames(f *Flow) map[string]string {
	names := make(map[string]string, len(f.Outlets))
	for i := range f.Outlets {
		o := &f.Outlets[i]
		switch names[o.ID] = o.Name; {
		case o.Kind == "unseen":
			names[o.ID] = "(a text that is not here)"
		case strings.TrimSpace(o.Name) == "":
			names[o.ID] = "(source unknown)"
		}
	}
	return names
}

// lagOf is the median lag of an arrow as people say it: "40 min", "3.5 h", "2.1 days"; empty where
// it is not known.
func lagOf(a *Arrow) string {
	switch hours := math.Abs(a.Lag); {
	case a.Lags == 0:
		return ""
	case hours == 0:
		return "same day"
	case hours < 1.5:
		return fmt.Sprintf("%.0f min", 60*a.Lag)
	case hours < 36:
		return fmt.Sprintf("%.1f h", a.Lag)
	}
	return fmt.Sprintf("%.1f days", a.Lag/24)
}
