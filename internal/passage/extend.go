package passage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sort"

	"dedup/internal/work"
)

// Which exact runs are extended, and what is made of the results.
const (
	briefTokens = soloSeed + shortGram // an article of fewer has runs extended that are shorter than soloSeed
	soloSeed    = 7                    // tokens of a run that is extended for its own sake; a shorter one needs company
	seedReach   = 24                   // tokens within which another run is company
	seedDrift   = 8                    // diagonals within which it is

	mergeGap    = 3  // neighbouring matches merge over so many tokens on both sides
	looseTokens = 16 // a shorter match must begin and end as a sentence, a clause, a quotation or a line does, or it is a formula
	unitSlack   = 1  // tokens that may lie between

	// For texts that repeat themselves without end:
	pairMax     = 200 // matches of one pair of articles
	runLook     = 100 // tokens of a run that are looked at before it is extended
	companyLook = 100 // runs on either side that may be company
)

// hit is a match in tokens of the corpus: a[aFrom:aTo] and b[bFrom:bTo], counted from the start of
// each article.
type hit struct {
	a, b                   int32
	aFrom, aTo, bFrom, bTo int32
	matched                int32
}

// extend turns runs into hits. yield takes all hits of some articles a at once, ordered by a, b and
// place; it is called by many goroutines. The work is done in two rounds, so that a thousand
// versions of one text do not make a million pairs: first the pairs that capped grams seeded, all
// with the first article that has the gram; an article that has nearly all its words in common with
// an earlier one then follows it, and of the other pairs those that follow the same article are left
// out.
func (f *finder) extend(ctx context.Context, s seeds, yield func([]hit) error) error {
	c := f.corpus
	n := len(c.same)
	const block = 32
	blocks := (n + block - 1) / block
	found := make([][]hit, n) // of the first round
	leader := make([]int32, n)
	for i := range leader {
		leader[i] = int32(i)
	}
	round := func(second bool) error {
		return work.Start(ctx, f.opt.Workers, blocks, func(int) func(int) error {
			e := extender{c: c, min: int32(f.opt.MinTokens), leader: leader}
			var runs, loose, first reach
			return func(b int) error {
				to := min(n, (b+1)*block)
				var out []hit
				for a := b * block; a < to; a++ {
					e.first = first.appendBetween(e.first[:0], s.first, c.first[a], c.first[a+1])
					if len(e.first) == 0 && !second {
						continue
					}
					e.seeds = runs.appendBetween(e.seeds[:0], s.runs, c.first[a], c.first[a+1])
					e.solid = len(e.seeds)
					e.seeds = loose.appendBetween(e.seeds, s.loose, c.first[a], c.first[a+1])
					if found[a] = e.article(found[a], int32(a), second); second {
						out, found[a] = append(out, found[a]...), nil
					}
				}
				if !second {
					return nil
				}
				f.done.add(int64(to - b*block))
				return yield(out)
			}
		})
	}
	if len(s.first) > 0 {
		if err := round(false); err != nil {
			return err
		}
		c.follow(leader, found)
	}
	return round(true)
}

// followShare is the share of both articles that must match for one to follow the other.
const followShare = 0.6

// follow sets the leader of every article that shares most of its words with an earlier one.
func (c *corpus) follow(leader []int32, found [][]hit) {
	for a := range found {
		for i := 0; i < len(found[a]); {
			b, matched := found[a][i].b, int32(0)
			for ; i < len(found[a]) && found[a][i].b == b; i++ {
				matched += found[a][i].matched
			}
			if longer := max(c.size(a), c.size(int(b))); leader[b] == b && float64(matched) >= followShare*float64(longer) {
				leader[b] = leader[a]
			}
		}
	}
}

// reach is a walk over sorted pairs: places in them, each of which only grows.
type reach struct{ from, to []int }

// appendBetween appends the pairs whose first place is in [from, to), from all slices. Calls come in
// order of from: what is looked at lies side by side.
func (r *reach) appendBetween(dst []uint64, pairs []ints[uint64], from, to uint32) []uint64 {
	if r.from == nil {
		r.from, r.to = make([]int, len(pairs)), make([]int, len(pairs))
	}
	for k := range pairs {
		r.from[k] = pairs[k].after(max(r.from[k], r.to[k]), uint64(from)<<32)
		r.to[k] = pairs[k].after(r.from[k], uint64(to)<<32)
		dst = append(dst, pairs[k].all[r.from[k]:r.to[k]]...)
	}
	return dst
}

// after gives the first place from at on, in sorted integers, that holds x or more. It looks ahead
// by steps that double.
func (s *ints[T]) after(at int, x T) int {
	lo, step := at, 1
	for lo+step <= len(s.all) && s.all[lo+step-1] < x {
		lo += step
		step *= 2
	}
	n := min(step, len(s.all)-lo)
	i := lo + sort.Search(n, func(i int) bool { return s.all[lo+i] >= x })
	s.touch(at, min(i+step, len(s.all)))
	return i
}

// run is an exact run in two articles. Of a loose one n is below soloSeed, and 0 until the tokens
// are looked at.
type run struct{ aFrom, bFrom, n int32 }

// extender is a worker's scratch.
type extender struct {
	c      *corpus
	min    int32
	leader []int32
	seeds  []uint64 // of the article: runs, from solid on loose ones, in the end those of capped grams
	solid  int
	first  []uint64
	capped []int32  // the articles in first
	others []int32  // the other article of each seed
	order  []uint64 // article << 32 | index into seeds
	runs   []run
	found  []hit
	x      xdrop
	other  []uint32 // the tokens of the other article, where they had to be read
}

// article appends the hits of article a with later ones, from e.seeds and e.first: in the first
// round with those of capped grams, in the second with the others. The hits that dst has from the
// first round are merged in.
func (e *extender) article(dst []hit, a int32, second bool) []hit {
	e.capped = e.capped[:0]
	for _, r := range e.first {
		e.capped = append(e.capped, e.c.article(uint32(r)))
	}
	slices.Sort(e.capped)
	e.capped = slices.Compact(e.capped)
	loose := len(e.seeds)
	e.seeds = append(e.seeds, e.first...)
	brief := e.c.brief(a)
	e.arrange(loose, brief)
	had := len(dst)
	for i := 0; i < len(e.order); {
		b := int32(e.order[i] >> 32)
		j := i + 1
		for j < len(e.order) && int32(e.order[j]>>32) == b {
			j++
		}
		_, capped := slices.BinarySearch(e.capped, b)
		if capped != second && (capped || e.leader[a] != e.leader[b] || e.leader[a] == a) {
			e.runs = e.runs[:0]
			solid := brief || e.c.brief(b)
			for _, o := range e.order[i:j] {
				k := int(uint32(o))
				solid = solid || k < e.solid || k >= loose
				r := e.seeds[k]
				e.runs = append(e.runs, run{aFrom: int32(uint32(r>>32) - e.c.first[a]), bFrom: int32(uint32(r) - e.c.first[b])})
			}
			if solid || e.company() {
				dst = e.pair(dst, a, b)
			}
		}
		i = j
	}
	if had > 0 && len(dst) > had {
		slices.SortStableFunc(dst, func(x, y hit) int { return cmp.Compare(x.b, y.b) })
	}
	return dst
}

// arrange orders the seeds by their other article, without loose ones that are alone in theirs: three
// of four, unless the article is brief or the other one is. loose is where the loose ones end.
func (e *extender) arrange(loose int, brief bool) {
	const size = 1 << 12
	var seen, again [size / 64]uint64
	e.others, e.order = e.others[:0], e.order[:0]
	for _, r := range e.seeds {
		b := e.c.article(uint32(r))
		e.others = append(e.others, b)
		w, bit := b%size/64, uint64(1)<<(b%64)
		again[w] |= seen[w] & bit
		seen[w] |= bit
	}
	for i, b := range e.others {
		if i < e.solid || i >= loose || again[b%size/64]>>(b%64)&1 != 0 || brief || e.c.brief(b) {
			e.order = append(e.order, uint64(b)<<32|uint64(i))
		}
	}
	slices.Sort(e.order)
}

// company tells whether any of e.runs, all loose, has another one near.
func (e *extender) company() bool {
	if len(e.runs) == 1 {
		return false
	}
	slices.SortFunc(e.runs, byPlace)
	for i := range e.runs {
		if accompanied(e.runs, i) {
			return true
		}
	}
	return false
}

func byPlace(x, y run) int {
	return cmp.Or(cmp.Compare(x.aFrom, y.aFrom), cmp.Compare(x.bFrom, y.bFrom))
}

// pair appends the hits of one pair of articles, from e.runs.
func (e *extender) pair(dst []hit, a, b int32) []hit {
	at, bt := e.c.tokens(int(a)), e.c.read(e.other, int(b))
	if e.c.toksIn.file != nil {
		e.other = bt
	}
	return e.grown(dst, a, b, at, bt, e.worthwhile(at, bt))
}

// worthwhile puts the runs of e.runs that are extended in order of place, with their lengths.
func (e *extender) worthwhile(at, bt []uint32) []run {
	for i := range e.runs {
		r := &e.runs[i]
		for r.n < runLook && int(r.aFrom+r.n) < len(at) && int(r.bFrom+r.n) < len(bt) && at[r.aFrom+r.n] == bt[r.bFrom+r.n] {
			r.n++
		}
	}
	solo := soloOf(min(len(at), len(bt)))
	if len(e.runs) == 1 && e.runs[0].n < solo {
		return nil
	}
	slices.SortFunc(e.runs, byPlace)
	return companions(e.runs, solo)
}

// grown appends the hits that become of runs of articles a and b with tokens at and bt.
func (e *extender) grown(dst []hit, a, b int32, at, bt []uint32, runs []run) []hit {
	if len(runs) == 0 {
		return dst
	}
	e.x.ends = soloOf(min(len(at), len(bt))) < soloSeed
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
		h.a, h.b = a, b
		e.found = append(e.found, h)
	}
	return append(dst, e.settle()...)
}

// soloOf is how many tokens of a run are extended for their own sake where the shorter article has n
// tokens. With one word changed, a short one may have neither soloSeed left in a row nor two runs: a
// question of nine words has six and two.
func soloOf(n int) int32 {
	if n < briefTokens {
		return shortGram
	}
	return soloSeed
}

// brief tells whether article a is too short for loose seeds in it to need company.
func (c *corpus) brief(a int32) bool { return int(c.first[a+1]-c.first[a]) < briefTokens }

// companions keeps the runs that are long, or have another one near; runs are ordered by aFrom.
func companions(runs []run, solo int32) []run {
	// Marks first: the look back needs the runs as they were.
	var small [64]bool
	marks := small[:0]
	for i := range runs {
		marks = append(marks, runs[i].n >= solo || accompanied(runs, i))
	}
	out := 0
	for i, k := range marks {
		if k {
			runs[out] = runs[i]
			out++
		}
	}
	return runs[:out]
}

// accompanied tells whether run i has another one near; runs are ordered by aFrom.
func accompanied(runs []run, i int) bool {
	r := runs[i]
	near := func(s run) bool {
		d := (s.aFrom - s.bFrom) - (r.aFrom - r.bFrom)
		return d >= -seedDrift && d <= seedDrift && s.aFrom != r.aFrom && s.bFrom != r.bFrom
	}
	for j := i + 1; j < min(len(runs), i+companyLook) && runs[j].aFrom-r.aFrom <= seedReach; j++ {
		if near(runs[j]) {
			return true
		}
	}
	for j := i - 1; j > max(-1, i-companyLook) && r.aFrom-runs[j].aFrom <= seedReach; j-- {
		if near(runs[j]) {
			return true
		}
	}
	return false
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

// settle merges neighbouring hits, drops those that are too short or stand inside a better one, and
// orders the rest by place.
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
		if n := e.words(h); n >= e.min && (n >= looseTokens || e.bounded(h)) && !dominated(s, i) {
			out = append(out, h)
		}
	}
	return out
}

// Characters of scripts without spaces that make a word. Chinese: 1.64, over the n-grams of books;
// Thai: about 3 letters, each with its marks.
const (
	hanWord  = 1.64
	thaiWord = 3
)

// words is the number of words that a hit matches: an address counts as one, whatever it is made
// of, and a character of a script without spaces as its share of one.
func (e *extender) words(h hit) int32 {
	n := h.matched
	if n >= 8*looseTokens {
		return n
	}
	han, thai := 0, 0
	first := e.c.first[e.c.same[h.a]]
	for _, f := range e.c.flags[first+uint32(h.aFrom) : first+uint32(h.aTo)] {
		switch {
		case f&addressPart != 0:
			n--
		case f&hanPart != 0:
			han++
		case f&thaiPart != 0:
			thai++
		}
	}
	if han+thai == 0 {
		return n
	}
	rest := 1 - (float64(han)*(1-1/hanWord)+float64(thai)*(1-1.0/thaiWord))/float64(h.aTo-h.aFrom)
	return int32(math.Round(float64(n) * rest))
}

// bounded tells whether a hit begins and ends about where a unit of the text does, in either
// article. What makes up four fifths of an article is no formula either: a question of a benchmark with
// one of its words changed near an end. With half, "put their money where their mouth is" was one.
func (e *extender) bounded(h hit) bool {
	if 5*int(h.aTo-h.aFrom) >= 4*len(e.c.tokens(int(h.a))) || 5*int(h.bTo-h.bFrom) >= 4*len(e.c.tokens(int(h.b))) {
		return true
	}
	return (e.unit(h.a, h.aFrom) || e.unit(h.b, h.bFrom)) && (e.unit(h.a, h.aTo) || e.unit(h.b, h.bTo))
}

// unit tells whether a unit begins or ends within unitSlack tokens of token i of an article.
func (e *extender) unit(article, i int32) bool {
	n := int32(e.c.size(int(article)))
	first := e.c.first[e.c.same[article]]
	for k := max(0, i-unitSlack); k <= i+unitSlack; k++ {
		if k >= n || e.c.flags[first+uint32(k)]&startsUnit != 0 {
			return true
		}
	}
	return false
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

// dominated tells whether hit i lies for more than half inside a hit with more matched tokens, on
// both sides.
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
