package passage

import (
	"cmp"
	"context"
	"slices"
)

// Extension follows the greedy X-drop alignment of Zhang, Schwartz, Wagner and Miller ("A greedy algorithm for aligning DNA sequences",
// 2000), over words: from a seed, both ways, for d = 0, 1, 2… differences the furthest place on every diagonal, until all are drop below the
// best score seen; the match ends at the best score. A matched word scores 1, a changed word costs 1, an inserted or deleted one 1½, so a
// passage keeps growing while more words match than not. Invariant: a match begins and ends with a matched word. Cost: O(length + d²) for d
// differences, not length².
const (
	diffCost = 4   // in half points, of a difference that also earns 2 (changed) or 1 (inserted, deleted) for getting on
	drop     = 8   // points: bridges 8 changed words or 5 inserted ones
	bandMax  = 48  // diagonals that an extension may drift
	diffMax  = 600 // differences at most
)

// Which exact runs are extended, and what is made of the results.
const (
	soloSeed  = 7   // tokens of a run that is extended for its own sake; a shorter one needs company
	seedReach = 24  // tokens within which another run is company
	seedDrift = 8   // diagonals within which it is
	pairMax   = 200 // matches of one pair of articles, for texts that repeat themselves without end
	mergeGap  = 3   // neighbouring matches merge over so many tokens on both sides
)

// hit is a match in tokens of the corpus: a[aFrom:aTo] and b[bFrom:bTo], counted from the start of each article.
type hit struct {
	a, b                   int32
	aFrom, aTo, bFrom, bTo int32
	matched                int32
}

// extend turns runs into hits, ordered by a, b and place.
func (f *finder) extend(ctx context.Context, runs []uint64) ([]hit, error) {
	c := f.corpus
	n := len(c.same)
	const block = 32
	blocks := (n + block - 1) / block
	out := make([][]hit, blocks)
	err := parallel(ctx, f.opt.Workers, blocks, func() func(int) error {
		e := extender{c: c, min: int32(f.opt.MinTokens)}
		return func(b int) error {
			for a := b * block; a < min(n, (b+1)*block); a++ {
				out[b] = e.article(out[b], int32(a), between(runs, c.first[a], c.first[a+1]))
			}
			f.done.add(int64(min(n, (b+1)*block) - b*block))
			return nil
		}
	})
	return slices.Concat(out...), err
}

// between gives the runs whose first place is in [from, to).
func between(runs []uint64, from, to uint32) []uint64 {
	i, _ := slices.BinarySearch(runs, uint64(from)<<32)
	j, _ := slices.BinarySearch(runs, uint64(to)<<32)
	return runs[i:j]
}

// run is an exact run in two articles.
type run struct{ b, aFrom, bFrom, n int32 }

// extender is a worker's scratch.
type extender struct {
	c     *corpus
	min   int32
	runs  []run
	found []hit
	x     xdrop
}

// article appends the hits of article a with later ones.
func (e *extender) article(dst []hit, a int32, seeds []uint64) []hit {
	e.runs = e.runs[:0]
	at := e.c.first[a]
	for _, s := range seeds {
		q := uint32(s)
		b := e.c.article(q)
		e.runs = append(e.runs, run{b: b, aFrom: int32(uint32(s>>32) - at), bFrom: int32(q - e.c.first[b])})
	}
	slices.SortFunc(e.runs, func(x, y run) int {
		return cmp.Or(cmp.Compare(x.b, y.b), cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom))
	})
	for i := 0; i < len(e.runs); {
		j := i + 1
		for j < len(e.runs) && e.runs[j].b == e.runs[i].b {
			j++
		}
		dst = e.pair(dst, a, e.runs[i:j])
		i = j
	}
	return dst
}

// pair appends the hits of one pair of articles.
func (e *extender) pair(dst []hit, a int32, runs []run) []hit {
	at, bt := e.c.tokens(int(a)), e.c.tokens(int(runs[0].b))
	for i := range runs {
		r := &runs[i]
		for int(r.aFrom+r.n) < len(at) && int(r.bFrom+r.n) < len(bt) && at[r.aFrom+r.n] == bt[r.bFrom+r.n] {
			r.n++
		}
	}
	runs = companions(runs)
	if len(runs) == 0 {
		return dst
	}
	slices.SortFunc(runs, func(x, y run) int {
		return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom))
	})
	e.found = e.found[:0]
	for _, r := range runs {
		if len(e.found) == pairMax {
			break
		}
		if covered(e.found, r) {
			continue
		}
		h := e.grow(at, bt, r)
		h.a, h.b = a, r.b
		e.found = append(e.found, h)
	}
	return append(dst, e.settle()...)
}

// companions keeps the runs that are long, or have another one near; runs are ordered by aFrom.
func companions(runs []run) []run {
	out := 0
	keep := func(i int) bool {
		r := runs[i]
		if r.n >= soloSeed {
			return true
		}
		near := func(s run) bool {
			d := (s.aFrom - s.bFrom) - (r.aFrom - r.bFrom)
			return d >= -seedDrift && d <= seedDrift && s.aFrom != r.aFrom && s.bFrom != r.bFrom
		}
		for j := i + 1; j < len(runs) && runs[j].aFrom-r.aFrom <= seedReach; j++ {
			if near(runs[j]) {
				return true
			}
		}
		for j := i - 1; j >= 0 && r.aFrom-runs[j].aFrom <= seedReach; j-- {
			if near(runs[j]) {
				return true
			}
		}
		return false
	}
	// Marks first: the look back needs the runs as they were.
	var small [64]bool
	marks := small[:0]
	for i := range runs {
		marks = append(marks, keep(i))
	}
	for i, k := range marks {
		if k {
			runs[out] = runs[i]
			out++
		}
	}
	return runs[:out]
}

// covered tells whether a run lies inside a hit on both sides.
func covered(found []hit, r run) bool {
	for i := range found {
		h := &found[i]
		if r.aFrom >= h.aFrom && r.aFrom+r.n <= h.aTo && r.bFrom >= h.bFrom && r.bFrom+r.n <= h.bTo {
			return true
		}
	}
	return false
}

// grow extends a run both ways.
func (e *extender) grow(at, bt []uint32, r run) hit {
	ra, rb, rm := e.x.forward(at[r.aFrom+r.n:], bt[r.bFrom+r.n:])
	la, lb, lm := e.x.backward(at[:r.aFrom], bt[:r.bFrom])
	return hit{aFrom: r.aFrom - la, aTo: r.aFrom + r.n + ra, bFrom: r.bFrom - lb, bTo: r.bFrom + r.n + rb, matched: r.n + lm + rm}
}

// settle merges neighbouring hits, drops those that are too short or stand inside a better one, and orders the rest by place.
func (e *extender) settle() []hit {
	s := e.found
	slices.SortFunc(s, func(x, y hit) int {
		return cmp.Or(cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom), cmp.Compare(y.aTo, x.aTo), cmp.Compare(y.bTo, x.bTo))
	})
	out := s[:0]
	for _, h := range s {
		if k := len(out) - 1; k >= 0 && mergeable(out[k], h) {
			out[k].aTo, out[k].bTo, out[k].matched = h.aTo, h.bTo, out[k].matched+h.matched
			continue
		}
		out = append(out, h)
	}
	s, out = out, out[:0]
	for i, h := range s {
		if h.matched >= e.min && !dominated(s, i) {
			out = append(out, h)
		}
	}
	return out
}

// mergeable tells whether y follows x on both sides with little between.
func mergeable(x, y hit) bool {
	ga, gb := y.aFrom-x.aTo, y.bFrom-x.bTo
	if ga < 0 || gb < 0 {
		return false
	}
	gap := max(ga, gb)
	return gap <= mergeGap && gap <= min(x.matched, y.matched)
}

// dominated tells whether hit i lies for more than half inside a hit with more matched tokens, on both sides.
func dominated(s []hit, i int) bool {
	h := s[i]
	for k, o := range s {
		if k == i || o.matched < h.matched || o.matched == h.matched && k > i {
			continue
		}
		if 2*overlap(h.aFrom, h.aTo, o.aFrom, o.aTo) > h.aTo-h.aFrom && 2*overlap(h.bFrom, h.bTo, o.bFrom, o.bTo) > h.bTo-h.bFrom {
			return true
		}
	}
	return false
}

func overlap(xFrom, xTo, yFrom, yTo int32) int32 { return max(0, min(xTo, yTo)-max(xFrom, yFrom)) }

// xdrop is the scratch of the greedy extension: by diagonal, how far it has come in a, and how many tokens matched on the way.
type xdrop struct{ reach, matched, nextReach, nextMatched []int32 }

// forward extends from the starts of a and b; it returns how many tokens of each the match takes and how many of them are equal.
func (x *xdrop) forward(a, b []uint32) (na, nb, matched int32) {
	return x.run(len(a), len(b), func(i, j int32) bool { return a[i] == b[j] })
}

// backward extends from the ends of a and b.
func (x *xdrop) backward(a, b []uint32) (na, nb, matched int32) {
	i0, j0 := int32(len(a)-1), int32(len(b)-1)
	return x.run(len(a), len(b), func(i, j int32) bool { return a[i0-i] == b[j0-j] })
}

const unreached = -1 << 30

func (x *xdrop) run(la, lb int, equal func(i, j int32) bool) (na, nb, matched int32) {
	const width = 2*bandMax + 5 // two cells of margin on either side
	if x.reach == nil {
		buf := make([]int32, 4*width)
		x.reach, x.matched, x.nextReach, x.nextMatched = buf[:width], buf[width:2*width], buf[2*width:3*width], buf[3*width:]
	}
	for k := range x.reach {
		x.reach[k], x.nextReach[k] = unreached, unreached
	}
	const mid = bandMax + 2
	n, m := int32(la), int32(lb)
	i := int32(0)
	for i < n && i < m && equal(i, i) {
		i++
	}
	na, nb, matched = i, i, i
	best := 2 * i // twice the score
	x.reach[mid], x.matched[mid] = i, i
	lo, hi := mid, mid
	for d := int32(1); d <= diffMax && lo <= hi; d++ {
		from, to := max(lo-1, 2), min(hi+1, width-3)
		lo, hi = to+1, from-1
		for k := from; k <= to; k++ {
			// Diagonal k: place in a minus place in b is k-mid.
			i, got := x.reach[k]+1, x.matched[k] // changed
			if r := x.reach[k-1] + 1; r > i || r == i && x.matched[k-1] > got {
				i, got = r, x.matched[k-1] // in a only
			}
			if r := x.reach[k+1]; r > i || r == i && x.matched[k+1] > got {
				i, got = r, x.matched[k+1] // in b only
			}
			j := i - int32(k-mid)
			if i < 0 || j < 0 || i > n || j > m {
				x.nextReach[k] = unreached
				continue
			}
			for i < n && j < m && equal(i, j) {
				i, j, got = i+1, j+1, got+1
			}
			score := i + j - diffCost*d
			if score < best-2*drop {
				x.nextReach[k] = unreached
				continue
			}
			if score > best {
				best, na, nb, matched = score, i, j, got
			}
			x.nextReach[k], x.nextMatched[k] = i, got
			lo, hi = min(lo, k), max(hi, k)
		}
		x.nextReach[from-2], x.nextReach[from-1], x.nextReach[to+1], x.nextReach[to+2] = unreached, unreached, unreached, unreached
		x.reach, x.nextReach = x.nextReach, x.reach
		x.matched, x.nextMatched = x.nextMatched, x.matched
	}
	return na, nb, matched
}
