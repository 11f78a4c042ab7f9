package index

import (
	"context"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// A small index that much is held against, the questions of a benchmark against all news, has next
// to nothing in common with most articles. What it has, its seeds, fits into memory, so that an
// article without any of them is known by its shingles alone, before it is kept for a look-up.

// screenMost is how many seeds an index may have to be screened for: 24 MB of memory.
const screenMost = 1 << 20

// Screen tells which articles share a seed with an entry. It may be used by many goroutines at
// once. A nil screen lets all articles through.
type Screen struct{ seeds *shingle.Members }

// Screen makes one; nil where the index has too many seeds. Cost: 30 ns a seed.
func (x *Index) Screen(ctx context.Context) (*Screen, error) {
	n := uint64(0)
	for _, s := range x.segments {
		n += s.seeds.pairs
	}
	if n > screenMost || int64(24*n) > x.opt.Memory/4 {
		return nil, nil
	}
	seeds := make([]uint64, 0, n)
	for _, s := range x.segments {
		err := s.pages(&s.seeds).each(ctx, func(key uint64, _ uint32) error {
			seeds = append(seeds, key<<(64-keyBits))
			return nil
		})
		if err != nil {
			return nil, x.named(err)
		}
	}
	return &Screen{shingle.NewMembers(seeds)}, nil
}

// Passes tells whether the article with the given tokens, lines that repeat at once left out
// (text.Once), shares a seed with an entry. scratch is used again, and given back. No article that
// does not pass is found by a look-up.
func (s *Screen) Passes(toks []text.Token, scratch []uint64) (bool, []uint64) {
	if s == nil {
		return true, scratch
	}
	scratch = shingle.Append(scratch[:0], toks, shingleWords)
	for _, h := range scratch {
		if s.seeds.Has(h &^ (1<<(64-keyBits) - 1)) {
			return true, scratch
		}
	}
	return false, scratch
}
