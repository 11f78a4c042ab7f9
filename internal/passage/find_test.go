package passage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dedup/internal/article"
	"dedup/internal/text"

	"pgregory.net/rapid"
)

// plain makes articles without source, story or cluster.
func plain(texts []string) func(i int) Article {
	return func(i int) Article { return Article{Text: texts[i], Story: -1, Near: -1} }
}

// mixed makes a corpus with copies of every kind: exact, edited, whole articles, boilerplate.
func mixed(n int) []string {
	l := newLanguage(9)
	tail := l.text(14)
	var pool [][]string
	return articlesOf(n, func(i int) []string {
		words := l.text(120 + l.rng.IntN(200))
		switch {
		case i%7 == 3:
			words = slices.Clone(pool[l.rng.IntN(len(pool))])
		case i%7 == 5:
			words = l.edit(pool[l.rng.IntN(len(pool))], 0.05)
		case i%3 == 1:
			from := pool[l.rng.IntN(len(pool))]
			at := l.rng.IntN(len(from) - 40)
			words = slices.Concat(words, l.edit(from[at:at+40], 0.1*float64(l.rng.IntN(3))))
		}
		if i%4 == 0 {
			words = slices.Concat(words, tail)
		}
		pool = append(pool, words)
		return words
	})
}

// result is all that a search gives.
type result struct {
	Matches  []Match
	Passages []Passage
}

// search looks for matches and for passages.
func search(ctx context.Context, n int, at func(i int) Article, opt Options) (r *result, err error) {
	r = &result{}
	if r.Matches, err = allMatches(ctx, n, at, opt); err != nil {
		return nil, err
	}
	r.Passages, err = Find(ctx, n, at, opt)
	return r, err
}

func allMatches(ctx context.Context, n int, at func(i int) Article, opt Options) (ms []Match, err error) {
	err = Matches(ctx, n, at, opt, func(m Match) error {
		ms = append(ms, m)
		return nil
	})
	return ms, err
}

// TestSameResult wants the same from any number of workers, and from so little memory that
// everything spills.
func TestSameResult(t *testing.T) {
	texts := mixed(600)
	var want *result
	for _, opt := range []Options{{Workers: 1}, {Workers: 2}, {Workers: 7}, {Workers: 3, Memory: 100_000}} {
		opt.Tmp = t.TempDir()
		got, err := search(context.Background(), len(texts), plain(texts), opt)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
			if len(want.Matches) < 100 || len(want.Passages) < 50 {
				t.Fatalf("%d matches, %d passages", len(want.Matches), len(want.Passages))
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: %d matches and %d passages, want %d and %d", opt, len(got.Matches), len(got.Passages), len(want.Matches), len(want.Passages))
		}
		if left, err := os.ReadDir(opt.Tmp); err != nil || len(left) != 0 {
			t.Errorf("%+v: left behind %v, %v", opt, left, err)
		}
	}
}

// TestInvariants holds what Match and Passage promise.
func TestInvariants(t *testing.T) {
	texts := mixed(300)
	var calls int
	var last int64
	r, err := search(context.Background(), len(texts), plain(texts), Options{Progress: func(done, total int64) {
		if last == total { // of the matches: the passages begin
			last = 0
		}
		if calls++; done < last || done > total {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last = done
	}})
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 || last != 4*int64(len(texts)) {
		t.Errorf("progress ended at %d", last)
	}
	for i, m := range r.Matches {
		if m.A >= m.B || m.Matched < DefaultMinTokens || m.Matched > m.Tokens {
			t.Fatalf("match %d: %+v", i, m)
		}
		wholeTokens(t, texts[m.A], m.ASpan.Start, m.ASpan.End)
		wholeTokens(t, texts[m.B], m.BSpan.Start, m.BSpan.End)
		stands := func(p Passage, article int, span article.Span) bool {
			return slices.ContainsFunc(p.Occurrences, func(o Occurrence) bool {
				return o.Article == article && o.Span.Start < span.End && o.Span.End > span.Start
			})
		}
		if !slices.ContainsFunc(r.Passages, func(p Passage) bool { return stands(p, m.A, m.ASpan) && stands(p, m.B, m.BSpan) }) {
			t.Errorf("match %d is in no passage", i)
		}
	}
	for i, p := range r.Passages {
		o := p.Occurrences[0]
		if len(p.Occurrences) < 2 || p.Text != texts[o.Article][o.Span.Start:o.Span.End] {
			t.Fatalf("passage %d: %+v", i, p)
		}
		for k, o := range p.Occurrences {
			wholeTokens(t, texts[o.Article], o.Span.Start, o.Span.End)
			if k > 0 && (o.Article < p.Occurrences[k-1].Article || o.Article == p.Occurrences[k-1].Article && o.Span.Start < p.Occurrences[k-1].Span.End) {
				t.Errorf("passage %d: occurrences out of order", i)
			}
		}
	}
}

// wholeTokens wants [from, to) to begin and end with a token.
func wholeTokens(t testing.TB, s string, from, to int) {
	t.Helper()
	toks := text.AppendTokens(nil, s)
	if !slices.ContainsFunc(toks, func(k text.Token) bool { return int(k.Start) == from }) || !slices.ContainsFunc(toks, func(k text.Token) bool { return int(k.End) == to }) {
		t.Errorf("span [%d, %d) cuts a token", from, to)
	}
}

// TestExactRunsAreFound plants an exact run of looseTokens or more between words drawn from few,
// and wants all of it found.
func TestExactRunsAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.IntRange(0, 400), 0, 120)
		a, b := words.Draw(t, "a"), words.Draw(t, "b")
		run := make([]int, rapid.IntRange(looseTokens, 40).Draw(t, "n"))
		for i := range run {
			run[i] = 1000 + i
		}
		from, to := rapid.IntRange(0, len(a)).Draw(t, "from"), rapid.IntRange(0, len(b)).Draw(t, "to")
		texts := []string{spell(slices.Concat(a[:from], run, a[from:])), spell(slices.Concat(b[:to], run, b[to:]))}
		ms, err := allMatches(context.Background(), 2, plain(texts), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if wordAt(texts[0], m.ASpan.Start) <= from && wordAt(texts[0], m.ASpan.End)+1 >= from+len(run) &&
				wordAt(texts[1], m.BSpan.Start) <= to && wordAt(texts[1], m.BSpan.End)+1 >= to+len(run) {
				return
			}
		}
		t.Fatalf("not found in %v", ms)
	})
}

// TestAddressesCountOnce wants a line of addresses, however many tokens they make, to be no
// passage.
func TestAddressesCountOnce(t *testing.T) {
	line := "\nIn article <1993Apr18.172531.10946@mail.example.com> jane.q.doe@news.example.com (Jane Doe) writes:\n"
	l := newLanguage(10)
	fill := func() string { return strings.Join(l.text(30), " ") }
	texts := []string{fill() + line + fill(), fill() + line + fill()}
	if ms, err := allMatches(context.Background(), 2, plain(texts), Options{}); err != nil || len(ms) != 0 {
		t.Errorf("%v, %v", ms, err)
	}
}

// TestFormulae wants a short run of words for a passage only where it is a unit of the text.
func TestFormulae(t *testing.T) {
	formula := "the director of the national institute of allergy and infectious diseases"
	l := newLanguage(8)
	fill := func(n int) string { return strings.Join(l.text(n), " ") }
	for _, c := range []struct {
		name, before, after string
		want                int
	}{
		{"inside a sentence", " ", " ", 0},
		{"a sentence", ". ", ". ", 1},
		{"a quotation", " “", "” ", 1},
		{"a line", "\n", "\n", 1},
		{"only at one end", ". ", " ", 0},
	} {
		text := func() string { return fill(30) + c.before + formula + c.after + fill(30) }
		texts := []string{text(), text()}
		ms, err := allMatches(context.Background(), 2, plain(texts), Options{})
		if err != nil || len(ms) != c.want {
			t.Errorf("%s: %v, %v", c.name, ms, err)
		}
	}
}

// spell writes numbers as words.
func spell(words []int) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("w%d", w)
	}
	return strings.Join(out, " ")
}

func TestIdenticalArticles(t *testing.T) {
	l := newLanguage(5)
	same := strings.Join(l.text(60), " ")
	part := strings.Join(strings.Fields(same)[10:40], " ")
	texts := []string{same, strings.ToUpper(same), part + " " + strings.Join(l.text(30), " "), same + "."}
	r, err := search(context.Background(), len(texts), plain(texts), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Passages) != 2 || len(r.Passages[0].Occurrences) != 3 || len(r.Passages[1].Occurrences) != 4 {
		t.Fatalf("passages %+v", r.Passages)
	}
	var pairs [][2]int
	for _, m := range r.Matches {
		pairs = append(pairs, [2]int{m.A, m.B})
	}
	if want := [][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {2, 3}}; !slices.Equal(pairs, want) {
		t.Errorf("matches of %v, want %v", pairs, want)
	}
}

func TestShortAndEmptyArticles(t *testing.T) {
	for _, texts := range [][]string{nil, {""}, {"", "", ""}, {"one", "one"}, {"one two three", "one two three four"}, {"\x00", "….", "a"}} {
		r, err := search(context.Background(), len(texts), plain(texts), Options{})
		if err != nil || len(r.Matches) != 0 || len(r.Passages) != 0 {
			t.Errorf("%q: %+v, %v", texts, r, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	texts := mixed(100)
	dir := t.TempDir()
	if _, err := search(ctx, len(texts), plain(texts), Options{Memory: 1000, Tmp: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind %v", left)
	}
}

func TestScriptsWithoutSpaces(t *testing.T) {
	texts := []string{
		"前言不搭后语。中国外交部发言人星期五在北京举行的例行记者会上回答了有关提问，并表示将继续推动谈判。结束。",
		"另一篇报道。中国外交部发言人星期五在北京举行的例行记者会上回答了有关提问，并表示将继续推动谈判！其他内容完全不同。",
	}
	ms, err := allMatches(context.Background(), 2, plain(texts), Options{})
	if err != nil || len(ms) != 1 {
		t.Fatalf("%v %v", ms, err)
	}
	if got, want := texts[0][ms[0].ASpan.Start:ms[0].ASpan.End], "中国外交部发言人星期五在北京举行的例行记者会上回答了有关提问，并表示将继续推动谈判"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCharactersAreNoWords wants the shortest passage to have as many words in every script, not as
// many characters: ten Thai letters are a formula of three words.
func TestCharactersAreNoWords(t *testing.T) {
	l := newLanguage(10)
	for _, c := range []struct {
		letters string
		n, want int
	}{
		{"กขคงจชดตทนบปพมยรลวสหอ", 24, 0}, {"กขคงจชดตทนบปพมยรลวสหอ", 33, 1}, {"中国外交部发言人星期五在北京举行的例记者会上回答了有关提问并表示将继续推动谈判", 14, 0}, {"中国外交部发言人星期五在北京举行的例记者会上回答了有关提问并表示将继续推动谈判", 18, 1},
	} {
		runes := []rune(c.letters)
		fill := func(n int) string {
			var b strings.Builder
			for range n {
				b.WriteRune(runes[l.rng.IntN(len(runes))])
			}
			return b.String()
		}
		line := "\n" + fill(c.n) + "\n"
		texts := []string{fill(90) + line + fill(90), fill(90) + line + fill(90)}
		if ms, err := allMatches(context.Background(), 2, plain(texts), Options{}); err != nil || len(ms) != c.want {
			t.Errorf("%d characters like %c: %v, %v", c.n, runes[0], ms, err)
		}
	}
}

func TestFurnitureIsNoPassage(t *testing.T) {
	l := newLanguage(6)
	shared := l.text(40)
	ad := "\nAdvertisement\n"
	end := "\nSign up for our newsletter to get the best of everything delivered to your inbox daily and every day"
	texts := []string{
		strings.Join(l.text(30), " ") + " " + strings.Join(shared[:20], " ") + ad + strings.Join(shared[20:], " ") + end,
		strings.Join(l.text(30), " ") + " " + strings.Join(shared, " ") + end,
		strings.Join(l.text(30), " ") + end,
	}
	r, err := search(context.Background(), 3, plain(texts), Options{})
	if err != nil || len(r.Passages) != 1 || len(r.Matches) != 1 || r.Matches[0].Matched != 40 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestBoilerplate(t *testing.T) {
	tail := "\nThis reporting was made possible by a grant of the society of friends of small towns and their newspapers"
	l := newLanguage(7)
	body := func() string { return strings.Join(l.text(80), " ") }
	for _, c := range []struct {
		name    string
		sources [4]string
		stories [4]int32
		nears   [4]int32
		want    bool
	}{
		{"one source, four stories", [4]string{"x", "x", "x", "x"}, [4]int32{1, 2, 3, 4}, [4]int32{-1, -1, -1, -1}, true},
		{"one story in four sources", [4]string{"a", "b", "c", "d"}, [4]int32{1, 1, 1, 1}, [4]int32{-1, -1, -1, -1}, false},
		{"one source, one story", [4]string{"x", "x", "x", "x"}, [4]int32{1, 1, 1, 1}, [4]int32{-1, -1, -1, -1}, false},
		{"four sources, four stories", [4]string{"a", "b", "c", "d"}, [4]int32{1, 2, 3, 4}, [4]int32{-1, -1, -1, -1}, false},
		{"unknown sources, four stories", [4]string{}, [4]int32{1, 2, 3, 4}, [4]int32{-1, -1, -1, -1}, false},
		{"one source, two of the rest unknown", [4]string{"x", "x", "", ""}, [4]int32{1, 2, 3, 4}, [4]int32{-1, -1, -1, -1}, false},
		{"unknown sources, one story", [4]string{}, [4]int32{1, 1, 1, 1}, [4]int32{-1, -1, -1, -1}, false},
		{"nothing known, at the tail", [4]string{}, [4]int32{-1, -1, -1, -1}, [4]int32{-1, -1, -1, -1}, false},
		{"one source, stories unknown", [4]string{"x", "x", "x", "x"}, [4]int32{-1, -1, -1, -1}, [4]int32{-1, -1, -1, -1}, true},
		{"near-duplicates", [4]string{"x", "x", "x", "x"}, [4]int32{1, 2, 3, 4}, [4]int32{5, 5, 5, 5}, false},
		{"two of them versions of one text, stories unknown", [4]string{"x", "x", "x", "x"}, [4]int32{-1, -1, -1, -1}, [4]int32{-1, -1, 5, 5}, false},
	} {
		texts := [4]string{body() + tail, body() + tail, body() + tail, body() + tail}
		r, err := search(context.Background(), 4, func(i int) Article {
			return Article{Text: texts[i], Source: c.sources[i], Story: c.stories[i], Near: c.nears[i]}
		}, Options{})
		if err != nil || len(r.Passages) != 1 || len(r.Passages[0].Occurrences) != 4 {
			t.Fatalf("%s: %+v, %v", c.name, r, err)
		}
		if p := r.Passages[0]; p.Boilerplate != c.want || p.Near != (c.nears[0] >= 0) {
			t.Errorf("%s: boilerplate %v, near %v", c.name, p.Boilerplate, p.Near)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	texts := mixed(2000)
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := search(context.Background(), len(texts), plain(texts), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
