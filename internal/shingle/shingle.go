// Package shingle makes sets of w-shingles (hashes of w consecutive tokens) and compares them
// exactly: Broder, "On the resemblance and containment of documents", 1997.
package shingle

import (
	"math/bits"
	"slices"

	"dedup/internal/text"
)

// Append appends the hash of every run of w consecutive tokens to dst, in order of place. Fewer
// than w tokens (but at least one) make one shingle of all of them. w is 1 to 63.
//
// The hash is a cyclic polynomial (Cohen, "Recursive hashing functions for n-grams", 1997; pairwise
// independent by Lemire and Kaser, "Recursive n-gram hashing is pairwise independent, at best",
// 2010) through a bijective finaliser: the hash of a token is turned by its place, so order counts,
// and the next shingle costs two rotations and two multiplications whatever w is.
func Append(dst []uint64, toks []text.Token, w int) []uint64 {
	n := len(toks)
	if n == 0 {
		return dst
	}
	if n < w {
		w = n
	}
	var h uint64
	for _, t := range toks[:w] {
		h = bits.RotateLeft64(h, turn) ^ t.Hash
	}
	at := len(dst)
	dst = slices.Grow(dst, n-w+1)[:at+n-w+1]
	dst[at] = Mix(h)
	out := turn * w % 64
	old, hashes := toks[:n-w], dst[at+1:]
	for i, t := range toks[w:] {
		h = bits.RotateLeft64(h, turn) ^ t.Hash ^ bits.RotateLeft64(old[i].Hash, out)
		hashes[i] = Mix(h)
	}
	return dst
}

// AppendHashes is Append for tokens of which only the hashes are left.
func AppendHashes(dst, hashes []uint64, w int) []uint64 {
	n := len(hashes)
	if n == 0 {
		return dst
	}
	if n < w {
		w = n
	}
	var h uint64
	for _, t := range hashes[:w] {
		h = bits.RotateLeft64(h, turn) ^ t
	}
	at := len(dst)
	dst = slices.Grow(dst, n-w+1)[:at+n-w+1]
	dst[at] = Mix(h)
	out := turn * w % 64
	for i, t := range hashes[w:] {
		h = bits.RotateLeft64(h, turn) ^ t ^ bits.RotateLeft64(hashes[i], out)
		dst[at+1+i] = Mix(h)
	}
	return dst
}

// turn is how far a place in a shingle rotates a token's hash: odd, so that 64 places differ, and
// far from 1, so that neighbours share no bytes.
const turn = 23

// Mix is the finaliser of a shingle: every bit of h changes half of the bits. It is a bijection
// (Stafford, "Better bit mixing", variant 13).
func Mix(h uint64) uint64 {
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}
