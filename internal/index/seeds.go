package index

import (
	"math/bits"

	"dedup/internal/shingle"
)

// Seeds are the shingles that an entry is found by; an article is looked up by all of its shingles.
//
// In: the words of an entry. Out: its seeds, which are
//
//   - every fifth shingle by place;
//   - every branch: a shingle whose first four words are followed by different words in different
//     places of the entry, or also stand at its end;
//   - all shingles of an entry that has seedAll different ones or fewer;
//   - further shingles, until m+1+n/seedSlack seeds are different. The entry has n different
//     shingles, of which a near-duplicate may lack m by the default rule.
//
// Invariant one: of any five shingles that follow one another in some text, and that all stand in
// the entry, one is a seed. For if none is a branch, the entry has them one after another too, and
// every fifth is a seed. So a passage of nine words is always found.
//
// Invariant two: an entry that is the smaller side of a pair of near-duplicates shares
// 1+n/seedSlack seeds with the article, whatever the words are.
//
// What follows from both for near-duplicates is in docs/algorithms/index.md and need.go. Cost: 8 ns
// a word.
const (
	seedStep  = 5
	seedAll   = 64
	seedSlack = 50
	keyBits   = 34 // of a shingle's hash that are kept: of 42 million seeds, one look in 400 meets another shingle
)

// keyOf is what is kept of a hash.
func keyOf(h uint64) uint64 { return h >> (64 - keyBits) }

// seeder finds the seeds of articles. Its memory is used again.
type seeder struct {
	shingles, nodes []uint64
	table           []node
	epoch           uint32
	branched        []uint64
	keys            []uint64
}

// node is four words of the article that the epoch stands for.
type node struct {
	hash, next uint64 // next is the shingle that it starts
	epoch      uint32
	branch     bool
}

// seeds gives the keys of the seeds of an article, sorted, each once, and how many different
// shingles it has. The slice is only lent.
func (s *seeder) seeds(words []uint64) (keys []uint64, different int) {
	s.shingles = shingle.AppendHashes(s.shingles[:0], words, shingleWords)
	if len(s.shingles) <= seedAll {
		return s.all()
	}
	s.walk(words)
	s.keys = s.keys[:0]
	s.branched = s.branched[:0]
	for i, h := range s.shingles {
		if s.node(s.nodes[i]).branch {
			s.branched = append(s.branched, h)
		} else if i%seedStep == 0 {
			s.keys = append(s.keys, h)
		}
	}
	s.branched = shingle.Set(s.branched)
	if different = s.edges(); different <= seedAll {
		return s.all()
	}
	s.keys = shingle.Set(append(s.keys, s.branched...))
	if least := leastSeeds(different); len(s.keys) < least {
		s.more(least)
	}
	return s.cut(), different
}

// leastSeeds is how many seeds an entry of n different shingles has at least: by the default rule,
// 3 of 17 may be missing in a near-duplicate.
func leastSeeds(n int) int { return min(n, 3*n/17+1+n/seedSlack) }

// all makes every shingle a seed.
func (s *seeder) all() ([]uint64, int) {
	s.keys = shingle.Set(append(s.keys[:0], s.shingles...))
	n := len(s.keys)
	return s.cut(), n
}

// more adds shingles with the least hashes.
func (s *seeder) more(least int) {
	has := map[uint64]bool{}
	for _, h := range s.keys {
		has[h] = true
	}
	for _, h := range shingle.Set(s.shingles) {
		if len(s.keys) < least && !has[h] {
			s.keys = append(s.keys, h)
		}
	}
	s.keys = shingle.Set(s.keys)
}

// cut turns hashes, sorted, into keys.
func (s *seeder) cut() []uint64 {
	out := s.keys[:0]
	for _, h := range s.keys {
		if k := keyOf(h); len(out) == 0 || out[len(out)-1] != k {
			out = append(out, k)
		}
	}
	return out
}

// walk fills the table with the nodes of the article.
func (s *seeder) walk(words []uint64) {
	s.nodes = shingle.AppendHashes(s.nodes[:0], words, shingleWords-1)
	if size := 1 << bits.Len(uint(2*len(s.nodes))); len(s.table) < size {
		s.table, s.epoch = make([]node, size), 0
	}
	if s.epoch++; s.epoch == 0 {
		clear(s.table)
		s.epoch = 1
	}
	for i, g := range s.nodes {
		next := ^g // the end
		if i < len(s.shingles) {
			next = s.shingles[i]
		}
		if n := s.node(g); n.epoch != s.epoch {
			*n = node{g, next, s.epoch, false}
		} else if n.next != next {
			n.branch = true
		}
	}
}

// node is the place of four words in the table.
func (s *seeder) node(g uint64) *node {
	mask := uint64(len(s.table) - 1)
	for i := g & mask; ; i = (i + 1) & mask {
		if n := &s.table[i]; n.epoch != s.epoch || n.hash == g {
			return n
		}
	}
}

// edges counts the different shingles: one for each node that is no branch and not the end, and
// those that start at branches.
func (s *seeder) edges() int {
	n := len(s.branched)
	for i, g := range s.nodes[:len(s.shingles)] {
		if p := s.node(g); !p.branch && p.next == s.shingles[i] {
			n++
			p.next = 0 // counted
		}
	}
	return n
}
