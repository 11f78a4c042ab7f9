package page

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"dedup/internal/shingle"
)

// totals are the figures of the overview that the summary lacks. They count the whole report, of
// which the page may show a part: a chart says the same with --max-articles and without.
type totals struct {
	Duplicated int64    `json:"duplicated"` // bytes of the texts of duplicates
	Copied     int      `json:"copied"`     // passages that are neither boilerplate nor inside one near-duplicate cluster
	Furniture  int      `json:"furniture"`
	Sources    int      `json:"sources"`    // known ones
	PerSource  [][]any  `json:"per_source"` // name, articles, duplicates; the largest first, mostSources of them
	Days       [][]any  `json:"days"`       // day, articles
	Clusters   [][2]int `json:"cluster_sizes"`
	Stories    [][2]int `json:"story_sizes"` // size, how many; of two and more
	Kept       []int    `json:"kept"`        // duplicates by resemblance to the copy that is kept, in steps of 0.05 from 0, the last: 1 exactly
	Pairs      []int    `json:"pairs"`       // pairs of articles of one story by resemblance, in the same steps
	Cut        float64  `json:"cut"`         // resemblance from which two articles are near-duplicates; 0: not known
}

// mostSources is how many sources the page has the figures of.
const mostSources = 200

// steps is how many bins a resemblance may be in: 0 to 0.05 … 0.95 to 1, and 1.
const steps = 21

func step(x float64) int { return max(0, min(steps-1, int(x*20+1e-9))) }

func (b *builder) totals() totals {
	r := b.r
	t := totals{Furniture: len(r.Furniture), Cut: r.Summary.Threshold, Kept: make([]int, steps)}
	size := make(map[string]int, len(r.Articles))
	for i := range r.Articles {
		size[r.Articles[i].ID] = r.Articles[i].Bytes
	}
	duplicate := map[string]bool{}
	clusters, stories := map[int]int{}, map[int]int{}
	for k := range r.Clusters {
		c := &r.Clusters[k]
		clusters[len(c.Members)]++
		for _, m := range c.Members {
			if m.Article != c.Canonical {
				t.Duplicated += int64(size[m.Article])
				t.Kept[step(m.Resemblance)]++
				duplicate[m.Article] = true
			}
		}
	}
	for k := range r.Stories {
		if n := len(r.Stories[k].Articles); n > 1 {
			stories[n]++
		}
	}
	for k := range r.Passages {
		if p := &r.Passages[k]; !p.Boilerplate && !p.NearDuplicates {
			t.Copied++
		}
	}
	t.Clusters, t.Stories, t.Pairs = sizes(clusters), sizes(stories), b.pairs()
	b.perSource(&t, duplicate)
	return t
}

// sizes lists sizes with how often each is there, in order.
func sizes(n map[int]int) [][2]int {
	out := make([][2]int, 0, len(n))
	for size, times := range n {
		out = append(out, [2]int{size, times})
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return out
}

// perSource counts articles by source and by day.
func (b *builder) perSource(t *totals, duplicate map[string]bool) {
	type row struct {
		name             string
		articles, copies int
	}
	rows, days := map[string]*row{}, map[string]int{}
	for i := range b.r.Articles {
		a := &b.r.Articles[i]
		o := rows[a.Source]
		if o == nil {
			o = &row{name: a.Source}
			rows[a.Source] = o
		}
		if o.articles++; duplicate[a.ID] {
			o.copies++
		}
		if len(a.Published) >= len("2006-01-02") {
			days[a.Published[:len("2006-01-02")]]++
		}
	}
	var list []*row
	for _, o := range rows {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b *row) int { return cmp.Or(cmp.Compare(b.articles, a.articles), cmp.Compare(a.name, b.name)) })
	t.Sources, t.PerSource, t.Days = len(list), [][]any{}, [][]any{}
	if rows[""] != nil {
		t.Sources--
	}
	for _, o := range list[:min(len(list), mostSources)] {
		t.PerSource = append(t.PerSource, []any{b.text(o.name, maxTitle), o.articles, o.copies})
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		t.Days = append(t.Days, []any{b.text(day, 40), days[day]})
	}
}

// pairs counts the pairs of articles of one story by their resemblance: of each story the first
// maxCompared articles that have a text. It is nil where the texts are not there.
func (b *builder) pairs() []int {
	index := make(map[string]int, len(b.r.Articles))
	for i := range b.r.Articles {
		index[b.r.Articles[i].ID] = i
	}
	comparers, bins := b.comparers(), make([][]int, b.opt.Workers)
	b.each(len(b.r.Stories), func(w, k int) {
		list := b.r.Stories[k].Articles
		if len(list) < 2 {
			return
		}
		var sets [][]uint64
		for _, id := range list[:min(len(list), maxCompared)] {
			i, ok := index[id]
			if !ok {
				continue
			}
			if s, ok := b.texts(i); ok && strings.TrimSpace(s) != "" {
				sets = append(sets, comparers[w].set(clip(s, maxText)))
			}
		}
		if len(sets) > 1 && bins[w] == nil {
			bins[w] = make([]int, steps)
		}
		for i := range sets {
			for j := range i {
				bins[w][step(shingle.Resemblance(sets[i], sets[j]))]++
			}
		}
	})
	return sumOf(bins)
}

// sumOf adds up the bins of all workers; nil where there are none.
func sumOf(bins [][]int) (sum []int) {
	for _, part := range bins {
		if sum == nil {
			sum = part
			continue
		}
		for i, n := range part {
			sum[i] += n
		}
	}
	return sum
}

// address is s where a browser may go to it: an address of the web with a host; "" for all else.
func address(s string) string {
	s = strings.TrimSpace(s)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(s) > maxURL {
		return ""
	}
	return u.String()
}

// flowData is the flow with outlets by number.
type flowData struct {
	Outlets [][]any `json:"o"` // name, kind, articles, words, own, copied, shared (per mille)
	Arrows  [][]any `json:"a"` // from, to, words, articles, passages, hours, lags
	Ties    [][]any `json:"t"` // a, b, words, passages
}

// Most of the flow that the page holds, the most words first.
const mostOutlets, mostArrows = 2000, 5000

func (b *builder) flow() *flowData {
	f := b.r.Flow
	if f == nil {
		return nil
	}
	d := &flowData{[][]any{}, [][]any{}, [][]any{}}
	at := map[string]int{}
	for i := range f.Outlets[:min(len(f.Outlets), mostOutlets)] {
		o := &f.Outlets[i]
		at[o.ID] = i
		d.Outlets = append(d.Outlets, []any{
			b.text(o.Name, maxTitle), b.text(o.Kind, 40), o.Articles, o.Words, mille(o.Own), mille(o.Copied), mille(o.Shared),
		})
	}
	for i := range f.Arrows {
		a := &f.Arrows[i]
		from, known := at[a.From]
		to, also := at[a.To]
		if known && also && len(d.Arrows) < mostArrows {
			d.Arrows = append(d.Arrows, []any{from, to, a.Words, a.Articles, a.Passages, a.Lag, a.Lags})
		}
	}
	for i := range f.Ties {
		t := &f.Ties[i]
		x, known := at[t.A]
		y, also := at[t.B]
		if known && also && len(d.Ties) < mostArrows {
			d.Ties = append(d.Ties, []any{x, y, t.Words, t.Passages})
		}
	}
	return d
}

func mille(x float64) int { return int(1000*x + 0.5) }
