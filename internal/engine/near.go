package engine

import (
	"context"
	"time"

	"dedup/internal/cluster/near"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Pair is a verified pair of near-duplicates, by article id.
type Pair struct {
	A, B                                    string
	Resemblance, ContainmentA, ContainmentB float64
	Distance                                int // -1 where an article has no fingerprint

	Edge near.Edge // by place in the input: the sizes of both sets of shingles, and what they share
	Of   [2]PairOf // what clustering pairs needs of A and B besides; zero from Pairs
}

// PairOf is an article of a pair.
type PairOf struct {
	ID, Source string
	Published  time.Time
	Bytes      int
}

// pairOf is the pair of an edge, without Of.
func pairOf(e near.Edge, a, b string, distance int) Pair {
	return Pair{A: a, B: b, Resemblance: e.Resemblance(), ContainmentA: e.ContainmentA(), ContainmentB: e.ContainmentB(), Distance: distance, Edge: e}
}

// Pairs calls yield for every pair of near-duplicates in input order and returns how many inputs
// were skipped.
func Pairs(ctx context.Context, cfg Config, yield func(Pair) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{near: true, lean: true, fingerprint: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	err = r.near.Pairs(ctx, func(e near.Edge) error {
		a, b := int(e.A), int(e.B)
		d := -1
		x, hasX := r.lean.fingerprint(a)
		if y, hasY := r.lean.fingerprint(b); hasX && hasY {
			d = sketch.Distance(x, y)
		}
		return yield(pairOf(e, r.lean.id(a), r.lean.id(b), d))
	})
	return r.skipped, err
}

// distance is the Hamming distance of two fingerprints, -1 where there is none.
func distance(a, b *Meta) int {
	if !a.HasFingerprint || !b.HasFingerprint {
		return -1
	}
	return sketch.Distance(a.Fingerprint, b.Fingerprint)
}

// Clusters calls yield for every article of a near-duplicate cluster, the canonical of each first,
// clusters in the order of their first article; with all, for every article in input order. It
// returns how many inputs were skipped.
func Clusters(ctx context.Context, cfg Config, all bool, yield func(article, canonical string, resemblance float64) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{near: true, lean: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	clusters, err := r.near.Clusters(ctx, r.cfg.Keep.rankOf(r.lean.n, r.lean.key))
	if err != nil {
		return r.skipped, wrap("find near-duplicates", err)
	}
	if all {
		return r.skipped, r.everyArticle(clusters, yield)
	}
	for _, c := range clusters {
		canonical := r.lean.id(int(c.Members[0].Article))
		for _, m := range c.Members {
			if err := yield(r.lean.id(int(m.Article)), canonical, m.Resemblance); err != nil {
				return r.skipped, err
			}
		}
	}
	return r.skipped, nil
}

// everyArticle yields the articles without near-duplicate too.
func (r *run) everyArticle(clusters []near.Cluster, yield func(article, canonical string, resemblance float64) error) error {
	type place struct{ cluster, member int32 }
	in := make([]place, r.lean.n) // cluster+1; 0: none
	for k, c := range clusters {
		for j, m := range c.Members {
			in[m.Article] = place{int32(k) + 1, int32(j)}
		}
	}
	for i, p := range in {
		id := r.lean.id(i)
		canonical, resemblance := id, 1.0
		if p.cluster > 0 {
			members := clusters[p.cluster-1].Members
			canonical, resemblance = r.lean.id(int(members[0].Article)), members[p.member].Resemblance
		}
		if err := yield(id, canonical, resemblance); err != nil {
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

// closeNear gives back half of the memory, which later stages need.
func (r *run) closeNear() error {
	err := r.near.Close()
	r.near = nil
	return wrap("find near-duplicates", err)
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

// appendTokens appends tokens of which only the hashes are left.
func appendTokens(dst []text.Token, hashes []uint64) []text.Token {
	for _, h := range hashes {
		dst = append(dst, text.Token{Hash: h})
	}
	return dst
}

func hashes(toks []text.Token) []uint64 {
	out := make([]uint64, len(toks))
	for i, t := range toks {
		out[i] = t.Hash
	}
	return out
}

// Sketches calls yield for every article in input order, with words also with its words, and
// returns how many inputs were skipped. Sketches of batches that come before their turn wait in
// memory; there are at most a few of them, one a worker.
func Sketches(ctx context.Context, cfg Config, words bool, yield func(Sketch) error) (skipped int, err error) {
	q := newInOrder(func(rows []Sketch) error {
		for _, k := range rows {
			if err := yield(k); err != nil {
				return err
			}
		}
		return nil
	})
	r, err := load(ctx, cfg, wants{sketch: q.put, words: words})
	if err != nil {
		return 0, err
	}
	return r.skipped, r.close()
}
