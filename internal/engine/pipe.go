package engine

import (
	"context"
	"errors"
	"maps"
	"slices"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/text"
)

// The stages as processes of their own: what one prints with --pipe is all that the next needs to
// give the same result as one process. Sketches carry the hashes of the words, so that pairs are
// verified exactly; pairs carry what the keep policies look at.

// PairsOfSketches is Pairs of articles of which only sketches with words are left. each calls its
// argument with every sketch, in input order.
func PairsOfSketches(ctx context.Context, cfg Config, each func(func(Sketch) error) error, yield func(Pair) error) (err error) {
	cfg.setDefaults()
	r := &run{cfg: cfg, store: newStore(false, 0, cfg.Tmp)}
	if r.near, err = near.New(r.nearOptions()); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	w := r.near.Worker()
	var toks []text.Token
	err = each(func(k Sketch) error {
		toks = appendTokens(toks[:0], k.Words)
		w.Add(0, toks)
		m := Meta{ID: k.ID, Source: k.Source, Published: k.Published, Bytes: k.Bytes, Fingerprint: k.Fingerprint, HasFingerprint: k.Has}
		r.store.Meta = append(r.store.Meta, m)
		r.cfg.Dates.One(&article.Article{Published: k.Published})
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	meta := r.store.Meta
	uniqueIDs(len(meta), func(i int) string { return meta[i].ID }, func(i int, id string) { meta[i].ID = id })
	return pairsOf(ctx, r.near, meta, yield)
}

// ClustersOfPairs is Clusters of all pairs of a corpus.
func ClustersOfPairs(cfg Config, pairs []Pair, yield func(article, canonical string, resemblance float64) error) error {
	judge, err := cfg.Near.Judge()
	if err != nil {
		return err
	}
	cfg.setDefaults()
	meta, edges := pairedArticles(pairs)
	for i := range meta {
		cfg.Dates.One(&article.Article{Published: meta[i].Published})
	}
	for _, c := range near.Of(judge, edges, cfg.Keep.rank(meta)) {
		canonical := meta[c.Members[0].Article].ID
		for _, m := range c.Members {
			if err := yield(meta[m.Article].ID, canonical, m.Resemblance); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairedArticles lists the articles of pairs in input order, and the pairs as edges between places
// in the list.
func pairedArticles(pairs []Pair) (meta []Meta, edges []near.Edge) {
	of := map[int32]PairOf{}
	for _, p := range pairs {
		of[p.Edge.A], of[p.Edge.B] = p.Of[0], p.Of[1]
	}
	number := make(map[int32]int32, len(of))
	for _, n := range slices.Sorted(maps.Keys(of)) {
		a := of[n]
		number[n] = int32(len(meta))
		meta = append(meta, Meta{ID: a.ID, Source: a.Source, Published: a.Published, Bytes: a.Bytes})
	}
	for _, p := range pairs {
		e := p.Edge
		e.A, e.B = number[e.A], number[e.B]
		edges = append(edges, e)
	}
	return meta, edges
}

// PairsInFull is Pairs with what clustering pairs needs.
func PairsInFull(ctx context.Context, cfg Config, yield func(Pair) error) (skipped int, err error) {
	r, err := load(ctx, cfg, wants{near: true, fingerprint: true})
	if err != nil {
		return 0, err
	}
	defer r.close()
	return r.skipped, pairsOf(ctx, r.near, r.store.Meta, yield)
}

func pairsOf(ctx context.Context, finder *near.Finder, meta []Meta, yield func(Pair) error) error {
	of := func(i int32) PairOf {
		m := &meta[i]
		return PairOf{m.ID, m.Source, m.Published, m.Bytes}
	}
	return finder.Pairs(ctx, func(e near.Edge) error {
		a, b := &meta[e.A], &meta[e.B]
		p := pairOf(e, a.ID, b.ID, distance(a, b))
		p.Of = [2]PairOf{of(e.A), of(e.B)}
		return yield(p)
	})
}
