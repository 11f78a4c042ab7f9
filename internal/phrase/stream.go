package phrase

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/forest"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// gap is what stands between a token and the one before it.
type gap uint8

const (
	plain      gap = iota // white space, or signs that mean nothing here
	joined                // no white space: "30-day", "U.S"
	possessive            // 's
	comma
	seam // no white space between two scripts, or white space where words have none
	hard // what no phrase crosses: bounds of sentences and quotations, dashes, brackets, colons, what is to be skipped
)

// How a token is written.
const (
	capital   uint16 = 1 << iota // first letter is upper case
	upper                        // all letters are, and there are two or more
	number                       // starts with a digit
	quoted                       // inside quotation marks
	headline                     // in a sentence whose words are nearly all capitalised
	first                        // of its sentence
	spaceless                    // of a script without spaces
	kana                         // Hiragana: endings and particles
	caseless                     // of a script with spaces but without capitals
)

// stream is all tokens of a story, voices of one party side by side.
type stream struct {
	bg      *background.Model
	voices  []Voice
	toks    []text.Token
	id      []int32 // number of the word
	voice   []int32
	gap     []gap
	flags   []uint16
	end     []int32 // one past the last token that a phrase starting here may reach
	words   []word
	number  shingle.Numbers // of a word, by hash
	party   []int32         // of each voice
	parties int
}

// word is what is known of a word wherever it stands.
type word struct {
	hash  uint64
	role  role
	photo bool  // begins a pair of captions
	count int32 // in the story
	at    int32 // first place in the stream
	stem  int32 // number of the word that it is a plural of, if the story has that, else its own
}

// streamOf makes the stream of the story that was read; it is good until the next one.
func (r *Reader) streamOf(bg *background.Model) *stream {
	s := &r.stream
	s.bg, s.voices = languageModel(r.voices, bg), r.voices
	s.party, s.parties = parties(r.voices)
	if s.parties < 2 {
		return s
	}
	n := len(r.toks)
	s.toks, s.id, s.voice = slices.Grow(s.toks[:0], n), slices.Grow(s.id[:0], n), slices.Grow(s.voice[:0], n)
	s.gap, s.flags, s.words = slices.Grow(s.gap[:0], n), slices.Grow(s.flags[:0], n), s.words[:0]
	s.number.Reset(0)
	for _, v := range order(r.voices, s.party) {
		r.add(v)
	}
	s.findStems()
	s.end = slices.Grow(s.end[:0], len(s.toks))[:len(s.toks)]
	for i := len(s.toks) - 1; i >= 0; i-- {
		if i+1 == len(s.toks) || s.gap[i+1] == hard {
			s.end[i] = int32(i + 1)
		} else {
			s.end[i] = s.end[i+1]
		}
	}
	return s
}

// languageModel is the model for the language that most of the story's text is in.
func languageModel(voices []Voice, bg *background.Model) (spoken *background.Model) {
	bytes := map[*background.Model]int{}
	of := make([]*background.Model, len(voices))
	most := 0
	for i, v := range voices {
		of[i] = bg.Of(v.Text)
		bytes[of[i]] += len(v.Text)
		most = max(most, bytes[of[i]])
	}
	least := ""
	for i, v := range voices { // of two languages with as much text, that of the least one
		if bytes[of[i]] == most && (least == "" || v.Text < least) {
			spoken, least = of[i], v.Text
		}
	}
	return spoken
}

// order lists the voices by party, and both by what they say: the stream, and so the result, is the
// same however the voices come.
func order(voices []Voice, party []int32) []int {
	key := make([]uint64, len(voices)) // of a voice
	least := map[int32]uint64{}        // of a party
	out := make([]int, len(voices))
	for i, v := range voices {
		out[i], key[i] = i, text.Hash(v.Text)
		if k, ok := least[party[i]]; !ok || key[i] < k {
			least[party[i]] = key[i]
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Or(cmp.Compare(least[party[a]], least[party[b]]), cmp.Compare(party[a], party[b]), cmp.Compare(key[a], key[b]),
			cmp.Compare(voices[a].Source, voices[b].Source))
	})
	return out
}

// findStems leads each English plural to its singular.
func (s *stream) findStems() {
	var b []byte
	for i := range s.words {
		w := &s.words[i]
		str := s.str(w.at)
		if c := str[len(str)-1]; c|0x20 != 's' && asciiClass[c] == asciiWord {
			continue // nor does its normal form end in s
		}
		b = text.AppendNormal(b[:0], str)
		if n := len(b) - 1; n >= 3 && b[n] == 's' {
			if j, ok := s.number.Of(text.Hash(string(b[:n]))); ok {
				w.stem = j
			}
		}
	}
}

// parties numbers the independent voices: voices of one source, or of one near-duplicate cluster,
// belong together.
func parties(voices []Voice) (party []int32, n int) {
	sets := forest.Of[int32](nil).Alone(len(voices))
	sources, nears := map[string]int32{}, map[int32]int32{}
	for i, v := range voices {
		join := func(j int32, ok bool) {
			if ok {
				sets.Join(int32(i), j)
			}
		}
		if src := strings.ToLower(strings.TrimSpace(v.Source)); src != "" {
			j, ok := sources[src]
			join(j, ok)
			sources[src] = int32(i)
		}
		if v.Near >= 0 {
			j, ok := nears[v.Near]
			join(j, ok)
			nears[v.Near] = int32(i)
		}
	}
	for i := range sets {
		if sets[i] = sets.Root(int32(i)); sets[i] == int32(i) {
			n++
		}
	}
	return sets, n
}

// add appends the tokens of voice v to the stream.
func (r *Reader) add(v int) {
	s, str := &r.stream, r.voices[v].Text
	r.sentences = text.AppendSentences(r.sentences[:0], str)
	r.quotes = text.AppendQuotations(r.quotes[:0], str)
	r.skip = append(r.skip[:0], r.voices[v].Skip...)
	if c := &r.credits[v]; c.agency != "" {
		r.skip = append(r.skip, c.line)
	}
	slices.SortFunc(r.skip, func(a, b article.Span) int { return a.Start - b.Start })
	sentence, quote, skip := cursor{spans: r.sentences, last: -1}, cursor{spans: r.quotes, last: -1}, cursor{spans: r.skip, last: -1}
	begin, cut, end := len(s.toks), true, 0
	for _, t := range r.tokens(v) {
		if _, in := skip.at(int(t.Start)); in || skip.starts(int(t.End)) {
			cut = true
			continue
		}
		newSentence, _ := sentence.at(int(t.Start))
		newQuote, in := quote.at(int(t.Start))
		g := hard
		if !cut && !newSentence && !newQuote {
			g = gapOf(str[end:t.Start])
		}
		if newSentence || cut {
			s.endSentence(begin)
			begin = len(s.toks)
		}
		fl := written(str[t.Start:t.End])
		if in {
			fl |= quoted
		}
		if newSentence {
			fl |= first
		}
		if n := len(s.flags); g == plain && fl&spaceless != 0 && (end < int(t.Start) || n > 0 && s.flags[n-1]&spaceless != 0 && kanji(str[t.Start:]) != kanji(s.str(int32(n-1)))) {
			g = seam
		}
		s.toks, s.id, s.voice = append(s.toks, t), append(s.id, s.wordNumber(t, str, &r.known)), append(s.voice, int32(v))
		s.gap, s.flags = append(s.gap, g), append(s.flags, fl)
		cut, end = false, int(t.End)
	}
	s.endSentence(begin)
}

func (s *stream) wordNumber(t text.Token, str string, known *roles) int32 {
	n, ok := s.number.At(t.Hash)
	if !ok {
		*n = int32(len(s.words))
		role, photo := known.of(s.bg, t.Hash, str[t.Start:t.End])
		s.words = append(s.words, word{hash: t.Hash, role: role, photo: photo, at: int32(len(s.toks)), stem: *n})
	}
	s.words[*n].count++
	return *n
}

// endSentence looks at the sentence from token begin to the last: where nearly all words are
// capitalised, a capital means nothing, and no phrase comes from the caption of a picture.
func (s *stream) endSentence(begin int) {
	small, caps, caption := 0, 0, false
	for i := begin; i < len(s.toks); i++ {
		switch {
		case s.words[s.id[i]].role != content, s.flags[i]&number != 0, s.gap[i] == joined:
		case s.flags[i]&capital != 0:
			caps++
		default:
			small++
		}
		caption = caption || i > begin && s.words[s.id[i-1]].photo && captions[[2]uint64{s.toks[i-1].Hash, s.toks[i].Hash}]
	}
	title := caps >= 4 && caps >= 4*small && (small == 0 || !s.stopped())
	for i := begin; i < len(s.toks); i++ {
		if title {
			s.flags[i] |= headline
		}
		if caption {
			s.gap[i] = hard
		}
	}
}

// stopped says whether a full stop follows the last token.
func (s *stream) stopped() bool {
	i := len(s.toks) - 1
	return strings.HasPrefix(s.voices[s.voice[i]].Text[s.toks[i].End:], ".")
}

// cursor walks over spans in order of their starts.
type cursor struct {
	spans      []article.Span
	next, last int
	reach      int // furthest end of the spans passed
}

// at moves to byte pos, which must not go back. It says whether another state (inside another span,
// or outside) holds than at the call before, and whether pos is inside a span.
func (c *cursor) at(pos int) (changed, inside bool) {
	for c.next < len(c.spans) && c.spans[c.next].Start <= pos {
		c.reach = max(c.reach, c.spans[c.next].End)
		c.next++
	}
	state := -1
	if inside = c.next > 0 && pos < c.reach; inside {
		state = c.next - 1
	}
	changed, c.last = state != c.last, state
	return changed, inside
}

// starts says whether the next span starts before byte end.
func (c *cursor) starts(end int) bool { return c.next < len(c.spans) && c.spans[c.next].Start < end }

// kanji says whether s starts with a Chinese character.
func kanji(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.Is(unicode.Han, r)
}

// role of token i where it stands: function words can be part of a name ("Theresa May") and are
// none when written in capitals ("US").
func (s *stream) role(i int32) role {
	w := &s.words[s.id[i]]
	if s.flags[i]&kana != 0 {
		return function
	}
	if w.role == content || s.flags[i]&capital == 0 || s.flags[i]&headline != 0 || w.role >= weak {
		return w.role
	}
	if s.flags[i]&upper != 0 || s.flags[i]&first == 0 && !small[w.hash] && (s.nameAt(i-1, i) || s.nameAt(i+1, i+1)) {
		return content
	}
	return w.role
}

// nameAt says whether token i is a capitalised word with a meaning, and nothing but space stands
// before token g.
func (s *stream) nameAt(i, g int32) bool {
	return i >= 0 && int(g) < len(s.toks) && s.gap[g] == plain && s.capital(i) && s.words[s.id[i]].role == content
}

// capital says whether token i is capitalised for its own sake.
func (s *stream) capital(i int32) bool { return s.flags[i]&capital != 0 && s.flags[i]&headline == 0 }
