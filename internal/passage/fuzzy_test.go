package passage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// language is a vocabulary with the frequencies of a natural one (Zipf's law), and word pairs that
// follow each other more often than chance.
type language struct {
	words []string
	zipf  *rand.Zipf
	rng   *rand.Rand
}

func newLanguage(seed uint64) *language {
	rng := rand.New(rand.NewPCG(seed, 1))
	l := &language{rng: rng, zipf: rand.NewZipf(rng, 1.07, 3, 29999)}
	for range 30000 {
		n := 2 + rng.IntN(7)
		w := make([]byte, n)
		for i := range w {
			w[i] = byte('a' + rng.IntN(26))
		}
		l.words = append(l.words, string(w))
	}
	return l
}

func (l *language) word() string { return l.words[l.zipf.Uint64()] }

func (l *language) text(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = l.word()
	}
	return out
}

// edit changes, inserts, deletes and swaps words: each word is touched with probability rate.
func (l *language) edit(words []string, rate float64) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if l.rng.Float64() >= rate {
			out = append(out, words[i])
			continue
		}
		switch l.rng.IntN(4) {
		case 0:
			out = append(out, l.word())
		case 1:
			out = append(out, words[i], l.word())
		case 2:
		case 3:
			if i+1 < len(words) {
				out = append(out, words[i+1], words[i])
				i++
			}
		}
	}
	return out
}

// planted is one fuzzy copy.
type planted struct{ from, to, fromStart, fromLen, toStart, toLen int }

// plant makes n articles of 400 words, the second half of which each hold a copy of size words of
// one of the first half, edited at rate.
func plant(l *language, n, size int, rate float64) ([]string, []planted) {
	articles := make([][]string, n)
	for i := range articles {
		articles[i] = l.text(400)
	}
	var gold []planted
	for i := n / 2; i < n; i++ {
		src := i - n/2
		at := l.rng.IntN(400 - size)
		copied := l.edit(articles[src][at:at+size], rate)
		to := l.rng.IntN(400)
		articles[i] = slices.Concat(articles[i][:to], copied, articles[i][to:])
		gold = append(gold, planted{src, i, at, size, to, len(copied)})
	}
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Join(articles[i], " ")
	}
	return out, gold
}

// wordAt counts the blanks before a byte.
func wordAt(s string, at int) int { return strings.Count(s[:at], " ") }

// TestFuzzyCopies plants copies with 5, 10 and 20 % of the words changed, inserted, deleted or
// swapped, and wants them found.
func TestFuzzyCopies(t *testing.T) {
	want := map[int]map[float64]float64{
		30:  {0: 0.999, 0.05: 0.97, 0.10: 0.93, 0.20: 0.65},
		60:  {0: 0.999, 0.05: 0.98, 0.10: 0.96, 0.20: 0.85},
		150: {0: 0.999, 0.05: 0.98, 0.10: 0.97, 0.20: 0.90},
	}
	for _, size := range []int{30, 60, 150} {
		for _, rate := range []float64{0, 0.05, 0.10, 0.20} {
			t.Run(fmt.Sprintf("%d words %.0f%%", size, 100*rate), func(t *testing.T) {
				articles, gold := plant(newLanguage(uint64(size)), 400, size, rate)
				ms, err := allMatches(context.Background(), len(articles), func(i int) Article { return Article{Text: articles[i], Story: -1, Near: -1} }, Options{})
				if err != nil {
					t.Fatal(err)
				}
				found := map[[2]int][]Match{}
				for _, m := range ms {
					found[[2]int{m.A, m.B}] = append(found[[2]int{m.A, m.B}], m)
				}
				hit, all, reported, pieces := 0, 0, 0, 0
				for _, g := range gold {
					all += g.toLen
					for _, m := range found[[2]int{g.from, g.to}] {
						s := articles[g.to]
						from, to := wordAt(s, m.BSpan.Start), wordAt(s, m.BSpan.End)+1
						hit += max(0, min(to, g.toStart+g.toLen)-max(from, g.toStart))
						pieces++
					}
				}
				for _, m := range ms {
					reported += wordAt(articles[m.B], m.BSpan.End) + 1 - wordAt(articles[m.B], m.BSpan.Start)
				}
				recall, precision := float64(hit)/float64(all), float64(hit)/float64(max(1, reported))
				t.Logf("recall %.4f precision %.4f pieces %.3f", recall, precision, float64(pieces)/float64(len(gold)))
				if recall < want[size][rate] {
					t.Errorf("recall %.4f, want at least %.3f", recall, want[size][rate])
				}
				if precision < 0.98 {
					t.Errorf("precision %.4f", precision)
				}
			})
		}
	}
}
