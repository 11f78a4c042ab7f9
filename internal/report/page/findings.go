package page

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"dedup/internal/report"
	"dedup/internal/work"
)

// findings is all that the page knows besides the texts. Articles are columns, everything refers to
// them by index; strings are ready JSON.
type findings struct {
	Schema    string          `json:"schema"`
	Summary   report.Summary  `json:"summary"`
	Totals    totals          `json:"totals"`
	Parts     map[string]bool `json:"parts"`
	Sources   []raw           `json:"sources"` // the first is "": unknown
	Agencies  []raw           `json:"agencies"`
	Paths     []raw           `json:"paths"`
	Pieces    []int           `json:"pieces"`
	Articles  articles        `json:"articles"`
	Clusters  []clusterData   `json:"clusters"`
	Stories   []storyData     `json:"stories"`
	Passages  []passageData   `json:"passages"`
	Repeats   []passageData   `json:"repeats"`
	Furniture []passageData   `json:"furniture"`
	Phrases   []phraseData    `json:"phrases"`
	Flow      *flowData       `json:"flow"`
}

type raw = json.RawMessage

type articles struct {
	ID      []raw `json:"id"`
	Title   []raw `json:"title"`
	Date    []raw `json:"date"`
	Path    []int `json:"path"`
	Source  []int `json:"source"`
	Bytes   []int `json:"bytes"`
	Tokens  []int `json:"tokens"`
	Cluster []int `json:"cluster"` // number, 0 for none
	Story   []int `json:"story"`
	Text    []int `json:"text"`   // 0 none, 1 here, 2 cut short
	Copied  []int `json:"copied"` // percent
	Shared  []int `json:"shared"` // percent that also stands in other sources of the story
	Agency  []int `json:"agency"` // number in agencies, 0 for none
	URL     []raw `json:"url"`    // of the original, http and https only; ""
}

type clusterData struct {
	Number  int     `json:"n"`
	Members [][]any `json:"m"` // article, resemblance, containment, distance, rule
	Weakest []any   `json:"w"` // article, article, resemblance, whether all pairs were compared
}

type storyData struct {
	Number   int         `json:"n"`
	Headline raw         `json:"h"`
	Keywords []raw       `json:"k"`
	Articles []int       `json:"a"`
	Copied   []int       `json:"c,omitempty"` // percent of the 5-word shingles of row i that stand in column j, row by row
	Words    []int       `json:"v,omitempty"` // percent of the telling words that i and j share
	Events   []eventData `json:"e,omitempty"` // of a story of several, in order of time
	Running  []int       `json:"r,omitempty"` // numbers of the stories of its running story, in order of time, itself too
	Strength float64     `json:"w,omitempty"` // mean weight between the two parts that merged last
}

// eventData is an event of a running story.
type eventData struct {
	Headline raw     `json:"h"`
	Articles []int   `json:"a"`
	First    string  `json:"f,omitempty"`
	Last     string  `json:"l,omitempty"`
	Strength float64 `json:"w,omitempty"`
}

// passageData is a passage, a repeat or a piece of furniture. Places are article, start, end
// (UTF-16 units), line; four numbers each.
type passageData struct {
	Text   raw         `json:"t"`
	Tokens int         `json:"n,omitempty"`
	Flags  int         `json:"f,omitempty"` // 1 boilerplate, 2 inside one near-duplicate cluster
	Places []int       `json:"o"`
	Origin *originData `json:"w,omitempty"`
}

// originData says where a passage most likely came from, or why that is not known.
type originData struct {
	Article int `json:"a"` // -1: none of those shown
	Agency  raw `json:"g"`
	By      raw `json:"by"`
}

type phraseData struct {
	Text   raw     `json:"t"`
	Tokens int     `json:"n"`
	Bits   float64 `json:"b"`
	Kind   string  `json:"k"`
	Story  int     `json:"s"`
	Places []int   `json:"o"`
}

// findings gives the data as JSON that may stand in an HTML script element.
func (b *builder) findings() ([]byte, error) {
	p := b.opt.Parts
	f := &findings{
		Schema: report.Schema, Summary: b.r.Summary, Totals: b.totals(), Pieces: nonNil(b.pieces),
		Parts:    map[string]bool{"clusters": p.Clusters, "stories": p.Stories, "passages": p.Passages, "phrases": p.Phrases},
		Clusters: []clusterData{}, Stories: []storyData{}, Passages: []passageData{}, Repeats: []passageData{}, Furniture: []passageData{}, Phrases: []phraseData{},
	}
	b.addArticles(f)
	b.addClusters(f)
	b.addStories(f)
	b.addPassages(f)
	b.addPhrases(f)
	f.Flow = b.flow()
	return json.Marshal(f) // escapes <, >, & and the line separators
}

func nonNil(s []int) []int {
	if s == nil {
		return []int{}
	}
	return s
}

// names numbers strings in the order of their first use.
type names struct {
	list  []raw
	known map[string]int
}

func (n *names) number(b *builder, s string, max int) int {
	k, ok := n.known[s]
	if !ok {
		k = len(n.list)
		n.known[s] = k
		n.list = append(n.list, b.text(s, max))
	}
	return k
}

func (b *builder) addArticles(f *findings) {
	sources, paths, agencies := names{known: map[string]int{}}, names{known: map[string]int{}}, names{known: map[string]int{}}
	sources.number(b, "", 0)
	agencies.number(b, "", 0)
	a := &f.Articles
	for _, i := range b.shown {
		m := &b.r.Articles[i]
		a.ID = append(a.ID, b.text(m.ID, maxID))
		a.Title = append(a.Title, b.text(cmp.Or(m.Title, report.Quoted(m.Opening)), maxTitle))
		a.Date = append(a.Date, b.text(m.Published, 40))
		a.URL = append(a.URL, b.text(address(m.URL), maxURL))
		a.Path = append(a.Path, paths.number(b, m.Path, maxID))
		a.Source = append(a.Source, sources.number(b, m.Source, maxTitle))
		a.Shared, a.Agency = append(a.Shared, percent(m.Shared)), append(a.Agency, agencies.number(b, m.Agency, maxTitle))
		a.Bytes, a.Tokens = append(a.Bytes, m.Bytes), append(a.Tokens, m.Tokens)
		a.Cluster, a.Story = append(a.Cluster, b.cluster[m.Cluster]), append(a.Story, b.story[m.Story])
	}
	a.Text, a.Copied = b.state, b.copied
	f.Sources, f.Paths, f.Agencies = sources.list, paths.list, agencies.list
}

func (b *builder) addClusters(f *findings) {
	for k := range b.r.Clusters {
		c := clusterData{Number: k + 1}
		var members []int
		for _, m := range b.r.Clusters[k].Members {
			if a, ok := b.number[m.Article]; ok {
				members = append(members, a)
				c.Members = append(c.Members, []any{a, report.Ratio(m.Resemblance), report.Ratio(m.Containment), m.Distance, m.Rule})
			}
		}
		if len(members) > 1 {
			c.Weakest = b.weakest(members, b.r.Clusters[k].Members)
			f.Clusters = append(f.Clusters, c)
		}
	}
}

func (b *builder) addStories(f *findings) {
	running := map[string][]int{}
	for i := range b.r.Running {
		for _, id := range b.r.Running[i].Stories {
			if n, ok := b.story[id]; ok {
				running[b.r.Running[i].ID] = append(running[b.r.Running[i].ID], n)
			}
		}
	}
	for k := range b.r.Stories {
		rs := &b.r.Stories[k]
		s := storyData{Number: k + 1, Headline: b.text(rs.Headline, maxTitle), Keywords: []raw{}}
		for _, w := range rs.Keywords {
			s.Keywords = append(s.Keywords, b.text(w, 100))
		}
		s.Articles, s.Running, s.Strength = b.shownOf(rs.Articles), running[rs.Running], rs.Strength
		if len(s.Articles) == 0 {
			continue
		}
		for i := range rs.Events {
			e := &rs.Events[i]
			if list := b.shownOf(e.Articles); len(list) > 0 {
				s.Events = append(s.Events, eventData{b.text(e.Headline, maxTitle), list, e.First, e.Last, e.Strength})
			}
		}
		f.Stories = append(f.Stories, s)
	}
	comparers := b.comparers()
	b.each(len(f.Stories), func(w, k int) {
		if s := &f.Stories[k]; len(s.Articles) > 1 {
			s.Copied, s.Words = comparers[w].matrix(s.Articles)
		}
	})
}

// each calls fn for 0 … n-1 on all workers.
func (b *builder) each(n int, fn func(w, k int)) {
	_ = work.Each(context.Background(), b.opt.Workers, n, func(w, k int) error { // whose error is that of fn
		fn(w, k)
		return nil
	})
}

// shownOf is the numbers of those articles that the page shows.
func (b *builder) shownOf(ids []string) (list []int) {
	for _, id := range ids {
		if a, ok := b.number[id]; ok {
			list = append(list, a)
		}
	}
	return list
}

// place appends a place as four numbers.
func (b *builder) place(dst []int, a int, p report.Place) []int {
	s := &b.spans[a]
	return append(dst, a, s.of(p.Start), s.of(p.End), p.Line)
}

// places gives the occurrences in articles that are shown.
func (b *builder) places(occ []report.Occurrence) []int {
	var out []int
	for _, o := range occ {
		if a, ok := b.number[o.Article]; ok {
			out = b.place(out, a, o.Place)
		}
	}
	return out
}

// quote is the text of a passage: the beginning where the page has the article to take the rest
// from.
func (b *builder) quote(text string, places []int) raw {
	if b.state[places[0]] == 1 {
		return b.text(text, maxSnippet)
	}
	return b.text(text, maxQuote)
}

func (b *builder) addPassages(f *findings) {
	for k := range b.r.Passages {
		p := &b.r.Passages[k]
		d := passageData{Tokens: p.Tokens, Places: b.places(p.Occurrences)}
		if len(d.Places) < 8 {
			continue
		}
		if p.Boilerplate {
			d.Flags |= 1
		}
		if p.NearDuplicates {
			d.Flags |= 2
		}
		d.Text, d.Origin = b.quote(p.Text, d.Places), b.origin(p.Origin)
		f.Passages = append(f.Passages, d)
	}
	for k := range b.r.Repeats {
		rp := &b.r.Repeats[k]
		a, ok := b.number[rp.Article]
		if !ok || len(rp.Occurrences) == 0 {
			continue
		}
		d := passageData{Tokens: rp.Tokens}
		for _, p := range rp.Occurrences {
			d.Places = b.place(d.Places, a, p)
		}
		d.Text = b.quote(rp.Text, d.Places)
		f.Repeats = append(f.Repeats, d)
	}
	for k := range b.r.Furniture {
		fu := &b.r.Furniture[k]
		if a, ok := b.number[fu.Article]; ok {
			d := passageData{Places: b.place(nil, a, fu.Place)}
			d.Text = b.quote(fu.Text, d.Places)
			f.Furniture = append(f.Furniture, d)
		}
	}
}

func (b *builder) origin(o *report.Origin) *originData {
	if o == nil || o.By == "" || o.By == "unknown" {
		return nil
	}
	d := &originData{Article: -1, Agency: b.text(o.Agency, maxTitle), By: b.text(o.By, 40)}
	if a, ok := b.number[o.Article]; ok {
		d.Article = a
	}
	return d
}

func (b *builder) addPhrases(f *findings) {
	kinds := []string{"wire", "quote", "name"}
	for k := range b.r.Phrases {
		p := &b.r.Phrases[k]
		d := phraseData{Text: b.text(p.Text, maxTitle), Tokens: p.Tokens, Bits: p.Bits, Kind: "wire", Story: b.story[p.Story], Places: b.places(p.Occurrences)}
		if slices.Contains(kinds, p.Kind) {
			d.Kind = p.Kind
		}
		if len(d.Places) > 0 {
			f.Phrases = append(f.Phrases, d)
		}
	}
}
