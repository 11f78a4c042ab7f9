package phrase

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// another is what the rank of a phrase is worth for each better one that has the same parties: two
// sources that copied each other must not fill the top of the list.
const another = 0.9

// mostly is the share of the words of a phrase that phrases taken must cover at a place for the
// place to say nothing new. It is also the share of the voices with only such places for the phrase
// to say nothing new.
const mostly = 0.6

// choose takes the candidates that say something new, the longest first. A candidate says something
// new if most of its voices have it at a place that no phrase taken covers; for a name one voice is
// enough. The result starts with the best. found is sorted.
func (s *stream) choose(found []candidate, limit int) []Phrase {
	index := s.index(found)
	taken := make([]bool, len(s.toks))
	places := make([][]int32, len(found))
	order := make([]int, len(found))
	for x := range order {
		order[x] = x
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(found[b].n, found[a].n) })
	var chosen []int
	for _, x := range order {
		c := &found[x]
		places[x] = s.places(c.class, index)
		if old := s.covered(c, places[x], taken); old == c.parties || !s.named(c.at, c.n) && float64(old) >= mostly*float64(c.parties) {
			continue
		}
		for _, i := range places[x] {
			for k := i; k < i+c.n; k++ {
				taken[k] = true
			}
		}
		chosen = append(chosen, x)
	}
	slices.Sort(chosen)
	times := map[uint64]int{} // set of parties: better phrases
	for _, x := range chosen {
		c := &found[x]
		c.rank *= math.Pow(another, float64(times[c.set]))
		times[c.set]++
	}
	slices.SortStableFunc(chosen, func(a, b int) int { return cmp.Compare(found[b].rank, found[a].rank) })
	if limit >= 0 {
		chosen = chosen[:min(len(chosen), limit)]
	}
	out := make([]Phrase, len(chosen))
	for k, x := range chosen {
		c := found[x]
		if s.opened(c.at, places[x]) {
			c.at, c.n = c.at-1, c.n+1
			c.bits = s.bg.Bits(s.hashes(nil, c.at, c.n))
			for i := range places[x] {
				places[x][i]--
			}
		}
		out[k] = s.phrase(c, places[x])
	}
	return out
}

// opened says whether the phrase starts inside of an expression, a stock phrase of three words
// around its first one, and has the whole of it at all its places: "in exchange for" a ceasefire.
func (s *stream) opened(at int32, places []int32) bool {
	for _, i := range places {
		if i == 0 || s.gap[i] != plain || s.id[i-1] != s.id[at-1] {
			return false
		}
	}
	return s.role(at-1) == function && s.role(at) == content && s.role(at+1) != content && s.bg.Stock(s.hashes(nil, at-1, 3))
}

// covered counts the parties all of whose places are mostly taken.
func (s *stream) covered(c *candidate, places []int32, taken []bool) (n int32) {
	last, all := int32(-1), false
	for _, i := range places { // the places of a party are side by side
		if p := s.party[s.voice[i]]; p != last {
			if all {
				n++
			}
			last, all = p, true
		}
		have, say := 0, 0
		for k := i; k < i+c.n; k++ {
			if s.role(k) == content {
				say++
				if taken[k] {
					have++
				}
			}
		}
		all = all && float64(have) >= mostly*float64(say)
	}
	if all {
		n++
	}
	return n
}

// starts lists the places of the pairs of words that candidates start with.
type starts struct {
	number shingle.Numbers // of a pair
	lists  [][]int32
}

// pair is the two words at token i.
func (s *stream) pair(i int32) uint64 { return uint64(s.id[i])<<32 | uint64(s.id[i+1]) }

func (s *stream) index(found []candidate) *starts {
	x := &starts{}
	x.number.Reset(len(found))
	for i := range found {
		if at, known := x.number.At(s.pair(found[i].at)); !known {
			*at = int32(len(x.lists))
			x.lists = append(x.lists, nil)
		}
	}
	for i := int32(0); int(i)+1 < len(s.toks); i++ {
		if k, ok := x.number.Of(s.pair(i)); ok {
			x.lists[k] = append(x.lists[k], i)
		}
	}
	return x
}

// places finds where a class stands; of places that overlap, the first.
func (s *stream) places(c class, index *starts) []int32 {
	var out []int32
	want := s.id[c.at : c.at+c.n]
	k, _ := index.number.Of(s.pair(c.at))
	for _, i := range index.lists[k] {
		if n := len(out); n > 0 && i < out[n-1]+c.n {
			continue
		}
		if i+c.n <= s.end[i] && slices.Equal(s.id[i:i+c.n], want) {
			out = append(out, i)
		}
	}
	return out
}

// phrase makes the result of a candidate.
func (s *stream) phrase(c candidate, places []int32) Phrase {
	p := Phrase{Tokens: int(c.n), Bits: c.bits, Kind: s.kind(c.n, places)}
	best := 0
	for _, i := range places {
		o := Occurrence{Voice: int(s.voice[i]), Span: s.span(i, c.n)}
		p.Occurrences = append(p.Occurrences, o)
		t := s.voices[o.Voice].Text[o.Span.Start:o.Span.End]
		if w := s.writing(i, c.n, t); p.Text == "" || w > best || w == best && t < p.Text {
			best, p.Text = w, t
		}
	}
	slices.SortFunc(p.Occurrences, func(a, b Occurrence) int {
		if a.Voice != b.Voice {
			return a.Voice - b.Voice
		}
		return a.Span.Start - b.Span.Start
	})
	return p
}

// span is the bytes of the n tokens at i, with a currency or per cent sign and the full stop of
// initials ("U.S.").
func (s *stream) span(i, n int32) article.Span {
	str := s.voices[s.voice[i]].Text
	sp := article.Span{Start: int(s.toks[i].Start), End: int(s.toks[i+n-1].End)}
	if r, w := utf8.DecodeLastRuneInString(str[:sp.Start]); unicode.Is(unicode.Sc, r) {
		sp.Start -= w
	}
	switch rest := str[sp.End:]; {
	case strings.HasPrefix(rest, "%"):
		sp.End++
	case strings.HasPrefix(rest, ".") && n > 1 && s.gap[i+n-1] == joined && str[sp.End-2] == '.':
		sp.End++
	}
	return sp
}

// writing says how well a place writes the phrase: accents kept, as in running text, no line end
// inside.
func (s *stream) writing(i, n int32, t string) int {
	w := 0
	for j := i; j < i+n; j++ {
		fl := s.flags[j]
		switch {
		case fl&upper != 0:
			w -= 2
		case fl&headline != 0:
			w -= 3
		case fl&first != 0:
			w--
		}
	}
	for _, r := range t {
		switch {
		case unicode.IsLetter(r) && r >= 0x80:
			w += 2
		case r == '\n':
			w -= 9
		}
	}
	return w
}

// kind of a phrase: a name is capitalised wherever sentence case tells anything, a quote is quoted
// by half of its parties.
func (s *stream) kind(n int32, places []int32) string {
	names, tell := 0, 0
	quotes, parties := 0, 0
	last, q := int32(-1), false
	for _, i := range places {
		if p := s.party[s.voice[i]]; p != last {
			last, q = p, false
			parties++
		}
		if !q && s.flags[i]&quoted != 0 {
			q = true
			quotes++
		}
		if s.flags[i]&headline == 0 {
			tell++
			if s.named(i, n) {
				names++
			}
		}
	}
	switch {
	case tell > 0 && 2*names > tell:
		return Name
	case 2*quotes >= parties:
		return Quote
	}
	return Wire
}

// named says whether the tokens at i are a capitalised run, or one of two words or more behind a
// small title ("spokesman", "quarterback"). Inside it numbers and words of up to three letters
// ("of", "des", "bin") may be small; a capital that only starts the sentence is none.
func (s *stream) named(i, n int32) bool {
	run, small := 0, 0
	for j := i; j < i+n; j++ {
		switch {
		case s.capital(j) && (s.flags[j]&first == 0 || s.role(j) == content):
			run++
		case s.flags[j]&number != 0 || j > i && j < i+n-1 && run > 0 && utf8.RuneCountInString(s.str(j)) <= 3:
		case run == 0 && j < i+n-1 && s.role(j) == content && s.gap[j+1] != comma:
			small++
		default:
			return false
		}
	}
	if run == 1 && s.flags[i]&first != 0 && s.capital(i) {
		return false
	}
	return small == 0 && run > 0 || small <= 2 && run >= 2
}

// normal is the normal form of the tokens at i.
func (s *stream) normal(at, n int32) string {
	var b []byte
	for i := at; i < at+n; i++ {
		if i > at {
			b = append(b, ' ')
		}
		b = text.AppendNormal(b, s.str(i))
	}
	return string(b)
}
