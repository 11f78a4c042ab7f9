package quality

import (
	"cmp"
	"dedup/internal/quality/score"
	"errors"
	"slices"

	"dedup/internal/article"
	"dedup/internal/report"
)

// Passage scores after Potthast, Stein, Barrón-Cedeño & Rosso, "An evaluation framework for
// plagiarism detection", 2010. Invariant: only pairs of articles that the gold names are scored. Of
// each pair the bytes in any gold passage (union, on both sides) are compared with the bytes in any
// detected passage: how the bytes are cut into passages does not move precision or recall, only
// granularity. Cost: a sort of the spans of each pair; granularity is gold × detected passages of
// one pair.

// Match is text that stands in A at bytes SpanA and in B at bytes SpanB.
type Match struct {
	A     string
	SpanA article.Span
	B     string
	SpanB article.Span
}

// Group is one text and all places where it stands.
type Group []report.Occurrence

// PassageScore says how well detected passages cover the gold ones.
type PassageScore struct {
	GoldPairs    int   `json:"gold_pairs"`    // of articles
	GoldPassages int   `json:"gold_passages"` // gold rows, those listed twice once
	Detected     int   `json:"detected"`      // detected passages in these pairs
	FoundPairs   int   `json:"found_pairs"`   // gold pairs with any detected passage
	GoldBytes    int64 `json:"gold_bytes"`    // both sides
	FoundBytes   int64 `json:"found_bytes"`   // of these, in a detected passage
	ResultBytes  int64 `json:"result_bytes"`  // in a detected passage, both sides

	Characters  Ratio   `json:"characters"`  // over the bytes of all pairs together
	Mean        Ratio   `json:"mean"`        // mean over pairs; precision over the pairs with any detected passage
	Granularity float64 `json:"granularity"` // detected passages per gold passage that any of them overlaps on both sides; 1 is best
}

// ScorePassages compares detected passages (matches and groups, whichever there are) with the gold.
// It fails when gold is empty.
func ScorePassages(gold, matches []Match, groups []Group) (PassageScore, error) {
	if len(gold) == 0 {
		return PassageScore{}, errors.New("the gold names no passage")
	}
	t := newTable(gold)
	for _, m := range matches {
		t.detect(m)
	}
	for _, g := range groups {
		t.detectGroup(g)
	}
	return t.score(), nil
}

// table holds the gold pairs in the order of the gold.
type table struct {
	at      map[Pair]*reuse
	list    []*reuse
	partner map[string][]string // article → the others that it is a gold pair with
}

// reuse is one pair of articles: gold and detected matches, all with A before B.
type reuse struct{ gold, found []Match }

func newTable(gold []Match) *table {
	t := &table{at: make(map[Pair]*reuse), partner: make(map[string][]string)}
	for _, m := range gold {
		m = m.canonical()
		p := Pair{m.A, m.B}
		r := t.at[p]
		if r == nil {
			r = &reuse{}
			t.at[p] = r
			t.list = append(t.list, r)
			t.partner[m.A] = append(t.partner[m.A], m.B)
			t.partner[m.B] = append(t.partner[m.B], m.A)
		}
		r.gold = append(r.gold, m)
	}
	return t
}

func (m Match) canonical() Match {
	if m.A > m.B {
		m.A, m.SpanA, m.B, m.SpanB = m.B, m.SpanB, m.A, m.SpanA
	}
	return m
}

func (t *table) detect(m Match) {
	m = m.canonical()
	if r := t.at[Pair{m.A, m.B}]; r != nil {
		r.found = append(r.found, m)
	}
}

// detectGroup adds the pairs of places in g that lie in a gold pair; other pairs of a large group
// are never looked at.
func (t *table) detectGroup(g Group) {
	places := make(map[string][]article.Span)
	for _, o := range g {
		if t.partner[o.Article] != nil {
			places[o.Article] = append(places[o.Article], article.Span{Start: o.Start, End: o.End})
		}
	}
	for _, o := range g {
		for _, other := range t.partner[o.Article] {
			if o.Article > other {
				continue // met from the other side
			}
			for _, span := range places[other] {
				t.detect(Match{o.Article, article.Span{Start: o.Start, End: o.End}, other, span})
			}
		}
	}
}

func (t *table) score() PassageScore {
	s := PassageScore{GoldPairs: len(t.list)}
	var precision, recall float64
	var pieces, pieced int
	for _, r := range t.list {
		r.gold, r.found = distinct(r.gold), distinct(r.found)
		s.GoldPassages += len(r.gold)
		s.Detected += len(r.found)
		gold, found, both := r.bytes()
		s.GoldBytes, s.ResultBytes, s.FoundBytes = s.GoldBytes+gold, s.ResultBytes+found, s.FoundBytes+both
		recall += score.Share(both, gold)
		if found > 0 {
			s.FoundPairs++
			precision += score.Share(both, found)
		}
		p, q := r.pieces()
		pieces, pieced = pieces+p, pieced+q
	}
	s.Characters = score.NewRatio(score.Share(s.FoundBytes, s.ResultBytes), score.Share(s.FoundBytes, s.GoldBytes))
	s.Mean = score.NewRatio(1, recall/float64(len(t.list)))
	if s.FoundPairs > 0 {
		s.Mean = score.NewRatio(precision/float64(s.FoundPairs), recall/float64(len(t.list)))
	}
	s.Granularity = score.Share(int64(pieces), int64(pieced))
	return s
}

// bytes counts the bytes of both articles in gold passages, in detected ones, and in both.
func (r *reuse) bytes() (gold, found, both int64) {
	for _, side := range []func(Match) article.Span{
		func(m Match) article.Span { return m.SpanA },
		func(m Match) article.Span { return m.SpanB },
	} {
		g, f := union(r.gold, side), union(r.found, side)
		gold, found, both = gold+length(g), found+length(f), both+shared(g, f)
	}
	return gold, found, both
}

// pieces counts the detected passages that overlap a gold passage on both sides, and the gold
// passages that have any.
func (r *reuse) pieces() (pieces, gold int) {
	for _, g := range r.gold {
		n := 0
		for _, f := range r.found {
			if overlap(g.SpanA, f.SpanA) && overlap(g.SpanB, f.SpanB) {
				n++
			}
		}
		pieces += n
		if n > 0 {
			gold++
		}
	}
	return pieces, gold
}

func overlap(a, b article.Span) bool { return a.Start < b.End && b.Start < a.End }

// distinct sorts m, matches of one pair of articles, and drops what it holds twice, in place.
func distinct(m []Match) []Match {
	slices.SortFunc(m, func(x, y Match) int {
		return cmp.Or(cmp.Compare(x.SpanA.Start, y.SpanA.Start), cmp.Compare(x.SpanA.End, y.SpanA.End),
			cmp.Compare(x.SpanB.Start, y.SpanB.Start), cmp.Compare(x.SpanB.End, y.SpanB.End))
	})
	return slices.Compact(m)
}

// union gives one side of the matches as disjoint spans in order.
func union(m []Match, side func(Match) article.Span) []article.Span {
	spans := make([]article.Span, 0, len(m))
	for _, x := range m {
		spans = append(spans, side(x))
	}
	slices.SortFunc(spans, func(x, y article.Span) int { return cmp.Compare(x.Start, y.Start) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

func length(spans []article.Span) (n int64) {
	for _, s := range spans {
		n += int64(s.End - s.Start)
	}
	return n
}

// shared counts the bytes in both of two lists of disjoint spans in order.
func shared(a, b []article.Span) (n int64) {
	for len(a) > 0 && len(b) > 0 {
		n += int64(max(0, min(a[0].End, b[0].End)-max(a[0].Start, b[0].Start)))
		if a[0].End < b[0].End {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return n
}
