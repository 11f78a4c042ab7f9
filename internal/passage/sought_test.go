package passage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dedup/internal/text"

	"pgregory.net/rapid"
)

// hashed is what an index keeps of a text.
func hashed(s string) []uint64 {
	var out []uint64
	for _, t := range text.Once(text.AppendTokens(nil, s), s) {
		out = append(out, t.Hash)
	}
	return out
}

// TestSoughtFindsWhatMatchesDoes compares with the search over texts, two at a time. Short matches
// may differ: only one side says where its units begin.
func TestSoughtFindsWhatMatchesDoes(t *testing.T) {
	texts := mixed(80)
	var k Seeker
	found := 0
	for a := range texts {
		x := NewSought(texts[a])
		var r reader
		r.read(texts[a])
		for b := a + 1; b < len(texts); b++ {
			if texts[a] == texts[b] {
				continue
			}
			want, err := allMatches(context.Background(), 2, plain([]string{texts[a], texts[b]}), Options{Workers: 1})
			if err != nil {
				t.Fatal(err)
			}
			var got []Match
			for _, s := range k.Append(nil, x, int32(b), hashed(texts[b]), 0) {
				got = append(got, Match{ASpan: r.span(s.From, s.To), Matched: int(s.Matched)})
			}
			for _, m := range want {
				if m.Matched < looseTokens {
					continue
				}
				found++
				if !slices.ContainsFunc(got, func(g Match) bool { return g.ASpan == m.ASpan && g.Matched == m.Matched }) {
					t.Errorf("articles %d and %d: match %v of %d words is not among %v", a, b, m.ASpan, m.Matched, got)
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d matches to compare", found)
	}
}

// TestSoughtRuns plants an exact run between unrelated words and wants it found whole.
func TestSoughtRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.IntRange(0, 1<<20)
		run := spell(rapid.SliceOfN(word, looseTokens, 60).Draw(t, "run"))
		around := func(label, stem string) string {
			var b strings.Builder
			for i := range rapid.IntRange(0, 40).Draw(t, label) {
				fmt.Fprintf(&b, "%s%d ", stem, i)
			}
			return b.String()
		}
		s := around("before", "p") + run + " " + around("after", "q")
		other := around("before there", "r") + run + " " + around("after there", "s")
		x := NewSought(s)
		found := new(Seeker).Append(nil, x, 7, hashed(other), 0)
		got := x.Copied(s, "", found, func(int32) string { return "" })
		if len(got) != 1 || got[0].Other != 7 || s[got[0].Span.Start:got[0].Span.End] != run {
			t.Fatalf("found %v in %q, want %q", got, s, run)
		}
	})
}

// TestSoughtRunsOfEveryGram holds the runs against those that all short grams give, in texts of few
// words, which share grams at odd and even places, at the ends, and inside others.
func TestSoughtRunsOfEveryGram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.IntRange(0, rapid.IntRange(1, 6).Draw(t, "words")), shortGram, 60)
		x := NewSought(spell(words.Draw(t, "x")))
		other := NewSought(spell(words.Draw(t, "other"))).words
		var want []run
		for j := range len(other) - shortGram + 1 {
			for k := x.slots[x.slot(other[j:])]; k > 0; k = x.next[k-1] {
				i := k - 1
				inside := i > 0 && j > 0 && x.flags[i-1]&seedShort != 0 && x.words[i-1] == other[j-1]
				if equalGrams(x.words[i:], other[j:]) && !inside {
					want = append(want, run{aFrom: i, bFrom: int32(j)})
				}
			}
		}
		if got := x.runs(nil, other); !slices.Equal(got, want) {
			t.Fatalf("found %v, want %v", got, want)
		}
	})
}

// TestCopied wants one passage of what several articles share, from the one that shares most, and
// boilerplate called so.
func TestCopied(t *testing.T) {
	l := newLanguage(3)
	passage, tail := strings.Join(l.text(60), " "), strings.Join(l.text(14), " ")
	fresh := func(n int) string { return strings.Join(l.text(n), " ") }
	s := fresh(150) + ".\n" + passage + ".\n" + fresh(150) + ".\n" + tail + "."
	whole := fresh(90) + ".\n" + passage + ".\n" + fresh(90) + "."
	half := fresh(90) + ".\n" + passage[:len(passage)/2] + ".\n" + fresh(90) + "."
	others := []string{half, whole, whole + " " + fresh(5)}
	for range 5 {
		others = append(others, fresh(200)+".\n"+tail+".")
	}
	x := NewSought(s)
	var k Seeker
	var found []Shared
	for i, o := range others {
		found = k.Append(found, x, int32(i), hashed(o), 0)
	}
	got := x.Copied(s, "Herald", found, func(other int32) string {
		if other >= 3 {
			return "Herald"
		}
		return "Gazette"
	})
	if len(got) != 2 || got[0].Other != 1 || got[0].Boilerplate || !got[1].Boilerplate {
		t.Fatalf("got %+v", got)
	}
	if p := s[got[0].Span.Start:got[0].Span.End]; p != passage {
		t.Errorf("passage is %q, want %q", p, passage)
	}
}

// TestSoughtEndlessRepetition runs over texts that repeat themselves without end: were the runs not
// capped, it would not come back.
func TestSoughtEndlessRepetition(t *testing.T) {
	s := strings.Repeat("one two three four five six. ", 20_000)
	var k Seeker
	if got := k.Append(nil, NewSought(s), 0, hashed(s+"and an end"), 0); len(got) > pairMax {
		t.Errorf("%d passages", len(got))
	}
	k.Append(nil, NewSought(strings.Repeat("word ", 50_000)), 0, hashed(strings.Repeat("word ", 60_000)), 0)
}

func TestOwnWords(t *testing.T) {
	small, tail, large := edge{part: 0.1}, edge{part: 0.1, tail: true}, edge{part: 0.5}
	for _, c := range []struct {
		name, source string
		sources      []string
		of           edge
		want         bool
	}{
		{"its own, four times", "Herald", []string{"Herald", "Herald", "Herald"}, small, true},
		{"its own, three times", "Herald", []string{"Herald", "Herald"}, small, false},
		{"its own, but half of the article", "Herald", []string{"Herald", "Herald", "Herald"}, large, false},
		{"another's", "Courier", []string{"Herald", "Herald", "Herald", "Herald"}, tail, false},
		{"of many", "Herald", []string{"Herald", "Courier", "Islander", "Gazette"}, tail, false},
		{"an unknown source's", "", []string{"Herald", "Herald", "Herald"}, tail, false},
		{"no sources, at the end", "", []string{"", "", ""}, tail, false},
		{"no sources, elsewhere", "", []string{"", "", ""}, small, false},
	} {
		var others []Shared
		for i := range c.sources {
			others = append(others, Shared{Other: int32(i), edge: c.of})
		}
		if got := ownWords(c.source, c.of, others, func(other int32) string { return c.sources[other] }); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestSoughtShort(t *testing.T) {
	var k Seeker
	for _, s := range []string{"", "one", "one two three"} {
		x := NewSought(s)
		if got := k.Append(nil, x, 0, hashed("one two three four five six seven eight nine ten eleven"), 0); len(got) > 0 || len(x.Copied(s, "", nil, nil)) > 0 {
			t.Errorf("%q: found %v", s, got)
		}
	}
	if got := k.Append(nil, NewSought("one two three four five"), 0, nil, 0); len(got) > 0 {
		t.Errorf("found %v in nothing", got)
	}
}

func BenchmarkSought(b *testing.B) {
	texts := mixed(200)
	x := NewSought(texts[0])
	var words [][]uint64
	total := 0
	for _, s := range texts[1:] {
		words = append(words, hashed(s))
		total += len(words[len(words)-1])
	}
	var k Seeker
	var found []Shared
	for b.Loop() {
		found = found[:0]
		for i, w := range words {
			found = k.Append(found, x, int32(i), w, 0)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*total), "ns/word")
}
