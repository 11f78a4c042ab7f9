package cluster

import (
	"cmp"
	"context"
	"slices"
)

// Pairs reports every edge, ordered by A, then B. An error of yield ends it. It holds the edges between different sets in memory, 40 bytes each;
// those of identical articles are made as they are reported.
func (n *Near) Pairs(ctx context.Context, yield func(Edge) error) error {
	if err := n.ready(ctx); err != nil {
		return err
	}
	order := make([]int32, n.n)
	for i := range order {
		order[i] = int32(i)
	}
	p := nearPairing{groups: map[int32][]int32{}}
	err := n.join(ctx, order, func(m []nearMatch) bool { return nearSame(m) < 0 }, func(m []nearMatch) {
		if i := nearSame(m); i >= 0 {
			p.groups[m[i].y] = append(p.groups[m[i].y], m[i].x)
			p.sizes = append(p.sizes, m[i])
			return
		}
		for _, m := range m {
			p.halves = append(p.halves, m, nearMatch{m.y, m.x, m.ny, m.nx, m.n})
		}
	})
	if err != nil {
		return err
	}
	return p.report(ctx, n, yield)
}

// nearSame is the index of a match of equal sets, or -1.
func nearSame(matches []nearMatch) int {
	return slices.IndexFunc(matches, func(m nearMatch) bool { return m.n == m.nx && m.n == m.ny })
}

// nearPairing is what Pairs reports, with identical articles as one.
type nearPairing struct {
	halves []nearMatch       // edges between different sets, from either side
	groups map[int32][]int32 // of the first article with a set: the others, in order
	sizes  []nearMatch       // of each of these others, with the first
}

// report yields the edges of each article with later ones.
func (p *nearPairing) report(ctx context.Context, n *Near, yield func(Edge) error) error {
	slices.SortFunc(p.halves, func(a, b nearMatch) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	first := map[int32]nearMatch{} // of articles that are like an earlier one
	var ids []int32
	for _, m := range p.sizes {
		first[m.x] = m
		ids = append(ids, m.x, m.y)
	}
	for _, m := range p.halves {
		ids = append(ids, m.x)
	}
	slices.Sort(ids)
	var later []nearMatch
	for _, a := range slices.Compact(ids) {
		if err := ctx.Err(); err != nil {
			return err
		}
		later = p.later(later[:0], a, first)
		for _, m := range later {
			rule, _ := n.judge.Near(int(m.nx), int(m.ny), int(m.n))
			e := Edge{a, m.y, m.resemblance(), float64(m.n) / float64(m.nx), float64(m.n) / float64(m.ny), -1, rule}
			if err := yield(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// later appends the matches of article a with later ones, in order.
func (p *nearPairing) later(dst []nearMatch, a int32, first map[int32]nearMatch) []nearMatch {
	rep := a
	if m, ok := first[a]; ok {
		rep = m.y
	}
	add := func(y int32, m nearMatch) {
		if m.x, m.y = a, y; y > a {
			dst = append(dst, m)
		}
	}
	for _, y := range p.groups[rep] {
		add(y, first[y])
	}
	i, _ := slices.BinarySearchFunc(p.halves, rep, func(m nearMatch, x int32) int { return cmp.Compare(m.x, x) })
	for ; i < len(p.halves) && p.halves[i].x == rep; i++ {
		m := p.halves[i]
		add(m.y, m)
		for _, y := range p.groups[m.y] {
			add(y, m)
		}
	}
	slices.SortFunc(dst, func(a, b nearMatch) int { return cmp.Compare(a.y, b.y) })
	return dst
}
