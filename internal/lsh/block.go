package lsh

import "dedup/internal/shingle"

// Hamming blocks (Manku, Jain and Das Sarma, "Detecting near-duplicates for web crawling", WWW
// 2007): cut a fingerprint into m blocks. Two that differ in at most d bits differ in at most d
// blocks, so they agree in all of some m−d blocks: one bucket for each choice of these.
//
// Invariant: every pair within the distance shares a bucket. Cost: m over d keys a fingerprint,
// each of 64(m−d)/m bits: for d = 3 and m = 6, 20 keys of 32 bits, so that among ten million
// articles a bucket holds few that do not belong together. Wide distances cost: d = 10 in 12 blocks
// makes 66 keys of 10 bits.

// AppendBlocks appends the bucket keys of a fingerprint for a distance, cut into the given number
// of blocks (more than the distance, at most 64).
func AppendBlocks(dst []uint64, fingerprint uint64, distance, blocks int) []uint64 {
	return appendBlocks(dst, fingerprint, 0, 0, distance, blocks)
}

// appendBlocks decides on block i: it is left out (one of the distance) or kept.
func appendBlocks(dst []uint64, fingerprint, kept uint64, i, out, blocks int) []uint64 {
	if i == blocks {
		return append(dst, shingle.Mix(fingerprint&kept^shingle.Mix(kept)))
	}
	if blocks-i > out {
		from, to := uint(64*i/blocks), uint(64*(i+1)/blocks)
		dst = appendBlocks(dst, fingerprint, kept|1<<to-1<<from, i+1, out, blocks)
	}
	if out > 0 {
		dst = appendBlocks(dst, fingerprint, kept, i+1, out-1, blocks)
	}
	return dst
}
