// Package plural puts a number before a word: "1 copy", "2 copies". Whatever is printed for people
// counts with it.
package plural

import (
	"fmt"
	"strings"
)

// Count is the number and the word in the form that fits: Count(1, "copy") is "1 copy", Count(0,
// "copy") "0 copies". Where the plural does not follow from the end of the word, many is it:
// Count(2, "piece of boilerplate", "pieces of boilerplate").
func Count[N int | int64 | uint64](n N, one string, many ...string) string {
	return fmt.Sprint(n) + " " + Word(n, one, many...)
}

// Word is the word alone in the form that fits n.
func Word[N int | int64 | uint64](n N, one string, many ...string) string {
	if n == 1 {
		return one
	}
	if len(many) > 0 {
		return many[0]
	}
	stem, y := strings.CutSuffix(one, "y")
	switch {
	case y && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") && !strings.HasSuffix(stem, "o") && !strings.HasSuffix(stem, "u"):
		return stem + "ies"
	case strings.HasSuffix(one, "s"), strings.HasSuffix(one, "x"), strings.HasSuffix(one, "ch"), strings.HasSuffix(one, "sh"):
		return one + "es"
	}
	return one + "s"
}

// Was is the verb of a count: "1 was", "2 were".
func Was[N int | int64 | uint64](n N) string { return Word(n, "was", "were") }
