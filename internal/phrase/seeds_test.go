package phrase

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dedup/internal/background"
	"dedup/internal/passage"
)

// seeds reads the client's five articles as one story of unknown sources.
func seeds(t testing.TB) []Voice {
	t.Helper()
	files, err := filepath.Glob("../../seeds/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatalf("seeds: %d files, %v", len(files), err)
	}
	var voices []Voice
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s := string(b)
		voices = append(voices, Voice{Text: s, Near: -1, Skip: passage.Furniture(s)})
	}
	return voices
}

func TestSeeds(t *testing.T) {
	voices := seeds(t)
	carriers := map[string][]int{}
	for _, p := range Find(voices, background.Default(), Options{}) {
		t.Logf("%-5s %5.1f bits  %s", p.Kind, p.Bits, p.Text)
		for _, o := range p.Occurrences {
			if !slices.Contains(carriers[p.Text], o.Voice) {
				carriers[p.Text] = append(carriers[p.Text], o.Voice)
			}
		}
		if i := strings.IndexAny(p.Text, "\n"); i >= 0 {
			t.Errorf("%q has a line end", p.Text)
		}
	}
	for text, want := range map[string][]int{
		"first direct talks in over three years": {3, 4},
		"Foreign Minister Hakan Fidan":           {3, 4},
		"Minister Hakan Fidan":                   {1, 3, 4},
		"Minister Rustem Umerov":                 {3, 4},
		"head of the Russian delegation":         {0, 4},
		"in exchange for a ceasefire":            {1, 4},
		"1,000 prisoners of war":                 {1, 4},
		"1,000 for 1,000":                        {0, 2},
		"unconditional ceasefire":                {1, 2, 3},
		"Dolmabahçe Palace":                      {2, 3},
		"U.S. President Trump":                   {1, 2},
		"Vladimir Medinsky":                      {0, 3, 4},
		"prisoner exchange":                      {0, 2, 3, 4},
	} {
		if !slices.Equal(carriers[text], want) {
			t.Errorf("%q is carried by %v, want %v", text, carriers[text], want)
		}
	}
	for text := range carriers {
		for _, empty := range []string{"according to", "both sides", "at the", "in a statement", "necessity", "concluded", "the talks with", "hours", "took place"} {
			if strings.Contains(strings.ToLower(text), empty) {
				t.Errorf("%q is an empty phrase", text)
			}
		}
	}
}

// The result does not hang on one headline: without the second copies, and with nothing skipped,
// the phrases stay.
func TestSeedsWithoutSkip(t *testing.T) {
	voices := seeds(t)
	want := dump(voices, Find(voices, background.Default(), Options{}))
	for i := range voices {
		voices[i].Skip = nil
	}
	if got := dump(voices, Find(voices, background.Default(), Options{})); got != want {
		t.Errorf("with nothing skipped:\n%s\nwant:\n%s", got, want)
	}
}

func BenchmarkSeeds(b *testing.B) {
	voices := seeds(b)
	bg := background.Default()
	for b.Loop() {
		Find(voices, bg, Options{})
	}
}

// bigStory makes n articles of about 400 words: each takes 20 of 400 sentences and changes every
// tenth word, as a story of much wire copy does.
func bigStory(n int) []Voice {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func() string { // a natural frequency: the k-th word of 20,000 about as often as 1/k
		return fmt.Sprintf("w%dx", int(math.Exp(rng.Float64()*math.Log(20000))))
	}
	pool := make([][]string, 400)
	for i := range pool {
		for range 20 {
			pool[i] = append(pool[i], word())
		}
	}
	var out []Voice
	for range n {
		var b strings.Builder
		for range 20 {
			for _, w := range pool[rng.IntN(len(pool))] {
				if rng.IntN(10) == 0 {
					w = word()
				}
				b.WriteString(w + " ")
			}
			b.WriteString("the end.\n")
		}
		out = append(out, Voice{Text: b.String(), Near: -1})
	}
	return out
}

func BenchmarkBigStory(b *testing.B) {
	bg := background.Default()
	for _, n := range []int{10, 100, 1000} {
		voices := bigStory(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n * len(voices[0].Text)))
			for b.Loop() {
				Find(voices, bg, Options{})
			}
		})
	}
}
