package phrase

import (
	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Reader answers what is asked of one story after another. It reads a story once for all questions,
// and keeps its buffers for the next story. The zero value is ready; it serves one goroutine.
type Reader struct {
	voices  []Voice
	toks    []text.Token // of all voices
	ends    []int        // of each voice
	credits []credit

	stream stream
	level  levels
	copy   copying

	sentences, quotes, skip []article.Span
	known                   roles
}

// Read takes in the voices of a story. They may change when the next story is read.
func (r *Reader) Read(voices []Voice) {
	r.voices = voices
	r.toks, r.ends, r.credits = r.toks[:0], r.ends[:0], r.credits[:0]
	for i := range voices {
		r.toks = text.AppendTokens(r.toks, voices[i].Text)
		r.ends = append(r.ends, len(r.toks))
		r.credits = append(r.credits, findCredit(voices[i].Text))
	}
}

// tokens are those of voice v.
func (r *Reader) tokens(v int) []text.Token {
	if v == 0 {
		return r.toks[:r.ends[0]]
	}
	return r.toks[r.ends[v-1]:r.ends[v]]
}

// Agency is the agency that voice v credits, as Credit gives it.
func (r *Reader) Agency(v int) string { return r.credits[v].agency }

// Phrases finds the phrases of the story that was read, the most telling first. The same voices in
// another order give the same phrases with other voice numbers. Cost: linear in the tokens of the
// story, times the length of what is shared.
func (r *Reader) Phrases(bg *background.Model, opt Options) []Phrase {
	if opt.Limit == 0 {
		opt.Limit = 100
	}
	s := r.streamOf(bg)
	if s.parties < 2 {
		return nil
	}
	return s.choose(s.candidates(s.sharedIn(&r.level), opt.Least), opt.Limit)
}

// roleBits: 16 bytes each of as many words.
const roleBits = 14

// roles remembers the roles of words in ASCII letters from story to story; nine of ten words of a
// story stood in one just before.
type roles struct {
	bg   *background.Model
	seen [1 << roleBits]knownRole
}

type knownRole struct {
	hash    uint64
	role    role
	caption bool
	ok      bool
}

// of is roleOf, and whether the word begins a pair of captions.
func (k *roles) of(bg *background.Model, hash uint64, written string) (role, bool) {
	if written[0] >= 0x80 {
		return roleOf(bg, hash, written), captionFirst[hash]
	}
	if k.bg != bg {
		k.bg = bg
		clear(k.seen[:])
	}
	at := &k.seen[hash>>(64-roleBits)]
	if at.hash != hash || !at.ok {
		*at = knownRole{hash, roleOf(bg, hash, written), captionFirst[hash], true}
	}
	return at.role, at.caption
}

// levels is what sharedIn needs.
type levels struct {
	cur, next, alive, renumber []int32 // next: by place, into level
	keys                       []uint64
	filter                     filter
	number                     shingle.Numbers
	level                      []shared
	all                        []class
}

// copying is what Shared needs.
type copying struct {
	toks     []text.Token
	ends     []int
	grams    []uint64
	repeated filter
	owner    shingle.Numbers
}
