package story

import (
	"testing"

	"dedup/internal/background"
	"dedup/internal/text"
)

// What one language's model says of a word is kept while another language has its turn, and is
// never taken for what that one's model says.
func TestLanguagesTakeTurns(t *testing.T) {
	english := background.Default()
	french := english.In("fr")
	str := "the government and the police et les hommes dans la ville on chat"
	b := &bag{toks: text.AppendTokens(nil, str)}
	for range 2 {
		for _, m := range []*background.Model{english, french} {
			b.speak(m)
			b.learn()
			for _, tok := range b.toks {
				articles, function := m.Word(tok.Hash)
				if k := b.know(tok.Hash); k.articles != float32(articles) || k.function != function {
					t.Errorf("%q: %v, %v, want %v, %v", str[tok.Start:tok.End], k.articles, k.function, articles, function)
				}
			}
		}
	}
	if english == french || b.model == 0 {
		t.Error("one model for both languages")
	}
}
