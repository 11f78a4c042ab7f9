package passage

import (
	"cmp"
	"slices"
	"sync"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Repeat is a passage that stands more than once in one article: at least two spans, in order, none
// overlapping another.
type Repeat struct {
	Spans  []article.Span
	Tokens int
}

// What makes a repeat. A whole line is a unit that an author or a page sets on its own, so few
// words suffice. Inside running text formulae and restated facts ("on Friday rejected a conspiracy
// theory that the novel coronavirus was created in") reach some fifteen words; they begin and end
// anywhere, while what was printed or quoted twice begins and ends with a sentence, a clause or a
// quotation.
const (
	repeatLine  = 4  // tokens of a whole line
	repeatRun   = 12 // tokens between two marks of punctuation
	repeatLoose = 20 // tokens of any run
	repeatBytes = 20 // of a line: four Han characters are no headline
	repeatLabel = 2  // tokens per time that it stands: a short line that stands more often is a label or a row of a table
)

// Repeats finds the passages of s that stand in it more than once: whole lines of at least
// repeatLine tokens, and runs of at least repeatRun tokens. It indexes every repeatRun-gram and
// every line by hash, scans left to right, and extends each hit to the longest exact match that
// overlaps neither itself nor a match before it (greedy string tiling: Wise, "YAP3", 1996, with
// hashing as in Karp and Rabin
// 1987). Furniture is left out. Results are in order of first span. Cost: O(n) for n tokens.
func Repeats(s string) []Repeat {
	repeats, _ := Leftovers(s)
	return repeats
}

// Leftovers gives Repeats and Furniture of s for the price of one look.
func Leftovers(s string) ([]Repeat, []article.Span) {
	r := repeaters.Get().(*repeater)
	defer repeaters.Put(r)
	r.own = text.AppendTokens(r.own[:0], s)
	return r.leftovers(s, r.own)
}

// LeftoversOf is Leftovers for who has the tokens of s.
func LeftoversOf(s string, toks []text.Token) ([]Repeat, []article.Span) {
	r := repeaters.Get().(*repeater)
	defer repeaters.Put(r)
	return r.leftovers(s, toks)
}

func (r *repeater) leftovers(s string, toks []text.Token) ([]Repeat, []article.Span) {
	r.s, r.toks = s, toks
	defer func() { r.toks = nil }()
	furniture := r.f.find(nil, s, r.toks)
	if len(r.toks) < 2*repeatLine {
		return nil, furniture
	}
	r.findLines(furniture)
	r.scan()
	return r.collect(), furniture
}

var repeaters = sync.Pool{New: func() any { return new(repeater) }}

// repeater is the state of one call, kept for its buffers.
type repeater struct {
	s      string
	toks   []text.Token
	own    []text.Token // a buffer for toks
	f      furnisher
	lineOf []int32 // line of every token
	starts []int32 // first token of every line, and len(toks) at the end
	skip   []bool  // by line: furniture
	grams  places
	lines  places
	tiles  []repeatMatch // found so far, by second
}

// repeatMatch says that n tokens at first stand again at second.
type repeatMatch struct{ first, second, n int }

// findLines numbers the lines that hold tokens.
func (r *repeater) findLines(furniture []article.Span) {
	r.lineOf, r.starts, r.skip = slices.Grow(r.lineOf[:0], len(r.toks))[:len(r.toks)], r.starts[:0], r.skip[:0]
	at := 0
	for _, l := range r.f.lines {
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
	r.grams.reset(n)
	r.lines.reset(len(r.starts))
	r.tiles = r.tiles[:0]
	hash := newRolling(repeatRun)
	next := 0 // tokens before it belong to a tile as second
	for line := 0; line+1 < len(r.starts); line++ {
		from, to := int(r.starts[line]), int(r.starts[line+1])
		if r.skip[line] {
			continue
		}
		if from >= next && r.wholeLine(line) {
			if first, ok := r.lines.put(hashRun(r.toks[from:to]), from); ok {
				next = r.tile(first, from, next)
			}
		}
		for i := from; i < to && i+repeatRun <= n; i++ {
			first, ok := r.grams.put(hash.at(r.toks, i), i)
			if ok && i >= next && first+repeatRun <= i {
				next = r.tile(first, i, next)
			}
		}
	}
}

// wholeLine tells whether a line is long enough to be a repeat of its own, and no label such as
// "JOHN SMITH, CNN ANCHOR:".
func (r *repeater) wholeLine(line int) bool {
	from, to := r.starts[line], r.starts[line+1]
	if to-from < repeatLine {
		return false
	}
	start, end := int(r.toks[from].Start), int(r.toks[to-1].End)
	return end-start >= repeatBytes && (end >= len(r.s) || r.s[end] != ':')
}

// tile extends the match of first and second as far as it goes, keeps it if it is a repeat once its
// ragged ends are cut, and returns where the scan goes on.
func (r *repeater) tile(first, second, next int) int {
	from, to := r.original(&first)
	a, b, n := first, second, 0
	for a > from && b > next && r.equal(a-1, b-1) {
		a, b, n = a-1, b-1, n+1
	}
	for b+n < len(r.toks) && a+n < min(b, to) && r.equal(a+n, b+n) {
		n++
	}
	a, b, n = r.trim(a, b, min(n, b-a))
	if !r.linesOnly(b, n) && n < repeatLoose {
		if a, b, n = r.toMarks(a, b, n); n < repeatRun {
			return next
		}
	}
	r.tiles = append(r.tiles, repeatMatch{a, b, n})
	return b + n
}

// original moves a place that stands in the second half of a tile to the first half, and gives the
// bounds of the text around it that is no second half: what a repeat gives as its first copy must
// not be a later copy of something else.
func (r *repeater) original(at *int) (from, to int) {
	for {
		k, _ := slices.BinarySearchFunc(r.tiles, *at, func(t repeatMatch, at int) int { return cmp.Compare(t.second, at+1) })
		// tiles[:k] start at or before it
		if k > 0 && *at < r.tiles[k-1].second+r.tiles[k-1].n {
			*at -= r.tiles[k-1].second - r.tiles[k-1].first
			continue
		}
		from, to = 0, len(r.toks)
		if k > 0 {
			from = r.tiles[k-1].second + r.tiles[k-1].n
		}
		if k < len(r.tiles) {
			to = r.tiles[k].second
		}
		return from, to
	}
}

// equal tells whether tokens a and b are equal and no furniture.
func (r *repeater) equal(a, b int) bool {
	return r.toks[a].Hash == r.toks[b].Hash && !r.skip[r.lineOf[a]] && !r.skip[r.lineOf[b]]
}

// trim cuts off a few words that a match holds of a line which it does not hold as a whole, at
// either end.
func (r *repeater) trim(a, b, n int) (int, int, int) {
	for _, p := range [2]*int{&b, &a} {
		if n == 0 {
			break
		}
		line := r.lineOf[*p+n-1]
		from, to := int(r.starts[line]), int(r.starts[line+1])
		if over := *p + n - from; from > *p && *p+n < to && over < repeatLine {
			n -= over
		}
	}
	for _, p := range [2]*int{&b, &a} {
		if n == 0 {
			break
		}
		to := int(r.starts[r.lineOf[*p]+1])
		if over := to - *p; *p > int(r.starts[r.lineOf[*p]]) && to < *p+n && over < repeatLine {
			a, b, n = a+over, b+over, n-over
		}
	}
	return a, b, n
}

// toMarks shortens a match to what lies between marks of punctuation in both places.
func (r *repeater) toMarks(a, b, n int) (int, int, int) {
	for n > 0 && !(r.mark(a) && r.mark(b)) {
		a, b, n = a+1, b+1, n-1
	}
	for n > 0 && !(r.mark(a+n) && r.mark(b+n)) {
		n--
	}
	return a, b, n
}

// mark tells whether a sentence, a clause or a quotation may begin or end before token i.
func (r *repeater) mark(i int) bool {
	if i == 0 || i == len(r.toks) || r.lineOf[i] != r.lineOf[i-1] {
		return true
	}
	return unitEnd(r.s[r.toks[i-1].End:r.toks[i].Start])
}

// linesOnly tells whether tokens [at, at+n) are one or more whole lines of which at least one is a
// repeat of its own.
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

// collect groups the tiles that share their first span, without those that are labels.
func (r *repeater) collect() []Repeat {
	slices.SortFunc(r.tiles, func(x, y repeatMatch) int {
		return cmp.Or(cmp.Compare(x.first, y.first), cmp.Compare(y.n, x.n), cmp.Compare(x.second, y.second))
	})
	var out []Repeat
	for i := 0; i < len(r.tiles); {
		t := r.tiles[i]
		g := Repeat{Spans: []article.Span{r.span(t.first, t.n)}, Tokens: t.n}
		for ; i < len(r.tiles) && r.tiles[i].first == t.first && r.tiles[i].n == t.n; i++ {
			g.Spans = append(g.Spans, r.span(r.tiles[i].second, t.n))
		}
		if g.Tokens >= repeatRun || repeatLabel*len(g.Spans) <= g.Tokens {
			out = append(out, g)
		}
	}
	return out
}

func (r *repeater) span(at, n int) article.Span {
	return article.Span{Start: int(r.toks[at].Start), End: int(r.toks[at+n-1].End)}
}

// places remembers the first place of every hash: an open table that is emptied by counting up its
// round.
type places struct {
	round uint32
	mask  uint64
	slots []slot
}

type slot struct {
	hash  uint64
	place uint32
	round uint32
}

// reset empties the table and makes room for n hashes.
func (p *places) reset(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	if size > len(p.slots) {
		p.slots, p.round = make([]slot, size), 0
	}
	p.mask = uint64(size - 1)
	if p.round++; p.round == 0 {
		clear(p.slots)
		p.round = 1
	}
}

// put gives the place that was put for h before, or puts this one.
func (p *places) put(h uint64, place int) (first int, ok bool) {
	h = mix(0, h)
	for i := h & p.mask; ; i = (i + 1) & p.mask {
		s := &p.slots[i]
		if s.round != p.round {
			*s = slot{h, uint32(place), p.round}
			return 0, false
		}
		if s.hash == h {
			return int(s.place), true
		}
	}
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
