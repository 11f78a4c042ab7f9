package index

import (
	"slices"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// How many seeds of an entry a near-duplicate of it must have at least. In: the article that is
// looked up, Q, and what is known of an entry, E. Out: the least number of seeds that they share if
// they are near-duplicates.
//
// If E is the smaller side, at most m of its shingles are missing in Q, so at most m of its seeds.
//
// If Q is the smaller side, at most m of its shingles are missing in E. Take d windows of five
// shingles in Q, no two with a shingle in common. At most m of these windows have a missing
// shingle. Each of the others has a seed of E (the first invariant of seeds.go).
//
// If E has seedAll shingles or fewer, all of them are seeds, and shared seeds are shared shingles.

// article is what is known of an article that is looked up.
type article struct {
	set     []uint64 // shingles
	windows int      // d
	double  int      // shingles that have the key of another one
	least   int      // of need, for any entry

	hot  map[uint64]bool // keys whose entries were not all listed
	cold int             // windows without any of those
	mode mode
}

// mode is how the candidates of an article are chosen.
type mode uint8

const (
	exact   mode = iota // by need: fewer seeds are hot than any near-duplicate shares
	usual               // by half of what texts share whose words do not jump (usual)
	counted             // by counting the entries of hot seeds too (dense.go)
)

// rule is a Judge with what need asks of it.
type rule struct{ near.Judge }

// need is how many seeds an entry and an article share at least, if they are near-duplicates.
func (r rule) need(a *article, h rowHead) (int, bool) {
	n := len(a.set)
	m, ok := r.MissingOf(min(n, h.different), max(n, h.different))
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

// breaks is how often the runs of shared shingles may break where each break costs four shingles or
// more, and one more: as it does unless the text jumps, at a word that both have, to another place.
func breaks(missing int) int { return missing/4 + 1 }

// usual is half of the seeds that an entry and an article share where no text jumps.
func (r rule) usual(a *article, h rowHead) (int, bool) {
	n := len(a.set)
	m, ok := r.MissingOf(min(n, h.different), max(n, h.different))
	if !ok {
		return 0, false
	}
	if n < h.different {
		return max(1, (a.windows-breaks(m))/2), true
	}
	return max(1, (h.seeds-breaks(m))/2), true
}

// choose says how the candidates of an article are chosen, whose hot keys are known. Where the
// windows without hot seeds are more than the breaks of a text that does not jump, such a
// near-duplicate has a seed that is not hot.
func (r rule) choose(a *article, words []uint64) {
	if len(a.hot) < a.least {
		return
	}
	var cold []uint64
	shingles := shingle.AppendHashes(nil, words, shingleWords)
	for i := 0; i+seedStep <= len(shingles); i++ {
		if slices.ContainsFunc(shingles[i:i+seedStep], func(h uint64) bool { return a.hot[keyOf(h)] }) {
			continue
		}
		cold = append(cold, shingles[i:i+seedStep]...)
		i += seedStep - 1
	}
	a.cold = disjoint(cold, len(shingle.Set(slices.Clone(cold))))
	if a.mode = counted; a.cold > breaks(r.Missing(len(a.set))) {
		a.mode = usual
		a.least = r.leastOf(a, r.usual)
	}
}

// leastMost is how large a set is whose least need is looked for.
const leastMost = 1 << 14

// leastOf is the least need of any entry, of all sizes that it can have. Past the sizes that can
// resemble the article, need is the same for all entries that are not short. Cost: 5 ns a size.
func (r rule) leastOf(a *article, need func(a *article, h rowHead) (int, bool)) int {
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
		if k, ok := need(a, e); ok {
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
