package passage

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// grouping makes a finder of n articles of the given number of tokens; same is nil where no two
// have the same tokens.
func grouping(n, tokens int, same []int32) *finder {
	c := &corpus{first: make([]uint32, n+1), same: same, toks: make([]uint32, n*tokens)}
	for i := range c.first {
		c.first[i] = uint32(i * tokens)
	}
	if same == nil {
		c.same = make([]int32, n)
		for i := range c.same {
			c.same[i] = int32(i)
		}
	}
	return &finder{corpus: c, opt: Options{MinTokens: DefaultMinTokens, Memory: DefaultMemory}}
}

// TestSamePlaceIsFound compares with a look at all places of the article.
func TestSamePlaceIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const tokens = 120
		var sides []place
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			from := rapid.Int32Range(0, tokens-1).Draw(t, "from")
			sides = append(sides, place{0, from, rapid.Int32Range(from+1, tokens).Draw(t, "to")})
		}
		slices.SortFunc(sides, func(x, y place) int { return int((y.to - y.from) - (x.to - x.from)) })
		g := &grouper{f: grouping(1, tokens, nil), whole: make([]bool, 1), cells: map[cell]int32{}}
		for _, p := range sides {
			want := int32(-1)
			for i, q := range g.places {
				if float64(overlap(p.from, p.to, q.from, q.to)) >= samePlace*float64(q.to-q.from) {
					want = int32(i)
				}
			}
			n := int32(len(g.places))
			if got := g.find(p); want >= 0 && got != want || want < 0 && got != n {
				t.Fatalf("%v: place %d, want %d of %v", p, got, want, g.places)
			}
		}
	})
}

// TestGroupingGrowsLinearly wants ten times the input to take about ten times the looks at places,
// however the passages lie.
func TestGroupingGrowsLinearly(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(n int) (*finder, []hit)
	}{
		{"many passages of one article", func(n int) (*finder, []hit) {
			var found []hit
			for i := range int32(n) {
				found = append(found, hit{a: 0, b: 1 + i%8, aFrom: 10 * i, aTo: 10*i + 20, bFrom: 10 * i, bTo: 10*i + 20, matched: 20})
			}
			return grouping(9, 10*n+20, nil), found
		}},
		{"one passage in all, another in each two", func(n int) (*finder, []hit) {
			var found []hit
			for i := range int32(n) {
				if i > 0 {
					found = append(found, hit{a: 0, b: i, aTo: 20, bTo: 20, matched: 20})
				}
				if i%2 == 1 {
					found = append(found, hit{a: i - 1, b: i, aFrom: 22, aTo: 38, bFrom: 22, bTo: 38, matched: 16})
				}
			}
			return grouping(n, 40, nil), found
		}},
		{"a short one inside the one that all have", func(n int) (*finder, []hit) {
			var found []hit
			for i := int32(1); i < int32(n); i++ {
				found = append(found, hit{a: 0, b: i, aTo: 40, bTo: 40, matched: 40})
				if i%2 == 1 {
					found = append(found, hit{a: i - 1, b: i, aFrom: 2, aTo: 14, bFrom: 2, bTo: 14, matched: 12})
				}
			}
			return grouping(n, 40, nil), found
		}},
		{"the same words twice each", func(n int) (*finder, []hit) {
			same := make([]int32, n)
			for i := range same {
				same[i] = int32(i - i%2)
			}
			return grouping(n, 20, same), nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps := func(n int) int {
				f, found := c.make(n)
				g := f.newGrouper()
				if err := errors.Join(g.add(found), g.join()); err != nil {
					t.Fatal(err)
				}
				if len(g.groups()) == 0 {
					t.Fatal("no passages")
				}
				return g.steps
			}
			small, large := steps(10_000), steps(100_000)
			t.Logf("%d and %d steps", small, large)
			if large > 15*small || large > 5*coverTries*100_000 {
				t.Errorf("10,000 take %d steps, 100,000 take %d", small, large)
			}
		})
	}
}
