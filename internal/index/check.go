package index

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	"dedup/internal/plural"
	"dedup/internal/shingle"
)

// Check reads everything that an index holds and holds it against everything else: the checksums of
// all blocks (by reading them); every entry, its words and the sum over them; for every batch, what
// is left of it and sums over all its keys, once as they are and once as they follow from the
// words; totals. It calls problem with what it finds and repairs nothing. Its error says why it
// could not go on: the first block that cannot be read ends it, and is looked for in the
// dictionaries first, without which no words can be read.
//
// Cost: as much as looking at all words again, 10 µs an entry of 200 words, half of it beside the
// other half; memory is one batch record a batch.
func (x *Index) Check(ctx context.Context, problem func(string)) error {
	g, stop := errgroup.WithContext(ctx) // what one step cannot read ends the others
	c := checker{x: x, ctx: stop}
	var err error
	if c.batches, err = readBatches(x.db); err != nil {
		return x.named(err)
	}
	if err := c.dictionaries(problem); err != nil {
		return x.named(err)
	}
	c.left = make([]left, len(c.batches))
	steps := []func(problem func(string)) error{c.entries, c.words, c.ids, c.seeds, c.strangers} // each fills fields of its own
	faults := make([][]string, len(steps))
	g.SetLimit(x.opt.Workers)
	for i, step := range steps {
		g.Go(func() error {
			more := 0
			err := step(func(what string) {
				if len(faults[i]) == faultsMost {
					more++
					return
				}
				faults[i] = append(faults[i], what)
			})
			if more > 0 {
				faults[i] = append(faults[i], fmt.Sprintf("and %d more of this kind", more))
			}
			return err
		})
	}
	err = g.Wait()
	for _, list := range faults {
		for _, what := range list {
			problem(what)
		}
	}
	if err != nil {
		return x.named(err)
	}
	c.compare(problem)
	return nil
}

// faultsMost is how many faults of one kind of key are named.
const faultsMost = 10_000

type checker struct {
	x       *Index
	ctx     context.Context
	batches []Batch
	left    []left
	totals  totals
}

// left is what is found of a batch.
type left struct {
	entries int
	sums    sums // of the keys as they are; the words' as they should be
	derived sums // seeds and ids as they follow from words and entries
}

// of finds the batch that a number belongs to.
func (c *checker) of(number uint32) (k int, ok bool) {
	k, found := slices.BinarySearchFunc(c.batches, number, func(b Batch, n uint32) int { return cmp.Compare(b.First, n) })
	if !found {
		k--
	}
	return k, k >= 0 && uint64(number) < uint64(c.batches[k].First)+uint64(c.batches[k].Added)
}

// entries reads the entries, and what should follow from each.
func (c *checker) entries(problem func(string)) error {
	var e entry
	return scan(c.x.db, keyEntry, func(k, v []byte) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		number := numberOf(k)
		if err := e.read(number, v); len(k) != 5 || err != nil {
			problem(fmt.Sprintf("entry %d cannot be read", number))
			return nil
		}
		b, ok := c.of(number)
		if !ok || c.batches[b].Number != e.Batch {
			problem(fmt.Sprintf("entry %d (%s) is in no batch", number, e.ID))
			return nil
		}
		l := &c.left[b]
		l.entries++
		l.sums.entries += entrySum(number, v)
		l.derived.ids += idSum(xxh3.HashString(e.ID), number)
		l.sums.words += shingle.Mix(e.words + uint64(number))
		c.totals.articles++
		c.totals.bytes += int64(e.Bytes)
		c.totals.tokens += int64(e.Tokens)
		return nil
	})
}

// words reads the words, and derives their seeds.
func (c *checker) words(problem func(string)) error {
	var words, shingles, own []uint64
	done, said := int64(0), map[uint32]bool{} // dictionaries
	return scan(c.x.db, keyWords, func(k, v []byte) (err error) {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if done++; done%4096 == 0 {
			c.x.opt.Progress(done, int64(c.x.Len()))
		}
		number := numberOf(k)
		b, ok := c.of(number)
		if len(k) != 5 || !ok {
			problem(fmt.Sprintf("words of entry %d, which is in no batch", number))
			return nil
		}
		if words, err = c.x.decode(words[:0], v); err != nil {
			if e, ok := errors.AsType[*dictionaryError](err); ok {
				if !said[e.number] {
					said[e.number] = true
					problem(fmt.Sprintf("dictionary %d, by which words of entries are written, cannot be read", e.number))
				}
				return nil
			}
			problem(fmt.Sprintf("the words of entry %d cannot be read: %v", number, err))
			return nil
		}
		l := &c.left[b]
		l.derived.words += shingle.Mix(wordsSum(words) + uint64(number))
		shingles = shingle.AppendHashes(shingles[:0], words, shingleWords)
		own = appendSeeds(own[:0], shingles, seedAll)
		for _, s := range own {
			l.derived.seeds += seedSum(s, number)
		}
		l.derived.seedCount += uint64(len(own))
		return nil
	})
}

func (c *checker) ids(problem func(string)) error {
	return scan(c.x.db, keyID, func(k, _ []byte) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if len(k) != 13 {
			problem("a broken key among the ids")
			return nil
		}
		if b, ok := c.of(numberOf(k)); ok {
			c.left[b].sums.ids += idSum(binary.BigEndian.Uint64(k[1:]), numberOf(k))
		} else {
			problem(fmt.Sprintf("an id of entry %d, which is in no batch", numberOf(k)))
		}
		return nil
	})
}

func (c *checker) seeds(problem func(string)) error {
	strange := 0
	err := scan(c.x.db, keySeed, func(k, _ []byte) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		seed, number, ok := seedOf(k)
		b, in := c.of(number)
		if !ok || !in {
			strange++
			return nil
		}
		c.left[b].sums.seeds += seedSum(seed, number)
		c.left[b].sums.seedCount++
		return nil
	})
	if strange > 0 {
		problem(plural.Count(strange, "seed") + " of entries that are in no batch")
	}
	return err
}

// strangers looks for keys that an index has not.
func (c *checker) strangers(problem func(string)) error {
	it, err := c.x.db.NewIter(nil)
	if err != nil {
		return fromStore(err)
	}
	defer it.Close() // its errors were asked for
	known := []byte{keyEntry, keyBatch, keyDictionary, keyID, keyTotals, keySeed, keyWords}
	for ok := it.First(); ok; {
		kind := it.Key()[0]
		if bytes.IndexByte(known, kind) < 0 {
			problem(fmt.Sprintf("keys of an unknown kind %q", kind))
		}
		ok = it.SeekGE([]byte{kind + 1})
	}
	return fromStore(it.Error())
}

// dictionaries reads them.
func (c *checker) dictionaries(problem func(string)) error {
	return scan(c.x.db, keyDictionary, func(k, v []byte) error {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if _, err := readDictionary(numberOf(k), v); err != nil || numberOf(k) >= c.x.totals.nextDictionary {
			problem(fmt.Sprintf("dictionary %d cannot be read or should not be there", numberOf(k)))
		}
		return nil
	})
}

// compare holds what was found against what was written down.
func (c *checker) compare(problem func(string)) {
	next := uint64(0)
	for i := range c.batches {
		b, l := &c.batches[i], &c.left[i]
		wrong := func(what string) { problem(fmt.Sprintf("batch %d: %s", b.Number, what)) }
		if uint64(b.First) < next || b.Number >= c.x.totals.nextBatch {
			wrong("its numbers overlap with another batch, or it should not be there")
		}
		next = uint64(b.First) + uint64(b.Added)
		if l.entries != b.Added-b.Removed {
			wrong(fmt.Sprintf("%s, %d %s added and %d removed", plural.Count(l.entries, "entry"), b.Added, plural.Was(b.Added), b.Removed))
		}
		for _, s := range []struct {
			what       string
			got, wrote uint64
		}{
			{"entries", l.sums.entries, b.sums.entries},
			{"the sums of words in entries", l.sums.words, b.sums.words},
			{"words", l.derived.words, b.sums.words},
			{"ids in entries", l.derived.ids, b.sums.ids},
			{"keys of ids", l.sums.ids, b.sums.ids},
			{"seeds of words", l.derived.seeds, b.sums.seeds},
			{"keys of seeds", l.sums.seeds, b.sums.seeds},
		} {
			if s.got != s.wrote {
				wrong(s.what + " are not those that were written")
			}
		}
		if l.sums.seedCount != b.sums.seedCount {
			wrong(fmt.Sprintf("%s, %d %s written", plural.Count(l.sums.seedCount, "seed"), b.sums.seedCount, plural.Was(b.sums.seedCount)))
		}
	}
	t := c.x.totals
	if next > uint64(t.nextEntry) {
		problem("numbers of entries were given that the totals do not know")
	}
	if t.articles != c.totals.articles || t.bytes != c.totals.bytes || t.tokens != c.totals.tokens {
		problem(fmt.Sprintf("%s of %s, the totals say %d of %d", plural.Count(c.totals.articles, "entry"), plural.Count(c.totals.bytes, "byte"), t.articles, t.bytes))
	}
}
