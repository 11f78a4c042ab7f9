package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/text"
)

// voices is how many articles of a story its label is made from, the most central ones.
const voices = 8

// label gives st its headline and keywords.
func (s *run) label(b *bag, st *Story, units []int) {
	units, closeness := s.central(units)
	articles := make([]Article, len(units))
	for i, u := range units {
		articles[i] = s.at(s.units[u].article)
	}
	opening := opening
	if len(articles) == 1 {
		opening /= 2 // nobody else says what matters; a lead is enough
	}
	words := s.collectWords(b, articles, opening)
	st.Keywords = words.keywords()
	best := float32(-1)
	for i, a := range articles {
		h, told := headline(a)
		if score := closeness[i] * words.shared(h, told); h != "" && score > best {
			best, st.Headline = score, h
		}
	}
}

// central is the units closest to the sum of all, the closest first, with their inner products with
// it.
func (s *run) central(units []int) ([]int, []float32) {
	if len(units) <= 2 {
		return units, []float32{1, 1}[:len(units)]
	}
	sum := map[uint32]float32{}
	for _, u := range units {
		for _, t := range s.vectors[u] {
			sum[t.term] += t.weight
		}
	}
	dots := make(map[int]float32, len(units))
	for _, u := range units {
		for _, t := range s.vectors[u] {
			dots[u] += t.weight * sum[t.term]
		}
	}
	units = slices.Clone(units)
	slices.SortStableFunc(units, func(a, b int) int {
		switch {
		case dots[a] > dots[b]:
			return -1
		case dots[a] < dots[b]:
			return 1
		}
		return 0
	})
	units = units[:min(len(units), voices)]
	closeness := make([]float32, len(units))
	for i, u := range units {
		closeness[i] = dots[u]
	}
	return units, closeness
}

// headline is the title of an article, or the headline that its text opens with, or else its first
// sentence; told says that it is one of the first two.
func headline(a Article) (line string, told bool) {
	if line = tidy(a.Title); line != "" {
		return withoutSite(line, a.Text), true
	}
	str := beginning(a.Text, 4096)
	if sp, ok := text.Headline(str); ok {
		return tidy(str[sp.Start:sp.End]), true
	}
	for _, sp := range text.AppendSentences(nil, str) {
		if line = tidy(str[sp.Start:sp.End]); line != "" {
			return shorten(line), false
		}
	}
	return "", false
}

// spaced undoes the spaces of tokenised text.
var spaced = strings.NewReplacer(" , ", ", ", " . ", ". ", " ; ", "; ", " : ", ": ", " 's", "'s", " n't", "n't", " 're", "'re", " 've", "'ve", " 'll", "'ll", "`` ", "“", " ''", "”", "( ", "(", " )", ")")

// tidy makes one line of a text.
func tidy(line string) string {
	line = strings.Join(strings.Fields(line), " ")
	if strings.Contains(line, " , ") || strings.Contains(line, " . ") || strings.HasSuffix(line, " .") {
		line = spaced.Replace(line)
		line = strings.Replace(strings.TrimSuffix(line, " ."), " . ", ". ", -1)
	}
	return line
}

// withoutSite cuts the name of the site off a title, "… | Site" or "… - Site": a short tail of
// which the text says nothing.
func withoutSite(title, body string) string {
	for _, sep := range []string{" | ", " - ", " – ", " — "} {
		i := strings.LastIndex(title, sep)
		if i < 0 {
			continue
		}
		tail := text.AppendTokens(nil, title[i+len(sep):])
		head := text.AppendTokens(nil, title[:i])
		if len(tail) == 0 || len(tail) > 4 || len(head) < 3 || len(tail) >= len(head) {
			continue
		}
		if sep == " | " || !strings.Contains(body, title[i+len(sep):]) {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

// longest is the longest sentence that stands for a headline, in bytes.
const longest = 140

// shorten cuts a sentence between words, where possible at a comma.
func shorten(line string) string {
	if len(line) <= longest {
		return line
	}
	cut := longest
	for cut > 0 && !utf8.RuneStart(line[cut]) {
		cut--
	}
	if i := strings.LastIndexAny(line[:cut], ",;:"); i > longest/2 {
		return line[:i] + " …"
	}
	if i := strings.LastIndexFunc(line[:cut], unicode.IsSpace); i > longest/2 {
		cut = i
	}
	return line[:cut] + " …"
}
