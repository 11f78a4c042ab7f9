package text

import (
	"math/bits"

	"github.com/zeebo/xxh3"
)

// hashASCII is the xxh3 of a word of ASCII letters, digits and ' , . : in lower case. Words of up
// to 16 bytes, all but one in some thousand, are hashed here, lower-cased in registers: the
// short-key branches of XXH3_64bits with seed 0 and the default secret (Collet, xxHash 0.8). A test
// holds it against the library, which hashes the rest.
func hashASCII(w string) uint64 {
	const lower = 0x2020202020202020
	n := uint64(len(w))
	switch {
	case n > 16:
		return hashLong(w)
	case n > 8:
		lo := (load64(w) | lower) ^ secret24
		hi := (load64(w[n-8:]) | lower) ^ secret40
		h, l := bits.Mul64(lo, hi)
		x := n + bits.ReverseBytes64(lo) + hi + (h ^ l)
		x ^= x >> 37
		x *= 0x165667919e3779f9
		return x ^ x>>32
	case n > 3:
		x := uint64(load32(w[n-4:])) | uint64(load32(w))<<32
		x = (x | lower) ^ secret8
		x ^= bits.RotateLeft64(x, 49) ^ bits.RotateLeft64(x, 24)
		x *= 0x9fb21c651e98df25
		x ^= x>>35 + n
		x *= 0x9fb21c651e98df25
		return x ^ x>>28
	}
	// One to three bytes: first, middle, last and the length in one word.
	x := uint64(w[0]|0x20)<<16 | uint64(w[n>>1]|0x20)<<24 | uint64(w[n-1]|0x20) | n<<8
	return mixShort(x)
}

// mixShort ends the hash of one to three bytes.
func mixShort(x uint64) uint64 {
	x ^= secret0
	x ^= x >> 33
	x *= 0xc2b2ae3d27d4eb4f
	x ^= x >> 29
	x *= 0x165667b19e3779f9
	return x ^ x>>32
}

// Words of xxh3's default secret, xored as its short-key branches do.
const (
	secret0  = 0xbe4ba423 ^ 0x396cfeb8
	secret8  = 0x1cad21f72c81017c ^ 0xdb979083e96dd4de
	secret24 = 0x1f67b3b7a4a44072 ^ 0x78e5c0cc4ee679cb
	secret40 = 0x2172ffcc7dd05a82 ^ 0x8e2443f7744608b8
)

func hashLong(w string) uint64 {
	var buf [64]byte
	b := buf[:0]
	for i := range len(w) {
		b = append(b, w[i]|0x20)
	}
	return xxh3.Hash(b)
}

// load64 and load32 read the first bytes of s, little-endian.
func load64(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load32(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}
