// Package shingle makes sets of w-shingles (hashes of w consecutive tokens) and compares them exactly: Broder, "On the resemblance and
// containment of documents", 1997.
package shingle

import (
	"slices"

	"dedup/internal/text"
)

// Append appends the hash of every run of w consecutive tokens to dst, in order of place. Fewer than w tokens (but at least one) make one
// shingle of all of them.
func Append(dst []uint64, toks []text.Token, w int) []uint64 {
	n := len(toks)
	if n == 0 {
		return dst
	}
	if n < w {
		w = n
	}
	for i := 0; i+w <= n; i++ {
		var h uint64
		for _, t := range toks[i : i+w] {
			h = h*0x9e3779b97f4a7c15 + t.Hash
		}
		dst = append(dst, h)
	}
	return dst
}

// Set sorts s and drops what it holds twice, in place.
func Set(s []uint64) []uint64 {
	slices.Sort(s)
	return slices.Compact(s)
}

// Shared is |A∩B| of two sets (sorted, no element twice).
func Shared(a, b []uint64) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
