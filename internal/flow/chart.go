package flow

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"dedup/internal/article"
	"dedup/internal/phrase"
)

// Kinds of nodes.
const (
	Outlet  = "outlet"  // who published articles
	Agency  = "agency"  // who is credited, or publishes under an agency's name
	Unnamed = "unseen"  // all texts that are not here
	Nobody  = "unknown" // all articles whose outlet is not known
)

// Node is an outlet, an agency, or one of the two nodes for what is not known.
type Node struct {
	Name     string // as its first article writes it; empty for Unnamed and Nobody
	Kind     string
	Articles int
	Tokens   int64
	// Copied and Shared count tokens of its articles that stand in passages of other outlets too:
	// those that came from somewhere else, and those of which that is not known or that were said
	// in public. The rest is its own.
	Copied, Shared int64
}

// Shares are the shares of its text, 0 to 1, that are its own, copied and shared; 0 of a node
// without text.
func (n *Node) Shares() (own, copied, shared float64) {
	if n.Tokens == 0 {
		return 0, 0, 0
	}
	copied = min(1, float64(n.Copied)/float64(n.Tokens))
	shared = min(1-copied, float64(n.Shared)/float64(n.Tokens))
	return 1 - copied - shared, copied, shared
}

// Arrow is text that the articles of one node have from another: Tokens of it, in Articles
// articles and Passages passages. Lag is the median time from the publication of the origin to that
// of the copy, over Lags copies whose dates are both known.
type Arrow struct {
	From, To           int
	Tokens             int64
	Articles, Passages int
	Lag                time.Duration
	Lags               int
}

// Tie is text that two nodes share and of which no origin is known. A < B.
type Tie struct {
	A, B     int
	Tokens   int64
	Passages int
}

// Chart is who copied from whom. Nodes come by the text that others have from them, then by that
// which they have from others, then by name; arrows and ties by their text.
type Chart struct {
	Nodes  []Node
	Arrows []Arrow
	Ties   []Tie
}

// mostTied is how many outlets of one passage are tied with each other; with more each is tied to
// the first.
const mostTied = 12

// Draw makes the chart of n articles. Text inside one outlet is not drawn, nor is boilerplate.
// Cost: one step an occurrence, and a sort of each article's spans.
func Draw(n int, passages []Passage, origins []Origin, at func(i int) Article) *Chart {
	d := &drawing{
		at: at, node: make([]int, n), known: map[string]int{}, arrows: map[[2]int]*arrow{}, ties: map[[2]int]*Tie{},
		spans: make([][]taken, n),
	}
	for i := range n {
		a := at(i)
		d.node[i] = d.number(&a)
		node := &d.nodes[d.node[i]]
		node.Articles++
		node.Tokens += int64(a.Tokens)
	}
	for k := range passages {
		if !passages[k].Boilerplate {
			d.passage(&passages[k], &origins[k])
		}
	}
	for i := range n {
		d.count(i)
	}
	return d.chart()
}

// drawing is a chart in the making.
type drawing struct {
	at     func(i int) Article
	node   []int // of each article
	nodes  []Node
	known  map[string]int
	arrows map[[2]int]*arrow
	ties   map[[2]int]*Tie
	spans  [][]taken // of each article
}

type arrow struct {
	Arrow
	articles map[int]bool
	lags     []time.Duration
}

// taken is a span of an article that other outlets have too.
type taken struct {
	article.Span
	copied bool
}

// number is the node of an article. An agency's own article belongs to the agency.
func (d *drawing) number(a *Article) int {
	if a.Source == "" {
		return d.named("", Nobody)
	}
	if agency := phrase.AgencyOf(a.Source); agency != "" {
		return d.named(agency, Agency)
	}
	return d.named(strings.TrimSpace(a.Source), Outlet)
}

func (d *drawing) named(name, kind string) int {
	key := kind + " " + strings.ToLower(name)
	k, ok := d.known[key]
	if !ok {
		k = len(d.nodes)
		d.known[key] = k
		d.nodes = append(d.nodes, Node{Name: name, Kind: kind})
	}
	return k
}

// passage draws the arrows or the ties of one passage.
func (d *drawing) passage(p *Passage, o *Origin) {
	from := -1
	switch {
	case o.Agency != "":
		from = d.named(o.Agency, Agency)
	case o.Article >= 0:
		from = d.node[o.Article]
	case o.By == Unseen:
		from = d.named("", Unnamed)
	}
	several := from >= 0 && d.nodes[from].Kind == Nobody
	for _, occ := range p.Occurrences {
		several = several || d.node[occ.Article] != d.node[p.Occurrences[0].Article] || from >= 0 && d.node[occ.Article] != from
	}
	if !several {
		return
	}
	for _, occ := range p.Occurrences {
		to := d.node[occ.Article]
		if from >= 0 && to == from && (d.nodes[from].Kind != Nobody || occ.Article == o.Article) {
			continue
		}
		d.spans[occ.Article] = append(d.spans[occ.Article], taken{occ.Span, from >= 0})
	}
	if from >= 0 {
		d.draw(p, o, from)
		return
	}
	d.tie(p)
}

// draw adds a passage to the arrows from its origin.
func (d *drawing) draw(p *Passage, o *Origin, from int) {
	var begin time.Time
	if o.Article >= 0 {
		begin = d.at(o.Article).Published
	}
	seen := map[int]bool{}
	last := -1
	for _, occ := range p.Occurrences {
		to := d.node[occ.Article]
		if occ.Article == last || to == from {
			continue
		}
		last = occ.Article
		a := d.arrows[[2]int{from, to}]
		if a == nil {
			a = &arrow{Arrow: Arrow{From: from, To: to}, articles: map[int]bool{}}
			d.arrows[[2]int{from, to}] = a
		}
		if a.Tokens += int64(p.Tokens); !seen[to] {
			a.Passages++
			seen[to] = true
		}
		if a.articles[occ.Article] {
			continue
		}
		a.articles[occ.Article] = true
		if end := d.at(occ.Article).Published; !begin.IsZero() && !end.IsZero() {
			a.lags = append(a.lags, end.Sub(begin))
		}
	}
}

// tie adds a passage without origin to the ties of its outlets.
func (d *drawing) tie(p *Passage) {
	var nodes []int
	for _, occ := range p.Occurrences {
		if k := d.node[occ.Article]; d.nodes[k].Kind != Nobody && !slices.Contains(nodes, k) && len(nodes) < 64 {
			nodes = append(nodes, k)
		}
	}
	slices.Sort(nodes)
	for i, b := range nodes {
		for _, a := range nodes[:i] {
			if len(nodes) > mostTied && a != nodes[0] {
				break
			}
			t := d.ties[[2]int{a, b}]
			if t == nil {
				t = &Tie{A: a, B: b}
				d.ties[[2]int{a, b}] = t
			}
			t.Tokens += int64(p.Tokens)
			t.Passages++
		}
	}
}

// count adds up what of article i is not its own: the union of its spans, what is
// copied before what is shared. Bytes stand for tokens.
func (d *drawing) count(i int) {
	list := d.spans[i]
	if len(list) == 0 {
		return
	}
	a := d.at(i)
	size := len(a.Text)
	if size == 0 {
		return
	}
	copied := covered(list, func(t *taken) bool { return t.copied })
	all := covered(list, func(*taken) bool { return true })
	part := func(bytes int) int64 { return int64(float64(bytes)/float64(size)*float64(a.Tokens) + 0.5) }
	node := &d.nodes[d.node[i]]
	node.Copied += part(copied)
	node.Shared += part(all) - part(copied)
	d.spans[i] = nil
}

// covered is how many bytes the spans that are asked for cover.
func covered(list []taken, asked func(*taken) bool) int {
	var spans []article.Span
	for k := range list {
		if asked(&list[k]) {
			spans = append(spans, list[k].Span)
		}
	}
	slices.SortFunc(spans, func(a, b article.Span) int { return cmp.Compare(a.Start, b.Start) })
	n, end := 0, 0
	for _, s := range spans {
		if s.End > end {
			n += s.End - max(s.Start, end)
			end = s.End
		}
	}
	return n
}

// chart puts everything in order, and numbers the nodes anew.
func (d *drawing) chart() *Chart {
	c := &Chart{}
	given, got := make([]int64, len(d.nodes)), make([]int64, len(d.nodes))
	for _, a := range d.arrows {
		given[a.From] += a.Tokens
		got[a.To] += a.Tokens
	}
	order := make([]int, len(d.nodes))
	for k := range order {
		order[k] = k
	}
	sort.SliceStable(order, func(x, y int) bool {
		i, j := order[x], order[y]
		a, b := &d.nodes[i], &d.nodes[j]
		return cmp.Or(cmp.Compare(given[j], given[i]), cmp.Compare(got[j], got[i]), cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) < 0
	})
	place := make([]int, len(order))
	for to, from := range order {
		place[from] = to
		c.Nodes = append(c.Nodes, d.nodes[from])
	}
	for _, a := range d.arrows {
		a.From, a.To, a.Articles, a.Lags = place[a.From], place[a.To], len(a.articles), len(a.lags)
		if slices.Sort(a.lags); a.Lags > 0 {
			a.Lag = (a.lags[(a.Lags-1)/2] + a.lags[a.Lags/2]) / 2
		}
		c.Arrows = append(c.Arrows, a.Arrow)
	}
	for _, t := range d.ties {
		t.A, t.B = min(place[t.A], place[t.B]), max(place[t.A], place[t.B])
		c.Ties = append(c.Ties, *t)
	}
	slices.SortFunc(c.Arrows, func(a, b Arrow) int {
		return cmp.Or(cmp.Compare(b.Tokens, a.Tokens), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	slices.SortFunc(c.Ties, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(b.Tokens, a.Tokens), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return c
}
