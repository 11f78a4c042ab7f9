package quality

import (
	"dedup/internal/quality/score"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestScorePairsByHand(t *testing.T) {
	gold := []GoldPair{{"a", "b", 1}, {"c", "d", 0.8}, {"d", "c", 0.6}, {"e", "f", 0.75}, {"g", "h", 0.5}}
	result := []Pair{{"b", "a"}, {"a", "b"}, {"d", "c"}, {"h", "g"}, {"x", "y"}}
	s, err := ScorePairs(gold, 0.75, result)
	if err != nil {
		t.Fatal(err)
	}
	// g-h is below the lowest score: not needed, not wrong. x-y is wrong.
	want := PairScore{Min: 0.75, Gold: 3, Found: 2, Reported: 4, Listed: 3, Ratio: score.NewRatio(0.75, 2.0/3)}
	if s != want {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	if _, err := ScorePairs(gold, 1.1, result); err == nil {
		t.Error("no gold pair reaches 1.1: no error")
	}
	if s, err := ScorePairs(gold, 0, nil); err != nil || s.Ratio != (Ratio{Precision: 1}) {
		t.Errorf("no pair reported: got %+v, %v", s, err)
	}
}

// TestScoreGroupedOracle says that groups score as all their pairs do.
func TestScoreGroupedOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 25).Draw(t, "n")
		result := drawPartition(t, "result", n)
		gold := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) GoldPair {
			a := rapid.IntRange(0, n).Draw(t, "a") // n: an article that the result does not have
			b := (a + rapid.IntRange(1, n).Draw(t, "b")) % (n + 1)
			return GoldPair{fmt.Sprint("id", a), fmt.Sprint("id", b), rapid.Float64Range(0, 1).Draw(t, "score")}
		}), 1, 30).Draw(t, "gold")
		var pairs []Pair
		for i := range n {
			for j := range i {
				if result.Group[i] == result.Group[j] {
					pairs = append(pairs, Pair{result.IDs[i], result.IDs[j]})
				}
			}
		}
		got, err := ScoreGrouped(gold, 0.5, result)
		want, wantErr := ScorePairs(gold, 0.5, pairs)
		if got != want || (err == nil) != (wantErr == nil) {
			t.Errorf("got %+v %v, want %+v %v", got, err, want, wantErr)
		}
	})
}
