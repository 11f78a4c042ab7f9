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

// sharedIn finds all token sequences that two parties or more carry, shorter ones first. A sequence
// of k tokens can only be shared if its two parts of k-1 tokens are. So level k looks only at
// places where both parts were shared on level k-1.
//
// Invariant at level k: cur[i] is the class of the k-1 tokens at place i, or -1 if they are not
// shared; alive are the places where they are. The text around a sequence is looked at only when
// the sequence is known to be shared. Cost: the number of places of shared sequences, over all k;
// in news that is 3 to 6 times the tokens.
func (s *stream) sharedIn(l *levels) []class {
	all := s.single(l)
	for k := int32(2); k <= maxTokens && len(l.alive) > 0; k++ {
		s.join(l, k)
		if k <= filtered {
			s.sift(l)
		}
		s.count(l)
		all = l.keep(all, k)
		for _, i := range l.alive {
			s.look(&all[l.cur[i]], i, k)
		}
	}
	l.all = all
	return all
}

// single makes the classes of single tokens. These are never phrases, so the text around them is
// not looked at.
func (s *stream) single(l *levels) []class {
	n := len(s.toks)
	l.cur, l.next = slices.Grow(l.cur[:0], n+1)[:n+1], slices.Grow(l.next[:0], n)[:n]
	l.cur[n] = -1 // behind the last
	l.alive, l.level = slices.Grow(l.alive[:0], n)[:n], l.level[:0]
	for w := range s.words {
		l.level = append(l.level, shared{at: s.words[w].at, prefix: -1, suffix: -1, last: -1})
	}
	for i, id := range s.id {
		l.level[id].carry(s.party[s.voice[i]])
		l.alive[i], l.next[i] = int32(i), id
	}
	return l.keep(l.all[:0], 1)
}

// filtered is the greatest length of a sequence, in tokens, for which sift runs before count.
// Longer sequences are few, and are counted at once.
const filtered = 3

// shared is a sequence whose parties are being counted.
type shared struct {
	at, prefix, suffix int32
	parties, last      int32 // last: the party that was counted last
	set                uint64
}

// carry counts a place of party p; the stream has the voices of a party side by side.
func (x *shared) carry(p int32) {
	if p != x.last {
		x.last = p
		x.parties++
		x.set = shingle.Mix(x.set ^ uint64(p+1))
	}
}

// join leaves the places at which k tokens can be shared, each with the key of these: the classes
// of their first and their last k-1.
func (s *stream) join(l *levels, k int32) {
	n := 0
	l.keys = l.keys[:0]
	for _, i := range l.alive {
		if i+k > s.end[i] || l.cur[i+1] < 0 {
			l.cur[i] = -1 // only place i and the one before it ask
			continue
		}
		l.keys = append(l.keys, uint64(l.cur[i])<<32|uint64(l.cur[i+1]))
		l.alive[n] = i
		n++
	}
	l.alive = l.alive[:n]
}

// sift drops most of the places whose key only one party has.
func (s *stream) sift(l *levels) {
	l.filter.reset(len(l.keys))
	for from := 0; from < len(l.keys); {
		p, to := s.party[s.voice[l.alive[from]]], from+1
		for to < len(l.keys) && s.party[s.voice[l.alive[to]]] == p {
			to++
		}
		l.filter.add(l.keys[from:to])
		from = to
	}
	n := 0
	for x, i := range l.alive {
		if !l.filter.has(l.keys[x]) {
			l.cur[i] = -1
			continue
		}
		l.alive[n], l.keys[n] = i, l.keys[x]
		n++
	}
	l.alive, l.keys = l.alive[:n], l.keys[:n]
}

// count numbers the keys, and counts the parties of each.
func (s *stream) count(l *levels) {
	l.number.Reset(len(l.keys) / 8)
	l.level = l.level[:0]
	for x, i := range l.alive {
		at, known := l.number.At(l.keys[x])
		if !known {
			*at = int32(len(l.level))
			l.level = append(l.level, shared{at: i, prefix: int32(l.keys[x] >> 32), suffix: int32(uint32(l.keys[x])), last: -1})
		}
		l.level[*at].carry(s.party[s.voice[i]])
		l.next[i] = *at
	}
}

// keep appends the classes of a level that two parties or more carry to all, numbers the places
// that are left by them in cur and drops the other places.
func (l *levels) keep(all []class, k int32) []class {
	renumber := slices.Grow(l.renumber[:0], len(l.level))[:len(l.level)]
	l.renumber = renumber
	for x := range l.level {
		renumber[x] = -1
		if c := &l.level[x]; c.parties > 1 {
			renumber[x] = int32(len(all))
			all = append(all, class{at: c.at, n: k, prefix: c.prefix, suffix: c.suffix, parties: c.parties, set: c.set})
		}
	}
	n := 0
	for _, i := range l.alive {
		if l.cur[i] = renumber[l.next[i]]; l.cur[i] >= 0 {
			l.alive[n] = i
			n++
		}
	}
	l.alive = l.alive[:n]
	return all
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
