package cluster

import (
	"context"
	"slices"

	"dedup/internal/shingle"
)

// Which articles can be part of an edge at all: prefix filtering (Bayardo et al., "Scaling up all pairs similarity search", WWW 2007; Xiao et
// al., "Efficient similarity joins for near duplicate detection", WWW 2008), one-sided so that containment is found too, and run on half of the
// shingles.
//
// Let A be the smaller side of an edge. Then |A∩B| ≥ α|A| with α = min(2t/(1+t), c) for resemblance t and containment c: all but
// m = ⌊(1−α)|A|⌋ of its shingles stand in B. (t = 0.7, c = 0.9: m is 17 % of |A|.) So
//
//  1. an article with more than m shingles that occur in no other article is never the smaller side. Counting in the low half alone is enough
//     to rule an article out. Of 12,000 news articles 81 are left.
//  2. of any m+1 shingles of A at least one stands in B. The rarest m+1 are chosen; those that occur nowhere else need no looking for.
//
// What B must be scanned for is thus known: the chosen shingles. They are taken from the low half, which holds more than m+1 shingles of all
// but very short articles; what is lacking is taken from the high half ("odd"), and then that is scanned as well.
//
// Cost: a filter access for each low shingle, two sequential passes over the low half; what follows concerns the articles that are left.

// nearSearch is what the passes found out.
type nearSearch struct {
	smaller nearFlags  // may be the smaller side of an edge
	active  nearFlags  // may be either side
	counts  nearCounts // occurrences of the low shingles of smaller articles
	unsure  nearFlags  // smaller articles of which the high shingles were counted too
	highs   nearCounts // of these
	chosen  nearBits   // shingles that some smaller article was chosen to be found by
	odd     nearFlags  // articles that have high ones of these; nil: these are all low
	sorted  nearFlags  // articles whose lists are sets already
}

// search runs the passes.
func (n *Near) search(ctx context.Context) (*nearSearch, error) {
	s := &nearSearch{smaller: newNearFlags(n.n), active: newNearFlags(n.n), sorted: newNearFlags(n.n)}
	filter, err := n.filtered(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { nearUnmap(filter.words) }()
	left := make([]int, n.opt.Workers) // shingles of the smaller articles
	if err := n.scan(ctx, 0, nil, func(g int, l nearList) error {
		limit := n.judge.Missing(l.total)
		if l.total > 0 && filter.unique(l.words, limit) <= limit {
			s.smaller.set(l.id)
			left[g] += l.total
		}
		return nil
	}); err != nil {
		return nil, err
	}
	total := 0
	for _, k := range left {
		total += k
	}
	if total == 0 {
		return s, nil
	}
	met, err := n.countLow(ctx, s, filter, total/2)
	nearUnmap(filter.words)
	filter = nearFilter{}
	s.counts.seal()
	if err != nil {
		return nil, err
	}
	if err := n.prepare(ctx, s, s.smaller); err != nil {
		return nil, err
	}
	if s.smaller.count() >= n.many {
		if err := n.countHigh(ctx, s, met, total/2); err != nil {
			return nil, err
		}
	}
	return s, n.narrow(ctx, s, met, total)
}

// countLow counts the low shingles of the smaller articles, about total of them, in all articles, and returns the articles that have any (nil:
// perhaps all).
func (n *Near) countLow(ctx context.Context, s *nearSearch, filter nearFilter, total int) (met nearFlags, err error) {
	s.counts = newNearCounts(total, n.opt.Memory/2)
	if int64(total)*8 > n.opt.Memory/8 {
		s.counts.filter = filter
		return nil, n.scan(ctx, 0, nil, func(_ int, l nearList) error { s.counts.meet(l.words); return nil })
	}
	s.counts.open = newNearBits(total, n.opt.Memory/8)
	if err := n.scan(ctx, 0, s.smaller, func(_ int, l nearList) error {
		for _, h := range l.words {
			s.counts.open.add(h)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	met = newNearFlags(n.n)
	return met, n.scan(ctx, 0, nil, func(_ int, l nearList) error {
		if s.counts.meet(l.words) > 0 {
			met.set(l.id)
		}
		return nil
	})
}

// nearMany is how many smaller articles make it worth a pass to count high shingles.
const nearMany = 1000

// countHigh counts the high shingles of those smaller articles of which the low ones leave it open whether they are any: 10,000 pages of one
// template, each with a quarter of its own, would be compared with each other. It leaves out articles with so few low shingles that an edge need
// not share any of them: what they share high ones with is not in met.
func (n *Near) countHigh(ctx context.Context, s *nearSearch, met nearFlags, total int) error {
	s.unsure = newNearFlags(n.n)
	s.highs = newNearCounts(total, n.opt.Memory/4)
	s.highs.open = newNearBits(total, n.opt.Memory/8)
	loads := n.loaders()
	if err := n.scan(ctx, 0, s.smaller, func(g int, list nearList) error {
		l := &loads[g]
		l.take(list)
		missing, alone := n.judge.Missing(l.size), 0
		for _, h := range l.low {
			if s.counts.of(h) < 2 {
				alone++
			}
		}
		if len(l.low) <= missing || alone <= missing/3 || alone > missing {
			return nil
		}
		s.unsure.set(list.id)
		if err := l.rawHigh(); err != nil {
			return err
		}
		for _, h := range l.high {
			s.highs.open.add(h)
		}
		return nil
	}); err != nil {
		return err
	}
	defer s.highs.seal()
	return n.scan(ctx, 1, met, func(_ int, l nearList) error { s.highs.meet(l.words); return nil })
}

// filtered counts all low shingles. What went to disk was counted on its way.
func (n *Near) filtered(ctx context.Context) (nearFilter, error) {
	if n.pool.spilled {
		f := n.pool.filter
		n.pool.filter = nearFilter{}
		return f, nil
	}
	words := 0
	for _, w := range n.workers {
		for i := range w.low.slabs {
			words += w.low.slabs[i].fill
		}
	}
	cells := words * 2
	if int64(n.opt.Workers)*int64(cells)/4 > n.opt.Memory/8 {
		f := newNearFilter(cells)
		return f, n.scan(ctx, 0, nil, func(_ int, l nearList) error { f.markShared(l.words); return nil })
	}
	filters := make([]nearFilter, n.opt.Workers) // one a goroutine: no locked instructions
	for g := range filters {
		filters[g] = newNearFilter(cells)
	}
	err := n.scan(ctx, 0, nil, func(g int, l nearList) error { filters[g].mark(l.words); return nil })
	for _, f := range filters[1:] {
		filters[0].merge(f)
		nearUnmap(f.words)
	}
	return filters[0], err
}

// narrow chooses the shingles that the smaller articles are found by, and flags as active what has one of them. Past the memory the join itself
// finds out which articles have a low one: it has to read them all.
func (n *Near) narrow(ctx context.Context, s *nearSearch, met nearFlags, total int) error {
	s.chosen = newNearBits(total/4, n.opt.Memory/4)
	odd := make([]bool, n.opt.Workers)
	loads := n.loaders()
	if err := n.scan(ctx, 0, s.smaller, func(g int, list nearList) error {
		l := &loads[g]
		l.take(list)
		if err := l.choose(s); err != nil {
			return err
		}
		for _, h := range l.chosen {
			s.chosen.add(h)
			odd[g] = odd[g] || h>>63 != 0
		}
		return nil
	}); err != nil {
		return err
	}
	find := func(flags nearFlags) func(int, nearList) error {
		return func(_ int, l nearList) error {
			if slices.ContainsFunc(l.words, s.chosen.has) {
				flags.set(l.id)
			}
			return nil
		}
	}
	if slices.Contains(odd, true) {
		s.odd = newNearFlags(n.n)
		if err := n.scan(ctx, 1, nil, find(s.odd)); err != nil {
			return err
		}
		for i, w := range s.odd {
			s.active[i] |= w
		}
	}
	if n.pool.spilled {
		return nil
	}
	if err := n.scan(ctx, 0, met, find(s.active)); err != nil {
		return err
	}
	return n.prepare(ctx, s, s.active)
}

// prepare makes sets of the lists of the wanted articles, in place, where they are in memory.
func (n *Near) prepare(ctx context.Context, s *nearSearch, want nearFlags) error {
	if n.pool.spilled {
		return nil
	}
	return n.each(ctx, want, func(_ int, id int32) error {
		if s.sorted.has(id) {
			return nil
		}
		w, a := n.at(id)
		for half := range 2 {
			words, err := w.half(half).list(a.place[half], a.n[half], nil)
			if err != nil {
				return err
			}
			a.n[half] = uint32(len(shingle.Set(words)))
		}
		s.sorted.set(id)
		return nil
	})
}

// each calls fn for every article of a set, side by side.
func (n *Near) each(ctx context.Context, set nearFlags, fn func(g int, id int32) error) error {
	const step = 16 // words of flags
	return n.parallel(ctx, (len(set)+step-1)/step, func(g, u int) error {
		for i := u * step; i < min((u+1)*step, len(set)); i++ {
			if set[i] == 0 {
				continue
			}
			for b := range int32(64) {
				if id := int32(i)<<6 + b; set.has(id) {
					if err := fn(g, id); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
}
