package dedup

import (
	"math"
	"strconv"
	"strings"

	"dedup/internal/corpus"
	"dedup/internal/flow"
)

// Flow says who copied from whom: outlets and agencies, text that one copied from another, and text
// that two share whose origin is not known. Boilerplate is left out.
type Flow struct {
	Outlets []Outlet `json:"outlets"` // those that others copied most first
	Arrows  []Arrow  `json:"arrows"`  // the most words first
	Ties    []Tie    `json:"ties"`    // the most words first
}

// Outlet is a publisher of articles, or an agency that articles credit.
//
// Own, Copied and Shared are shares of the text of its articles, 0 to 1, and add up to 1. Own is
// text of its own, also where others copied it. Copied is text that came from elsewhere. Shared is
// text that other outlets have too, and whose origin is public or not known. An agency without
// articles has a name only.
type Outlet struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"` // empty for the kinds "unseen" and "unknown"
	Kind     string  `json:"kind"` // "outlet", "agency", "unseen" (all texts that are not here), "unknown" (all articles without a source)
	Articles int     `json:"articles"`
	Words    int64   `json:"words"`
	Own      float64 `json:"own"`
	Copied   float64 `json:"copied"`
	Shared   float64 `json:"shared"`
}

// Arrow is text that the articles of one outlet, To, have from another one, From; both are ids of
// outlets.
//
// Lag is the median of the hours between the publication of the origin and of the copy. It is over
// Lags copies, those for which both dates are known. A date without a time of day counts as
// midnight.
type Arrow struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Words    int64   `json:"words"`
	Articles int     `json:"articles"` // of To
	Passages int     `json:"passages"`
	Lag      float64 `json:"lag_hours"`
	Lags     int     `json:"lags"`
}

// Tie is text that two outlets share, and that has no known origin. A and B are ids of outlets.
type Tie struct {
	A        string `json:"a"`
	B        string `json:"b"`
	Words    int64  `json:"words"`
	Passages int    `json:"passages"`
}

// Flow returns who copied from whom, according to the origins of the passages.
func (c *Corpus) Flow() (*Flow, error) {
	chart, err := c.c.Flow()
	if err != nil {
		return nil, err
	}
	out := &Flow{Outlets: []Outlet{}, Arrows: []Arrow{}, Ties: []Tie{}}
	for k := range chart.Nodes {
		out.Outlets = append(out.Outlets, outletOf(k, &chart.Nodes[k]))
	}
	for _, a := range chart.Arrows {
		out.Arrows = append(out.Arrows, Arrow{
			From: outletID(a.From), To: outletID(a.To), Words: a.Tokens, Articles: a.Articles, Passages: a.Passages,
			Lag: math.Round(a.Lag.Hours()*100) / 100, Lags: a.Lags,
		})
	}
	for _, t := range chart.Ties {
		out.Ties = append(out.Ties, Tie{outletID(t.A), outletID(t.B), t.Tokens, t.Passages})
	}
	return out, nil
}

func outletID(k int) string { return "o" + strconv.Itoa(k+1) }

func outletOf(k int, n *flow.Node) Outlet {
	own, copied, shared := n.Shares()
	return Outlet{
		ID: outletID(k), Name: strings.Clone(n.Name), Kind: n.Kind, Articles: n.Articles, Words: n.Tokens,
		Own: corpus.Ratio(own), Copied: corpus.Ratio(copied), Shared: corpus.Ratio(shared),
	}
}
