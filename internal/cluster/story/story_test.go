package story

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/background"
)

func storiesOf(t testing.TB, articles []Article, opt Options) []Story {
	stories, err := Find(context.Background(), len(articles), func(i int) Article { return articles[i] }, background.Default(), opt)
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]bool, len(articles))
	for k, s := range stories {
		if k > 0 && stories[k-1].Articles[0] >= s.Articles[0] || !slices.IsSorted(s.Articles) {
			t.Errorf("story %d is out of order: %v", k, s.Articles)
		}
		for _, i := range s.Articles {
			if seen[i] {
				t.Errorf("article %d is in two stories", i)
			}
			seen[i] = true
		}
	}
	if slices.Contains(seen, false) {
		t.Error("an article is in no story")
	}
	return stories
}

func TestSeeds(t *testing.T) {
	set := seeds(t)
	stories := storiesOf(t, set.articles, Options{})
	if len(stories) != 1 {
		t.Fatalf("%d stories", len(stories))
	}
	s := stories[0]
	if len(s.Keywords) < 3 || len(s.Keywords) > keywords {
		t.Errorf("keywords %q", s.Keywords)
	}
	seen := map[string]bool{}
	for _, k := range s.Keywords {
		for w := range strings.FieldsSeq(strings.ToLower(k)) {
			if seen[w] {
				t.Errorf("%q twice in %q", w, s.Keywords)
			}
			seen[w] = true
		}
		if !slices.ContainsFunc(set.articles, func(a Article) bool { return strings.Contains(a.Text, k) }) {
			t.Errorf("no article writes %q", k)
		}
	}
	if !strings.Contains(s.Headline, "Istanbul") {
		t.Errorf("headline %q", s.Headline)
	}
}

// TestOrder finds the same stories with any number of workers and in any order of articles, labels
// and all.
func TestOrder(t *testing.T) {
	set := union("all", plant(400, 3), seeds(t))
	want := storiesOf(t, set.articles, Options{Workers: 1})
	if d := cmp.Diff(want, storiesOf(t, set.articles, Options{Workers: 8})); d != "" {
		t.Errorf("1 and 8 workers: %s", d)
	}
	perm := rand.New(rand.NewPCG(4, 5)).Perm(len(set.articles))
	mixed := make([]Article, len(perm))
	for to, from := range perm {
		mixed[to] = set.articles[from]
	}
	got := storiesOf(t, mixed, Options{Workers: 3})
	for k := range got {
		for i, a := range got[k].Articles {
			got[k].Articles[i] = perm[a]
		}
		slices.Sort(got[k].Articles)
	}
	slices.SortFunc(got, func(a, b Story) int { return a.Articles[0] - b.Articles[0] })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("another order: %s", d)
	}
}

func TestNear(t *testing.T) {
	set := plant(60, 6)
	for i := range set.articles {
		set.articles[i].Near = int32(i % 20) // three articles that have nothing in common
	}
	for _, s := range storiesOf(t, set.articles, Options{}) {
		for _, i := range s.Articles {
			if !slices.Contains(s.Articles, (i+20)%60) {
				t.Errorf("near-duplicates %d and %d are in two stories", i, (i+20)%60)
			}
		}
	}
}

func TestWindow(t *testing.T) {
	set := seeds(t)
	for i := range set.articles {
		set.articles[i].Published = time.Date(2025, 5, 16+10*(i%2), 12, 0, 0, 0, time.UTC)
	}
	if n := len(storiesOf(t, set.articles, Options{})); n != 1 {
		t.Errorf("%d stories without a window", n)
	}
	stories := storiesOf(t, set.articles, Options{Window: 72 * time.Hour})
	if len(stories) != 2 || !slices.Equal(stories[0].Articles, []int{0, 2, 4}) {
		t.Errorf("with a window of three days: %v", stories)
	}
}

func TestNothing(t *testing.T) {
	if s := storiesOf(t, nil, Options{}); len(s) != 0 {
		t.Errorf("%v", s)
	}
	articles := []Article{{Near: -1}, {Text: "the of and", Near: -1}, {Text: "…", Near: -1}, {Near: -1}, {Title: "One title", Near: -1}, {Text: strings.Repeat("word ", 50_000), Near: -1}}
	if s := storiesOf(t, articles, Options{}); len(s) != len(articles) {
		t.Errorf("articles without content share a story: %v", s)
	}
}

func TestCancel(t *testing.T) {
	set := plant(300, 7)
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := Find(ctx, len(set.articles), func(i int) Article {
		if calls++; calls == 100 {
			cancel()
		}
		return set.articles[i]
	}, background.Default(), Options{Workers: 1})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestProgress(t *testing.T) {
	set := plant(200, 8)
	var last, total int64
	storiesOf(t, set.articles, Options{Progress: func(done, all int64) {
		if done < last || done > all {
			t.Errorf("%d of %d after %d", done, all, last)
		}
		last, total = done, all
	}})
	if last == 0 || last < total/2 {
		t.Errorf("ended at %d of %d", last, total)
	}
}

// TestLink compares the merging with its definition, on small random graphs.
func TestLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "n")
		weight := make(map[[2]int]float64)
		var edges []edge
		for a := range n {
			for b := a + 1; b < n; b++ {
				if w := rapid.IntRange(-200, 400).Draw(t, "weight"); w > 0 {
					edges = append(edges, edge{int32(a), int32(b), float32(w) / 1000})
					weight[[2]int{a, b}] = float64(float32(w) / 1000)
				}
			}
		}
		got, err := link(context.Background(), n, edges, defaults)
		if err != nil {
			t.Fatal(err)
		}
		want := slowLink(n, weight, defaults)
		for a := range n {
			for b := range n {
				if (got[a] == got[b]) != (want[a] == want[b]) {
					t.Fatalf("%v, want %v", got, want)
				}
			}
		}
	})
}

// slowLink merges by definition: all pairs of groups, their means computed anew each time.
func slowLink(n int, weight map[[2]int]float64, par params) []int {
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
		return (mean(x, x)*float64(len(x)*len(x))/2 + par.prior*par.priorPairs) / (pairs + par.priorPairs)
	}
	for {
		best, bi, bj := 0.0, -1, -1
		for j := range groups {
			for i := range j {
				if groups[i] == nil || groups[j] == nil {
					continue
				}
				m := mean(groups[i], groups[j])
				share := par.ratio + par.grow*(1-1/float64(min(len(groups[i]), len(groups[j]))))
				if m > 0 && m >= share*math.Sqrt(cohesion(groups[i])*cohesion(groups[j])) && (m > best+1e-6 || bi < 0 || m > best-1e-6 && i < bi) {
					best, bi, bj = m, i, j
				}
			}
		}
		if bi < 0 {
			break
		}
		groups = append(groups, slices.Concat(groups[bi], groups[bj]))
		groups[bi], groups[bj] = nil, nil
	}
	out := make([]int, n)
	for g, members := range groups {
		for _, i := range members {
			out[i] = g
		}
	}
	return out
}

// TestDot compares the inner product by table with one by map.
func TestDot(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	vector := func(n int) (v vector) {
		for _, i := range rnd.Perm(3 * n)[:n] {
			v = append(v, term{uint32(i) << rnd.IntN(2), rnd.Float32() + 0.01})
		}
		slices.SortFunc(v, func(a, b term) int { return int(a.term) - int(b.term) })
		return slices.CompactFunc(v, func(a, b term) bool { return a.term == b.term })
	}
	var table table
	for n := range 60 {
		v, w := vector(n), vector(n/2+1)
		table.load(v)
		weights := map[uint32]float64{}
		for _, x := range v {
			weights[x.term] = float64(x.weight)
		}
		want := 0.0
		for _, x := range w {
			want += weights[x.term] * float64(x.weight)
		}
		if got := float64(table.dot(w)); math.Abs(got-want) > 1e-4 {
			t.Errorf("%d terms: %f, want %f", n, got, want)
		}
	}
}

func TestHeadline(t *testing.T) {
	long := "The minister, who had said the day before that nothing would change, announced on Tuesday, to the surprise of everyone in the room, that all of it would."
	for _, c := range []struct {
		a    Article
		want string
	}{
		{Article{Title: " A  title\n"}, "A title"},
		{Article{Title: "Storm closes three ports | The Daily Wave"}, "Storm closes three ports"},
		{Article{Title: "Storm closes three ports - Wave News", Text: "Ports were closed."}, "Storm closes three ports"},
		{Article{Title: "Storm closes port of Aden - officials", Text: "The port is closed, officials said."}, "Storm closes port of Aden - officials"},
		{Article{Text: "Storm closes ports\n\nThe ports are closed. All of them are."}, "Storm closes ports"},
		{Article{Text: long + " More."}, "The minister, who had said the day before that nothing would change, announced on Tuesday, to the surprise of everyone in the room …"},
		{Article{Text: "Prices , `` they 're down '' , did n't rise ( much ) ."}, "Prices, “they're down”, didn't rise (much)"},
		{Article{}, ""},
	} {
		if got, _ := headline(c.a); got != c.want {
			t.Errorf("%+v: %q, want %q", c.a, got, c.want)
		}
	}
}

func TestKeywords(t *testing.T) {
	var articles []Article
	for i := range 3 {
		articles = append(articles, Article{Near: -1, Text: fmt.Sprintf("The port of Aden was closed by harbour master Layla Haddad on Monday. "+
			"A storm was near, and Haddad said that the harbours of Los Angeles and Wal-Mart would follow. In Los Angeles the prisoner exchange went on, "+
			"and Haddad spoke of a prisoner exchange, number %d.", i)})
	}
	s := storiesOf(t, articles, Options{})
	if len(s) != 1 {
		t.Fatalf("%d stories", len(s))
	}
	for _, want := range []string{"Layla Haddad", "Los Angeles", "prisoner exchange"} {
		if !slices.Contains(s[0].Keywords, want) {
			t.Errorf("%q is not in %q", want, s[0].Keywords)
		}
	}
	for _, k := range s[0].Keywords {
		if slices.Contains([]string{"Monday", "Haddad", "Angeles", "the"}, k) {
			t.Errorf("%q is in %q", k, s[0].Keywords)
		}
	}
}

// TestCandidates looks up the places of a common term around an article.
func TestCandidates(t *testing.T) {
	vectors := make([]vector, 2000)
	for i := range vectors {
		vectors[i] = vector{{7, 0.5}, {uint32(1000 + i/2), 0.4}}
	}
	ix := newIndex(vectors)
	for _, unit := range []int32{0, 1, 300, 1000, 1999} {
		list := ix.of(7, unit)
		if len(list) != postings || !slices.ContainsFunc(list, func(p posting) bool { return p.unit == unit }) {
			t.Errorf("%d places around %d", len(list), unit)
		}
		var c candidate
		found := ix.candidates(&c, vectors, int(unit))
		if len(found) != candidates || !slices.Contains(found, unit^1) || slices.Contains(found, unit) {
			t.Errorf("candidates of %d: %v", unit, found)
		}
	}
	if l := ix.of(8, 0); len(l) != 0 {
		t.Errorf("a term that nobody has is in %v", l)
	}
}

func BenchmarkVector(b *testing.B) {
	set := plant(1000, 11)
	s := &run{ctx: context.Background(), n: len(set.articles), at: func(i int) Article { return set.articles[i] }, bg: background.Default(), opt: Options{Workers: 1}, par: defaults}
	if _, err := s.edges(); err != nil {
		b.Fatal(err)
	}
	s.counts = make([]uint32, 1<<16)
	bag := new(bag)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		a := set.articles[n%len(set.articles)]
		n++
		s.fill(bag, a)
		s.vector(bag)
	}
	b.SetBytes(int64(len(set.articles[0].Text)))
}
