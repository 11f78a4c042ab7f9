// Package background is the background model: in how many of a large number of news articles each word and each common word sequence
// occurs. Stories weigh terms by it, phrases measure surprise by it.
package background

// Model answers how common words and sequences are. It is read-only and safe for concurrent use.
type Model struct {
	Articles float64 // number of articles that the counts were made from
}

// Default is the model embedded in the binary.
func Default() *Model { return &Model{Articles: 26000} }

// DF estimates in how many of m.Articles articles the word (a text.Token hash) occurs; at least a floor above zero for an unknown word.
func (m *Model) DF(word uint64) float64 { return 0.5 }

// PairDF is DF of two adjacent words; 0 where the pair is not among the common ones.
func (m *Model) PairDF(a, b uint64) float64 { return 0 }

// Stock tells whether the sequence of 2 to 5 words is a stock phrase: one that unrelated articles keep using.
func (m *Model) Stock(words []uint64) bool { return false }

// Function tells whether the word is a function word ("the", "of", "according"...: too common to carry meaning).
func (m *Model) Function(word uint64) bool { return false }

// Bits is the surprise of the sequence: -log2 of its probability at a given place of a text under the model
// (interpolated word and pair probabilities).
func (m *Model) Bits(words []uint64) float64 { return 0 }
