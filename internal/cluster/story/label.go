package story

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// voices is how many articles of a story its label is made from, the most central ones.
const voices = 8

// label gives st its headline, and its keywords if they are asked for.
func (s *run) label(w int, st *Story, units []int32, keywords bool) error {
	units, closeness, err := s.central(&s.workers[w], units)
	if err != nil {
		return err
	}
	articles := make([]Article, len(units))
	for i, u := range units {
		articles[i] = s.at(int(s.units[u].article))
	}
	opening := opening
	if len(articles) == 1 {
		opening /= 2 // nobody else says what matters; a lead is enough
	}
	words := s.countWords(&s.workers[w], articles, opening)
	if keywords {
		words.collectAll(articles, opening)
		st.Keywords = words.keywords()
	}
	best := float32(-1)
	for i, a := range articles {
		h, told := headline(a)
		if score := closeness[i] * words.shared(h, told); h != "" && score > best {
			best, st.Headline = score, h
		}
	}
	return nil
}

// enough is how many units of a story are looked at for the central ones, spread evenly in time.
const enough = 256

// center is the sum of the vectors of a story, by term.
type center struct {
	at   shingle.Numbers // of a term in sums
	sums []int64
}

// central is the units closest to the sum of all, the closest first, with their inner products with
// it.
func (s *run) central(k *worker, units []int32) ([]int32, []float32, error) {
	if len(units) <= 2 {
		return units, []float32{1, 1}[:len(units)], nil
	}
	some := make([]int32, min(len(units), enough))
	for i := range some {
		some[i] = units[i*len(units)/len(some)]
	}
	c := &k.center
	c.at.Reset(0)
	c.sums = c.sums[:0]
	for _, u := range some {
		v, err := s.vectorOf(k, u)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range v {
			at, known := c.at.At(uint64(weighed(x).term()))
			if !known {
				*at = int32(len(c.sums))
				c.sums = append(c.sums, 0)
			}
			c.sums[*at] += weighed(x).all()
		}
	}
	dots := make(map[int32]int64, len(some))
	for _, u := range some {
		v, err := s.vectorOf(k, u)
		if err != nil {
			return nil, nil, err
		}
		dot := int64(0)
		for _, x := range v {
			at, _ := c.at.Of(uint64(weighed(x).term()))
			dot += weighed(x).all() * c.sums[at]
		}
		dots[u] = dot
	}
	slices.SortFunc(some, func(a, b int32) int { return cmp.Or(cmp.Compare(dots[b], dots[a]), cmp.Compare(a, b)) })
	some = some[:min(len(some), voices)]
	closeness := make([]float32, len(some))
	for i, u := range some {
		closeness[i] = float32(dots[u]) / (allOne * allOne)
	}
	return some, closeness, nil
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
