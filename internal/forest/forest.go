// Package forest joins numbers into sets (union–find; Tarjan and van Leeuwen, 1984).
package forest

import "slices"

// Of holds sets of the numbers below its length. A set is called by the least of its numbers, its
// root. Joining and asking cost a few steps each, for every walk halves its path.
type Of[T int32 | uint32] []T

// Alone appends numbers to f, each a set of its own, until there are n. It gives f anew.
func (f Of[T]) Alone(n int) Of[T] {
	f = slices.Grow(f, max(0, n-len(f)))
	for i := len(f); i < n; i++ {
		f = append(f, T(i))
	}
	return f
}

// Root is the least number of the set of i.
func (f Of[T]) Root(i T) T {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// Join makes one set of those of a and b.
func (f Of[T]) Join(a, b T) {
	a, b = f.Root(a), f.Root(b)
	f[max(a, b)] = min(a, b)
}
