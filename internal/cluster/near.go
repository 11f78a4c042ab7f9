package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Rule names why two articles are near-duplicates.
type Rule uint8

const (
	RuleCanonical   Rule = iota // the member is the canonical itself
	RuleResemblance             // |A∩B|/|A∪B| reaches the threshold
	RuleContainment             // nearly all of the shorter article stands in the longer one
)

// String is the name that reports print.
func (r Rule) String() string {
	return [...]string{"canonical", "resemblance", "containment"}[r]
}

// Edge is a verified pair of articles, A < B.
type Edge struct {
	A, B         int32
	Resemblance  float64 // |A∩B|/|A∪B|, exact
	ContainmentA float64 // |A∩B|/|A|: how much of A stands in B
	ContainmentB float64 // |A∩B|/|B|
	Distance     int     // Hamming distance of the fingerprints, -1 where unknown
	Rule         Rule
}

// Member is one article of a cluster and how it verified against the canonical.
type Member struct {
	Article     int32
	Resemblance float64
	Containment float64 // of the shorter one in the longer one
	Distance    int     // -1 where unknown
	Rule        Rule
}

// Cluster is the versions of one text, the canonical first, the others by rank.
type Cluster struct{ Members []Member }

// NearOptions says what a near-duplicate is and what the search may use. The zero value of a field means its default.
type NearOptions struct {
	Threshold   float64 // least resemblance of an edge; 0.7
	Containment float64 // least containment of the shorter article; 0.9
	Shingle     int     // tokens a shingle; 5
	Memory      int64   // bytes; past it sets go to Tmp; 2 GiB
	Tmp         string  // directory for spilled sets; os.TempDir()
	Workers     int     // goroutines of Pairs and Clusters; GOMAXPROCS
}

// Near finds the near-duplicates of the articles that its workers were fed.
type Near struct {
	opt     NearOptions
	mu      sync.Mutex
	workers []*NearWorker
	sets    [][]uint64
	ready   bool
}

// NearWorker takes the articles of one goroutine.
type NearWorker struct {
	near  *Near
	scrap []uint64
	seqs  []int
	sets  [][]uint64
}

// NewNear checks the options and returns an empty engine.
func NewNear(opt NearOptions) (*Near, error) {
	if opt.Threshold == 0 {
		opt.Threshold = 0.7
	}
	if opt.Containment == 0 {
		opt.Containment = 0.9
	}
	if opt.Shingle == 0 {
		opt.Shingle = 5
	}
	if opt.Threshold < 0 || opt.Threshold > 1 || opt.Containment < 0 || opt.Containment > 1 {
		return nil, fmt.Errorf("near-duplicates: threshold %g and containment %g must lie in (0, 1]", opt.Threshold, opt.Containment)
	}
	if opt.Shingle < 1 {
		return nil, fmt.Errorf("near-duplicates: shingles of %d tokens", opt.Shingle)
	}
	return &Near{opt: opt}, nil
}

// Worker returns a new feeder; each goroutine needs its own.
func (n *Near) Worker() *NearWorker {
	n.mu.Lock()
	defer n.mu.Unlock()
	w := &NearWorker{near: n}
	n.workers = append(n.workers, w)
	return w
}

// Add takes the tokens of the next article of batch seq. A worker adds all articles of a batch, in order; batches come in any order.
func (w *NearWorker) Add(seq int, toks []text.Token) {
	w.scrap = shingle.Set(shingle.Append(w.scrap[:0], toks, w.near.opt.Shingle))
	w.sets = append(w.sets, slices.Clone(w.scrap))
	w.seqs = append(w.seqs, seq)
}

// Len is the number of articles fed.
func (n *Near) Len() int {
	total := 0
	for _, w := range n.workers {
		total += len(w.seqs)
	}
	return total
}

func (n *Near) gather() {
	if n.ready {
		return
	}
	n.ready = true
	type place struct {
		seq int
		set []uint64
	}
	var all []place
	for _, w := range n.workers {
		for i, set := range w.sets {
			all = append(all, place{w.seqs[i], set})
		}
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(a.seq, b.seq) })
	for _, p := range all {
		n.sets = append(n.sets, p.set)
	}
}

// judge decides on a pair with na and nb shingles of which they share s.
func (n *Near) judge(na, nb, s int) (Rule, bool) {
	small := min(na, nb)
	switch {
	case s == 0:
		return 0, false
	case float64(s) >= n.opt.Threshold*float64(na+nb-s):
		return RuleResemblance, true
	case small >= nearLeastContained && float64(s) >= n.opt.Containment*float64(small):
		return RuleContainment, true
	}
	return 0, false
}

const nearLeastContained = 25

func (n *Near) edge(a, b int32) (Edge, bool) {
	na, nb := len(n.sets[a]), len(n.sets[b])
	s := shingle.Shared(n.sets[a], n.sets[b])
	rule, ok := n.judge(na, nb, s)
	if !ok {
		return Edge{}, false
	}
	f := float64(s)
	return Edge{a, b, f / float64(na+nb-s), f / float64(na), f / float64(nb), -1, rule}, true
}

// Pairs reports every edge, ordered by A, then B. An error of yield ends it.
func (n *Near) Pairs(ctx context.Context, yield func(Edge) error) error {
	n.gather()
	post := map[uint64][]int32{}
	for i, set := range n.sets {
		for _, h := range set {
			post[h] = append(post[h], int32(i))
		}
	}
	count := make([]int32, len(n.sets))
	for i, set := range n.sets {
		if err := ctx.Err(); err != nil {
			return err
		}
		var seen []int32
		for _, h := range set {
			for _, j := range post[h] {
				if int(j) > i {
					if count[j] == 0 {
						seen = append(seen, j)
					}
					count[j]++
				}
			}
		}
		slices.Sort(seen)
		for _, j := range seen {
			count[j] = 0
			if e, ok := n.edge(int32(i), j); ok {
				if err := yield(e); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Clusters groups the articles around canonicals. rank[i] is the place of article i in the order of the keep policy (a permutation; nil: as
// fed): the earlier of two is kept. Every member verifies against its canonical and no two canonicals verify against each other. Clusters of
// one are left out; the others are ordered by the article number of their canonical.
func (n *Near) Clusters(ctx context.Context, rank []int32) ([]Cluster, error) {
	n.gather()
	if rank != nil && len(rank) != len(n.sets) {
		return nil, errors.New("near-duplicates: rank has another length than the corpus")
	}
	at := func(i int32) int32 {
		if rank == nil {
			return i
		}
		return rank[i]
	}
	adj := make([][]Edge, len(n.sets))
	if err := n.Pairs(ctx, func(e Edge) error {
		adj[e.A], adj[e.B] = append(adj[e.A], e), append(adj[e.B], e)
		return nil
	}); err != nil {
		return nil, err
	}
	order := make([]int32, len(n.sets))
	for i := range order {
		order[at(int32(i))] = int32(i)
	}
	canonical := make([]bool, len(n.sets))
	members := map[int32][]Member{}
	for _, i := range order {
		best, bestEdge := int32(-1), Edge{}
		for _, e := range adj[i] {
			j := e.A + e.B - i
			if canonical[j] && at(j) < at(i) &&
				(best < 0 || e.Resemblance > bestEdge.Resemblance || e.Resemblance == bestEdge.Resemblance && at(j) < at(best)) {
				best, bestEdge = j, e
			}
		}
		if best < 0 {
			canonical[i] = true
			continue
		}
		members[best] = append(members[best], Member{i, bestEdge.Resemblance, max(bestEdge.ContainmentA, bestEdge.ContainmentB), -1, bestEdge.Rule})
	}
	var out []Cluster
	for i := range n.sets {
		if m := members[int32(i)]; m != nil {
			out = append(out, Cluster{append([]Member{{int32(i), 1, 1, -1, RuleCanonical}}, m...)})
		}
	}
	return out, nil
}
