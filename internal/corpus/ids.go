package corpus

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"
)

// Ids of articles that have the same one are told apart by a number: the second and every later one
// gets "#2", "#3" … behind it. Five million records may all have one id, so the number is kept, four
// bytes an article, and not the string; ids are put in order without making it.

// ID is the id of article i.
func (t *table) ID(i int) string {
	own, number := t.numberedID(i)
	return NumberedID(own, number)
}

// NumberedID is an id with the number behind it that NumberIDs gave, 0 for none.
func NumberedID(id string, number int32) string {
	if number == 0 {
		return id
	}
	return id + "#" + strconv.Itoa(int(number))
}

// numberedID is the id that article i came with, and the number behind it, 0 for none.
func (t *table) numberedID(i int) (own string, number int32) {
	if t.numbers != nil {
		number = t.numbers[i]
	}
	s, j := t.find(i)
	return s.string(3 * j), number
}

// compareIDs is the order of the ids of two articles, as strings.
func (t *table) compareIDs(x, y int) int {
	a, m := t.numberedID(x)
	b, n := t.numberedID(y)
	return compareNumbered(a, m, b, n)
}

// compareNumbered is the order of NumberedID(a, m) and NumberedID(b, n).
func compareNumbered(a string, m int32, b string, n int32) int {
	k := min(len(a), len(b))
	c := cmp.Compare(a[:k], b[:k])
	switch {
	case c != 0:
		return c
	case len(a) == len(b) && (m == 0 || n == 0):
		return cmp.Compare(m, n)
	case len(a) == len(b):
		return cmp.Compare(asDigits(m), asDigits(n))
	}
	var x, y [64]byte
	return bytes.Compare(appendNumber(append(x[:0], a[k:]...), m), appendNumber(append(y[:0], b[k:]...), n))
}

func appendNumber(to []byte, number int32) []byte {
	if number == 0 {
		return to
	}
	return strconv.AppendInt(append(to, '#'), int64(number), 10)
}

// asDigits orders positive numbers as their decimal digits are in order: 2, 20, 200, 21, 3.
func asDigits(n int32) int64 {
	const digits = 10 // of the largest int32
	v, length := int64(n), int64(1)
	for x := n; x >= 10; x /= 10 {
		length++
	}
	for range digits - length {
		v *= 10
	}
	return v<<4 | length
}

// numberIDs makes ids unique.
func (t *table) numberIDs() (err error) {
	own := func(i int) string { s, j := t.find(i); return s.string(3 * j) }
	NumberIDs(t.n, own, func(i int, number int32) {
		if t.numbers == nil {
			err = t.budget.hold(4 * int64(t.n))
			t.numbers = make([]int32, t.n)
		}
		t.numbers[i] = number
	})
	return err
}

// NumberIDs calls number for the second and every later of n articles with one id: with 2, 3 … or,
// where another article has the id with such a number behind it, the next one that is free. So no
// article of the report stands for two. It needs 8 bytes an article, and where ids are not all
// different up to 6 more.
//
// Ids are told apart by their hashes, of 64 bits. Of ten million different ids, two have the same
// hash by a chance of one in 10⁵; one of them would get a number that it does not need.
func NumberIDs(n int, id func(i int) string, number func(i int, number int32)) {
	sums := make([]uint64, n)
	for i := range sums {
		sums[i] = xxh3.HashString(id(i))
	}
	slices.Sort(sums)
	twice := repeated(sums)
	if len(twice) == 0 {
		return
	}
	numbered := false // an article has an id that another might get
	for i := 0; i < n && !numbered; i++ {
		at := strings.LastIndexByte(id(i), '#')
		if at >= 0 {
			_, numbered = slices.BinarySearch(twice, xxh3.HashString(id(i)[:at]))
		}
	}
	taken := func(id string) bool {
		_, found := slices.BinarySearch(sums, xxh3.HashString(id))
		return found
	}
	last := make([]int32, len(twice)) // number of each; the first has none
	for i := range n {
		own := id(i)
		k, found := slices.BinarySearch(twice, xxh3.HashString(own))
		if !found {
			continue
		}
		if last[k]++; last[k] == 1 {
			continue
		}
		for numbered && taken(NumberedID(own, last[k])) {
			last[k]++
		}
		number(i, last[k])
	}
}

// repeated are the numbers of a sorted list that are in it more than once.
func repeated(sums []uint64) (twice []uint64) {
	for i := 1; i < len(sums); i++ {
		if sums[i] == sums[i-1] && (len(twice) == 0 || twice[len(twice)-1] != sums[i]) {
			twice = append(twice, sums[i])
		}
	}
	return twice
}
