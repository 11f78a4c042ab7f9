package story

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dedup/internal/quality/score"
)

// plant makes n articles of 250 words that tell planted stories: a story is 1 to 30 articles that
// share a dozen of rare words, among words of its subject (one of 200) and of a language with a
// natural frequency distribution. events holds the story of each.
func plant(n int, seed uint64) *labelled {
	rnd := rand.New(rand.NewPCG(seed, 1))
	words := make([]string, 80_000)
	for i := range words {
		words[i] = madeUp(i)
	}
	zipf := func() string { // the rank of a word is log-uniform
		return words[int(math.Exp(rnd.Float64()*math.Log(20_000)))]
	}
	set := &labelled{name: fmt.Sprintf("planted %d", n)}
	for len(set.articles) < n {
		size := min(1+int(rnd.ExpFloat64()*3), 30, n-len(set.articles))
		event := fmt.Sprint("planted/", len(set.articles))
		subject := rnd.IntN(200)
		day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rnd.IntN(365))
		var own [14]string
		for i := range own {
			own[i] = words[20_000+rnd.IntN(60_000)]
			if i < 5 {
				own[i] = strings.ToUpper(own[i][:1]) + own[i][1:]
			}
		}
		for range size {
			var b strings.Builder
			for w := range 250 {
				switch x := rnd.Float64(); {
				case x < 0.1:
					b.WriteString(own[rnd.IntN(len(own))])
				case x < 0.3:
					b.WriteString(words[(subject*300+int(rnd.ExpFloat64()*40))%20_000])
				default:
					b.WriteString(zipf())
				}
				b.WriteString(map[bool]string{true: ".\n", false: " "}[w%17 == 16])
			}
			set.articles = append(set.articles, Article{Text: b.String(), Published: day.AddDate(0, 0, rnd.IntN(3)), Near: -1})
			set.events = append(set.events, event)
			set.ids = append(set.ids, fmt.Sprint(len(set.ids)))
		}
	}
	return set
}

// madeUp is the i-th word of a made-up language.
func madeUp(i int) string {
	var b strings.Builder
	for i += 37; i > 0; i /= 90 {
		b.WriteByte("bcdfghjklmnprstvwz"[i%90/5])
		b.WriteByte("aeiou"[i%5])
	}
	return b.String()
}

// TestPlanted finds planted stories.
func TestPlanted(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 500
	}
	set := plant(n, 1)
	f := planted(t, set, set.find(t, Options{}))
	t.Logf("B-cubed precision %.4f, recall %.4f, F1 %.4f", f.Precision, f.Recall, f.F1)
	if f.F1 < 0.97 {
		t.Errorf("F1 is %.4f", f.F1)
	}
}

// oneStory makes n articles that share the 60 words of one story and little else: every other word
// is any of the seeds.
func oneStory(t testing.TB, n int) []Article {
	var rest []string
	for _, a := range seeds(t).articles {
		rest = append(rest, strings.Fields(strings.ToLower(a.Text))...)
	}
	slices.Sort(rest)
	rest = slices.Compact(rest)
	core := strings.Fields(`harbour bridge collapse engineers divers cable tower rescue ferry captain storm minister inquiry
		steel barge pilot tide survivors hospital police investigation witnesses traffic toll river concrete repair
		budget mayor cargo ship anchor wreck crane insurance victims families memorial safety inspection corrosion
		warning lawsuit contractor maintenance parliament opposition resign debris salvage navy sonar boats radio
		alarm helicopter crew ambulance tunnel coast`)
	rnd := rand.New(rand.NewPCG(4, 4))
	articles := make([]Article, n)
	for i := range articles {
		var b strings.Builder
		for range 150 {
			from := core
			if rnd.IntN(2) == 0 {
				from = rest
			}
			b.WriteString(from[rnd.IntN(len(from))])
			b.WriteByte(' ')
		}
		articles[i] = Article{Text: b.String(), Near: -1}
	}
	return articles
}

// A corpus of one story fell apart into pairs: what every article has said nothing, by the counts
// of the corpus itself.
func TestOneStory(t *testing.T) {
	for _, n := range []int{5, 30, 100, 1000, 5000} {
		res := told(t, oneStory(t, n), Options{NoLabels: true})
		if len(res.Events) > 1+n/1000 || len(res.Events[0].Articles) < n-n/1000 {
			t.Errorf("%d articles of one story: %d events, the first of %d", n, len(res.Events), len(res.Events[0].Articles))
		}
		if len(res.Stories) > 1+n/1000 {
			t.Errorf("%d articles of one story: %d stories", n, len(res.Stories))
		}
	}
}

// planted is the score of the events.
func planted(t testing.TB, set *labelled, res *Result) score.Ratio {
	group := make([]int32, len(set.articles))
	for k, e := range res.Events {
		for _, i := range e.Articles {
			group[i] = int32(k)
		}
	}
	return set.score(t, "planted", group)
}

// BenchmarkFind says how the time grows: 10,000 to 100,000 articles.
func BenchmarkFind(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		if n > 10_000 && testing.Short() {
			continue
		}
		set := plant(n, 2)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var f float64
			for b.Loop() {
				f = planted(b, set, set.find(b, Options{})).F1
			}
			b.ReportMetric(f, "F1")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/article")
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.Sys)/1e6, "MB")
		})
	}
}
