package near

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// feedNear gives the articles to workers in batches of the given size, and the engine to the test.
func feedNear(t testing.TB, opt Options, docs [][]text.Token, workers, batch int) *Finder {
	t.Helper()
	n, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	feedInto(n, docs, workers, batch)
	return n
}

func feedInto(n *Finder, docs [][]text.Token, workers, batch int) {
	var wait sync.WaitGroup
	for g := range workers {
		w := n.Worker()
		wait.Go(func() {
			for seq := g; seq*batch < len(docs); seq += workers { // dealt out, so that each has its share on a busy machine too
				for i := seq * batch; i < min(len(docs), (seq+1)*batch); i++ {
					w.Add(seq, docs[i])
				}
			}
		})
	}
	wait.Wait()
}

func pairs(t testing.TB, n *Finder) []Edge {
	t.Helper()
	var out []Edge
	if err := n.Pairs(context.Background(), func(e Edge) error { out = append(out, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// bruteEdges compares every article with every other that shares a shingle.
func bruteEdges(n *Finder, docs [][]text.Token) []Edge {
	sets := make([][]uint64, len(docs))
	post := map[uint64][]int32{}
	for i, d := range docs {
		sets[i] = shingle.Set(shingle.Append(nil, d, n.opt.Shingle))
		for _, h := range sets[i] {
			post[h] = append(post[h], int32(i))
		}
	}
	var out []Edge
	shared := make([]int, len(docs))
	for i, set := range sets {
		var met []int32
		for _, h := range set {
			for _, j := range post[h] {
				if int(j) > i {
					if shared[j]++; shared[j] == 1 {
						met = append(met, j)
					}
				}
			}
		}
		slices.Sort(met)
		for _, j := range met {
			e := Edge{int32(i), j, int32(len(set)), int32(len(sets[j])), int32(shared[j])}
			shared[j] = 0
			if _, ok := n.judge.Near(e); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// corpus draws articles from few words so that all kinds of overlap come about: copies, cut copies,
// appended text, one in another.
func corpus(t *rapid.T) [][]text.Token {
	word := rapid.Uint64Range(1, 400)
	var docs [][]text.Token
	for range rapid.IntRange(0, 40).Draw(t, "articles") {
		var d []text.Token
		if len(docs) > 0 && rapid.Bool().Draw(t, "copy") {
			d = slices.Clone(rapid.SampledFrom(docs).Draw(t, "of"))
			for range rapid.IntRange(0, 6).Draw(t, "edits") {
				if len(d) > 0 {
					d[rapid.IntRange(0, len(d)-1).Draw(t, "place")] = token(word.Draw(t, "word"))
				}
			}
			d = d[rapid.IntRange(0, len(d)/3).Draw(t, "cut"):]
		}
		for range rapid.SampledFrom([]int{0, 0, 1, 5, 30, 300}).Draw(t, "more") {
			d = append(d, token(word.Draw(t, "word")))
		}
		if k := min(len(d), 8); k > 0 && rapid.IntRange(0, 4).Draw(t, "repeat") == 0 {
			d = slices.Concat(slices.Repeat(d[:k], 10), d)
		}
		docs = append(docs, d)
	}
	return docs
}

func token(word uint64) text.Token { return text.Token{Hash: word * 0x9e3779b97f4a7c15} }

func TestPairsAreThoseOfBruteForce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		docs := corpus(rt)
		opt := Options{
			Threshold: rapid.SampledFrom([]float64{0.7, 0.5, 0.2, 0.9, 1}).Draw(rt, "threshold"),
			Workers:   rapid.IntRange(1, 4).Draw(rt, "workers"),
			Memory:    rapid.SampledFrom([]int64{0, 1 << 10}).Draw(rt, "memory"),
			Tmp:       t.TempDir(),
		}
		n, err := New(opt)
		if err != nil {
			rt.Fatal(err)
		}
		defer n.Close()
		feedInto(n, docs, opt.Workers, 3)
		if diff := cmp.Diff(bruteEdges(n, docs), pairs(t, n)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// Every member verifies against its canonical, no canonical against another, and an article that
// verifies against none is alone.
func TestClustersHaveNoChains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		docs := corpus(rt)
		rank := make([]int32, len(docs))
		for i, r := range rapid.Permutation(slices.Collect(func(yield func(int32) bool) {
			for i := range docs {
				if !yield(int32(i)) {
					return
				}
			}
		})).Draw(rt, "rank") {
			rank[i] = r
		}
		var first []Cluster
		for _, workers := range []int{1, 3} {
			n, err := New(Options{Workers: workers, Memory: int64(workers-1) << 10, Tmp: t.TempDir()})
			if err != nil {
				rt.Fatal(err)
			}
			defer n.Close()
			feedInto(n, docs, workers, 3)
			got, err := n.Clusters(context.Background(), rank)
			if err != nil {
				rt.Fatal(err)
			}
			if workers == 1 {
				first = got
				checkClusters(rt, n.judge, bruteEdges(n, docs), got, rank)
			} else if diff := cmp.Diff(first, got); diff != "" {
				rt.Fatal("another number of workers, another result: ", diff)
			}
		}
	})
}

// checkClusters holds clusters against all edges and the rule of keep.go.
func checkClusters(t *rapid.T, judge Judge, edges []Edge, got []Cluster, rank []int32) {
	verified := map[[2]int32]Edge{}
	for _, e := range edges {
		verified[[2]int32{e.A, e.B}], verified[[2]int32{e.B, e.A}] = e, e.flip()
	}
	canonical := make([]int32, len(rank))
	for i := range canonical {
		canonical[i] = int32(i)
	}
	for _, c := range got {
		y := c.Members[0].Article
		for _, m := range c.Members[1:] {
			canonical[m.Article] = y
			e, ok := verified[[2]int32{m.Article, y}]
			rule, goes := judge.Goes(e)
			if !ok || !goes || e.Resemblance() != m.Resemblance || rule != m.Rule {
				t.Fatalf("member %v of %d: edge %v, %v, goes %v by %v", m, y, e, ok, goes, rule)
			}
			if float64(e.NA) > float64(e.NB)/judge.Threshold {
				t.Fatalf("member %v of %d is longer than its canonical allows: %v", m, y, e)
			}
		}
	}
	for _, e := range edges {
		if canonical[e.A] == e.A && canonical[e.B] == e.B {
			t.Fatalf("canonicals %d and %d verify against each other", e.A, e.B)
		}
	}
	if diff := cmp.Diff(keepSlowly(judge, verified, rank), canonical); diff != "" {
		t.Fatal("not what the rule says: ", diff)
	}
}

// keepSlowly is the rule of keep.go with all edges at hand: the canonical of each article.
func keepSlowly(judge Judge, verified map[[2]int32]Edge, rank []int32) []int32 {
	n := int32(len(rank))
	of := make([]int32, n) // -1: to be taken
	for i := range of {
		of[i] = -1
	}
	order := make([]int32, n)
	for i, at := range rank {
		order[at] = int32(i)
	}
	for again := true; again; {
		again = false
		superseded := map[int32]bool{}
		for _, x := range order {
			if of[x] >= 0 || superseded[x] {
				continue
			}
			best := int32(-1)
			for _, y := range order {
				e, near := verified[[2]int32{x, y}]
				if _, goes := judge.Goes(e); near && goes && of[y] == y && (best < 0 || e.Resemblance() > verified[[2]int32{x, best}].Resemblance()) {
					best = y
				}
			}
			if of[x] = best; best >= 0 {
				continue
			}
			of[x] = x
			for y := range n {
				if _, near := verified[[2]int32{x, y}]; near && of[y] == y {
					of[y], superseded[y], again = -1, true, true
				}
			}
		}
		for x := range n {
			if of[x] >= 0 && superseded[of[x]] {
				of[x] = -1
			}
		}
	}
	return of
}

// What does not fit memory goes through temporary files, with the same result, and nothing is left
// behind.
func TestSpilledIsTheSame(t *testing.T) {
	docs := families(3000)
	want := pairs(t, feedNear(t, Options{}, docs, 2, 10))
	tmp := t.TempDir()
	n := feedNear(t, Options{Memory: 1 << 20, Tmp: tmp}, docs, 2, 10)
	if diff := cmp.Diff(want, pairs(t, n)); diff != "" {
		t.Error(diff)
	}
	if len(n.pool.files) < 4 {
		t.Error("nothing was spilled")
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
}

// The route by fingerprints finds the pairs that are edges and whose fingerprints are within the
// distance, and twins, no others; in memory and past it.
func TestSimhashFindsWhatIsWithinTheDistance(t *testing.T) {
	docs := families(3000)
	k := sketch.NewSketcher(sketch.Default)
	var prints []uint64
	for _, d := range docs {
		p, _ := k.Fingerprint(d)
		prints = append(prints, p)
	}
	exact := pairs(t, feedNear(t, Options{}, docs, 2, 10))
	want := slices.DeleteFunc(slices.Clone(exact), func(e Edge) bool {
		return !slices.Equal(docs[e.A], docs[e.B]) && sketch.Distance(prints[e.A], prints[e.B]) > distance
	})
	if len(want) == 0 || len(want) == len(exact) {
		t.Fatalf("%d of %d pairs are within the distance", len(want), len(exact))
	}
	for _, opt := range []Options{{Simhash: true}, {Simhash: true, Memory: 1 << 20, Tmp: t.TempDir()}} {
		if diff := cmp.Diff(want, pairs(t, feedNear(t, opt, docs, 2, 10))); diff != "" {
			t.Error(diff)
		}
	}
}

// Copies of one page with a word of their own each cost linear time by fingerprints too.
func TestSimhashOfCopiesCostsLinearTime(t *testing.T) {
	page := tokens(running(rand.New(rand.NewPCG(1, 1)), 400))
	docs := make([][]text.Token, 20_000)
	for i := range docs {
		docs[i] = append(slices.Clone(page), token(uint64(i)+1<<40))
	}
	n := feedNear(t, Options{Simhash: true}, docs, 2, 100)
	got, err := n.Clusters(context.Background(), nil)
	if err != nil || len(got) == 0 {
		t.Fatalf("%d clusters, %v", len(got), err)
	}
	if k := len(n.found.other); k > 40*hotArticles*len(docs) {
		t.Errorf("%d candidates", k)
	}
}

// families makes articles of which two thirds are changed copies of earlier ones.
func families(n int) [][]text.Token {
	r := rand.New(rand.NewPCG(1, 2))
	var docs [][]text.Token
	for i := range n {
		var d []text.Token
		if i%3 > 0 {
			d = slices.Clone(docs[r.IntN(len(docs))])
			for range r.IntN(9) {
				d[r.IntN(len(d))] = token(r.Uint64N(5000))
			}
		} else {
			for range 40 + r.IntN(300) {
				d = append(d, token(r.Uint64N(5000)))
			}
		}
		docs = append(docs, d)
	}
	return docs
}

func TestProgressEndsWithEachPass(t *testing.T) {
	passes, last := 0, int64(0)
	n := feedNear(t, Options{Progress: func(done, total int64) {
		if done < 1 || done > total || done < last {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		if last = done; done == total {
			passes, last = passes+1, 0
		}
	}}, families(500), 1, 10)
	pairs(t, n)
	if passes < 4 {
		t.Error(passes, "passes")
	}
}
