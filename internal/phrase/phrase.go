// Package phrase finds the short distinctive phrases that independent sources of one story have in
// common, the agency an article credits, and how much of an article stands in others.
//
// A phrase is a maximal sequence of tokens inside one sentence that at least two independent voices
// carry, that starts and ends where a reader would cut, and that is surprising under the background
// model. Methods: maximal repeats by level-wise joining (Agrawal and Srikant 1994, on sequences),
// surprise as negative log probability under an interpolated word and pair model, and a greedy
// choice by what each phrase adds to those already chosen (Carbonell and Goldstein 1998).
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
