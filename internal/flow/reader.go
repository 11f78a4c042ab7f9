package flow

import (
	"dedup/internal/article"
	"dedup/internal/shingle"
	"dedup/internal/text"
)

// reader is what one goroutine reads texts with. It keeps the words of articles that it looked at:
// the passages of one article stand side by side, and their kin are the same.
type reader struct {
	*index
	at func(i int) Article

	kept   [keptWords]keptArticle
	tally  tally
	sought passageWords
	toks   []text.Token
	grams  []uint64
	quotes []article.Span
}

// keptWords is of how many articles the words are kept: a power of two. The words of a text of
// mostText bytes take 200 KiB.
const keptWords = 32

// keptArticle are the words of one article.
type keptArticle struct {
	number int // plus one; 0: none
	words  []uint64
}

// words are the hashes of the words of an article in order. They are good until the next call.
func (r *reader) words(c carrier) []uint64 {
	k := &r.kept[c.at%keptWords]
	if k.number != c.at+1 {
		r.toks = text.AppendTokens(r.toks[:0], c.Text[:min(len(c.Text), mostText)])
		k.number, k.words = c.at+1, k.words[:0]
		for _, t := range r.toks {
			k.words = append(k.words, t.Hash)
		}
	}
	return k.words
}

// passageWords are the 5-word shingles of a passage.
type passageWords struct {
	number shingle.Numbers
	seen   []int // by number: the last text that the shingle was found in
	texts  int
}

// seekSize is how many words a shingle has that tells whether a text has a passage.
const seekSize = 5

// seek takes a passage for holds.
func (r *reader) seek(passage string) {
	s := &r.sought
	s.number.Reset(0)
	s.seen, s.texts = s.seen[:0], 0
	r.toks = text.AppendTokens(r.toks[:0], passage)
	r.grams = shingle.Append(r.grams[:0], r.toks, seekSize)
	for _, g := range r.grams {
		if at, known := s.number.At(g); !known {
			*at = int32(len(s.seen))
			s.seen = append(s.seen, 0)
		}
	}
}

// holds says whether an article has at least half of the shingles of the passage that is sought.
func (r *reader) holds(c carrier) bool {
	s := &r.sought
	s.texts++
	n := 0
	r.grams = shingle.AppendHashes(r.grams[:0], r.words(c), seekSize)
	for _, g := range r.grams {
		if i, ok := s.number.Of(g); ok && s.seen[i] != s.texts {
			s.seen[i] = s.texts
			if n++; 2*n >= len(s.seen) {
				return true
			}
		}
	}
	return 2*n >= len(s.seen)
}
