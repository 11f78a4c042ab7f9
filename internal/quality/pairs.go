package quality

import (
	"dedup/internal/quality/score"
	"errors"
)

// Pair precision and recall against listed pairs. Invariant: a pair has no direction and counts
// once, however often it is listed. Cost: linear in the pairs; a result given as groups is never
// expanded into its (quadratically many) pairs.

// GoldPair is a pair that belongs together; Score is its resemblance, 1 where the gold gives none.
type GoldPair struct {
	A, B  string
	Score float64
}

// Pair is two articles that a result puts together.
type Pair struct{ A, B string }

func (p Pair) canonical() Pair {
	if p.A > p.B {
		p.A, p.B = p.B, p.A
	}
	return p
}

// PairScore compares reported pairs with the gold. Gold pairs below the lowest score asked for need
// not be found, but a reported pair that is one of them is not wrong: recall = Found/Gold,
// precision = Listed/Reported.
type PairScore struct {
	Min      float64 `json:"min_jaccard"`
	Gold     int64   `json:"gold"`     // pairs to find: score ≥ Min
	Found    int64   `json:"found"`    // of these
	Reported int64   `json:"reported"` // by the result
	Listed   int64   `json:"listed"`   // of these, in the gold at any score
	Ratio
}

var errNoGoldPair = errors.New("no gold pair reaches the lowest score asked for")

// ScorePairs compares the pairs of result with gold. It fails when no gold pair has a score ≥ min.
func ScorePairs(gold []GoldPair, min float64, result []Pair) (PairScore, error) {
	reported := make(map[Pair]struct{}, len(result))
	for _, p := range result {
		reported[p.canonical()] = struct{}{}
	}
	s := PairScore{Min: min, Reported: int64(len(reported))}
	return s.count(gold, func(p Pair) bool { _, ok := reported[p]; return ok })
}

// ScoreGrouped is ScorePairs for a result in groups: it reports every pair of articles of one
// group.
func ScoreGrouped(gold []GoldPair, min float64, result Partition) (PairScore, error) {
	group := make(map[string]int32, len(result.IDs))
	size := make([]int64, result.Groups)
	for i, id := range result.IDs {
		group[id] = result.Group[i]
		size[result.Group[i]]++
	}
	s := PairScore{Min: min}
	for _, n := range size {
		s.Reported += score.Choose2(n)
	}
	return s.count(gold, func(p Pair) bool {
		a, okA := group[p.A]
		b, okB := group[p.B]
		return okA && okB && a == b
	})
}

// count fills in the scores; reported tells whether the result has a pair.
func (s PairScore) count(gold []GoldPair, reported func(Pair) bool) (PairScore, error) {
	best := make(map[Pair]float64, len(gold)) // a pair listed twice counts once, with its higher score
	for _, g := range gold {
		p := Pair{g.A, g.B}.canonical()
		if old, ok := best[p]; !ok || g.Score > old {
			best[p] = g.Score
		}
	}
	for p, score := range best { // counts only: the order does not matter
		ok := reported(p)
		if ok {
			s.Listed++
		}
		if score < s.Min {
			continue
		}
		s.Gold++
		if ok {
			s.Found++
		}
	}
	if s.Gold == 0 {
		return s, errNoGoldPair
	}
	s.Ratio = score.NewRatio(score.Share(s.Listed, s.Reported), score.Share(s.Found, s.Gold))
	return s, nil
}
