package passage

import (
	"cmp"
	"math/bits"
	"slices"

	"dedup/internal/article"
)

// Passages of one article in others of which only the hashes of the words are left, as an index
// keeps them. Seeds are the same as between texts, but found by a table: the short grams of the
// article are hashed once, and the words of every other article run past it. The same extension
// makes passages of them, so what is found does not depend on which other articles are looked at
// beside it. Nothing but the order of words is known of the other articles: where units begin and
// what is an address is told by the one whose text is at hand.
//
// Cost: 20 bytes a word of the article; 5 ns a word of the others.

// Sought is an article whose passages are looked for in others. It may be used by many goroutines
// at once.
type Sought struct {
	words []uint32
	flags []uint8
	slots []int32  // by hash of a short gram: the last place that has it, plus one
	next  []int32  // by place: the place before it in the same slot, plus one
	bits  []uint64 // 16 to 32 bits a word, set for both halves of a short gram (half)
}

// Shared is a passage that an article shares with another, in words of either side, half-open, from
// the start of the article; those of its furniture do not count.
type Shared struct {
	Other    int32 // the caller's number
	From, To int32
	Matched  int32 // words that are equal on both sides, in the same order

	edge edge // of the other article
}

// NewSought prepares the article with text s.
func NewSought(s string) *Sought {
	var w words
	toks := w.append(nil, s)
	n := len(toks)
	x := &Sought{words: make([]uint32, n), flags: appendFlags(make([]uint8, 0, n), s, toks)}
	for i, t := range toks {
		x.words[i] = uint32(t.Hash)
	}
	if n < shortGram {
		return x
	}
	size := 1
	for size < 2*n {
		size *= 2
	}
	x.slots, x.next, x.bits = make([]int32, size), make([]int32, n), make([]uint64, max(1, size/8))
	for i := range n - shortGram + 1 {
		x.enter(int32(i))
	}
	return x
}

// enter puts the short gram at place i into the table, unless shortCap places before have the same:
// such a text repeats itself without end.
func (x *Sought) enter(i int32) {
	w := x.words[i:]
	slot := &x.slots[x.slot(w)]
	had := 0
	for k := *slot; k > 0; k = x.next[k-1] {
		if equalGrams(x.words[k-1:], w) {
			had++
		}
	}
	if had < shortCap {
		x.next[i], *slot = *slot, i+1
		x.flags[i] |= seedShort
		for _, h := range [2]uint32{half(w), half(w[1:])} {
			x.bits[h>>6&uint32(len(x.bits)-1)] |= 1 << (h & 63)
		}
	}
}

// slot is the slot of the short gram that w begins with.
func (x *Sought) slot(w []uint32) uint64 {
	h := (uint64(w[0])|uint64(w[1])<<32)*0x9e3779b97f4a7c15 ^ (uint64(w[2]) | uint64(w[3])<<32)
	return h * 0xff51afd7ed558ccd >> 32 & uint64(len(x.slots)-1)
}

// half hashes all but the first or the last word of a short gram. Words are hashes already.
func half(w []uint32) uint32 {
	return w[0] ^ bits.RotateLeft32(w[1], 11) ^ bits.RotateLeft32(w[2], 22)
}

func equalGrams(a, b []uint32) bool { return [shortGram]uint32(a) == [shortGram]uint32(b) }

// Seeker is the scratch of one goroutine.
type Seeker struct {
	c     corpus
	e     extender
	other []uint32 // the words at hand
	hits  []hit
}

// seekRuns is how many exact runs of a pair are looked at.
const seekRuns = 1 << 14

// Append appends the passages of at least least words (0: DefaultMinTokens) that x shares with the
// article of the given words.
func (k *Seeker) Append(dst []Shared, x *Sought, other int32, words []uint64, least int) []Shared {
	n, m := len(x.words), len(words)
	if n < shortGram || m < shortGram {
		return dst
	}
	k.other = slices.Grow(k.other[:0], m)[:m]
	for i, w := range words {
		k.other[i] = uint32(w)
	}
	k.e.runs = x.runs(k.e.runs[:0], k.other)
	runs := k.e.worthwhile(x.words, k.other)
	if len(runs) == 0 { // of 36 of 37 articles that share a seed
		return dst
	}
	c := &k.c
	c.toks, c.flags = append(append(c.toks[:0], x.words...), k.other...), append(append(c.flags[:0], x.flags...), startsUnit)
	c.flags = append(c.flags, make([]uint8, m-1)...)
	c.first, c.same = append(c.first[:0], 0, uint32(n), uint32(n+m)), append(c.same[:0], 0, 1)
	if least <= 0 {
		least = DefaultMinTokens
	}
	k.e.c, k.e.min = c, int32(least)
	k.hits = k.e.grown(k.hits[:0], 0, 1, x.words, k.other, runs)
	for _, h := range k.hits {
		dst = append(dst, Shared{
			Other: other, From: h.aFrom, To: h.aTo, Matched: h.matched,
			edge: edge{tail: int32(m)-h.bTo <= edgeTokens, part: float32(h.bTo-h.bFrom) / float32(m)},
		})
	}
	return dst
}

// runs appends where exact runs of x and other start. Of every two neighbouring short grams of other
// the three words are looked at that both have, and then those on either side. What a pair of articles
// costs is cache lines of x, most of all: these bits are 4 to 8 of them for 200 words.
func (x *Sought) runs(dst []run, other []uint32) []run {
	for k := 0; k+2 < len(other) && len(dst) < seekRuns; k += 2 {
		if !x.has(other[k:]) {
			continue
		}
		if k > 0 && x.has(other[k-1:]) {
			dst = x.runsAt(dst, other, k-1)
		}
		if k+shortGram <= len(other) && x.has(other[k+1:]) {
			dst = x.runsAt(dst, other, k)
		}
	}
	return dst
}

// has tells whether the bits have what w begins with for a half of a short gram.
func (x *Sought) has(w []uint32) bool {
	h := half(w)
	return x.bits[h>>6&uint32(len(x.bits)-1)]>>(h&63)&1 != 0
}

// runsAt is runs for those that start at place j.
func (x *Sought) runsAt(dst []run, other []uint32, j int) []run {
	if len(dst) >= seekRuns {
		return dst
	}
	for k := x.slots[x.slot(other[j:])]; k > 0; k = x.next[k-1] {
		i := k - 1
		inside := i > 0 && j > 0 && x.flags[i-1]&seedShort != 0 && x.words[i-1] == other[j-1]
		if !inside && equalGrams(x.words[i:], other[j:]) {
			dst = append(dst, run{aFrom: i, bFrom: int32(j)})
		}
	}
	return dst
}

// Copied is a passage of an article that other articles have too.
type Copied struct {
	Span        article.Span
	Other       int32 // the one that has most of its words, of several the one with the lowest number
	Boilerplate bool  // of the source of the article
}

// Copied makes one passage of what several other articles share of the same text s, by place: of
// passages that lie for more than half inside one with more words in common, only that one stays.
// source is who published s, sourceOf who published another article.
func (x *Sought) Copied(s, source string, found []Shared, sourceOf func(other int32) string) []Copied {
	slices.SortFunc(found, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(b.Matched, a.Matched), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Other, b.Other))
	})
	var kept [][]Shared // what became one, the best first
	for _, f := range found {
		k := slices.IndexFunc(kept, func(of []Shared) bool { return 2*overlap(f.From, f.To, of[0].From, of[0].To) > f.To-f.From })
		if k < 0 {
			kept = append(kept, []Shared{f})
			continue
		}
		kept[k] = append(kept[k], f)
	}
	slices.SortFunc(kept, func(a, b []Shared) int {
		return cmp.Or(cmp.Compare(a[0].From, b[0].From), cmp.Compare(a[0].To, b[0].To))
	})
	var r reader
	r.read(s)
	out := make([]Copied, 0, len(kept))
	for _, of := range kept {
		best := of[0]
		c := Copied{Span: r.span(best.From, best.To), Other: best.Other}
		slices.SortFunc(of, func(a, b Shared) int { return cmp.Compare(a.Other, b.Other) })
		of = slices.CompactFunc(of, func(a, b Shared) bool { return a.Other == b.Other })
		c.Boilerplate = ownWords(source, r.edge(best.From, best.To), of, sourceOf) && !Spoken(s[c.Span.Start:c.Span.End])
		out = append(out, c)
	}
	return out
}

// ownWords tells whether a passage is boilerplate of the source of its article, going by that
// article and by the others that have it. Nothing is known of their stories.
func ownWords(source string, e edge, others []Shared, sourceOf func(other int32) string) bool {
	var v Votes
	v.add(Article{Source: source, Story: -1, Near: -1}, e)
	for _, o := range others {
		v.add(Article{Source: sourceOf(o.Other), Story: -1, Near: -1}, o.edge)
	}
	return v.Of(source)
}
