package phrase

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/text"
)

// drawVoices makes a story out of few words, so that much is shared.
func drawVoices(t *rapid.T) []Voice {
	word := rapid.SampledFrom(strings.Fields("the of a in Hakan Fidan minister grain Wilhelmina harbour 1,000 said Friday Çelik and"))
	gap := rapid.SampledFrom([]string{" ", " ", " ", " ", " ", ", ", ". ", "\n\n", " “", "” ", "'s ", "-", " — "})
	n := rapid.IntRange(0, 6).Draw(t, "voices")
	var out []Voice
	for range n {
		var b strings.Builder
		for range rapid.IntRange(0, 30).Draw(t, "words") {
			b.WriteString(word.Draw(t, "word"))
			b.WriteString(gap.Draw(t, "gap"))
		}
		out = append(out, Voice{Text: b.String(), Source: rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "source"), Near: int32(rapid.IntRange(-3, 1).Draw(t, "near"))})
		out[len(out)-1].Near = max(out[len(out)-1].Near, -1)
	}
	return out
}

// loose finds nearly everything.
var loose = Options{Limit: -1, Least: -99}

func TestFindProperties(t *testing.T) {
	bg := background.Default()
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		party, _ := parties(voices)
		for _, p := range Find(voices, bg, loose) {
			carriers := map[int32]bool{}
			var want []uint64
			texts := map[string]bool{}
			last := Occurrence{Voice: -1}
			for _, o := range p.Occurrences {
				s := voices[o.Voice].Text[o.Span.Start:o.Span.End]
				texts[s] = true
				carriers[party[o.Voice]] = true
				got := hashes(s)
				if want == nil {
					want = got
				}
				if !slices.Equal(got, want) || len(got) != p.Tokens {
					t.Fatalf("%q: an occurrence is %q", p.Text, s)
				}
				if strings.ContainsAny(s, "“”—") || !inSentence(voices[o.Voice].Text, o.Span) {
					t.Fatalf("%q crosses a bound", s)
				}
				if o.Voice < last.Voice || o.Voice == last.Voice && o.Span.Start < last.Span.End {
					t.Fatalf("%q: occurrences out of order or overlapping", p.Text)
				}
				last = o
			}
			if len(carriers) < 2 || !texts[p.Text] {
				t.Fatalf("%q: %d parties, text among the occurrences %v", p.Text, len(carriers), texts[p.Text])
			}
		}
	})
}

func inSentence(s string, sp article.Span) bool {
	return slices.ContainsFunc(text.AppendSentences(nil, s), func(x article.Span) bool { return x.Start <= sp.Start && sp.End <= x.End })
}

func hashes(s string) []uint64 {
	var out []uint64
	for _, t := range text.AppendTokens(nil, s) {
		out = append(out, t.Hash)
	}
	return out
}

func TestOrderOfVoices(t *testing.T) {
	bg := background.Default()
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		perm := rapid.Permutation(seq(len(voices))).Draw(t, "order")
		turned := make([]Voice, len(voices))
		for i, p := range perm {
			turned[i] = voices[p]
		}
		opt := Options{Limit: rapid.SampledFrom([]int{3, -1}).Draw(t, "limit"), Least: -99}
		a, b := dump(voices, Find(voices, bg, opt)), dump(turned, Find(turned, bg, opt))
		if a != b {
			t.Fatalf("another order of voices changes the result:\n%s\n%s", a, b)
		}
	})
}

// newStream is the stream of a story.
func newStream(voices []Voice, bg *background.Model) *stream {
	r := &Reader{}
	r.Read(voices)
	return r.streamOf(bg)
}

// One reader tells of story after story what a new one would tell.
func TestReaderReused(t *testing.T) {
	bg := background.Default()
	rapid.Check(t, func(t *rapid.T) {
		var r Reader
		for range 3 {
			voices := drawVoices(t)
			r.Read(voices)
			if got, want := r.Shared(0), Shared(voices, 0); !slices.Equal(got, want) {
				t.Fatalf("shared %v, a new reader %v", got, want)
			}
			opt := Options{Limit: -1, Least: -99}
			if got, want := dump(voices, r.Phrases(bg, opt)), dump(voices, Find(voices, bg, opt)); got != want {
				t.Fatalf("phrases\n%s\na new reader\n%s", got, want)
			}
			for v := range voices {
				if want, _ := Credit(voices[v].Text); r.Agency(v) != want {
					t.Fatalf("agency %q, want %q", r.Agency(v), want)
				}
			}
		}
	})
}

// The tables for ASCII say what the general way says.
func TestASCIIWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		between := rapid.StringOfN(rapid.SampledFrom([]rune(" \t\n,.-_'`\"()/;:!?*x=~…—")), 0, 4, -1).Draw(t, "between")
		if got, ok := gapOfASCII(between); ok && got != gapOfAny(between) {
			t.Fatalf("%q: %d, want %d", between, got, gapOfAny(between))
		}
		word := rapid.StringOfN(rapid.SampledFrom([]rune("abAB19.,'é北")), 1, 5, -1).Draw(t, "word")
		if got, ok := writtenASCII(word); ok && got != writtenAny(word) {
			t.Fatalf("%q: %b, want %b", word, got, writtenAny(word))
		}
	})
}

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// dump prints phrases without the numbers of the voices.
func dump(voices []Voice, ps []Phrase) string {
	var b strings.Builder
	for _, p := range ps {
		places := map[string]int{}
		for _, o := range p.Occurrences {
			places[fmt.Sprintf("%q %d-%d", voices[o.Voice].Text, o.Span.Start, o.Span.End)]++
		}
		fmt.Fprintf(&b, "%s %q %d %.3f\n", p.Kind, p.Text, p.Tokens, p.Bits)
		for _, k := range slices.Sorted(maps.Keys(places)) {
			fmt.Fprintf(&b, "  %s %d\n", k, places[k])
		}
	}
	return b.String()
}

// The level-wise join finds what counting every sequence finds.
func TestSharedOracle(t *testing.T) {
	bg := background.Default()
	rapid.Check(t, func(t *rapid.T) {
		voices := drawVoices(t)
		s := newStream(voices, bg)
		if s.parties < 2 {
			return
		}
		want := map[string]int32{}
		seen := map[string]map[int32]bool{}
		for i := range s.toks {
			for k := int32(1); k <= maxTokens && int32(i)+k <= s.end[i]; k++ {
				key := fmt.Sprint(s.id[i : int32(i)+k])
				if seen[key] == nil {
					seen[key] = map[int32]bool{}
				}
				if seen[key][s.party[s.voice[i]]] = true; len(seen[key]) > 1 {
					want[key] = int32(len(seen[key]))
				}
			}
		}
		got := map[string]int32{}
		for _, c := range s.sharedIn(new(levels)) {
			got[fmt.Sprint(s.id[c.at:c.at+c.n])] = c.parties
		}
		if !maps.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func FuzzQuotations(f *testing.F) {
	f.Add(`He said: "Stop now." Then “go on”.`)
	f.Add("‘1,000 for 1,000’ „Nein“ 'x")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, sp := range text.AppendQuotations(nil, s) {
			if sp.Start < last || sp.End <= sp.Start || sp.End > len(s) {
				t.Fatalf("span %v behind %d of %d bytes", sp, last, len(s))
			}
			last = sp.End
		}
	})
}
