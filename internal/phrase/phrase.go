// Package phrase finds the short distinctive phrases that independent sources of one story have in
// common. It also finds the agency that an article credits, and how much of an article stands in
// others.
//
// A phrase is a sequence of tokens inside one sentence. At least two independent voices carry it,
// it starts and ends where a reader would cut, and it is surprising under the background model. The
// steps for one story, which a Reader holds:
//
// 1. Stream (stream.go): the tokens of all voices, one party after the other, with how each is
// written and what stands between them. 2. Shared (shared.go): all token sequences that two parties
// carry. Level-wise joining (Agrawal and Srikant 1994, on sequences) finds them. 3. Candidates
// (choose.go, worth.go): sequences that an editor might keep. Each has a worth: surprise, as
// negative log probability under a model of words and pairs, and how it is written and used. 4.
// Choice (select.go): candidates that say something new beside those already chosen (Carbonell and
// Goldstein 1998), the best first.
package phrase

import "dedup/internal/article"

// Kinds of phrases.
const (
	Quote = "quote" // stands inside quotation marks
	Name  = "name"  // a proper name, with its title or not
	Wire  = "wire"  // any other shared wording
)

// Voice is one article of the story. Articles of one source, or of one near-duplicate cluster,
// count as one voice.
type Voice struct {
	Text   string
	Source string         // empty: unknown, a voice of its own
	Near   int32          // near-duplicate cluster, -1 for none
	Skip   []article.Span // bytes of Text that no phrase may touch: furniture, repeats
}

// Options limits the result. The zero value is the default.
type Options struct {
	Limit int     // phrases a story, best first; 0: 100, negative: all
	Least float64 // least worth of a phrase (worth.go); at 0 an editor would mark every second one
}

// Occurrence is a place of a phrase: bytes Span of voices[Voice].Text.
type Occurrence struct {
	Voice int
	Span  article.Span
}

// Phrase is what independent voices share. Text is its best-written form (accents kept, sentence
// case before headlines and capitals), which is that of one of its occurrences. Occurrences are
// ordered by voice, then by place.
type Phrase struct {
	Text        string
	Tokens      int
	Bits        float64 // surprise under the background model
	Kind        string
	Occurrences []Occurrence
}
