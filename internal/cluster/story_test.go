package cluster

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

func storiesOf(t testing.TB, articles []StoryArticle, opt StoryOptions) []Story {
	stories, err := Stories(context.Background(), len(articles), func(i int) StoryArticle { return articles[i] }, background.Default(), opt)
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

func TestStorySeeds(t *testing.T) {
	set := storySeeds(t)
	stories := storiesOf(t, set.articles, StoryOptions{})
	if len(stories) != 1 {
		t.Fatalf("%d stories", len(stories))
	}
	s := stories[0]
	if len(s.Keywords) < 3 || len(s.Keywords) > storyKeywords {
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
		if !slices.ContainsFunc(set.articles, func(a StoryArticle) bool { return strings.Contains(a.Text, k) }) {
			t.Errorf("no article writes %q", k)
		}
	}
	if !strings.Contains(s.Headline, "Istanbul") {
		t.Errorf("headline %q", s.Headline)
	}
}

// TestStoryOrder finds the same stories with any number of workers and in any order of articles, labels and all.
func TestStoryOrder(t *testing.T) {
	set := storyUnion("all", storyPlant(400, 3), storySeeds(t))
	want := storiesOf(t, set.articles, StoryOptions{Workers: 1})
	if d := cmp.Diff(want, storiesOf(t, set.articles, StoryOptions{Workers: 8})); d != "" {
		t.Errorf("1 and 8 workers: %s", d)
	}
	perm := rand.New(rand.NewPCG(4, 5)).Perm(len(set.articles))
	mixed := make([]StoryArticle, len(perm))
	for to, from := range perm {
		mixed[to] = set.articles[from]
	}
	got := storiesOf(t, mixed, StoryOptions{Workers: 3})
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

func TestStoryNear(t *testing.T) {
	set := storyPlant(60, 6)
	for i := range set.articles {
		set.articles[i].Near = int32(i % 20) // three articles that have nothing in common
	}
	for _, s := range storiesOf(t, set.articles, StoryOptions{}) {
		for _, i := range s.Articles {
			if !slices.Contains(s.Articles, (i+20)%60) {
				t.Errorf("near-duplicates %d and %d are in two stories", i, (i+20)%60)
			}
		}
	}
}

func TestStoryWindow(t *testing.T) {
	set := storySeeds(t)
	for i := range set.articles {
		set.articles[i].Published = time.Date(2025, 5, 16+10*(i%2), 12, 0, 0, 0, time.UTC)
	}
	if n := len(storiesOf(t, set.articles, StoryOptions{})); n != 1 {
		t.Errorf("%d stories without a window", n)
	}
	stories := storiesOf(t, set.articles, StoryOptions{Window: 72 * time.Hour})
	if len(stories) != 2 || !slices.Equal(stories[0].Articles, []int{0, 2, 4}) {
		t.Errorf("with a window of three days: %v", stories)
	}
}

func TestStoryNothing(t *testing.T) {
	if s := storiesOf(t, nil, StoryOptions{}); len(s) != 0 {
		t.Errorf("%v", s)
	}
	articles := []StoryArticle{{Near: -1}, {Text: "the of and", Near: -1}, {Text: "…", Near: -1}, {Near: -1}, {Title: "One title", Near: -1}, {Text: strings.Repeat("word ", 50_000), Near: -1}}
	if s := storiesOf(t, articles, StoryOptions{}); len(s) != len(articles) {
		t.Errorf("articles without content share a story: %v", s)
	}
}

func TestStoryCancel(t *testing.T) {
	set := storyPlant(300, 7)
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := Stories(ctx, len(set.articles), func(i int) StoryArticle {
		if calls++; calls == 100 {
			cancel()
		}
		return set.articles[i]
	}, background.Default(), StoryOptions{Workers: 1})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestStoryProgress(t *testing.T) {
	set := storyPlant(200, 8)
	var last, total int64
	storiesOf(t, set.articles, StoryOptions{Progress: func(done, all int64) {
		if done < last || done > all {
			t.Errorf("%d of %d after %d", done, all, last)
		}
		last, total = done, all
	}})
	if last == 0 || last < total/2 {
		t.Errorf("ended at %d of %d", last, total)
	}
}

// TestStoryLink compares the merging with its definition, on small random graphs.
func TestStoryLink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "n")
		weight := make(map[[2]int]float64)
		var edges []storyEdge
		for a := range n {
			for b := a + 1; b < n; b++ {
				if w := rapid.IntRange(-200, 400).Draw(t, "weight"); w > 0 {
					edges = append(edges, storyEdge{int32(a), int32(b), float32(w) / 1000})
					weight[[2]int{a, b}] = float64(float32(w) / 1000)
				}
			}
		}
		got, err := storyLink(context.Background(), n, edges, storyDefaults)
		if err != nil {
			t.Fatal(err)
		}
		want := storySlowLink(n, weight, storyDefaults)
		for a := range n {
			for b := range n {
				if (got[a] == got[b]) != (want[a] == want[b]) {
					t.Fatalf("%v, want %v", got, want)
				}
			}
		}
	})
}

// storySlowLink merges by definition: all pairs of groups, their means computed anew each time.
func storySlowLink(n int, weight map[[2]int]float64, par storyParams) []int {
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

// TestStoryDot compares the inner product by table with one by map.
func TestStoryDot(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	vector := func(n int) (v storyVector) {
		for _, i := range rnd.Perm(3 * n)[:n] {
			v = append(v, storyTerm{uint32(i) << rnd.IntN(2), rnd.Float32() + 0.01})
		}
		slices.SortFunc(v, func(a, b storyTerm) int { return int(a.term) - int(b.term) })
		return slices.CompactFunc(v, func(a, b storyTerm) bool { return a.term == b.term })
	}
	var table storyTable
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

func TestStoryHeadline(t *testing.T) {
	long := "The minister, who had said the day before that nothing would change, announced on Tuesday, to the surprise of everyone in the room, that all of it would."
	for _, c := range []struct {
		a    StoryArticle
		want string
	}{
		{StoryArticle{Title: " A  title\n"}, "A title"},
		{StoryArticle{Title: "Storm closes three ports | The Daily Wave"}, "Storm closes three ports"},
		{StoryArticle{Title: "Storm closes three ports - Wave News", Text: "Ports were closed."}, "Storm closes three ports"},
		{StoryArticle{Title: "Storm closes port of Aden - officials", Text: "The port is closed, officials said."}, "Storm closes port of Aden - officials"},
		{StoryArticle{Text: "Storm closes ports\n\nThe ports are closed. All of them are."}, "Storm closes ports"},
		{StoryArticle{Text: long + " More."}, "The minister, who had said the day before that nothing would change, announced on Tuesday, to the surprise of everyone in the room …"},
		{StoryArticle{Text: "Prices , `` they 're down '' , did n't rise ( much ) ."}, "Prices, “they're down”, didn't rise (much)"},
		{StoryArticle{}, ""},
	} {
		if got, _ := storyHeadline(c.a); got != c.want {
			t.Errorf("%+v: %q, want %q", c.a, got, c.want)
		}
	}
}

func TestStoryKeywords(t *testing.T) {
	var articles []StoryArticle
	for i := range 3 {
		articles = append(articles, StoryArticle{Near: -1, Text: fmt.Sprintf("The port of Aden was closed by harbour master Layla Haddad on Monday. "+
			"A storm was near, and Haddad said that the harbours of Los Angeles and Wal-Mart would follow. In Los Angeles the prisoner exchange went on, "+
			"and Haddad spoke of a prisoner exchange, number %d.", i)})
	}
	s := storiesOf(t, articles, StoryOptions{})
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

// TestStoryCandidates looks up the places of a common term around an article.
func TestStoryCandidates(t *testing.T) {
	vectors := make([]storyVector, 2000)
	for i := range vectors {
		vectors[i] = storyVector{{7, 0.5}, {uint32(1000 + i/2), 0.4}}
	}
	ix := newStoryIndex(vectors)
	for _, unit := range []int32{0, 1, 300, 1000, 1999} {
		list := ix.of(7, unit)
		if len(list) != storyPostings || !slices.ContainsFunc(list, func(p storyPosting) bool { return p.unit == unit }) {
			t.Errorf("%d places around %d", len(list), unit)
		}
		var c storyCandidate
		found := ix.candidates(&c, vectors, int(unit))
		if len(found) != storyCandidates || !slices.Contains(found, unit^1) || slices.Contains(found, unit) {
			t.Errorf("candidates of %d: %v", unit, found)
		}
	}
	if l := ix.of(8, 0); len(l) != 0 {
		t.Errorf("a term that nobody has is in %v", l)
	}
}

func BenchmarkStoryVector(b *testing.B) {
	set := storyPlant(1000, 11)
	s := &storyRun{ctx: context.Background(), n: len(set.articles), at: func(i int) StoryArticle { return set.articles[i] }, bg: background.Default(), opt: StoryOptions{Workers: 1}, par: storyDefaults}
	if _, err := s.edges(); err != nil {
		b.Fatal(err)
	}
	s.counts = make([]uint32, 1<<16)
	bag := new(storyBag)
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
