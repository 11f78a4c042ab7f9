package cluster

import (
	"context"
	"math/bits"

	"dedup/internal/lsh"
	"dedup/internal/sketch"
)

// The other way to candidates, two routes united: bands of MinHash signatures (see lsh.Rows for the curve) and Hamming blocks of fingerprints (Manku
// et al. 2007) for distances up to nearDistance. It reads each article once and keeps no filter, so its memory does not grow with the corpus but
// for 16 bytes an article, and it finds 99.9 % of the pairs with resemblance 0.7, but hardly any brief that stands in an article many
// times longer: resemblance is all that a sketch knows. Candidates are verified as ever.

// nearDistance and nearBlocks: 20 keys of 32 bits a fingerprint. What bands miss, short articles above all, is mostly within 3 bits.
const (
	nearDistance = 3
	nearBlocks   = 6
)

// banded finds candidate pairs by bands and blocks.
func (n *Near) banded(ctx context.Context, order []int32) (*nearSearch, *nearSorted, error) {
	s := &nearSearch{smaller: newNearFlags(n.n), active: newNearFlags(n.n), sorted: newNearFlags(n.n)}
	c := newNearSorted(n.n, order)
	buckets := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 64)
	defer buckets.Close()
	pairs := lsh.NewSpool(n.opt.Tmp, n.opt.Memory/8, 32+bits.Len(uint(len(order))))
	defer pairs.Close()
	if err := n.band(ctx, c.place, buckets); err != nil {
		return nil, nil, err
	}
	err := lsh.Pairs(ctx, n.opt.Workers, buckets, pairs, nearHot)
	if err != nil {
		return nil, nil, err
	}
	if c.pairs, err = lsh.Distinct(ctx, n.opt.Workers, pairs); err != nil {
		return nil, nil, err
	}
	for _, p := range c.pairs {
		s.active.set(order[p>>32])
		s.active.set(order[uint32(p)])
	}
	return s, c, n.prepare(ctx, s, s.active)
}

// band writes the bucket keys of all articles.
func (n *Near) band(ctx context.Context, place []int32, buckets *lsh.Spool) error {
	type scratch struct {
		load   nearLoad
		sketch *sketch.Sketcher
		all    []uint64
		sig    []uint32
		keys   []uint64
		out    *lsh.Writer
	}
	work := make([]scratch, n.opt.Workers)
	for g := range work {
		work[g] = scratch{load: n.loaders()[0], sketch: sketch.NewSketcher(sketch.Default), out: buckets.Writer()}
	}
	everyone := newNearFlags(n.n)
	for id, at := range place {
		if at >= 0 {
			everyone.set(int32(id))
		}
	}
	if err := n.each(ctx, everyone, func(g int, id int32) error {
		w := &work[g]
		if err := w.load.raw(id); err != nil {
			return err
		}
		w.all = append(append(w.all[:0], w.load.low...), w.load.high...)
		w.sig = w.sketch.Signature(w.sig[:0], w.all)
		w.keys = lsh.AppendBands(w.keys[:0], w.sig, lsh.Rows)
		if from, local := n.place(id); from.prints[local/nearBlock][local%nearBlock].has {
			w.keys = lsh.AppendBlocks(w.keys, from.prints[local/nearBlock][local%nearBlock].bits, nearDistance, nearBlocks)
		}
		for _, key := range w.keys {
			if err := w.out.Add(lsh.Record{Key: key, ID: uint32(place[id])}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for g := range work {
		if err := work[g].out.Flush(); err != nil {
			return err
		}
	}
	return nil
}
