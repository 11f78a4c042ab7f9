package near

import (
	"testing"

	"pgregory.net/rapid"
)

// Two sets that the judge calls near-duplicates lack no more of each other than MissingOf says, and
// one more than it says is too many: who looks a pair up by it misses none and compares few.
func TestMissingOfIsWhatTheJudgeAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := Judge{
			Threshold:   rapid.SampledFrom([]float64{0.7, 0.2, 0.5, 0.67, 0.9, 1}).Draw(t, "threshold"),
			Containment: rapid.SampledFrom([]float64{0.9, 0.1, 0.67, 1, 2}).Draw(t, "containment"),
		}
		small := rapid.IntRange(leastAlike, 300).Draw(t, "small")
		large := small + rapid.IntRange(0, 500).Draw(t, "more")
		most := -1
		for missing := range small {
			if _, near := j.Near(Edge{NA: int32(small), NB: int32(large), Shared: int32(small - missing)}); near {
				most = missing
			}
		}
		got, ok := j.MissingOf(small, large)
		if ok != (most >= 0) || ok && got != most {
			t.Fatalf("%d and %d: %d, %v; the judge allows %d", small, large, got, ok, most)
		}
	})
}
