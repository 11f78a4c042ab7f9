package cluster

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/text"
)

const storyKeywords = 6

// label gives st its headline and keywords.
func (s *storyRun) label(st *Story, units []int) {
	a := s.at(s.units[s.central(units)].article)
	st.Headline = storyHeadline(a)
	st.Keywords = s.keywords(units)
}

// central is the unit with the highest mean cosine to the others.
func (s *storyRun) central(units []int) int {
	if len(units) <= 2 {
		return units[0]
	}
	sum := map[uint32]float32{}
	for _, u := range units {
		for _, t := range s.vectors[u] {
			sum[t.term] += t.weight
		}
	}
	best, most := units[0], float32(-1)
	for _, u := range units {
		var dot float32
		for _, t := range s.vectors[u] {
			dot += t.weight * sum[t.term]
		}
		if dot > most {
			best, most = u, dot
		}
	}
	return best
}

// storyHeadline is the title of an article, the headline that its text opens with, or its first sentence.
func storyHeadline(a StoryArticle) string {
	if t := strings.Join(strings.Fields(a.Title), " "); t != "" {
		return t
	}
	if sp, ok := text.Headline(a.Text); ok {
		return strings.Join(strings.Fields(a.Text[sp.Start:sp.End]), " ")
	}
	for _, sp := range text.AppendSentences(nil, a.Text) {
		return storyShorten(strings.Join(strings.Fields(a.Text[sp.Start:sp.End]), " "))
	}
	return ""
}

// storyShorten cuts a sentence to a line.
func storyShorten(t string) string {
	const most = 120
	if len(t) <= most {
		return t
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(t[cut]) {
		cut--
	}
	t = t[:cut]
	if i := strings.LastIndexByte(t, ' '); i > most/2 {
		t = t[:i]
	}
	return strings.TrimRight(t, " ,;:-–—") + "…"
}

// keywords are the terms that most set the story's articles apart.
func (s *storyRun) keywords(units []int) []string {
	type word struct {
		score float64
		form  string
	}
	words := map[uint64]*word{}
	var toks []text.Token
	for _, u := range units[:min(len(units), 20)] {
		a := s.at(s.units[u].article)
		for _, str := range []string{a.Title, a.Text} {
			toks = text.AppendTokens(toks[:0], str)
			seen := map[uint64]bool{}
			for _, t := range toks {
				form := str[t.Start:t.End]
				r, _ := utf8.DecodeRuneInString(form)
				if seen[t.Hash] || s.bg.Function(t.Hash) || !unicode.IsLetter(r) || len(form) < 3 {
					continue
				}
				seen[t.Hash] = true
				w := words[t.Hash]
				if w == nil {
					w = &word{form: form}
					words[t.Hash] = w
				}
				w.score += math.Log(s.bg.Articles / s.bg.DF(t.Hash))
				w.form = min(w.form, form)
			}
		}
	}
	list := make([]*word, 0, len(words))
	for _, w := range words {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *word) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.form, b.form)) })
	var out []string
	for _, w := range list[:min(len(list), storyKeywords)] {
		out = append(out, w.form)
	}
	return out
}
