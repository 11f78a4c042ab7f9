package passage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// corporaOfCopies are the inputs that would make pairs explode.
var corporaOfCopies = []struct {
	name string
	make func(n int) []string
}{
	{"identical", func(n int) []string {
		return slices.Repeat([]string{strings.Join(newLanguage(1).text(150), " ")}, n)
	}},
	{"template", func(n int) []string {
		l := newLanguage(2)
		template := l.text(150)
		return articlesOf(n, func(i int) []string {
			return slices.Concat(template[:50], l.text(8), template[50:100], l.text(8), template[100:])
		})
	}},
	{"edited", func(n int) []string {
		l := newLanguage(3)
		text := l.text(300)
		return articlesOf(n, func(int) []string { return l.edit(text, 0.05) })
	}},
	{"clusters of 50", func(n int) []string {
		l := newLanguage(4)
		var text []string
		return articlesOf(n, func(i int) []string {
			if i%50 == 0 {
				text = l.text(300)
			}
			return l.edit(text, 0.03)
		})
	}},
	{"one word", func(n int) []string { return slices.Repeat([]string{strings.Repeat("ha ", 3000)}, max(1, n/20)) }},
	{"two words", func(n int) []string {
		return articlesOf(max(1, n/20), func(i int) []string { return append(slices.Repeat([]string{"ha", "ho"}, 1500), fmt.Sprint("end", i)) })
	}},
}

// TestEndlessRepetition wants two long texts of the same two words to be done at once.
func TestEndlessRepetition(t *testing.T) {
	texts := []string{strings.Repeat("ha ho ", 100_000) + "one", "two " + strings.Repeat("ho ha ", 100_000)}
	start := time.Now()
	r, err := search(context.Background(), 2, plain(texts), Options{})
	if err != nil || len(r.Matches) == 0 {
		t.Fatal(r, err)
	}
	if _, err := Align(context.Background(), texts[0], texts[1], Options{}); err != nil {
		t.Error(err)
	}
	period := strings.Join(newLanguage(1).text(15), " ") + " "
	for _, s := range append(texts, strings.Repeat(period, 20_000), strings.Repeat(period[:40]+"\n", 20_000)) {
		Leftovers(s)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func articlesOf(n int, words func(i int) []string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Join(words(i), " ")
	}
	return out
}

// TestCopiesGrowLinearly wants ten times the copies to make no more than about ten times the
// matches, which is what takes the time.
func TestCopiesGrowLinearly(t *testing.T) {
	for _, c := range corporaOfCopies {
		t.Run(c.name, func(t *testing.T) {
			matches := func(n int) int {
				articles := c.make(n)
				start := time.Now()
				r, err := search(context.Background(), len(articles), plain(articles), Options{})
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d articles: %d matches, %d passages, %v", len(articles), len(r.Matches), len(r.Passages), time.Since(start))
				return len(r.Matches)
			}
			if small, large := matches(200), matches(2000); large > 20*small {
				t.Errorf("200 articles make %d matches, 2,000 make %d", small, large)
			}
		})
	}
}
