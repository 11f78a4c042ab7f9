package engine

import (
	"context"
	"time"

	"dedup/internal/cluster"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Pair is a verified pair of near-duplicates, by article id.
type Pair struct {
	A, B                                    string
	Resemblance, ContainmentA, ContainmentB float64
	Distance                                int // -1 where an article has no fingerprint

	Of [2]PairOf // what clustering pairs needs of A and B
}

// PairOf is an article of a pair.
type PairOf struct {
	ID, Source string
	Order      int // in the input
	Published  time.Time
	Bytes      int
}

// Pairs calls yield for every pair of near-duplicates in input order and returns how many inputs were skipped.
func Pairs(ctx context.Context, cfg Config, yield func(Pair) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{near: true, fingerprint: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	return r.skipped, pairsOf(ctx, r.near, r.store.Meta, yield)
}

func pairsOf(ctx context.Context, near *cluster.Near, meta []Meta, yield func(Pair) error) error {
	of := func(i int32) PairOf {
		m := &meta[i]
		return PairOf{m.ID, m.Source, int(i), m.Published, m.Bytes}
	}
	return near.Pairs(ctx, func(e cluster.Edge) error {
		a, b := &meta[e.A], &meta[e.B]
		return yield(Pair{a.ID, b.ID, e.Resemblance, e.ContainmentA, e.ContainmentB, distance(a, b), [2]PairOf{of(e.A), of(e.B)}})
	})
}

// distance is the Hamming distance of two fingerprints, -1 where there is none.
func distance(a, b *Meta) int {
	if !a.HasFingerprint || !b.HasFingerprint {
		return -1
	}
	return sketch.Distance(a.Fingerprint, b.Fingerprint)
}

// Clusters calls yield for every article of a near-duplicate cluster, the canonical of each first, clusters in the order of their first
// article; with all, for every article in input order. It returns how many inputs were skipped.
func Clusters(ctx context.Context, cfg Config, all bool, yield func(article, canonical string, resemblance float64) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{near: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	if err := r.findClusters(ctx); err != nil {
		return 0, err
	}
	meta := r.store.Meta
	if all {
		return r.skipped, r.everyArticle(yield)
	}
	for _, c := range r.clusters {
		canonical := meta[c.Members[0].Article].ID
		for _, m := range c.Members {
			if err := yield(meta[m.Article].ID, canonical, m.Resemblance); err != nil {
				return r.skipped, err
			}
		}
	}
	return r.skipped, nil
}

func (r *run) everyArticle(yield func(article, canonical string, resemblance float64) error) error {
	meta := r.store.Meta
	member := make(map[int32]cluster.Member)
	for _, c := range r.clusters {
		for _, m := range c.Members {
			member[int32(m.Article)] = m
		}
	}
	for i := range meta {
		canonical, resemblance := meta[i].ID, 1.0
		if c := r.nearOf[i]; c >= 0 {
			canonical, resemblance = meta[r.clusters[c].Members[0].Article].ID, member[int32(i)].Resemblance
		}
		if err := yield(meta[i].ID, canonical, resemblance); err != nil {
			return err
		}
	}
	return nil
}

// findClusters fills r.clusters and r.nearOf.
func (r *run) findClusters(ctx context.Context) error {
	clusters, err := r.near.Clusters(ctx, r.cfg.Keep.rank(r.store.Meta))
	if err != nil {
		return wrap("find near-duplicates", err)
	}
	r.clusters = clusters
	r.nearOf = make([]int32, len(r.store.Meta))
	for i := range r.nearOf {
		r.nearOf[i] = -1
	}
	for c := range clusters {
		for _, m := range clusters[c].Members {
			r.nearOf[m.Article] = int32(c)
		}
	}
	return nil
}

// Sketch is the sketch of one article.
type Sketch struct {
	ID string
	sketch.Sketch
	Source    string
	Published time.Time // zero: unknown
	Bytes     int       // of the text
	Words     []uint64  // hashes of its words, lines that repeat at once left out; nil unless they were asked for
}

func hashes(toks []text.Token) []uint64 {
	out := make([]uint64, len(toks))
	for i, t := range toks {
		out[i] = t.Hash
	}
	return out
}

// Sketches calls yield for every article in input order, with words also with its words, and returns how many inputs were skipped. Sketches of
// batches that come before their turn wait in memory; there are at most a few of them, one a worker.
func Sketches(ctx context.Context, cfg Config, words bool, yield func(Sketch) error) (skipped int, err error) {
	q := inOrder{yield: yield, waiting: map[int][]Sketch{}}
	r, err := load(ctx, cfg, wants{sketch: q.put, words: words})
	if err != nil {
		return 0, err
	}
	return r.skipped, r.close()
}
