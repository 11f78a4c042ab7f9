package background

import (
	"cmp"
	"slices"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// count is how often a key was counted.
type count struct {
	key      uint64
	articles uint32
	other    uint32 // occurrences of a word; articles that have a sequence with a capital
}

func byCount(a, b count) int {
	return cmp.Or(cmp.Compare(b.articles, a.articles), cmp.Compare(a.key, b.key))
}

// tally is a hash table of counts with linear probing. Full, it forgets all keys below a floor that
// rises until half of it is free, so a count is too small by at most the floor.
type tally struct {
	slots []count // a free slot has no articles
	used  int
	floor uint32
}

const maxTally = 1 << 22 // slots; 64 MB

func newTally() *tally { return &tally{slots: make([]count, 1<<12)} }

// slot is where key is or would be.
func (t *tally) slot(key uint64) int {
	mask := uint64(len(t.slots) - 1)
	for i := shingle.Mix(key) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.articles == 0 || s.key == key {
			return int(i)
		}
	}
}

// find is the count of key, nil where there is none. The pointer is good until the next call of at.
func (t *tally) find(key uint64) *count {
	if c := &t.slots[t.slot(key)]; c.articles > 0 {
		return c
	}
	return nil
}

// at is the count of key. A new one has no articles, and the caller must add one.
func (t *tally) at(key uint64) *count {
	i := t.slot(key)
	if t.slots[i].articles > 0 {
		return &t.slots[i]
	}
	if 2*t.used >= len(t.slots) {
		t.grow()
		i = t.slot(key)
	}
	t.used++
	t.slots[i] = count{key: key}
	return &t.slots[i]
}

func (t *tally) grow() {
	old := t.slots
	if len(old) < maxTally {
		t.slots = make([]count, 2*len(old))
		t.refill(old)
		return
	}
	for 4*t.used > len(old) {
		t.floor++
		t.slots = make([]count, len(old))
		t.refill(old)
		old = t.slots
	}
}

func (t *tally) refill(old []count) {
	t.used = 0
	for _, c := range old {
		if c.articles > t.floor {
			t.slots[t.slot(c.key)] = c
			t.used++
		}
	}
}

// all is every count, the most common first.
func (t *tally) all() []count { return t.most(1, len(t.slots)) }

// most is the up to limit most common counts of at least floor articles.
func (t *tally) most(floor uint32, limit int) []count {
	var list []count
	for _, c := range t.slots {
		if c.articles >= floor {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, byCount)
	return list[:min(len(list), limit)]
}

// promote is how many articles the sieve must have seen a sequence in before it gets a count of its
// own: nine of ten sequences of five words stand in one article only.
const promote = 3

// sieve counts roughly, never too low: a byte a counter, two counters a key, the smaller one is the
// count.
type sieve struct{ counters []uint8 }

func newSieve() *sieve { return &sieve{make([]uint8, 1<<26)} }

// add counts key and returns its count, at most promote.
func (s *sieve) add(key uint64) uint8 {
	h := shingle.Mix(key)
	mask := uint64(len(s.counters) - 1)
	a, b := &s.counters[h&mask], &s.counters[h>>32&mask]
	n := min(*a, *b) + 1
	if n > promote {
		return promote
	}
	*a, *b = max(*a, n), max(*b, n)
	return n
}

// recent remembers a few shingles of every article: of 5 words, those with the smallest hashes.
// Memory: 16 MiB; an old article's give way to a new one's after some 2 million articles.
type recent struct{ slots []uint32 }

const (
	sampled    = 8  // shingles of an article
	sameSample = 4  // of them seen before: a near-duplicate
	shingleLen = 5  // words
	shortest   = 20 // tokens; less is no evidence
)

// has tells whether an article like toks was there before, and remembers toks.
func (r *recent) has(scratch *[]uint64, toks []text.Token) bool {
	if len(toks) < shortest {
		return false
	}
	if r.slots == nil {
		r.slots = make([]uint32, 1<<22)
	}
	*scratch = shingle.Set(shingle.Append((*scratch)[:0], toks, shingleLen))
	set := *scratch
	found := 0
	for _, h := range set[:min(len(set), sampled)] {
		h = shingle.Mix(h) // the smallest hashes share their top bits
		at := &r.slots[h&uint64(len(r.slots)-1)]
		if *at == uint32(h>>32) {
			found++
		}
		*at = uint32(h >> 32)
	}
	return found >= sameSample
}
