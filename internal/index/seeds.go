package index

import (
	"math/bits"
	"slices"
)

// Seeds are the shingles that an entry is found by: winnowing (Schleimer, Wilkerson and Aiken,
// "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003). Of every seedWindow
// consecutive shingles the one with the least hash is a seed, 2 of 7 on average.
//
// Invariant: two texts that have seedWindow consecutive shingles in common, 10 words, share a seed.
// That is the shortest passage that is looked for; and every pair of near-duplicates has such a
// run, while the threshold is 0.5 or more: of the smaller set of n shingles at most m are missing
// in the other, each place where the runs break costs at least 4 of them, so the longest of at most
// m/4+1 runs has (n-m)/(m/4+1) shingles: 8.5 at least at the default threshold for 17 shingles or
// more, 6 at 0.5. Shorter articles give all their shingles, and are looked up by all.
const (
	seedWindow = 6
	seedAll    = 16 // entries of so many shingles or fewer give all
	lookAll    = 32 // articles of so many or fewer are looked up by all: what resembles an entry of seedAll has no more, 16/0.5
)

// appendSeeds appends the seeds of shingles, in order of place, to dst and sorts out those that
// come twice. all is the length up to which all are seeds.
func appendSeeds(dst, shingles []uint64, all int) []uint64 {
	from := len(dst)
	if len(shingles) <= all {
		for _, h := range shingles {
			dst = append(dst, seed(h))
		}
	} else {
		dst = winnow(dst, shingles)
	}
	slices.Sort(dst[from:])
	return dst[:from+len(slices.Compact(dst[from:]))]
}

// winnow appends the last of the least in each window. The least of a window is known until it
// leaves; then the window is looked through: 6 steps every 3.5 shingles.
func winnow(dst, shingles []uint64) []uint64 {
	least := -1
	for end := seedWindow; end <= len(shingles); end++ {
		start := end - seedWindow
		switch last := end - 1; {
		case least >= start && shingles[last] > shingles[least]:
			continue
		case least >= start:
			least = last
		default:
			least = start
			for i := start + 1; i < end; i++ {
				if shingles[i] <= shingles[least] {
					least = i
				}
			}
		}
		dst = append(dst, seed(shingles[least]))
	}
	return dst
}

// seed takes the bits of a hash that being the least of a window says nothing about, so that seeds
// are spread evenly.
func seed(h uint64) uint64 { return bits.RotateLeft64(h, 32) >> (64 - seedBits) }
