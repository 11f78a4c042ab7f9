package near

import (
	"context"
	"math/bits"
	"slices"

	"dedup/internal/lsh"
	"dedup/internal/sketch"
)

// The other way to candidates: fingerprints. In: the fingerprint of each article (simhash over
// pairs of words, that of github.com/mfonda/simhash; package sketch). Out: the pairs of articles
// whose fingerprints differ in at most distance of 64 bits, as candidates, which are verified like
// all others.
//
//  1. Feeding makes the fingerprints. No record of any shingle is kept.
//  2. Each fingerprint goes to a bucket for every choice of blocks−distance of its blocks (Manku,
//     Jain and Das Sarma, "Detecting near-duplicates for web crawling", WWW 2007). Two within the
//     distance have a bucket in common, whichever bits differ.
//  3. Of the pairs that meet in a bucket those beyond the distance are dropped. A bucket of more
//     than hotArticles makes pairs with its first article alone, so that copies of a page cost what
//     they are.
//
// It does not find every pair: a changed word changes two features of a hundred, and a quarter of
// the pairs at the threshold are farther apart than the distance. A fingerprint does not show a
// brief inside a long article. docs/algorithms/near.md has what it finds at which distance.
//
// Cost: 20 keys of 16 bytes an article, sorted on disk past the memory.

// distance and blocks make 20 keys of 32 bits a fingerprint.
const (
	distance = 3
	blocks   = 6
)

// fingerprinted finds candidates by fingerprints.
func (n *Finder) fingerprinted(ctx context.Context) (*search, error) {
	s := &search{}
	s.twins(n)
	buckets := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 64)
	defer buckets.Close()
	pairs := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 32+bits.Len(uint(n.n)))
	defer pairs.Close()
	if err := n.spread(ctx, s, buckets); err != nil {
		return nil, err
	}
	if err := lsh.Pairs(ctx, n.opt.Workers, buckets, pairs, hotArticles); err != nil {
		return nil, err
	}
	met, err := lsh.Distinct(ctx, n.opt.Workers, pairs)
	if err != nil {
		return nil, err
	}
	s.join(n.n, slices.DeleteFunc(met, func(p uint64) bool {
		return sketch.Distance(n.print(int32(p>>32)).bits, n.print(int32(uint32(p))).bits) > distance
	}))
	return s, nil
}

// print is the fingerprint of an article.
func (n *Finder) print(id int32) imprint {
	w, local := n.place(id)
	return w.prints[local/block][local%block]
}

// spread writes the bucket keys of all articles but twins of earlier ones.
func (n *Finder) spread(ctx context.Context, s *search, buckets *lsh.Spool) error {
	const step = 1 << 12 // articles
	writers := buckets.Writers(n.opt.Workers)
	keys := make([][]uint64, n.opt.Workers)
	if err := n.parallel(ctx, (n.n+step-1)/step, func(g, u int) error {
		for id := int32(u * step); int(id) < min((u+1)*step, n.n); id++ {
			p := n.print(id)
			if !p.has || s.dead != nil && s.dead.has(id) {
				continue
			}
			keys[g] = lsh.AppendBlocks(keys[g][:0], p.bits, distance, blocks)
			for _, key := range keys[g] {
				if err := writers[g].Add(lsh.Record{Key: key, ID: uint32(id)}); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return writers.Flush()
}
