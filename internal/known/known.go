// Package known holds a corpus that was read against a corpus index: which of its articles the
// index has already, which of them contain one of its entries, and what they copied from it.
//
// The corpus is looked up block by block. An article that is a near-duplicate of entries is in the
// index already: the entry that it resembles most is named. Such an article is not searched for
// passages: all of it would be one. Of the others, every entry that the index names as sharing text
// is aligned word by word. Entries of a block are read in the order of their numbers, each once, and
// forgotten.
//
// What a source prints under all it writes is not copied from the index, although it stands there. A
// passage is called boilerplate when four articles have it, the one that is looked up included, and
// nearly all of them are of its source (passage.Copied). A source that takes over what another
// repeats has copied it.
package known

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/passage"
	"dedup/internal/text"
	"dedup/internal/work"
)

// A block is looked up at a time. Blocks go side by side, because a look-up sorts in between, on
// one processor: that takes a fifth off the time of a check on two.
const (
	blockArticles = 5120
	blockBytes    = 24 << 20 // of their texts at most, and no more than a 64th of the memory: 32 MB of word hashes
	blocks        = 3        // side by side
)

// Options say what is looked for, and who is told. Near and Copied may be called by several
// goroutines at once, but never two for one article. What an entry holds is only lent.
type Options struct {
	Skip   func(i int) bool                // articles that are not looked up; nil: none
	For    func(i int, source string) bool // whether an article may go for an entry of that source; nil: for any
	Near   func(i int, near *index.Near, supersedes bool, e *index.Entry)
	Copied func(i int, found []Passage) error // nil: passages are not looked for
	Words  bool                               // Passage.Words is wanted
}

// Passage is a passage of an article that an entry has too.
type Passage struct {
	passage.Copied
	Entry index.Entry
	Words []uint64 // hashes of the words of the entry, lines that repeat at once left out
}

// Look looks the articles of c up in x, which must have been opened for the near-duplicates that c
// has. c must have kept its texts.
func Look(ctx context.Context, c *corpus.Corpus, x *index.Index, opt Options) error {
	n := c.Len()
	tell := c.Options.Stage("looking up in the corpus")
	var mu sync.Mutex
	done := 0
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(min(blocks, c.Options.Workers))
	for from := 0; from < n; {
		b := block{Corpus: c, index: x, opt: &opt, from: from, n: blockFrom(c, from)}
		from += b.n
		g.Go(func() error {
			if err := b.run(ctx); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += b.n
			tell(int64(done), int64(n))
			return nil
		})
	}
	return g.Wait()
}

// blockFrom is how many articles from the given one on make a block.
func blockFrom(c *corpus.Corpus, from int) int {
	size, most := int64(0), min(blockBytes, c.Options.Memory/64)
	for n := range c.Len() - from {
		if size += int64(len(c.Text(from + n))); n == blockArticles || n > 0 && size > most {
			return n
		}
	}
	return c.Len() - from
}

// block is some articles of the corpus, from number from on.
type block struct {
	*corpus.Corpus
	index   *index.Index
	opt     *Options
	from, n int
	found   []index.Found
	entries []uint32          // that share text with articles that are not in the index, by number
	pairs   []pair            // by entry, then by article
	sought  []*passage.Sought // by article; nil where nothing is to be aligned
}

// pair is an article that may have copied from an entry.
type pair struct {
	entry   int32 // index into entries
	article int32 // of the block
	shared  []passage.Shared
}

func (b *block) run(ctx context.Context) (err error) {
	words := make([][]uint64, b.n)
	toks := make([][]text.Token, b.Options.Workers)
	err = work.Each(ctx, b.Options.Workers, b.n, func(w, i int) error {
		if b.opt.Skip != nil && b.opt.Skip(b.from+i) {
			return nil
		}
		s := b.Text(b.from + i)
		toks[w] = text.AppendTokens(toks[w][:0], s)
		words[i] = text.Hashes(text.Once(toks[w], s))
		return nil
	})
	if err != nil {
		return err
	}
	opt := index.LookupOptions{Near: b.Options.Near(), Others: b.opt.Copied != nil}
	if b.found, err = b.index.Lookup(ctx, words, opt); err != nil {
		return err
	}
	if err := b.near(ctx); err != nil || !opt.Others {
		return err
	}
	b.pair()
	if err := b.align(ctx); err != nil {
		return err
	}
	return b.copied(ctx)
}

// near tells of the articles that are in the index, and of those that supersede an entry.
func (b *block) near(ctx context.Context) error {
	if b.opt.For != nil {
		if err := b.only(ctx); err != nil {
			return err
		}
	}
	var numbers []uint32
	var articles []int
	for i := range b.found {
		if near, _ := b.closest(i); near != nil {
			numbers, articles = append(numbers, near.Entry), append(articles, i)
		}
	}
	return b.index.Entries(ctx, numbers, func(k int, e *index.Entry) error {
		near, supersedes := b.closest(articles[k])
		b.opt.Near(b.from+articles[k], near, supersedes, e)
		return nil
	})
}

// only leaves out the near-duplicates that an article may not go for. Where it may go for none of
// them, it is not searched for passages either: all of it would be one.
func (b *block) only(ctx context.Context) error {
	for i := range b.found {
		f := &b.found[i]
		if len(f.Near) == 0 {
			continue
		}
		numbers, left := make([]uint32, len(f.Near)), f.Near[:0]
		for k := range f.Near {
			numbers[k] = f.Near[k].Entry
		}
		err := b.index.Entries(ctx, numbers, func(k int, e *index.Entry) error {
			if b.opt.For(b.from+i, e.Source) {
				left = append(left, f.Near[k])
			}
			return nil
		})
		if err != nil {
			return err
		}
		if f.Near = left; len(left) == 0 {
			f.Others = nil
		}
	}
	return nil
}

// closest is the entry that article i of the block is named with, nil where there is none, and
// whether the article supersedes it. An article that may go for one entry and contains another is in
// the index.
func (b *block) closest(i int) (near *index.Near, supersedes bool) {
	f := &b.found[i]
	switch {
	case len(f.Near) > 0:
		return &f.Near[0], false
	case len(f.Superseded) > 0:
		return &f.Superseded[0], true
	}
	return nil, false
}

// pair lists what is to be aligned.
func (b *block) pair() {
	b.sought = make([]*passage.Sought, b.n)
	var list []uint64 // number of an entry, then article
	for i := range b.found {
		if f := &b.found[i]; len(f.Near) == 0 {
			for _, number := range f.Others {
				list = append(list, uint64(number)<<32|uint64(i))
			}
		}
	}
	slices.Sort(list)
	b.pairs = make([]pair, len(list))
	for k, p := range list {
		if number := uint32(p >> 32); len(b.entries) == 0 || b.entries[len(b.entries)-1] != number {
			b.entries = append(b.entries, number)
		}
		b.pairs[k] = pair{entry: int32(len(b.entries) - 1), article: int32(uint32(p))}
	}
}

// alignEntries is how many entries a worker reads at a time.
const alignEntries = 256

// align fills the pairs.
func (b *block) align(ctx context.Context) error {
	err := work.Each(ctx, b.Options.Workers, b.n, func(_, i int) error {
		if f := &b.found[i]; len(f.Near) == 0 && len(f.Others) > 0 {
			b.sought[i] = passage.NewSought(b.Text(b.from + i))
		}
		return nil
	})
	if err != nil {
		return err
	}
	seekers := make([]passage.Seeker, b.Options.Workers)
	return work.Each(ctx, b.Options.Workers, (len(b.entries)+alignEntries-1)/alignEntries, func(worker, k int) error {
		from := k * alignEntries
		first, _ := slices.BinarySearchFunc(b.pairs, int32(from), func(p pair, entry int32) int { return cmp.Compare(p.entry, entry) })
		pairs := b.pairs[first:]
		return b.index.Words(ctx, b.entries[from:min(from+alignEntries, len(b.entries))], func(i int, words []uint64) error {
			for len(pairs) > 0 && pairs[0].entry == int32(from+i) {
				p := &pairs[0]
				p.shared = seekers[worker].Append(nil, b.sought[p.article], p.entry, words, b.Options.MinTokens)
				pairs = pairs[1:]
			}
			return nil
		})
	})
}
