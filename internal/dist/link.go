package dist

import (
	"encoding/binary"
	"math"

	"dedup/internal/forest"
)

// Links. In: buckets, and up to which level each article takes them. Out: links between articles,
// such that both sides of every edge are linked, if over others.
//
// An article that takes a bucket is linked with every article of it that is at least as long, for
// it looks for the longer side of an edge. So all from the shortest taker up become one group. That
// is a link an article, however many share a shingle: a hot one costs what its articles cost.

// link is the stage.
func (r *run) link(in frames, out func(Frame) error) error {
	var b []byte
	for f, err := range in {
		if err != nil {
			return err
		}
		articles, trees, err := r.linked(&f)
		if err != nil {
			return err
		}
		b = b[:0]
		for i := range articles {
			if root := trees.Root(uint32(i)); root != uint32(i) {
				for _, a := range []member{articles[root], articles[i]} {
					b = binary.AppendUvarint(b, uint64(a.number))
					b = binary.AppendUvarint(b, uint64(a.size))
				}
			}
		}
		if len(b) > 0 {
			if err := out(Frame{Kind: Links, Key: f.Key, Data: b}); err != nil {
				return err
			}
		}
	}
	return nil
}

// member is an article of a frame of buckets.
type member struct{ number, size uint32 }

// linked joins what the buckets of a frame link.
func (r *run) linked(f *Frame) ([]member, forest.Of[uint32], error) {
	c := cursor{b: f.Data}
	articles := make([]member, c.count(2))
	for i := range articles {
		if articles[i] = (member{c.number(), c.number()}); articles[i].number >= r.n {
			c.fail()
		}
	}
	if f.Key >= uint32(r.opt.Parts) {
		c.fail()
	}
	trees := forest.Of[uint32](nil).Alone(len(articles))
	var bucket []uint32
	for c.more() {
		bucket = bucket[:0]
		for range c.count(1) {
			at := c.number()
			if at >= uint32(len(articles)) {
				c.fail()
				break
			}
			bucket = append(bucket, at)
		}
		l := level(class(len(bucket)), f.Key, r.opt.Parts)
		least, taker := uint32(math.MaxUint32), uint32(0)
		for _, i := range bucket {
			if a := articles[i]; r.cuts[a.number] >= l && a.size < least {
				least, taker = a.size, i
			}
		}
		for _, i := range bucket {
			if articles[i].size >= least {
				trees.Join(taker, i)
			}
		}
	}
	return articles, trees, c.err
}

// bins is the stage: it joins what is linked and fills groups, in the order of their first
// articles, into bins.
func (r *run) bins(in frames, out func(Frame) error) error {
	trees, sizes := forest.Of[uint32](nil).Alone(int(r.n)), make([]uint32, r.n)
	for f, err := range in {
		if err != nil {
			return err
		}
		for c := (cursor{b: f.Data}); c.more(); {
			a, b := member{c.number(), c.number()}, member{c.number(), c.number()}
			if c.err != nil || max(a.number, b.number) >= r.n {
				return errData
			}
			sizes[a.number], sizes[b.number] = a.size, b.size
			trees.Join(a.number, b.number)
		}
	}
	for number, first := range r.first {
		trees.Join(number, first)
	}
	weight := make([]int64, r.n) // of groups, by their roots
	count := make([]uint32, r.n)
	for i, size := range sizes {
		root := trees.Root(uint32(i))
		weight[root] += int64(size) + 1
		count[root]++
	}
	bin, filled := uint32(0), int64(0)
	of := sizes // used up: by roots, the bin of the group
	l := list{kind: Bins, out: out}
	for i := range trees {
		root := trees.Root(uint32(i))
		if count[root] == 1 {
			continue
		}
		if root == uint32(i) {
			if filled > 0 && filled+weight[root] > r.opt.Bin {
				bin, filled = bin+1, 0
			}
			of[root], filled = bin, filled+weight[root]
		}
		if err := l.add(uint32(i)); err != nil {
			return err
		}
		l.b = binary.AppendUvarint(l.b, uint64(of[root]))
	}
	return l.close()
}
