package quality

import (
	"dedup/internal/quality/score"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestScorePartitionByHand(t *testing.T) {
	// The example of Bagga & Baldwin 1998: B-cubed precision 16/21 and 7/12. The rest is computed
	// by hand from the pairs.
	gold := partition("1a 2a 3a 4a 5a 6b 7b 8c 9c Ac Bc Cc")
	for _, tc := range []struct {
		name, result                string
		precision, recall, ari, f1  float64
		groups, unlisted, extra     int
		correctPairs, reportedPairs int64
	}{
		{"the paper's first", "1x 2x 3x 4x 5x 6y 7y 8y 9y Ay By Cy", 0.7619, 1, 0.6901, 0.8649, 2, 0, 0, 21, 31},
		{"the paper's second", "1x 2x 3x 4x 5x 6y 7y 8x 9x Ax Bx Cx", 0.5833, 1, 0.3373, 0.7368, 2, 0, 0, 21, 46},
		{"the gold", "1c 2c 3c 4c 5c 6a 7a 8b 9b Ab Bb Cb", 1, 1, 1, 1, 3, 0, 0, 21, 21},
		{"nothing listed", "", 1, 0.25, 0, 0.4, 12, 12, 0, 0, 0},
		{"some not listed", "1x 2x 3x 4x 5x 6y 7y", 1, 0.6667, 0.6, 0.8, 7, 5, 0, 11, 11},
		{"more than the gold", "1x 2x 3x 4x 5x 6y 7y 8z 9z Az Bz Cz Dx Ew", 1, 1, 1, 1, 3, 0, 2, 21, 21},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := score.Partitions(gold, partition(tc.result))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%.4f %.4f %.4f %.4f", s.BCubed.Precision, s.BCubed.Recall, s.BCubed.F1, s.ARI)
			want := fmt.Sprintf("%.4f %.4f %.4f %.4f", tc.precision, tc.recall, tc.f1, tc.ari)
			if got != want {
				t.Errorf("precision recall F1 ARI: got %s, want %s", got, want)
			}
			if s.ResultGroups != tc.groups || s.Unlisted != tc.unlisted || s.Extra != tc.extra {
				t.Errorf("groups %d, unlisted %d, extra %d; want %d, %d, %d", s.ResultGroups, s.Unlisted, s.Extra, tc.groups, tc.unlisted, tc.extra)
			}
			if s.Pairs.Correct != tc.correctPairs || s.Pairs.Reported != tc.reportedPairs || s.Pairs.Gold != 21 {
				t.Errorf("pairs %+v, want %d of %d", s.Pairs, tc.correctPairs, tc.reportedPairs)
			}
		})
	}
}

func TestScorePartitionRefuses(t *testing.T) {
	if _, err := score.Partitions(Partition{}, partition("1a")); err == nil {
		t.Error("no gold: no error")
	}
	if _, err := score.Partitions(partition("1a 2a"), partition("3a 4a")); err == nil {
		t.Error("no id in common: no error")
	}
}

// TestScorePartitionOracle compares with the definitions, computed over all pairs of articles.
func TestScorePartitionOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		gold := drawPartition(t, "gold", n)
		result := drawPartition(t, "result", n)
		for i := rapid.IntRange(0, n-1).Draw(t, "dropped"); i > 0; i-- {
			result.IDs, result.Group = result.IDs[1:], result.Group[1:]
		}
		s, err := score.Partitions(gold, result)
		if err != nil {
			t.Fatal(err)
		}
		want := slowScore(gold, result)
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"precision", s.BCubed.Precision, want.BCubed.Precision}, {"recall", s.BCubed.Recall, want.BCubed.Recall}, {"ARI", s.ARI, want.ARI},
			{"correct", float64(s.Pairs.Correct), float64(want.Pairs.Correct)}, {"reported", float64(s.Pairs.Reported), float64(want.Pairs.Reported)},
			{"gold", float64(s.Pairs.Gold), float64(want.Pairs.Gold)},
		} {
			if math.Abs(c.got-c.want) > 1e-9 {
				t.Errorf("%s is %v, by the definition %v", c.what, c.got, c.want)
			}
		}
	})
}

// TestScorePartitionOrder says that the order of articles and the names of labels move no bit of a
// score.
func TestScorePartitionOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		gold, result := drawPartition(t, "gold", n), drawPartition(t, "result", n)
		want, err := score.Partitions(gold, result)
		if err != nil {
			t.Fatal(err)
		}
		order := rapid.Permutation(indexes(n)).Draw(t, "order")
		shuffled := Partition{Groups: result.Groups}
		for _, i := range order {
			shuffled.IDs = append(shuffled.IDs, result.IDs[i])
			shuffled.Group = append(shuffled.Group, int32(result.Groups)-1-result.Group[i])
		}
		got, err := score.Partitions(gold, shuffled)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// slowScore follows the definitions, article by article and pair by pair.
func slowScore(gold, result Partition) PartitionScore {
	in := make(map[string]int32)
	for i, id := range result.IDs {
		in[id] = result.Group[i]
	}
	n := len(gold.IDs)
	together := func(i, j int) bool {
		a, okA := in[gold.IDs[i]]
		b, okB := in[gold.IDs[j]]
		return i == j || okA && okB && a == b
	}
	var s PartitionScore
	var s11, s10, s01, s00 float64 // pairs together in both, gold, result, none
	for i := range n {
		var both, reported, right float64
		for j := range n {
			g, r := gold.Group[i] == gold.Group[j], together(i, j)
			if g && r {
				both++
			}
			if g {
				right++
			}
			if r {
				reported++
			}
			if j <= i {
				continue
			}
			switch {
			case g && r:
				s11++
			case g:
				s10++
			case r:
				s01++
			default:
				s00++
			}
		}
		s.BCubed.Precision += both / reported / float64(n)
		s.BCubed.Recall += both / right / float64(n)
	}
	s.Pairs = score.Count{Correct: int64(s11), Reported: int64(s11 + s01), Gold: int64(s11 + s10)}
	// Another form of the same index (Steinley 2004), so that one slip is not made twice.
	s.ARI = 1
	if d := (s11+s10)*(s10+s00) + (s11+s01)*(s01+s00); d > 0 {
		s.ARI = 2 * (s11*s00 - s10*s01) / d
	}
	return s
}

// partition reads "1a 2b": article 1 in group a, article 2 in group b.
func partition(s string) Partition {
	g := newGrouper()
	for i := 0; i+1 < len(s); i += 3 {
		if err := g.add(s[i:i+1], s[i+1:i+2]); err != nil {
			panic(err)
		}
	}
	return g.p
}

func drawPartition(t *rapid.T, name string, n int) Partition {
	labels := rapid.SliceOfN(rapid.IntRange(0, rapid.IntRange(0, n).Draw(t, name+" labels")), n, n).Draw(t, name)
	g := newGrouper()
	for i, l := range labels {
		if err := g.add(fmt.Sprint("id", i), fmt.Sprint(l)); err != nil {
			t.Fatal(err)
		}
	}
	return g.p
}

func indexes(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return slices.Clip(s)
}

func BenchmarkScorePartition(b *testing.B) {
	g, r := newGrouper(), newGrouper()
	for i := range 100_000 {
		id := fmt.Sprint("article/", i)
		_, _ = g.add(id, fmt.Sprint(i/7)), r.add(id, fmt.Sprint(i/5))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := score.Partitions(g.p, r.p); err != nil {
			b.Fatal(err)
		}
	}
}
