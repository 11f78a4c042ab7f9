package story

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/background"
	"dedup/internal/text"
)

func newWords() *words {
	w := &words{bag: &bag{}, bg: background.Default()}
	w.bag.speak(w.bg)
	w.wordAt.Reset(0)
	return w
}

// Words are counted from the tokens of the whole text as if every line were tokenised by itself.
func TestCountByLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"The", "ministry", "of", "Foreign", "Affairs", "said", "co-", "U.S.", "it's", "Erdoğan", "\n", "\r\n", "\n\n", " ", " ", "“", ".", "-", "\u0301", "北京"})
		str := strings.Join(rapid.SliceOfN(part, 0, 30).Draw(t, "parts"), "")
		got, want := newWords(), newWords()
		got.count(1, str)
		for line := range strings.Lines(str) {
			toks := text.AppendTokens(nil, line)
			want.countLine(1, line, toks, want.appendWords(nil, line, toks))
		}
		if !slices.Equal(got.words, want.words) {
			t.Fatalf("%q: %v, line by line %v", str, got.words, want.words)
		}
	})
}

// Keywords that are asked for of one level are those of both.
func TestKeywordsOfOneLevel(t *testing.T) {
	var articles []Article
	for _, body := range []string{
		"Negotiators in Geneva agreed on a ceasefire in the Marlin Strait on Monday, officials said. The ceasefire begins at dawn.",
		"A ceasefire in the Marlin Strait was agreed on in Geneva, diplomats said. The Marlin Strait had been closed for weeks.",
		"The Geneva talks ended with a ceasefire for the Marlin Strait. Ships wait at its mouth.",
		"The football club of Oakfield won the county cup on penalties after extra time, watched by a record crowd.",
		"Oakfield lifted the county cup: the football club won on penalties before a record crowd.",
	} {
		articles = append(articles, Article{Text: body, Near: -1})
	}
	at := func(i int) Article { return articles[i] }
	find := func(level Level) *Result {
		r, err := Find(t.Context(), len(articles), at, background.Default(), Options{Keywords: level})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	both, events, stories := find(OfBoth), find(OfEvents), find(OfStories)
	for k := range both.Events {
		if e := &events.Events[k]; !slices.Equal(e.Keywords, both.Events[k].Keywords) || e.Headline != both.Events[k].Headline {
			t.Errorf("event %d: %q %q, of both levels %q %q", k, e.Headline, e.Keywords, both.Events[k].Headline, both.Events[k].Keywords)
		}
	}
	for k := range both.Stories {
		if s := &stories.Stories[k]; !slices.Equal(s.Keywords, both.Stories[k].Keywords) || s.Headline != events.Stories[k].Headline {
			t.Errorf("story %d: %q %q, of both levels %q %q", k, s.Headline, s.Keywords, both.Stories[k].Headline, both.Stories[k].Keywords)
		}
	}
}
