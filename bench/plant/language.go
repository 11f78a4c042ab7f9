package main

import (
	"math"
	"math/bits"
)

// random is wyrand: 64 bits from a counter, ~1 ns.
type random uint64

func (r *random) next() uint64 {
	*r += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(uint64(*r), uint64(*r)^0xe7037ed1a0b428db)
	return hi ^ lo
}

func (r *random) below(n int) int {
	hi, _ := bits.Mul64(r.next(), uint64(n))
	return int(hi)
}

// fork is the stream of number i of a kind: any article can be made again without those before it.
func fork(seed, kind, i uint64) random {
	r := random(seed ^ kind*0x9e3779b97f4a7c15 ^ i*0xd6e8feb86659fd93)
	r.next()
	return random(r.next())
}

const (
	words   = 60_000 // of the vocabulary
	phrases = 20_000 // stock phrases of 6 to 12 words, so that unrelated articles have some 5-grams in common, as news has (8 %)
)

// language has a vocabulary whose frequencies fall as 1/(rank+2.7) (Mandelbrot), drawn by the alias
// method (Walker 1977; Vose 1991).
type language struct {
	seed    uint64
	word    [words]string
	keep    [words]uint32 // of 2^32: the chance to stay with the word drawn
	alias   [words]uint32
	phrases [phrases][]uint32
}

func newLanguage(seed uint64) *language {
	l := &language{seed: seed}
	l.spell()
	l.weigh()
	r := fork(seed, 1, 0)
	for i := range l.phrases {
		for range 6 + r.below(7) {
			l.phrases[i] = append(l.phrases[i], l.draw(&r))
		}
	}
	return l
}

// spell makes words of syllables, frequent ones short, each once.
func (l *language) spell() {
	const heads, vowels, tails = "bcdfghjklmnprstvwz", "aeiou", "nrslt"
	r := fork(l.seed, 2, 0)
	seen := make(map[string]bool, words)
	for i := range l.word {
		for {
			var b []byte
			for range 1 + min(bits.Len(uint(i))/5, 3) + r.below(2) {
				b = append(b, heads[r.below(len(heads))], vowels[r.below(len(vowels))])
			}
			if r.below(2) == 0 {
				b = append(b, tails[r.below(len(tails))])
			}
			if s := string(b); !seen[s] {
				seen[s], l.word[i] = true, s
				break
			}
		}
	}
}

func (l *language) weigh() {
	var p [words]float64
	sum := 0.0
	for i := range p {
		p[i] = 1 / (float64(i) + 2.7)
		sum += p[i]
	}
	var small, large []int
	for i := range p {
		if p[i] *= words / sum; p[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for i := range l.keep {
		l.keep[i], l.alias[i] = math.MaxUint32, uint32(i)
	}
	for len(small) > 0 && len(large) > 0 {
		s, g := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		l.keep[s], l.alias[s] = uint32(p[s]*(1<<32-1)), uint32(g)
		if p[g] -= 1 - p[s]; p[g] < 1 {
			large = large[:len(large)-1]
			small = append(small, g)
		}
	}
}

func (l *language) draw(r *random) uint32 {
	x := r.next()
	i := uint32(x >> 32 * words >> 32)
	if uint32(x) <= l.keep[i] {
		return i
	}
	return l.alias[i]
}

// write appends n words of running text to dst.
func (l *language) write(dst []uint32, r *random, n int) []uint32 {
	for end := len(dst) + n; len(dst) < end; {
		if x := r.next(); x%64 == 0 {
			k := int(x >> 32 * phrases >> 32)
			dst = append(dst, l.phrases[k*k/phrases]...) // some are more usual than others
			dst = dst[:min(len(dst), end)]
			continue
		}
		dst = append(dst, l.draw(r))
	}
	return dst
}
