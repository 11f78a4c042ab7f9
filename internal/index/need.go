package index

import "dedup/internal/cluster/near"

// How many seeds of an entry a near-duplicate of it must have at least.
//
// Let Q be the article that is looked up and E the entry. Where E is the smaller side, at most m of
// its shingles are missing in Q, so at most m of its seeds. Where Q is the smaller side, at most m of
// its shingles are missing in E. Of d windows of five shingles in Q that have none in common, at
// most m then have a missing one, and each other one has a seed of E (the first invariant of
// seeds.go). An entry of seedAll shingles or fewer has them all as seeds: the count is that of
// shared shingles.

// article is what is known of an article that is looked up.
type article struct {
	set     []uint64 // shingles
	windows int      // d
	double  int      // shingles that have the key of another one
	least   int      // of need, for any entry
	capped  int      // keys whose entries were not all listed
}

// rule is a Judge with what need asks of it.
type rule struct{ near.Judge }

// missing is how many shingles of the smaller side may be missing in the larger one; false where the
// two can be no near-duplicates.
func (r rule) missing(small, large int) (int, bool) {
	if float64(small) >= r.Threshold*float64(large)-1e-9 {
		return r.Missing(small), true
	}
	return int((1-r.Containment)*float64(small) + 1e-9), r.Containment <= 1
}

// need is how many seeds an entry and an article share at least, if they are near-duplicates.
func (r rule) need(a *article, h rowHead) (int, bool) {
	n := len(a.set)
	m, ok := r.missing(min(n, h.different), max(n, h.different))
	if !ok {
		return 0, false
	}
	least := 1
	if n >= h.different {
		least = max(least, h.seeds-m-a.double)
	}
	if n <= h.different {
		d := a.windows
		if h.different <= seedAll {
			d = n
		}
		least = max(least, d-m-a.double)
	}
	return least, true
}

// leastMost is how large a set is whose least need is looked for.
const leastMost = 1 << 14

// least is the least need of any entry, of all sizes that it can have. Past the sizes that can
// resemble the article, need is the same for all entries that are not short. Cost: 5 ns a size.
func (r rule) least(a *article) int {
	n := len(a.set)
	if n > leastMost {
		return 1
	}
	least := max(n, 1)
	most := max(int(float64(n)/r.Threshold)+2, seedAll+1)
	for h := 1; h <= most; h++ {
		e := rowHead{different: h, seeds: h}
		if h > seedAll {
			e.seeds = leastSeeds(h)
		}
		if k, ok := r.need(a, e); ok {
			least = min(least, k)
		}
	}
	return least
}

// disjoint counts windows of seedStep shingles that have none in common, one after another.
// different is how many of the shingles are.
func disjoint(shingles []uint64, different int) int {
	if len(shingles) == different {
		return len(shingles) / seedStep
	}
	used, n := make(map[uint64]bool, different), 0
	for i := 0; i+seedStep <= len(shingles); {
		window := shingles[i : i+seedStep]
		free := true
		for _, h := range window {
			free = free && !used[h]
		}
		if !free {
			i++
			continue
		}
		for _, h := range window {
			used[h] = true
		}
		i += seedStep
		n++
	}
	return n
}
