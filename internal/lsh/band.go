package lsh

import "dedup/internal/shingle"

// Rows is how many values of a signature make a band, by default.
//
// Bands of signatures (Leskovec, Rajaraman and Ullman, "Mining of massive datasets", chapter 3):
// two articles share the bucket of a band when all its r values agree, which for resemblance s has
// probability s^r, so with b bands they are a candidate pair with 1 − (1 − s^r)^b:
//
//	             s = 0.3    0.5    0.6    0.7    0.75   0.8    0.9
//	r = 3, b = 42  0.682  0.996  1.000  1.000  1.000  1.000  1.000
//	r = 4, b = 32  0.229  0.873  0.988  1.000  1.000  1.000  1.000   (0.99985 at 0.7)
//	r = 5, b = 25  0.059  0.548  0.868  0.990  0.999  1.000  1.000
//	r = 6, b = 21  0.015  0.282  0.632  0.928  0.985  0.998  1.000
//	r = 8, b = 16  0.001  0.061  0.237  0.613  0.816  0.947  1.000
//
// 4 is the most that leaves 99.5 % of the pairs at 0.7. Values of one-permutation signatures are
// not quite independent, short articles' least; docs/algorithms/near.md has what was found of real
// pairs.
//
// Invariant: equal signatures share all buckets. Cost: a multiplication a value.
const Rows = 4

// AppendBands appends a bucket key for each whole band of rows values of a signature. Keys of
// different bands differ.
func AppendBands(dst []uint64, signature []uint32, rows int) []uint64 {
	for band := 0; (band+1)*rows <= len(signature); band++ {
		key := uint64(band)
		for _, v := range signature[band*rows : (band+1)*rows] {
			key = shingle.Mix(key<<31 ^ key>>33 ^ uint64(v))
		}
		dst = append(dst, key)
	}
	return dst
}
