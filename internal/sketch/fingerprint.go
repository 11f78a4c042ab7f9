package sketch

import (
	"math/bits"

	"github.com/mfonda/simhash"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Fingerprint is the simhash of the text whose tokens are toks (Charikar, "Similarity estimation
// techniques from rounding algorithms", 2002; Manku et al., "Detecting near-duplicates for web
// crawling", 2007) over its w-shingles, each with weight 1 every time it occurs. A text of fewer
// tokens than w has none.
//
// It is bit for bit what the simhash package makes of features with these sums. Only the counting
// is done here: 16 sums at a time by carry-save adders (see tally), 1 ns a shingle where Vectorize
// takes 40.
func (k *Sketcher) Fingerprint(toks []text.Token) (uint64, bool) {
	w := k.scheme.FingerprintW
	if len(toks) < w {
		return 0, false
	}
	k.sums = shingle.Append(k.sums[:0], toks, w)
	return k.fingerprintOf(k.sums), true
}

// fingerprintOf is the simhash of features with the given sums, weight 1 each.
func (k *Sketcher) fingerprintOf(sums []uint64) uint64 {
	var t tally
	t.add(sums)
	t.vector(&k.vector, len(sums))
	return simhash.Fingerprint(k.vector)
}

// Distance is the Hamming distance of two fingerprints, 0 to 64 bits.
func Distance(a, b uint64) int { return bits.OnesCount64(a ^ b) }

// tally counts, for each of the 64 places of a word, the words with a 1 there. The counts are
// bit-sliced: bit i of plane[j] is bit j of the count of place i. 28 planes count 268 million
// words: more tokens than an article of 4 GiB has words of eight letters; add panics past that.
//
// Method: Harley and Seal's carry-save adders (Warren, "Hacker's Delight", 5-1), 5 operations for
// each word added: 16 words become one word of carries worth 16 each, which is added to the planes
// above.
type tally struct{ plane [33]uint64 }

func (t *tally) add(words []uint64) {
	ones, twos, fours, eights := t.plane[0], t.plane[1], t.plane[2], t.plane[3]
	top := min(len(t.plane), 4+bits.Len(uint(len(words)/16+1)))
	for len(words) > 0 {
		var x *[16]uint64
		if len(words) >= 16 {
			x = (*[16]uint64)(words)
			words = words[16:]
		} else {
			x = new([16]uint64)
			copy(x[:], words)
			words = nil
		}
		var a, b, c, d, e, f, carry uint64
		ones, a = csa(ones, x[0], x[1])
		ones, b = csa(ones, x[2], x[3])
		twos, c = csa(twos, a, b)
		ones, a = csa(ones, x[4], x[5])
		ones, b = csa(ones, x[6], x[7])
		twos, d = csa(twos, a, b)
		fours, e = csa(fours, c, d)
		ones, a = csa(ones, x[8], x[9])
		ones, b = csa(ones, x[10], x[11])
		twos, c = csa(twos, a, b)
		ones, a = csa(ones, x[12], x[13])
		ones, b = csa(ones, x[14], x[15])
		twos, d = csa(twos, a, b)
		fours, f = csa(fours, c, d)
		eights, carry = csa(eights, e, f)
		for i := 4; i < top; i++ {
			t.plane[i], carry = t.plane[i]^carry, t.plane[i]&carry
		}
	}
	t.plane[0], t.plane[1], t.plane[2], t.plane[3] = ones, twos, fours, eights
}

// csa adds three bits in each place: sum and carry.
func csa(a, b, c uint64) (sum, carry uint64) {
	u := a ^ b
	return u ^ c, a&b | u&c
}

// vector turns counts over n words into the vector that simhash.Vectorize makes: ones minus zeros
// in each place.
func (t *tally) vector(v *simhash.Vector, n int) {
	top := min(len(t.plane), bits.Len(uint(n)))
	for i := range v {
		count := 0
		for j, p := range t.plane[:top] {
			count |= int(p>>i&1) << j
		}
		v[i] = 2*count - n
	}
}
