package passage

import (
	"cmp"
	"slices"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Repeat is a passage that stands more than once in one article: at least two spans, in order, none overlapping another.
type Repeat struct {
	Spans  []article.Span
	Tokens int
}

// What makes a repeat. A whole line is a unit that an author or a page sets on its own, so few words suffice; inside running text stock
// formulae ("the first direct talks in over three years") reach about ten words, quoted choruses aside.
const (
	repeatLine    = 4  // tokens of a whole line
	repeatRun     = 12 // tokens of running text
	repeatMinByte = 20 // a line of four Han characters is no headline
)

// Repeats finds the passages of s that stand in it more than once: whole lines of at least repeatLine tokens, and runs of at least repeatRun tokens.
// It indexes every repeatRun-gram and every line by hash, scans left to right, and extends each hit to the longest exact match that overlaps neither itself nor a match before it
// (greedy string tiling: Wise, "YAP3", 1996, with hashing as in Karp and Rabin 1987). Furniture is left out. Results are in order of first span. Cost: O(n) for n tokens but for texts that are all
// repetition.
func Repeats(s string) []Repeat {
	toks := text.AppendTokens(nil, s)
	if len(toks) < 2*repeatLine {
		return nil
	}
	r := repeater{s: s, toks: toks}
	r.findLines()
	r.scan()
	return r.collect()
}

// repeater is the state of one Repeats call.
type repeater struct {
	s      string
	toks   []text.Token
	lineOf []int32       // line of every token
	starts []int32       // first token of every line, and len(toks) at the end
	skip   []bool        // by line: furniture
	tiles  []repeatMatch // found so far, by second
}

// repeatMatch says that n tokens at first stand again at second.
type repeatMatch struct{ first, second, n int }

// findLines numbers the lines that hold tokens.
func (r *repeater) findLines() {
	r.lineOf = make([]int32, len(r.toks))
	var f furnisher
	furniture := f.find(nil, r.s, r.toks)
	lines := text.AppendLines(nil, r.s)
	at := 0
	for _, l := range lines {
		from := at
		for at < len(r.toks) && int(r.toks[at].Start) < l.End {
			r.lineOf[at] = int32(len(r.starts))
			at++
		}
		if at == from {
			continue
		}
		for len(furniture) > 0 && furniture[0].End <= l.Start {
			furniture = furniture[1:]
		}
		r.starts = append(r.starts, int32(from))
		r.skip = append(r.skip, len(furniture) > 0 && furniture[0].Start <= l.Start)
	}
	r.starts = append(r.starts, int32(len(r.toks)))
}

// scan fills tiles.
func (r *repeater) scan() {
	n := len(r.toks)
	grams := make(map[uint64]int32, n)
	lines := make(map[uint64]int32, len(r.starts))
	hash := newRolling(repeatRun)
	next := 0 // tokens before it belong to a tile as second
	for line := 0; line+1 < len(r.starts); line++ {
		from, to := int(r.starts[line]), int(r.starts[line+1])
		if r.skip[line] {
			continue
		}
		if from >= next && r.wholeLine(line) {
			h := hashRun(r.toks[from:to])
			if first, ok := lines[h]; ok {
				next = r.tile(int(first), from, next)
			} else {
				lines[h] = int32(from)
			}
		}
		for i := from; i < to && i+repeatRun <= n; i++ {
			h := hash.at(r.toks, i)
			first, ok := grams[h]
			if !ok {
				grams[h] = int32(i)
				continue
			}
			if i >= next && int(first)+repeatRun <= i {
				next = r.tile(int(first), i, next)
			}
		}
	}
}

// wholeLine tells whether a line is long enough to be a repeat of its own, and no label such as "JOHN SMITH, CNN ANCHOR:".
func (r *repeater) wholeLine(line int) bool {
	from, to := r.starts[line], r.starts[line+1]
	if to-from < repeatLine {
		return false
	}
	start, end := int(r.toks[from].Start), int(r.toks[to-1].End)
	return end-start >= repeatMinByte && (end >= len(r.s) || r.s[end] != ':')
}

// tile extends the match of first and second as far as it goes, keeps it if it is long enough once its ragged ends are cut, and returns where the scan goes on.
func (r *repeater) tile(first, second, next int) int {
	a, b := first, second
	for a > 0 && b > next && b-1 >= a+0 && r.toks[a-1].Hash == r.toks[b-1].Hash && !r.skip[r.lineOf[b-1]] && !r.skip[r.lineOf[a-1]] {
		a, b = a-1, b-1
	}
	n := 0
	for b+n < len(r.toks) && a+n < b && r.toks[a+n].Hash == r.toks[b+n].Hash && !r.skip[r.lineOf[b+n]] && !r.skip[r.lineOf[a+n]] {
		n++
	}
	a, b, n = r.trim(a, b, n)
	if n < repeatRun && !r.linesOnly(b, n) {
		return next
	}
	r.tiles = append(r.tiles, repeatMatch{a, b, n})
	return b + n
}

// trim cuts off a few words that a match holds of a line which it does not hold as a whole, at either end.
func (r *repeater) trim(a, b, n int) (int, int, int) {
	if n == 0 {
		return a, b, n
	}
	for _, p := range [2]int{b, a} {
		line := r.lineOf[p+n-1]
		from, to := int(r.starts[line]), int(r.starts[line+1])
		if over := p + n - from; from > p && p+n < to && over < repeatLine {
			n -= over
		}
	}
	for _, p := range [2]int{b, a} {
		to := int(r.starts[r.lineOf[p]+1])
		if over := to - p; p > int(r.starts[r.lineOf[p]]) && to < p+n && over < repeatLine {
			a, b, n = a+over, b+over, n-over
		}
	}
	return a, b, n
}

// linesOnly tells whether tokens [at, at+n) are one or more whole lines of which at least one is a repeat of its own.
func (r *repeater) linesOnly(at, n int) bool {
	if n == 0 || r.starts[r.lineOf[at]] != int32(at) {
		return false
	}
	last := r.lineOf[at+n-1]
	if r.starts[last+1] != int32(at+n) {
		return false
	}
	for line := r.lineOf[at]; line <= last; line++ {
		if r.wholeLine(int(line)) {
			return true
		}
	}
	return false
}

// collect groups the tiles that share their first span.
func (r *repeater) collect() []Repeat {
	slices.SortFunc(r.tiles, func(x, y repeatMatch) int {
		return cmp.Or(cmp.Compare(x.first, y.first), cmp.Compare(y.n, x.n), cmp.Compare(x.second, y.second))
	})
	var out []Repeat
	for i, t := range r.tiles {
		if i == 0 || t.first != r.tiles[i-1].first || t.n != r.tiles[i-1].n {
			out = append(out, Repeat{Spans: []article.Span{r.span(t.first, t.n)}, Tokens: t.n})
		}
		g := &out[len(out)-1]
		g.Spans = append(g.Spans, r.span(t.second, t.n))
	}
	return out
}

func (r *repeater) span(at, n int) article.Span {
	return article.Span{Start: int(r.toks[at].Start), End: int(r.toks[at+n-1].End)}
}

// hashRun hashes a run of tokens.
func hashRun(toks []text.Token) uint64 {
	var h uint64
	for _, t := range toks {
		h = h*rollingBase + t.Hash
	}
	return h
}

const rollingBase = 0x9e3779b97f4a7c15

// rolling is the Karp-Rabin hash of w consecutive tokens, for places asked for in ascending order.
type rolling struct {
	w    int
	drop uint64 // rollingBase^w
	pos  int    // place of h
	h    uint64
}

func newRolling(w int) rolling {
	drop := uint64(1)
	for range w {
		drop *= rollingBase
	}
	return rolling{w: w, drop: drop, pos: -1}
}

func (r *rolling) at(toks []text.Token, i int) uint64 {
	if r.pos >= 0 && i == r.pos+1 {
		r.h = r.h*rollingBase + toks[i+r.w-1].Hash - r.drop*toks[i-1].Hash
	} else {
		r.h = hashRun(toks[i : i+r.w])
	}
	r.pos = i
	return r.h
}
