package near

import (
	"cmp"
	"slices"
)

// Which articles stay. In: the articles in the order of the keep policy, each with its edges to
// articles that came before it and stayed. Out: the articles that stay, and for every other one the
// article that it goes for.
//
// An article may go for another one that it resembles, and for one that contains it. Never does the
// longer article go because a shorter one stands in it: an edge by containment has a direction
// (Judge.Goes). So of two articles that resemble each other the policy keeps the better one, and of
// a brief and the full article that contains it the full article stays, whichever came first.
//
// Articles are taken in order. One that may go for articles that stay goes for the one that it
// resembles most. Any other one stays. If it contains articles that stayed until then, these are
// superseded: they, and all that went for them, are released. At the end of the order the released
// articles are taken again, in order, after all those that stay. That goes on until nothing is
// released.
//
// What is true at the end: every article that went verifies against the one it went for, in the
// direction that may go; no article that stays may go for another one that stays.
//
// It ends, since an article is superseded only by a larger one that came to stay. So the largest
// article is never superseded, the next one at most once for each time that the largest comes to
// stay, and so on. Of 106,520 agency articles 258 are superseded, in two rounds.
//
// Goroutines decide about articles that have nothing to do with each other (group.go), each into a
// list of its own; gather puts the lists together.
//
// Cost of a round: what the join costs. A brief that was superseded is no candidate any more, so
// 100,000 articles around one brief cost as many comparisons.

// keeper is the state of one clustering.
type keeper struct {
	judge      Judge
	rank       []int32 // place of each article in the order of the policy
	stays      flags   // articles that were taken in this round and stay; the join sets them
	went       []Edge  // A went for B
	superseded []int32
	parts      []kept // of this round, one a goroutine
}

// kept is what one goroutine decided.
type kept struct {
	went       []Edge
	superseded []int32
}

func newKeeper(judge Judge, rank []int32, workers int) *keeper {
	return &keeper{judge: judge, rank: rank, stays: newFlags(len(rank)), parts: make([]kept, workers)}
}

// take decides about article x, on goroutine g. matches are edges whose A is x. It tells whether x
// stays.
func (k *keeper) take(g int, x int32, matches []Edge) bool {
	p := &k.parts[g]
	best := Edge{B: -1}
	for _, m := range matches {
		if _, goes := k.judge.Goes(m); goes && k.stays.has(m.B) && (best.B < 0 || k.closer(m, best)) {
			best = m
		}
	}
	if best.B >= 0 {
		p.went = append(p.went, best)
		return false
	}
	for _, m := range matches {
		if k.stays.has(m.B) {
			k.stays.clear(m.B)
			p.superseded = append(p.superseded, m.B)
		}
	}
	return true
}

// closer tells whether an article would rather go for a.B than for b.B.
func (k *keeper) closer(a, b Edge) bool {
	return cmp.Or(cmp.Compare(b.Resemblance(), a.Resemblance()), cmp.Compare(k.rank[a.B], k.rank[b.B])) < 0
}

// gather takes in what the goroutines decided. Nothing depends on its order.
func (k *keeper) gather() {
	for g := range k.parts {
		p := &k.parts[g]
		k.went, k.superseded = append(k.went, p.went...), append(k.superseded, p.superseded...)
		p.went, p.superseded = p.went[:0], p.superseded[:0]
	}
}

// next gives the order of another round: the articles of the last one that stay, then those that
// were released. It is nil when nothing was.
func (k *keeper) next(order []int32) []int32 {
	k.gather()
	if len(k.superseded) == 0 {
		return nil
	}
	gone := newFlags(len(k.rank))
	for _, y := range k.superseded {
		gone.set(y)
	}
	released := k.superseded
	kept := k.went[:0]
	for _, m := range k.went {
		if gone.has(m.B) {
			released = append(released, m.A)
		} else {
			kept = append(kept, m)
		}
	}
	k.went, k.superseded = kept, nil
	slices.SortFunc(released, func(a, b int32) int { return cmp.Compare(k.rank[a], k.rank[b]) })
	again := make([]int32, 0, len(order)) // kept holds those of earlier rounds too
	for _, x := range order {
		if k.stays.has(x) {
			again = append(again, x)
		}
	}
	clear(k.stays)
	return append(again, released...)
}

// inOrder gives n articles in the order of their ranks, and the ranks; nil ranks are those of the
// numbers.
func inOrder(rank []int32, n int) (order, ranks []int32) {
	order = make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	if rank == nil {
		return order, slices.Clone(order)
	}
	for i, at := range rank {
		order[at] = int32(i)
	}
	return order, rank
}

// Of is Clusters where all edges are at hand, whichever way each points. It holds them twice.
func Of(judge Judge, edges []Edge, rank []int32) []Cluster {
	order, rank := inOrder(rank, len(rank))
	all := make([]Edge, 0, 2*len(edges))
	for _, e := range edges {
		if _, near := judge.Near(e); near {
			all = append(all, e, e.flip())
		}
	}
	slices.SortFunc(all, func(a, b Edge) int { return cmp.Compare(a.A, b.A) })
	k := newKeeper(judge, rank, 1)
	var own []Edge
	for next := order; next != nil; next = k.next(next) {
		for _, x := range next {
			own = own[:0]
			i, _ := slices.BinarySearchFunc(all, x, func(e Edge, x int32) int { return cmp.Compare(e.A, x) })
			for ; i < len(all) && all[i].A == x; i++ {
				if k.stays.has(all[i].B) {
					own = append(own, all[i])
				}
			}
			if k.take(0, x, own) {
				k.stays.set(x)
			}
		}
	}
	return k.clusters()
}

// clusters groups the articles that went with those that they went for.
func (k *keeper) clusters() []Cluster {
	members := k.went
	slices.SortFunc(members, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.B, b.B), cmp.Compare(k.rank[a.A], k.rank[b.A])) })
	var out []Cluster
	for len(members) > 0 {
		y := members[0].B
		c := Cluster{[]Member{{y, 1, 1, RuleCanonical}}}
		for len(members) > 0 && members[0].B == y {
			m := members[0]
			rule, _ := k.judge.Near(m)
			c.Members = append(c.Members, Member{m.A, m.Resemblance(), m.contained(), rule})
			members = members[1:]
		}
		out = append(out, c)
	}
	first := func(c Cluster) int32 {
		return slices.MinFunc(c.Members, func(a, b Member) int { return cmp.Compare(a.Article, b.Article) }).Article
	}
	slices.SortFunc(out, func(a, b Cluster) int { return cmp.Compare(first(a), first(b)) })
	return out
}
