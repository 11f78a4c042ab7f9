package gate

import (
	"fmt"
	"math/bits"

	"github.com/zeebo/xxh3"

	"dedup/internal/shingle"
)

// Key is what a baseline knows a finding by: a hash of the rule and of the hashes of the words that
// were found (text.Token.Hash), those of the passage or, where the whole article is meant, all of
// the article's; none for an empty one. Place, layout and case do not enter. The same words give
// the same key for as long as text.Version stays, which the baseline keeps beside the keys.
func Key(rule Rule, words []uint64) uint64 {
	h := xxh3.HashString(string(rule))
	for _, w := range words {
		h = shingle.Mix(bits.RotateLeft64(h, 23) ^ w)
	}
	return shingle.Mix(h ^ uint64(len(words)))
}

// keyName is how a key is written.
func keyName(key uint64) string { return fmt.Sprintf("%016x", key) }

// Fingerprint names a finding of a drop: its key, and the how-manieth of that key it is. Neither has
// to do with lines, so a finding keeps it when text moves.
func (f *Judged) Fingerprint() string { return fmt.Sprintf("%s:%d", keyName(f.Key), f.Nth) }
