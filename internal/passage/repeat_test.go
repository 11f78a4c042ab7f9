package passage

import (
	"slices"
	"strings"
	"testing"

	"dedup/internal/article"
	"dedup/internal/text"

	"pgregory.net/rapid"
)

// cut gives the texts of spans.
func cut(s string, spans []article.Span) []string {
	var out []string
	for _, p := range spans {
		out = append(out, s[p.Start:p.End])
	}
	return out
}

func TestRepeats(t *testing.T) {
	long := "the bridge over the river will be closed for repairs until the end of March, the city council said on Monday after a long debate"
	for _, c := range []struct {
		name, text string
		want       []string // the spans of all repeats
	}{
		{"headline printed twice", "Bridge over the river closed\n\nBridge over the river closed\n\nThe bridge is old.", []string{"Bridge over the river closed", "Bridge over the river closed"}},
		{"headline in capitals", "Bridge over the river closed\nBRIDGE OVER THE RIVER CLOSED\nThe bridge is old.", []string{"Bridge over the river closed", "BRIDGE OVER THE RIVER CLOSED"}},
		{"headline and subhead", "Bridge over the river closed\nRepairs last until the spring\n\nBridge over the river closed\nRepairs last until the spring\nThe bridge is old.",
			[]string{"Bridge over the river closed\nRepairs last until the spring", "Bridge over the river closed\nRepairs last until the spring"}},
		{"same word after both", "Bridge over the river closed\nThe mayor said so.\nBridge over the river closed\nThe bridge is old.", []string{"Bridge over the river closed", "Bridge over the river closed"}},
		{"sentence quoted again", "A. He said that " + long + ". Then more. And again: " + long + ". End.", []string{long, long}},
		{"three times", long + ". One. " + long + ". Two. " + long + ".", []string{long, long, long}},
		{"name", "Foreign Minister Hakan Fidan of Turkey came. Foreign Minister Hakan Fidan of Turkey left.", nil},
		{"formula", "They met for the first direct talks in over three years since the war began. It was for the first direct talks in over three years since the war that he came.", nil},
		{"speaker", "JOHN SMITH, NEWS ANCHOR:\nHello.\nJANE ROE, GUEST:\nHi.\nJOHN SMITH, NEWS ANCHOR:\nGood.\nJANE ROE, GUEST:\nBye.", nil},
		{"label", "Primary date in the state\nA\nPrimary date in the state\nB\nPrimary date in the state\nC", nil},
		{"short line", "Bridge closed\n\nBridge closed\n\nThe bridge is old.", nil},
		{"furniture", "Sign up for our newsletter today\nSome text here.\nSign up for our newsletter today", nil},
		{"empty", "", nil},
		{"one word", strings.Repeat("ha ", 8), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, r := range Repeats(c.text) {
				got = append(got, cut(c.text, r.Spans)...)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// checkRepeats holds what Repeats promises of any text.
func checkRepeats(t interface{ Fatalf(string, ...any) }, s string) {
	var before article.Span
	for i, r := range Repeats(s) {
		if len(r.Spans) < 2 || i > 0 && r.Spans[0].Start < before.Start {
			t.Fatalf("%q: %v", s, r)
		}
		before = r.Spans[0]
		var first []text.Token
		for k, p := range r.Spans {
			if p.Start < 0 || p.Start >= p.End || p.End > len(s) || k > 0 && p.Start < r.Spans[k-1].End {
				t.Fatalf("%q: span %v of %v", s, p, r)
			}
			toks := text.AppendTokens(nil, s[p.Start:p.End])
			if k == 0 {
				first = toks
			}
			if !slices.EqualFunc(toks, first, func(x, y text.Token) bool { return x.Hash == y.Hash }) {
				t.Fatalf("%q: %q is not %q", s, s[p.Start:p.End], s[r.Spans[0].Start:r.Spans[0].End])
			}
		}
	}
}

func TestRepeatsAreRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "de", "the", "\n", "\n\n", ".", "“x”", "don't", "語"}), 0, 200).Draw(t, "words")
		checkRepeats(t, strings.Join(words, " "))
	})
}

// TestPlantedRepeatIsFound repeats a sentence and wants both places.
func TestPlantedRepeatIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLanguage(uint64(rapid.IntRange(0, 1000).Draw(t, "seed")))
		sentence := strings.Join(l.text(rapid.IntRange(repeatLoose, 60).Draw(t, "n")), " ") + "."
		s := "Start " + strings.Join(l.text(30), " ") + ". " + sentence + " Middle " + strings.Join(l.text(30), " ") + ". " + sentence
		for _, r := range Repeats(s) {
			if len(r.Spans) == 2 && r.Spans[0].Start <= strings.Index(s, sentence) && r.Spans[1].End >= len(s)-1 {
				return
			}
		}
		t.Fatalf("not found in %q", s)
	})
}

func FuzzLeftovers(f *testing.F) {
	f.Add("Bridge over the river closed\n\nBridge over the river closed\nAdvertisement\n")
	f.Add("Related Sources:\n\n• Source 1 • Source 2\nShare Tweet Email\n© 2020 All rights reserved")
	f.Add("\xff\xfe\n\u00a0•\u2028©\n:\n")
	f.Fuzz(func(t *testing.T, s string) {
		checkRepeats(t, s)
		checkFurniture(t, s)
	})
}

func BenchmarkLeftovers(b *testing.B) {
	texts := mixed(200)
	n := 0
	for _, s := range texts {
		n += len(s)
	}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range texts {
			Leftovers(s)
		}
	}
}
