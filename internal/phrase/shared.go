package phrase

import (
	"slices"
	"strings"

	"dedup/internal/shingle"
)

// maxTokens is the longest phrase; a sentence of a news article has 25 tokens on average and 1 in
// 1,000 more than this.
const maxTokens = 64

// class is a token sequence that two parties or more carry.
type class struct {
	at             int32 // first place in the stream
	n              int32 // tokens
	parties        int32
	places, quotes int32  // where it stands, and where inside quotation marks
	left, right    int32  // places where a reader could cut before it, and behind it
	glued          int32  // places where no space stands before it: the end of "61-year-old"
	set            uint64 // tells sets of parties apart
	prefix, suffix int32  // classes of the first and the last n-1 tokens; -1 of one token
	tight          bool   // somewhere nothing but it stands between the quotation marks
	above          int32  // most parties of a longer candidate
}

// shared finds all token sequences that two parties or more carry, shorter ones first: a sequence
// of k tokens can only be shared when its two parts of k-1 tokens are, so that level k joins what
// level k-1 left. Invariant: cur[i] is the class of the sequence of k-1 tokens at i,
// -1 if it is not shared. Cost: the sum over k of the places of shared sequences, which news brings to 3 to 6 times the tokens.
func (s *stream) shared() []class { return s.sharedIn(new(levels)) }

func (s *stream) sharedIn(l *levels) []class {
	l.start(len(s.toks))
	cur, next, alive, last := l.cur, l.next, l.alive, l.last
	all, level := l.all[:0], l.level
	for k := int32(1); k <= maxTokens && len(alive) > 0; k++ {
		l.number.Reset(len(alive) / 8)
		level, last = level[:0], last[:0]
		n := 0
		for _, i := range alive {
			c, key, ok := s.join(i, k, cur)
			if !ok {
				cur[i] = -1 // only place i and the one before it ask
				continue
			}
			at, known := l.number.At(key)
			if !known {
				*at = int32(len(level))
				level, last = append(level, c), append(last, -1)
			}
			x := *at
			if p := s.party[s.voice[i]]; p != last[x] { // the stream has the voices of a party side by side
				last[x] = p
				level[x].parties++
				level[x].set = shingle.Mix(level[x].set ^ uint64(p+1))
			}
			s.look(&level[x], i, k)
			next[i] = x
			alive[n] = i
			n++
		}
		alive = alive[:n]
		all, alive = l.keep(all, level, alive)
	}
	l.all, l.level, l.last = all, level, last
	return all
}

// start makes all of n places alive, none of which has a class yet.
func (l *levels) start(n int) {
	l.cur, l.next = slices.Grow(l.cur[:0], n+1)[:n+1], slices.Grow(l.next[:0], n+1)[:n+1]
	l.alive = slices.Grow(l.alive[:0], n)[:n]
	for i := range l.alive {
		l.alive[i] = int32(i)
	}
	l.cur[n] = -1 // behind the last
}

// join makes the class of the k tokens at i of those of its first and its last k-1, with a key that
// tells it from all others of k tokens.
func (s *stream) join(i, k int32, cur []int32) (c class, key uint64, ok bool) {
	c = class{at: i, n: k, prefix: -1, suffix: -1}
	if k == 1 {
		return c, uint64(s.id[i]), true
	}
	if i+k > s.end[i] || cur[i+1] < 0 {
		return c, 0, false
	}
	c.prefix, c.suffix = cur[i], cur[i+1]
	return c, uint64(c.prefix)<<32 | uint64(c.suffix), true
}

// keep appends the classes of a level that two parties or more carry to all, numbers the places
// that are left by them in cur and drops the other places.
func (l *levels) keep(all, level []class, alive []int32) ([]class, []int32) {
	renumber := slices.Grow(l.renumber[:0], len(level))[:len(level)]
	l.renumber = renumber
	for x := range level {
		renumber[x] = -1
		if level[x].parties > 1 {
			renumber[x] = int32(len(all))
			all = append(all, level[x])
		}
	}
	n := 0
	for _, i := range alive {
		if l.cur[i] = renumber[l.next[i]]; l.cur[i] >= 0 {
			alive[n] = i
			n++
		}
	}
	return all, alive[:n]
}

// look adds to c how its k tokens stand at i.
func (s *stream) look(c *class, i, k int32) {
	c.places++
	if s.flags[i]&quoted != 0 {
		c.quotes++
	}
	if s.gap[i] == joined {
		c.glued++
	}
	if s.cleanBefore(i, k) {
		c.left++
	}
	if s.cleanBehind(i, k) {
		c.right++
	}
	c.tight = c.tight || s.wholeQuotation(i, i+k)
}

// wholeQuotation says whether the tokens from i up to j are all of a quotation.
func (s *stream) wholeQuotation(i, j int32) bool {
	return s.flags[i]&quoted != 0 && s.gap[i] == hard && (i == 0 || s.voice[i-1] != s.voice[i] || s.flags[i-1]&quoted == 0) &&
		(int(j) == len(s.toks) || s.voice[j] != s.voice[i] || s.flags[j]&quoted == 0)
}

// cleanBefore: a bound or a function word stands before the k tokens at i, or a small word before
// their capital, not the first half of a name.
func (s *stream) cleanBefore(i, k int32) bool {
	switch r := s.role(i); {
	case r == subject && k >= long:
		return s.gap[i] != joined
	case r != content:
		return false
	}
	if k > 2 && s.gap[i+1] == comma && (s.role(i+1) != content || s.capital(i+1) && !s.capital(i)) {
		return false // "flight, the crew", "failures, President Putin"
	}
	if k > 2 && s.role(i+1) == speech && s.gap[i+2] == comma { // "Kim said, according to"
		return false
	}
	if g := s.gap[i]; g != plain {
		return g != joined
	}
	return s.role(i-1) != content || s.flags[i]&caseless != 0 || s.capital(i) && !s.capital(i-1) && s.flags[i-1]&number == 0
}

// long is the number of tokens from which a phrase is a sentence rather than a term and may start
// with its subject.
const long = 6

// cleanBehind: a bound, or a function word that does not need what stands before it, follows the k
// tokens at i, or a small word follows a name of two words.
func (s *stream) cleanBehind(i, k int32) bool {
	j := i + k                        // behind
	e := j - 1                        // the last
	if r := s.role(e); r != content { // as a sentence ends, or a quotation
		return k >= long && r != weak && r != speech && (r != date || s.flags[e]&quoted != 0) && s.finished(j)
	}
	if k > 2 && s.gap[e] == comma && !s.capital(e) && s.flags[e]&number == 0 {
		return false
	}
	if s.severed(e) {
		return false
	}
	if int(j) == len(s.toks) || s.gap[j] == hard {
		return !s.quoteOpens(j)
	}
	next := s.role(j)
	if next == speech && s.has(i, j, func(x int32) bool { return x > i && s.gap[x] == comma }) {
		return false // "was opened, Mr Brown said"
	}
	switch s.gap[j] {
	case plain:
	case comma, seam:
		return true
	default:
		return false
	}
	switch next {
	case content:
		return s.flags[e]&caseless != 0 ||
			k > 1 && s.capital(e) && s.capital(e-1) && !s.capital(j) && s.gap[e] == plain && s.flags[j]&number == 0 && !s.has(i, j, s.says)
	case lacking, subject:
		return false
	case auxiliary: // "officials say the trains" were …
		return !s.has(i, j, s.says)
	}
	return true
}

// severed says whether the last token of a phrase lacks what comes next: the initial of a name
// ("James R"), or in English a verb behind its subject ("Governor Ivey instituted").
func (s *stream) severed(e int32) bool {
	if s.toks[e].End-s.toks[e].Start == 1 {
		return s.flags[e]&capital != 0 && s.gap[e] != joined
	}
	return s.flags[e]&capital == 0 && s.gap[e] == plain && s.capital(e-1) && strings.HasSuffix(s.str(e), "ed")
}

// quoteOpens says whether a quotation goes on with the sentence at token j: "the agency says the
// trains" “bumped into each other”.
func (s *stream) quoteOpens(j int32) bool {
	if int(j) == len(s.toks) || s.voice[j] != s.voice[j-1] || s.flags[j]&(quoted|first) != quoted || s.flags[j-1]&quoted != 0 {
		return false
	}
	return !strings.ContainsAny(s.voices[s.voice[j]].Text[s.toks[j-1].End:s.toks[j].Start], ".,:;!?—")
}

// finished says whether a sentence or a quotation ends before token j.
func (s *stream) finished(j int32) bool {
	return int(j) == len(s.toks) || s.voice[j] != s.voice[j-1] || s.flags[j]&first != 0 || s.flags[j-1]&quoted != 0 && s.flags[j]&quoted == 0
}

// has says whether one of the tokens from i up to j is so.
func (s *stream) has(i, j int32, so func(x int32) bool) bool {
	for x := i; x < j; x++ {
		if so(x) {
			return true
		}
	}
	return false
}
