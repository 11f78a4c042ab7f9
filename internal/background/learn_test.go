package background

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"dedup/internal/text"
)

// strewn makes n articles of one script out of words that fall as 1/rank, each about two words.
func strewn(n int, head rune) (articles []string, word func(k int) string) {
	word = func(k int) string {
		return string([]rune{head + rune(k%20), head + rune(k/20%20), head + rune(k/400%20)})
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		var b strings.Builder
		for range 200 {
			k := int(float64(3000)*r.Float64()*r.Float64()*r.Float64()*r.Float64()*r.Float64()) % 3000
			if r.IntN(12) == 0 {
				k = 3000 + i/4 // what four articles are about
			}
			fmt.Fprint(&b, word(k), " ")
		}
		articles = append(articles, b.String())
	}
	return articles, word
}

func TestLearn(t *testing.T) {
	articles, word := strewn(80, 'ا'+6) // Arabic letters
	at := func(i int) (string, bool) { return articles[i], true }
	m, learned, err := Default().Learn(context.Background(), len(articles), 2, at)
	if err != nil || len(learned) != 1 || learned[0].Few {
		t.Fatalf("%v, %v", learned, err)
	}
	own := m.Of(articles[0])
	if own == m || own == Default() {
		t.Fatal("an article in the language that was learned has another model")
	}
	common, topic := text.Hash(word(0)), text.Hash(word(3000))
	if !own.Function(common) || own.Function(topic) {
		t.Errorf("function words: the commonest %v, a topic %v", own.Function(common), own.Function(topic))
	}
	if a, b := own.DF(topic), own.DF(common); a >= b/50 {
		t.Errorf("a topic counts as in %.0f articles, the commonest word as in %.0f", a, b)
	}
	back := func(i int) (string, bool) { return articles[len(articles)-1-i], true }
	turned, _, err := Default().Learn(context.Background(), len(articles), 1, back)
	if err != nil {
		t.Fatal(err)
	}
	for k := range 3020 {
		if h := text.Hash(word(k)); own.DF(h) != turned.Of(articles[0]).DF(h) {
			t.Fatalf("another order of articles gives word %d another count", k)
		}
	}
	english, none, err := Default().Learn(context.Background(), 1, 1, func(int) (string, bool) {
		return "The mayor opened the new bridge on Friday, and said that it was worth the wait.", true
	})
	if err != nil || len(none) != 0 || english != Default() {
		t.Errorf("English is learned: %v, %v", none, err)
	}
}
