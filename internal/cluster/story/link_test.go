package story

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// weightedPair is an edge, a < b.
type weightedPair struct {
	a, b   int32
	weight float32
}

// edgeStore keeps edges as findEdges does.
func edgeStore(units int, list []weightedPair) *store {
	list = slices.Clone(list)
	slices.SortFunc(list, func(x, y weightedPair) int { return int(x.b-y.b)*units + int(x.a-y.a) })
	s := newStore((units+step-1)/step, "", 1<<40)
	for p := range s.at {
		out := make([]uint64, step)
		for k := range step {
			for ; len(list) > 0 && int(list[0].b) == p*step+k; list = list[1:] {
				out = append(out, uint64(edgeTo(uint32(list[0].a), list[0].weight)))
			}
			out[k] = uint64(len(out))
		}
		s.at[p] = stretch{data: out, n: len(out)}
	}
	return s
}

// TestLink compares the merging with its definition, on small random graphs.
func TestLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "n")
		weight := make(map[[2]int]float64)
		var edges []weightedPair
		trust := make([]float32, n)
		for a := range n {
			trust[a] = float32(rapid.IntRange(1, 4).Draw(t, "trust")) / 4
			for b := a + 1; b < n; b++ {
				if w := rapid.IntRange(-200, 400).Draw(t, "weight"); w > 0 {
					edges = append(edges, weightedPair{int32(a), int32(b), float32(w) / 1000})
					weight[[2]int{a, b}] = float64(float32(w) / 1000)
				}
			}
		}
		got, err := link(context.Background(), trust, nil, edgeStore(len(trust), edges), defaults)
		if err != nil {
			t.Fatal(err)
		}
		want := slowLink(trust, weight, defaults)
		for a := range n {
			for b := range n {
				if (got.event[a] == got.event[b]) != (want[a] == want[b]) {
					t.Fatalf("%v, want %v", got.event, want)
				}
				if got.event[a] == got.event[b] && got.story[a] != got.story[b] {
					t.Fatalf("events %v are not inside stories %v", got.event, got.story)
				}
			}
		}
	})
}

// slowLink merges by definition: all pairs of groups, their means computed anew each time.
func slowLink(trust []float32, weight map[[2]int]float64, par params) []int {
	n := len(trust)
	groups := make([][]int, n)
	for i := range n {
		groups[i] = []int{i}
	}
	mean := func(x, y []int) float64 {
		sum := 0.0
		for _, a := range x {
			for _, b := range y {
				sum += weight[[2]int{min(a, b), max(a, b)}]
			}
		}
		return sum / float64(len(x)*len(y))
	}
	cohesion := func(x []int) float64 {
		pairs := float64(len(x)*(len(x)-1)) / 2
		return max(par.prior, (mean(x, x)*float64(len(x)*len(x))/2+par.prior*par.priorPairs)/(pairs+par.priorPairs))
	}
	thin := func(x []int) (sum float64) {
		for _, i := range x {
			sum += float64(trust[i]) / float64(len(x))
		}
		return sum
	}
	for {
		best, bi, bj := 0.0, -1, -1
		for j := range groups {
			for i := range j {
				x, y := groups[i], groups[j]
				if x == nil || y == nil {
					continue
				}
				m := mean(x, y)
				share := par.ratio + par.grow*(1-1/float64(min(len(x), len(y))))
				if m > 0 && m >= share*math.Sqrt(cohesion(x)*cohesion(y)*thin(x)*thin(y)) && m > best+1e-6 {
					best, bi, bj = m, i, j
				}
			}
		}
		if bi < 0 {
			break
		}
		groups[bi] = slices.Concat(groups[bi], groups[bj])
		groups[bj] = nil
	}
	out := make([]int, n)
	for g, members := range groups {
		for _, i := range members {
			out[i] = g
		}
	}
	return out
}

// A story of thousands took time with the square of its articles: every merge offered all links of
// the large group anew.
func TestOneLargeStory(t *testing.T) {
	const n = 20_000
	rnd := rand.New(rand.NewPCG(15, 16))
	trust := make([]float32, n)
	var edges []weightedPair
	for b := range n {
		trust[b] = 1
		for range min(b, 30) {
			edges = append(edges, weightedPair{int32(rnd.IntN(b)), int32(b), 0.2 + rnd.Float32()/10})
		}
	}
	slices.SortFunc(edges, func(x, y weightedPair) int { return int(x.b-y.b)*n + int(x.a-y.a) })
	edges = slices.CompactFunc(edges, func(x, y weightedPair) bool { return x.a == y.a && x.b == y.b })
	start := time.Now()
	l, err := newLinker(trust, edgeStore(n, edges), defaults)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%v", time.Since(start))
	if l.walks > 60*n {
		t.Errorf("%d groups were walked, of %d units", l.walks, n)
	}
}

// TestGather puts lists of groups that merged end to end, and wants the sums between groups.
func TestGather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 12
		sums := map[[2]int32]float32{}
		var edges []weightedPair
		for b := range int32(n) {
			for a := range b {
				if rapid.Bool().Draw(t, "edge") {
					edges = append(edges, weightedPair{a, b, 0.25})
				}
			}
		}
		l, err := newLinker(make([]float32, n), edgeStore(n, edges), defaults)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, n).Draw(t, "merges") {
			a, b := l.root(rapid.Int32Range(0, n-1).Draw(t, "a")), l.root(rapid.Int32Range(0, n-1).Draw(t, "b"))
			if a != b {
				l.merge(a, b, 0.1)
			}
		}
		for _, e := range edges {
			if a, b := l.root(e.a), l.root(e.b); a != b {
				sums[[2]int32{a, b}] += e.weight
				sums[[2]int32{b, a}] += e.weight
			}
		}
		for i := range int32(n) {
			if l.root(i) != i {
				continue
			}
			got, want := map[[2]int32]float32{}, map[[2]int32]float32{}
			l.gather(i)
			for _, e := range l.groups[i].links {
				got[[2]int32{i, e.group}] = e.sum
			}
			for k, sum := range sums {
				if k[0] == i {
					want[k] = sum
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// A large group kept the links of the highest mean, all of them to pairs that are closer and do not
// fit, and lost the other half of its story.
func TestCutKeepsWhatFits(t *testing.T) {
	const pairs = 600
	l := &linker{par: defaults, factor: 1, nodes: make([]node, 2+pairs), groups: make([]group, 2+pairs)}
	for i := range l.nodes {
		l.nodes[i] = node{parent: int32(i), size: 2, tight: math.Sqrt(0.22)}
		if i >= 2 {
			l.groups[0].links = append(l.groups[0].links, linkTo{int32(i), 0.065 * 100 * 2})
		}
	}
	for i := range 2 {
		l.nodes[i].size, l.nodes[i].tight = 100, math.Sqrt(0.08)
	}
	l.groups[0].links = append(l.groups[0].links, linkTo{1, 0.06 * 100 * 100})
	l.gather(0)
	if got := l.groups[0].links; len(got) != fewLinks || got[0].group != 1 {
		t.Errorf("%d links, the first to %d", len(got), got[0].group)
	}
}

// What is in doubt stays as it was: two articles that are a little too far off stay in the event that
// both were in, and two events that are a little too close stay two.
func TestDoubtChangesNothing(t *testing.T) {
	share := float32(defaults.ratio * defaults.prior) // of two lone articles
	for _, c := range []struct {
		weight float32
		seats  []seat
		one    bool
	}{
		{0.97 * share, nil, false},
		{0.97 * share, []seat{{1, 1}, {1, 1}}, true},
		{0.85 * share, []seat{{1, 1}, {1, 1}}, false},
		{1.03 * share, nil, true},
		{1.03 * share, []seat{{1, 1}, {2, 2}}, false},
		{1.03 * share, []seat{{1, 1}, {}}, false},
		{1.15 * share, []seat{{1, 1}, {2, 2}}, true},
	} {
		got, err := link(context.Background(), []float32{1, 1}, c.seats, edgeStore(2, []weightedPair{{0, 1, c.weight}}), defaults)
		if err != nil {
			t.Fatal(err)
		}
		if one := got.event[1] == got.event[0]; one != c.one {
			t.Errorf("weight %.4f, seats %v: one event: %v", c.weight, c.seats, one)
		}
	}
}
