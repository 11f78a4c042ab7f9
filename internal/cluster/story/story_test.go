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
	"dedup/internal/text"
)

// told is what Find gives, once it is known to be two partitions, one inside the other.
func told(t testing.TB, articles []Article, opt Options) *Result {
	res, err := Find(context.Background(), len(articles), func(i int) Article { return articles[i] }, background.Default(), opt)
	if err != nil {
		t.Fatal(err)
	}
	partition(t, res.Events, len(articles))
	partition(t, res.Stories, len(articles))
	for k, s := range res.Stories {
		var all []int
		for i, e := range s.Events {
			all = append(all, res.Events[e].Articles...)
			if res.Events[e].Of != k {
				t.Errorf("event %d is of story %d, which is not %d", e, res.Events[e].Of, k)
			}
			if i > 0 {
				a, b := res.Events[s.Events[i-1]].First, res.Events[e].First
				if !b.IsZero() && (a.IsZero() || a.After(b)) {
					t.Errorf("the events of story %d are out of order: %v after %v", k, b, a)
				}
			}
		}
		slices.Sort(all)
		if !slices.Equal(all, s.Articles) {
			t.Errorf("story %d has articles %v, its events %v", k, s.Articles, all)
		}
	}
	return res
}

func partition(t testing.TB, stories []Story, n int) {
	seen := make([]bool, n)
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
}

func TestSeeds(t *testing.T) {
	set := seeds(t)
	stories := told(t, set.articles, Options{}).Events
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
	if s.Strength <= 0 || s.Strength > 1 {
		t.Errorf("strength %g", s.Strength)
	}
}

// TestOrder finds the same stories with any number of workers and in any order of articles, labels
// and all.
func TestOrder(t *testing.T) {
	set := union("all", plant(400, 3), seeds(t))
	want := told(t, set.articles, Options{Workers: 1})
	if d := cmp.Diff(want, told(t, set.articles, Options{Workers: 8})); d != "" {
		t.Errorf("1 and 8 workers: %s", d)
	}
	perm := rand.New(rand.NewPCG(4, 5)).Perm(len(set.articles))
	mixed := make([]Article, len(perm))
	for to, from := range perm {
		mixed[to] = set.articles[from]
	}
	got := told(t, mixed, Options{Workers: 3}).Events
	for k := range got {
		for i, a := range got[k].Articles {
			got[k].Articles[i] = perm[a]
		}
		slices.Sort(got[k].Articles)
		got[k].Of = 0
	}
	for k := range want.Events {
		want.Events[k].Of = 0
	}
	slices.SortFunc(got, func(a, b Story) int { return a.Articles[0] - b.Articles[0] })
	if d := cmp.Diff(want.Events, got); d != "" {
		t.Errorf("another order: %s", d)
	}
}

// TestMemory finds the same stories to the bit with bags and vectors in memory and in a file, and
// with the units in one block and in many.
func TestMemory(t *testing.T) {
	set := union("all", plant(1500, 12), seeds(t))
	want := told(t, set.articles, Options{Workers: 2})
	for _, opt := range []Options{
		{Workers: 2, Memory: 1 << 16, Tmp: t.TempDir()},
		{Workers: 3, Memory: 1, Tmp: t.TempDir()},
		{Workers: 2, blockPlaces: 1},
		{Workers: 1, blockPlaces: 7, Memory: 1, Tmp: t.TempDir()},
	} {
		if d := cmp.Diff(want, told(t, set.articles, opt)); d != "" {
			t.Errorf("memory %d, blocks of %d places: %s", opt.Memory, opt.blockPlaces, d)
		}
	}
}

// A temporary directory that is not there is an error that names it.
func TestNoTmp(t *testing.T) {
	set := plant(100, 13)
	_, err := Find(context.Background(), len(set.articles), set.at, background.Default(), Options{Memory: 1, Tmp: "not/there"})
	if err == nil || !strings.Contains(err.Error(), "not/there") {
		t.Errorf("%v", err)
	}
}

func TestNear(t *testing.T) {
	set := plant(60, 6)
	for i := range set.articles {
		set.articles[i].Near = int32(i % 20) // three articles that have nothing in common
	}
	for _, s := range told(t, set.articles, Options{}).Events {
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
	if n := len(told(t, set.articles, Options{}).Events); n != 1 {
		t.Errorf("%d stories without a window", n)
	}
	res := told(t, set.articles, Options{Window: 72 * time.Hour})
	if len(res.Stories) != 2 || !slices.Equal(res.Stories[0].Articles, []int{0, 2, 4}) {
		t.Errorf("with a window of three days: %v", res.Stories)
	}
}

func TestNothing(t *testing.T) {
	if res := told(t, nil, Options{}); len(res.Events)+len(res.Stories) != 0 {
		t.Errorf("%v", res)
	}
	articles := []Article{{Near: -1}, {Text: "the of and", Near: -1}, {Text: "…", Near: -1}, {Near: -1}, {Title: "One title", Near: -1}, {Text: strings.Repeat("word ", 50_000), Near: -1}}
	if s := told(t, articles, Options{}).Stories; len(s) != len(articles) {
		t.Errorf("articles without content share a story: %v", s)
	}
}

// An article without a text is its title: it tells the story of others with that title.
func TestTitleForText(t *testing.T) {
	title := "Harbour master Layla Haddad closes the port of Aden"
	articles := []Article{{Title: title, Near: -1}, {Text: title, Near: -1}, {Title: title, Text: title, Near: -1}, {Title: "Grain prices fall in Chicago", Near: -1}}
	res := told(t, articles, Options{})
	if len(res.Events) != 2 || len(res.Events[0].Articles) != 3 {
		t.Errorf("%v", res.Events)
	}
}

// What a source prints on all its pages joined articles that had nothing else in common.
func TestFurniture(t *testing.T) {
	line := "Sign up for the Harbour Courier newsletter of Editor Layla Haddad and win a Wanderlust voucher from Quayside Travel in Aden"
	set := plant(40, 14)
	for i := range set.articles {
		a := &set.articles[i]
		a.Source, a.Title = "courier", "News - Harbour Courier Aden"
		a.Text = line + "\n" + a.Text[:strings.LastIndexByte(a.Text[:200], ' ')] + "\n" + line
	}
	s := newRun(context.Background(), len(set.articles), set.at, background.Default(), Options{Workers: 1}, defaults)
	if err := errors.Join(s.findUnits(), s.findFurniture()); err != nil {
		t.Fatal(err)
	}
	if got := s.furniture.title("courier", set.articles[0].Title); got != "News" {
		t.Errorf("title %q", got)
	}
	word := text.AppendTokens(nil, "newsletter")[0].Hash
	var b bag
	s.fill(&b, set.articles[0])
	for _, k := range b.used {
		if b.slots[k].term == uint32(word>>32)&^1 {
			t.Error("a word of furniture is in the bag")
		}
	}
	f := &furniture{cells: make([]uint32, 64), mask: 1023}
	if got := f.title("", "News - Harbour Courier Aden"); got != "News - Harbour Courier Aden" {
		t.Errorf("without a source: %q", got)
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
	told(t, set.articles, Options{Progress: func(done, all int64) {
		if done < last || done > all {
			t.Errorf("%d of %d after %d", done, all, last)
		}
		last, total = done, all
	}})
	if last == 0 || last < total/2 {
		t.Errorf("ended at %d of %d", last, total)
	}
}

// TestWeight compares the weight of a pair by table with one by map.
func TestWeight(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	vector := func(n int) (v []uint64) {
		for _, i := range rnd.Perm(3 * n)[:n] {
			v = append(v, uint64(i*77777)<<32|rnd.Uint64()&math.MaxUint32)
		}
		return v
	}
	var table table
	for n := range 60 {
		v, w := vector(n), vector(n/2+1)
		table.load(v)
		want := 0.0
		for _, x := range v {
			for _, y := range w {
				if a, b := weighed(x), weighed(y); a.term() == b.term() {
					want += 0.5*float64(a.all()*b.all())/allOne/allOne + 0.3*float64(a.opening()*b.opening())/smallOne/smallOne + 0.2*float64(a.title()*b.title())/smallOne/smallOne
				}
			}
		}
		if got := float64(table.weight(w, [3]float64{0.5, 0.3, 0.2})); math.Abs(got-want) > 1e-4 {
			t.Errorf("%d terms: %f, want %f", n, got, want)
		}
	}
}

// TestCounts counts more than a cell holds, in any order.
func TestCounts(t *testing.T) {
	c := newCounts(1)
	for range 1000 {
		c.addTerm(7, c.cells[7/4])
	}
	c.addTerm(8, 0)
	if c.of(7) != 1000 || c.of(8) != 1 || c.of(9) != 0 {
		t.Error(c.of(7), c.of(8), c.of(9))
	}
}

func TestLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.Uint64(), rapid.ID).Draw(t, "list")
		n := rapid.IntRange(0, 20).Draw(t, "n")
		want := slices.Sorted(slices.Values(list))
		least(list, n)
		got := slices.Sorted(slices.Values(list[:min(n, len(list))]))
		if !slices.Equal(got, want[:min(n, len(list))]) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// TestCandidates looks back at the nearest places of a common term.
func TestCandidates(t *testing.T) {
	vectors := make([][]uint64, 2000)
	for i := range vectors {
		vectors[i] = []uint64{7<<32 | 9000<<18, uint64(1000+i/2)<<32 | 8000<<18}
	}
	share := defaults.channels
	ix := newIndex(0, vectors, share)
	k := seeker{sums: make([]uint32, len(vectors))}
	for _, unit := range []int{0, 1, 300, 1000, 1999} {
		var f finds
		f.load(nil)
		ix.seek(&k, unit, vectors[unit], share, &f, func(int) bool { return true })
		if len(f.best) != min(unit, candidates) {
			t.Errorf("%d candidates of %d", len(f.best), unit)
		}
		for _, c := range f.best {
			if int(c.unit) >= unit || int(c.unit) < unit-postings {
				t.Errorf("%d is a candidate of %d", c.unit, unit)
			}
		}
		if unit%2 == 1 && !slices.ContainsFunc(f.best, func(c scored) bool { return int(c.unit) == unit-1 }) {
			t.Errorf("%d does not find the one that it shares a term with", unit)
		}
	}
	ix.buckets(&k.buckets, []uint64{8 << 32})
	if l := ix.of(&k.buckets[0], 8); len(l) != 0 {
		t.Errorf("a term that nobody has is in %v", l)
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
	s := told(t, articles, Options{}).Stories
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
