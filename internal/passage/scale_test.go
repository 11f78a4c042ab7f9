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

func articlesOf(n int, words func(i int) []string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strings.Join(words(i), " ")
	}
	return out
}

// TestCopiesGrowLinearly wants ten times the copies to take no more than about ten times as long, with room for a noisy machine.
func TestCopiesGrowLinearly(t *testing.T) {
	for _, c := range corporaOfCopies {
		t.Run(c.name, func(t *testing.T) {
			took := func(n int) time.Duration {
				articles := c.make(n)
				start := time.Now()
				r, err := Search(context.Background(), len(articles), func(i int) Article { return Article{Text: articles[i], Story: -1, Near: -1} }, Options{})
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%d articles: %d matches, %d passages, %v", len(articles), len(r.Matches), len(r.Passages), time.Since(start))
				return time.Since(start)
			}
			small, large := took(200), took(2000)
			if large > 30*small && large > time.Second {
				t.Errorf("200 articles %v, 2,000 %v", small, large)
			}
		})
	}
}
