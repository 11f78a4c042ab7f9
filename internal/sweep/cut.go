package sweep

import (
	"cmp"
	"math"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/cluster/near"
)

// Cut is what one threshold would do.
type Cut struct {
	Threshold float64
	Pairs     int // of near-duplicates
	Gone      int // articles
	Clusters  int
	Largest   int // cluster
	Sources   []Share
}

// Share is how much of a source would go, the source that loses most articles first.
type Share struct {
	Source         string
	Gone, Articles int
}

// Cut groups the pairs by the rule of a run with this threshold. Cost: a sort of the pairs at or
// above it, 0.2 µs each.
func (r *Run) Cut(threshold float64) (Cut, error) {
	judge, err := near.Options{Threshold: threshold, Containment: r.Head.Containment}.Judge()
	if err != nil {
		return Cut{}, err
	}
	c := Cut{Threshold: threshold}
	edges := make([]near.Edge, 0, len(r.Edges))
	for _, e := range r.Edges {
		if _, ok := judge.Near(e); ok {
			edges = append(edges, e)
		}
	}
	rank := make([]int32, len(r.Head.Articles))
	for i := range rank {
		rank[i] = r.Head.Articles[i].Rank
	}
	gone := map[string]int{}
	for _, k := range near.Of(judge, edges, rank) {
		c.Clusters++
		c.Gone += len(k.Members) - 1
		c.Largest = max(c.Largest, len(k.Members))
		for _, m := range k.Members[1:] {
			gone[r.Head.Articles[m.Article].Source]++
		}
	}
	c.Pairs = len(edges)
	for s, n := range gone {
		c.Sources = append(c.Sources, Share{s, n, r.Head.Sources[s]})
	}
	slices.SortFunc(c.Sources, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Gone, a.Gone), cmp.Compare(a.Source, b.Source)) })
	return c, nil
}

// Thresholds are those of the table.
var Thresholds = []float64{0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}

// Strata are bands of resemblance, each 0.05 wide, from Floor to 1: what a sample is drawn from.
const (
	strata      = 14
	strataWidth = 0.05
)

// stratum is the band that a resemblance is in, -1 below Floor.
func stratum(resemblance float64) int {
	if resemblance < Floor {
		return -1
	}
	return min(int((resemblance-Floor)/strataWidth+1e-9), strata-1)
}

// StratumFloor is where band s begins.
func StratumFloor(s int) float64 { return math.Round(100*(Floor+float64(s)*strataWidth)) / 100 }

// byStratum lists the pairs of each band, in an order that depends on the ids alone: the first of
// them are a random sample.
func (r *Run) byStratum(seed uint64) (out [strata][]int) {
	keys := make([]uint64, len(r.Edges))
	for k, e := range r.Edges {
		if s := stratum(e.Resemblance()); s >= 0 {
			out[s] = append(out[s], k)
			keys[k] = r.drawKey(e, seed)
		}
	}
	for s := range out {
		slices.SortFunc(out[s], func(a, b int) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	}
	return out
}

// Sample draws n pairs for a reader, more of them the nearer their band is to the cut, of every band
// at least one where n allows. It gives numbers of Edges, by resemblance.
func (r *Run) Sample(n int, cut float64, seed uint64) []int {
	lists := r.byStratum(seed)
	var taken [strata]int
	for n > 0 {
		best, most := -1, 0.0
		for s := range lists {
			if taken[s] == len(lists[s]) {
				continue
			}
			want := 1 / (1 + math.Abs(StratumFloor(s)+strataWidth/2-cut)/0.15)
			if w := want / float64(taken[s]+1); taken[s] == 0 && best >= 0 && taken[best] > 0 || w > most && (best < 0 || taken[best] > 0 || taken[s] == 0) {
				best, most = s, w
			}
		}
		if best < 0 {
			break
		}
		taken[best]++
		n--
	}
	var out []int
	for s := range lists {
		out = append(out, lists[s][:taken[s]]...)
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.Edges[a].Resemblance(), r.Edges[b].Resemblance()), a-b)
	})
	return out
}

// Examples are the first pairs of the band from a resemblance up to another one, in the order of
// byStratum. Nothing is sorted: n pairs of each stratum are kept while all go by.
func (r *Run) Examples(from, to float64, n int) (out []near.Edge) {
	type drawn struct {
		key uint64
		at  int
	}
	var first [strata][]drawn
	order := func(a, b drawn) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at, b.at)) }
	for k, e := range r.Edges {
		s := stratum(e.Resemblance())
		if s < 0 || StratumFloor(s) < from-1e-9 || StratumFloor(s) >= to-1e-9 {
			continue
		}
		d := drawn{r.drawKey(e, 1), k}
		at, _ := slices.BinarySearchFunc(first[s], d, order)
		if at < n {
			first[s] = slices.Insert(first[s], at, d)
			first[s] = first[s][:min(n, len(first[s]))]
		}
	}
	for s := range first {
		for _, d := range first[s] {
			out = append(out, r.Edges[d.at])
		}
	}
	return out[:min(n, len(out))]
}

// drawKey puts the pairs of a band into an order that depends on their ids alone.
func (r *Run) drawKey(e near.Edge, seed uint64) uint64 {
	h := xxh3.HashStringSeed(r.Head.Articles[e.A].ID, seed)
	return xxh3.HashStringSeed(r.Head.Articles[e.B].ID, h)
}
