package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dedup/internal/cluster"
	"dedup/internal/text"
)

// The stages as processes of their own: what one prints with --pipe is all that the next needs to give the same result as one process. Sketches
// carry the hashes of the words, so that pairs are verified exactly; pairs carry what the keep policies look at.

// PairsOfSketches is Pairs of articles of which only sketches with words are left. each calls its argument with every sketch, in input order.
func PairsOfSketches(ctx context.Context, cfg Config, each func(func(Sketch) error) error, yield func(Pair) error) (err error) {
	cfg.setDefaults()
	r := &run{cfg: cfg, store: newStore(false, 0, cfg.Tmp)}
	if r.near, err = cluster.NewNear(r.nearOptions()); err != nil {
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
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	meta := r.store.Meta
	uniqueIDs(len(meta), func(i int) string { return meta[i].ID }, func(i int, id string) { meta[i].ID = id })
	return pairsOf(ctx, r.near, meta, yield)
}

// ClustersOfPairs is Clusters of all pairs of a corpus, by the rule of cluster.Near: in the order of the policy, an article joins the canonical
// that it resembles most, or becomes one.
func ClustersOfPairs(cfg Config, pairs []Pair, yield func(article, canonical string, resemblance float64) error) error {
	meta, number := pairedArticles(pairs)
	type edge struct {
		to          int32
		resemblance float64
	}
	edges := make([][]edge, len(meta))
	for _, p := range pairs {
		a, b := number[p.Of[0].Order], number[p.Of[1].Order]
		edges[a] = append(edges[a], edge{b, p.Resemblance})
		edges[b] = append(edges[b], edge{a, p.Resemblance})
	}
	rank := cfg.Keep.rank(meta)
	order := make([]int32, len(meta))
	for i, at := range rank {
		order[at] = int32(i)
	}
	kept := make([]bool, len(meta))
	members := make([][]edge, len(meta)) // by canonical, in order of rank
	for _, i := range order {
		best := edge{to: -1}
		for _, e := range edges[i] {
			if kept[e.to] && (best.to < 0 || e.resemblance > best.resemblance || e.resemblance == best.resemblance && rank[e.to] < rank[best.to]) {
				best = e
			}
		}
		if best.to < 0 {
			kept[i] = true
		} else {
			members[best.to] = append(members[best.to], edge{i, best.resemblance})
		}
	}
	first := make([]int32, len(meta)) // article of each canonical's cluster
	for c := range first {
		first[c] = int32(c)
		for _, m := range members[c] {
			first[c] = min(first[c], m.to)
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(first[a], first[b]) })
	for _, c := range order {
		if len(members[c]) == 0 {
			continue
		}
		for _, m := range append([]edge{{c, 1}}, members[c]...) {
			if err := yield(meta[m.to].ID, meta[c].ID, m.resemblance); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairedArticles lists the articles of pairs in input order, and gives the place of each in the list.
func pairedArticles(pairs []Pair) (meta []Meta, number map[int]int32) {
	of := map[int]PairOf{}
	for _, p := range pairs {
		of[p.Of[0].Order], of[p.Of[1].Order] = p.Of[0], p.Of[1]
	}
	orders := make([]int, 0, len(of))
	for n := range of {
		orders = append(orders, n)
	}
	slices.Sort(orders)
	number = make(map[int]int32, len(of))
	for i, n := range orders {
		a := of[n]
		number[n] = int32(i)
		meta = append(meta, Meta{ID: a.ID, Source: a.Source, Published: a.Published, Bytes: a.Bytes})
	}
	return meta, number
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
