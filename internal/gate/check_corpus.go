package gate

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"dedup/internal/index"
	"dedup/internal/passage"
	"dedup/internal/text"
	"dedup/internal/work"
)

// The drop is looked up in the index block by block. An article that is a near-duplicate of entries
// is in the corpus already: the one it resembles most is named. It is not searched for passages: all
// of it would be one. Of the others, every entry that the index names as
// sharing text is aligned word by word. Entries of a block are read in the order of their numbers,
// each once, and forgotten.
//
// What a source prints under all it writes is not copied from the corpus, although it stands there.
// So a passage is left out that the drop itself shows to be boilerplate, and one that four articles
// have, this one included, and nearly all of them are of its source (passage.Copied). A source that
// takes over what another repeats has copied it.

// A block is looked up at a time. Blocks go side by side, because a look-up sorts in between, on
// one processor: that takes a fifth off the time of a check on two.
const (
	lookUpBlock  = 4096     // articles
	lookUpBytes  = 24 << 20 // of their texts at most, and no more than a 64th of the memory: 32 MB of word hashes
	lookUpBlocks = 3        // side by side
)

// lookUp marks what the index has of the articles.
func (c *check) lookUp(ctx context.Context) error {
	var blocks []corpusBlock
	for from := 0; from < c.Len(); {
		b := corpusBlock{check: c, from: from, n: c.blockFrom(from)}
		from += b.n
		blocks = append(blocks, b)
	}
	tell := c.Options.Stage("looking up in the corpus")
	return work.Told(ctx, min(lookUpBlocks, c.Options.Workers), len(blocks), tell, func(_, k int) error {
		err := blocks[k].run(ctx)
		blocks[k] = corpusBlock{} // its memory is the next one's
		return err
	})
}

// blockFrom is how many articles from the given one on make a block.
func (c *check) blockFrom(from int) int {
	size, most := int64(0), min(lookUpBytes, c.Options.Memory/64)
	for n := range c.Len() - from {
		if size += int64(len(c.Text(from + n))); n == lookUpBlock || n > 0 && size > most {
			return n
		}
	}
	return c.Len() - from
}

// corpusBlock is some articles of the drop, from number from on.
type corpusBlock struct {
	*check
	from, n int
	found   []index.Found
	entries []uint32          // that share text with articles that are not in the corpus, by number
	pairs   []corpusPair      // by entry, then by article
	sought  []*passage.Sought // by article; nil where nothing is to be aligned
}

// corpusPair is an article that may have copied from an entry.
type corpusPair struct {
	entry   int32 // index into entries
	article int32 // of the block
	shared  []passage.Shared
}

func (b *corpusBlock) run(ctx context.Context) (err error) {
	words := make([][]uint64, b.n)
	err = work.Each(ctx, b.Options.Workers, b.n, func(_, i int) error {
		s := b.Text(b.from + i)
		words[i] = text.Hashes(text.Once(text.AppendTokens(nil, s), s))
		return nil
	})
	if err != nil {
		return err
	}
	opt := index.LookupOptions{Near: b.Options.Near(), Others: b.looksFor[CopiedPassage]}
	if b.found, err = b.index.Lookup(ctx, words, opt); err != nil {
		return err
	}
	if err := b.known(ctx); err != nil || !opt.Others {
		return err
	}
	b.pair()
	if err := b.align(ctx); err != nil {
		return err
	}
	return b.copied(ctx)
}

// known marks the articles that are in the corpus, and those that supersede an article of it.
func (b *corpusBlock) known(ctx context.Context) error {
	var numbers []uint32
	var articles []int
	for i := range b.found {
		if near, _ := b.closest(i); near != nil {
			numbers, articles = append(numbers, near.Entry), append(articles, i)
		}
	}
	return b.index.Entries(ctx, numbers, func(k int, e *index.Entry) error {
		near, rule := b.closest(articles[k])
		b.mark(b.from+articles[k], mark{
			rule: rule, matched: strings.Clone(e.ID), where: where(e.Path, e.Line), about: entryByline(e),
			resemblance: near.Resemblance, containment: max(near.ContainmentQuery, near.ContainmentEntry), how: near.Rule.String(),
		})
		return nil
	})
}

// closest is the entry that article i of the block is named with, and the rule it is named by; nil
// where there is none. An article that may go for one entry and contains another is in the corpus.
func (b *corpusBlock) closest(i int) (*index.Near, Rule) {
	f := &b.found[i]
	switch {
	case len(f.Near) > 0:
		return &f.Near[0], InCorpus
	case len(f.Superseded) > 0:
		return &f.Superseded[0], Supersedes
	}
	return nil, ""
}

// pair lists what is to be aligned.
func (b *corpusBlock) pair() {
	b.sought = make([]*passage.Sought, b.n)
	for i := range b.found {
		if f := &b.found[i]; len(f.Near) == 0 {
			b.entries = append(b.entries, f.Others...)
		}
	}
	slices.Sort(b.entries)
	b.entries = slices.Compact(b.entries)
	for i := range b.found {
		f := &b.found[i]
		if len(f.Near) > 0 {
			continue
		}
		for _, number := range f.Others {
			k, _ := slices.BinarySearch(b.entries, number)
			b.pairs = append(b.pairs, corpusPair{entry: int32(k), article: int32(i)})
		}
	}
	slices.SortFunc(b.pairs, func(x, y corpusPair) int {
		return cmp.Or(cmp.Compare(x.entry, y.entry), cmp.Compare(x.article, y.article))
	})
}

// alignEntries is how many entries a worker reads at a time.
const alignEntries = 256

// align fills the pairs.
func (b *corpusBlock) align(ctx context.Context) error {
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
		first, _ := slices.BinarySearchFunc(b.pairs, int32(from), func(p corpusPair, entry int32) int { return cmp.Compare(p.entry, entry) })
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

// copied marks the passages.
func (b *corpusBlock) copied(ctx context.Context) error {
	shared := make([][]passage.Shared, b.n)
	var numbers []uint32 // of the entries that share a passage
	for k := range b.pairs {
		p := &b.pairs[k]
		if len(p.shared) == 0 {
			continue
		}
		shared[p.article] = append(shared[p.article], p.shared...)
		if number := b.entries[p.entry]; len(numbers) == 0 || numbers[len(numbers)-1] != number {
			numbers = append(numbers, number)
		}
	}
	type origin struct {
		id, where string
		about     Byline
	}
	origins := make(map[uint32]origin, len(numbers))
	err := b.index.Entries(ctx, numbers, func(k int, e *index.Entry) error {
		origins[numbers[k]] = origin{strings.Clone(e.ID), where(e.Path, e.Line), entryByline(e)}
		return nil
	})
	if err != nil {
		return err
	}
	for k := range shared {
		if len(shared[k]) == 0 {
			continue
		}
		i := b.from + k
		sourceOf := func(other int32) string { return origins[b.entries[other]].about.Source }
		for _, p := range b.sought[k].Copied(b.Text(i), b.Source(i), shared[k], sourceOf) {
			if p.Boilerplate || printed(b.boilerplate[i], p.Span) {
				continue
			}
			o := origins[b.entries[p.Other]]
			b.mark(i, mark{rule: CopiedPassage, span: p.Span, matched: o.id, where: o.where, about: o.about})
		}
	}
	return nil
}
