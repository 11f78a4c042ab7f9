package quality

import (
	"dedup/internal/quality/score"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/report"
)

func span(start, end int) article.Span { return article.Span{Start: start, End: end} }

func TestScorePassagesByHand(t *testing.T) {
	gold := []Match{
		{"reply", span(10, 110), "parent", span(0, 100)},
		{"reply", span(200, 250), "parent", span(300, 350)},
		{"other", span(0, 100), "parent", span(0, 100)},
	}
	matches := []Match{
		{"parent", span(0, 40), "reply", span(10, 50)},     // the other way round
		{"parent", span(0, 40), "reply", span(10, 50)},     // twice: counts once
		{"reply", span(50, 120), "parent", span(40, 110)},  // 10 bytes too many
		{"reply", span(0, 500), "stranger", span(0, 500)},  // no gold pair: does not count
		{"reply", span(200, 250), "parent", span(0, 50)},   // overlaps the second passage on one side only
		{"reply", span(0, 500), "other", span(0, 500)},     // both in the gold, but no gold pair
		{"stranger", span(0, 10), "reply", span(900, 910)}, // nothing
	}
	s, err := ScorePassages(gold, matches, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := PassageScore{
		GoldPairs: 2, GoldPassages: 3, Detected: 3, FoundPairs: 1,
		GoldBytes: 500, FoundBytes: 250, ResultBytes: 270,
		Characters:  score.NewRatio(250.0/270, 250.0/500),
		Mean:        score.NewRatio(250.0/270, (250.0/300+0)/2),
		Granularity: 2,
	}
	if s != want {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}

func TestScorePassagesGroups(t *testing.T) {
	at := func(id string, start, end int) report.Occurrence {
		return report.Occurrence{Article: id, Place: report.Place{Start: start, End: end}}
	}
	gold := []Match{{"r", span(0, 10), "p", span(20, 30)}, {"q", span(0, 10), "p", span(20, 30)}}
	groups := []Group{{at("p", 20, 30), at("r", 0, 10), at("q", 0, 10), at("x", 5, 15), at("r", 50, 60)}}
	s, err := ScorePassages(gold, nil, groups)
	if err != nil {
		t.Fatal(err)
	}
	if s.Detected != 3 || s.FoundBytes != 40 || s.ResultBytes != 50 || s.Granularity != 1 {
		t.Errorf("got %+v; want 3 detected, 40 of 50 bytes right, granularity 1", s)
	}
}

func TestScorePassagesNothingFound(t *testing.T) {
	s, err := ScorePassages([]Match{{"r", span(0, 10), "p", span(20, 30)}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Characters != (Ratio{Precision: 1}) || s.Mean != (Ratio{Precision: 1}) || s.Granularity != 1 {
		t.Errorf("got %+v", s)
	}
	if _, err := ScorePassages(nil, nil, nil); err == nil {
		t.Error("no gold: no error")
	}
}

// TestScorePassagesOracle marks bytes one by one, in both articles of every gold pair.
func TestScorePassagesOracle(t *testing.T) {
	drawn := rapid.Custom(func(t *rapid.T) Match {
		ids := rapid.Permutation([]string{"a", "b", "c", "d"}).Draw(t, "ids")
		draw := func() article.Span {
			start := rapid.IntRange(0, 30).Draw(t, "start")
			return span(start, start+rapid.IntRange(1, 12).Draw(t, "length"))
		}
		return Match{ids[0], draw(), ids[1], draw()}
	})
	rapid.Check(t, func(t *rapid.T) {
		gold := rapid.SliceOfN(drawn, 1, 8).Draw(t, "gold")
		found := rapid.SliceOfN(drawn, 0, 12).Draw(t, "found")
		s, err := ScorePassages(gold, found, nil)
		if err != nil {
			t.Fatal(err)
		}
		right, reported, wanted, pieces := slowPassages(gold, found)
		if s.FoundBytes != right || s.ResultBytes != reported || s.GoldBytes != wanted {
			t.Errorf("got %d right of %d, gold %d; want %d of %d, gold %d", s.FoundBytes, s.ResultBytes, s.GoldBytes, right, reported, wanted)
		}
		if math.Abs(s.Granularity-pieces) > 1e-9 {
			t.Errorf("granularity %v, want %v", s.Granularity, pieces)
		}
	})
}

func slowPassages(gold, found []Match) (right, reported, wanted int64, granularity float64) {
	named := make(map[Pair]bool)
	for _, m := range gold {
		named[Pair{m.A, m.B}.canonical()] = true
	}
	marks := func(list []Match) map[string]bool {
		set := make(map[string]bool)
		for _, m := range list {
			p := Pair{m.A, m.B}.canonical()
			if !named[p] {
				continue
			}
			for i := m.SpanA.Start; i < m.SpanA.End; i++ {
				set[fmt.Sprint(p, m.A, i)] = true
			}
			for i := m.SpanB.Start; i < m.SpanB.End; i++ {
				set[fmt.Sprint(p, m.B, i)] = true
			}
		}
		return set
	}
	g, f := marks(gold), marks(found)
	for k := range f {
		if g[k] {
			right++
		}
	}
	unique := func(list []Match) map[Match]bool {
		set := make(map[Match]bool)
		for _, m := range list {
			set[m.canonical()] = true
		}
		return set
	}
	var pieces, detected float64
	for m := range unique(gold) {
		n := 0.0
		for d := range unique(found) {
			if m.A == d.A && m.B == d.B && max(m.SpanA.Start, d.SpanA.Start) < min(m.SpanA.End, d.SpanA.End) &&
				max(m.SpanB.Start, d.SpanB.Start) < min(m.SpanB.End, d.SpanB.End) {
				n++
			}
		}
		if n > 0 {
			pieces, detected = pieces+n, detected+1
		}
	}
	granularity = 1
	if detected > 0 {
		granularity = pieces / detected
	}
	return right, int64(len(f)), int64(len(g)), granularity
}
