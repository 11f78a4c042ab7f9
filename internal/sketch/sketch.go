// Package sketch reduces an article to a fingerprint (simhash) and a signature (MinHash). Both tell
// how much two articles resemble each other without their text.
//
// In come the tokens of an article, after text.Once. Out comes a Sketch, which can be compared with
// others of the same Scheme.
package sketch

import (
	"slices"

	"github.com/mfonda/simhash"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Sketch is a fingerprint and a signature. Has is false, and Fingerprint 0, for an article too
// short to have one; Signature is nil for an article without tokens. Two sketches can be compared
// only when they were made by the same Scheme.
type Sketch struct {
	Fingerprint uint64
	Has         bool
	Signature   []uint32 // Scheme.Slots values
}

// Sketcher makes sketches. It is one worker's scratch, not safe for concurrent use.
type Sketcher struct {
	scheme Scheme
	sums   []uint64       // shingles of one article
	vector simhash.Vector // kept here so that it need not be cleared
	empty  []uint32       // a signature without values
	full   []bool         // which slots have a value of their own
}

// NewSketcher makes a Sketcher for a scheme for which Validate returns nil, as it does for
// Default; it panics for another.
func NewSketcher(s Scheme) *Sketcher {
	if err := s.Validate(); err != nil {
		panic(err)
	}
	return &Sketcher{scheme: s, empty: slices.Repeat([]uint32{unset}, s.Slots), full: make([]bool, s.Slots)}
}

// AppendSketch makes the sketch of an article from its tokens, which must have gone through
// text.Once. The signature is appended to dst, and shares its memory with the slice returned.
func (k *Sketcher) AppendSketch(dst []uint32, toks []text.Token) (Sketch, []uint32) {
	var s Sketch
	s.Fingerprint, s.Has = k.Fingerprint(toks)
	k.sums = shingle.Append(k.sums[:0], toks, k.scheme.W)
	n := len(dst)
	dst = k.Signature(dst, k.sums)
	if len(dst) > n {
		s.Signature = dst[n:len(dst):len(dst)]
	}
	return s, dst
}
