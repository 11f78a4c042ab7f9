package near

import (
	"cmp"
	"context"
	"slices"
)

// Pairs. In: the edges of the join between different sets, and of each article that is identical to
// an earlier one the first with its set. Out: every edge, in order; those of identical articles are
// made here.

// Pairs reports every edge, ordered by A, then B. An error of yield ends it. It holds the edges
// between different sets in memory, 40 bytes each; those of identical articles are made as they are
// reported.
func (n *Finder) Pairs(ctx context.Context, yield func(Edge) error) error {
	if err := n.Find(ctx); err != nil {
		return err
	}
	order := make([]int32, n.n)
	for i := range order {
		order[i] = int32(i)
	}
	parts := make([]pairing, n.opt.Workers)
	err := n.join(ctx, order, newFlags(n.n), nil, func(g int, _ int32, matches []Edge) (stays bool) {
		p := &parts[g]
		if i := slices.IndexFunc(matches, Edge.same); i >= 0 {
			m := matches[i]
			p.sizes = append(p.sizes, m)
			return false
		}
		for _, m := range matches {
			p.halves = append(p.halves, m, m.flip())
		}
		return true
	})
	if err != nil {
		return err
	}
	all := pairing{groups: map[int32][]int32{}}
	for g := range parts {
		all.halves, all.sizes = append(all.halves, parts[g].halves...), append(all.sizes, parts[g].sizes...)
		parts[g] = pairing{}
	}
	return all.report(ctx, yield)
}

// pairing is what Pairs reports, with identical articles as one.
type pairing struct {
	halves []Edge            // edges between different sets, from either side
	groups map[int32][]int32 // of the first article with a set: the others, in order
	sizes  []Edge            // of each of these others, with the first
}

// report yields the edges of each article with later ones.
func (p *pairing) report(ctx context.Context, yield func(Edge) error) error {
	slices.SortFunc(p.halves, func(a, b Edge) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	first := map[int32]Edge{} // of articles that are like an earlier one
	var ids []int32
	slices.SortFunc(p.sizes, func(a, b Edge) int { return cmp.Compare(a.A, b.A) })
	for _, m := range p.sizes {
		p.groups[m.B] = append(p.groups[m.B], m.A)
		first[m.A] = m
		ids = append(ids, m.A, m.B)
	}
	for _, m := range p.halves {
		ids = append(ids, m.A)
	}
	slices.Sort(ids)
	var later []Edge
	for _, a := range slices.Compact(ids) {
		if err := ctx.Err(); err != nil {
			return err
		}
		later = p.later(later[:0], a, first)
		for _, m := range later {
			if err := yield(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// later appends the matches of article a with later ones, in order.
func (p *pairing) later(dst []Edge, a int32, first map[int32]Edge) []Edge {
	rep := a
	if m, ok := first[a]; ok {
		rep = m.B
	}
	add := func(y int32, m Edge) {
		if m.A, m.B = a, y; y > a {
			dst = append(dst, m)
		}
	}
	for _, y := range p.groups[rep] {
		add(y, first[y])
	}
	i, _ := slices.BinarySearchFunc(p.halves, rep, func(m Edge, x int32) int { return cmp.Compare(m.A, x) })
	for ; i < len(p.halves) && p.halves[i].A == rep; i++ {
		m := p.halves[i]
		add(m.B, m)
		for _, y := range p.groups[m.B] {
			add(y, m)
		}
	}
	slices.SortFunc(dst, func(a, b Edge) int { return cmp.Compare(a.B, b.B) })
	return dst
}
