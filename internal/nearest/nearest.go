// Package nearest finds the word that was meant by one that there is none of.
package nearest

import (
	"slices"
	"strings"
)

// Word is the known word that takes the fewest changes of a character to make from s, upper and
// lower case alike; empty where even that takes too many.
func Word(s string, known []string) string {
	s = strings.ToLower(s)
	best, fewest := "", 1+max(2, min(len(s), 60)/3)
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(s, strings.ToLower(k), fewest); d < fewest && d < max(len(s), len(k)) {
			best, fewest = k, d
		}
	}
	return best
}

// Hint is what an error says behind its message: "\nhint: did you mean scan?". It is empty where no
// word is near.
func Hint(s string, known ...string) string {
	if near := Word(s, known); near != "" {
		return "\nhint: did you mean " + near + "?"
	}
	return ""
}

// distance is the edit distance of two words, where two letters that changed places are one change
// (optimal string alignment; Damerau 1964, Levenshtein 1966); limit or more where their lengths
// alone tell that.
func distance(a, b string, limit int) int {
	if d := max(len(a)-len(b), len(b)-len(a)); d >= limit {
		return d
	}
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, above, row = above, row, before
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
