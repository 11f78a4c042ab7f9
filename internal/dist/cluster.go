package dist

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/sketch"
)

// Clusters. In: the articles of groups that have nothing to do with each other, some groups a bin.
// Out: their clusters and pairs, by the engine of one machine: what it says of an article depends on
// the articles of its group alone, for no edge leaves a group.
//
// Cost: what that engine costs, on the articles that are in a group.

const heldWords = 64 << 20 // bytes that wait for all bins together

// route is the stage: it sends the words of articles to their bins.
func (r *run) route(in frames, out func(Frame) error) error {
	packs, held := map[uint32]*packer{}, 0
	flush := func() error {
		for _, bin := range slices.Sorted(maps.Keys(packs)) {
			if err := out(Frame{Kind: Routed, Key: bin, Data: packs[bin].data()}); err != nil {
				return err
			}
		}
		held = 0
		clear(packs)
		return nil
	}
	err := r.articles(in, func(number uint32) bool { return r.binOf[number] > 0 }, func(number uint32, a *worded) error {
		p := packs[r.binOf[number]-1]
		if p == nil {
			p = &packer{}
			p.begin(Origin{})
			packs[r.binOf[number]-1] = p
		}
		if id, again := r.again[number]; again {
			a.id = id
		}
		a.local, a.row = number, 0
		before := p.size()
		p.add(a)
		if held += p.size() - before; held > heldWords {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// cluster is the stage.
func (r *run) cluster(in frames, out func(Frame) error) error {
	return keyed(in, func(bin uint32, frames []Frame) error {
		list, err := readRouted(frames)
		if err != nil {
			return err
		}
		c, err := corpus.OfWords(r.ctx, r.opt.Options, func(fn func(*corpus.Worded) error) error { return feed(list, r.opt.Pairs, fn) })
		if err != nil {
			return err
		}
		return errors.Join(r.answers(bin, list, c, out), c.Close())
	})
}

// routed is an article of a bin, its words as they came.
type routed struct {
	worded
	dict  []uint64
	coded []byte
}

// readRouted reads the articles of a bin, in the order of their numbers.
func readRouted(frames []Frame) (list []routed, err error) {
	for _, f := range frames {
		var u unpacker
		if err := u.open(f.Data); err != nil {
			return nil, err
		}
		for {
			a := routed{dict: u.dict}
			n, ok, err := u.next(&a.worded)
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			if a.coded, err = u.pass(n); err != nil {
				return nil, err
			}
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b routed) int { return cmp.Compare(a.local, b.local) })
	for i := range list {
		a := &list[i]
		if i > 0 && list[i-1].local == a.local {
			return nil, errors.New("an article came twice\nhint: route every frame of words once")
		}
		if a.same == 0 {
			continue
		}
		k, ok := slices.BinarySearchFunc(list[:i], a.same-1, func(b routed, number uint32) int { return cmp.Compare(b.local, number) })
		if !ok || list[k].same > 0 {
			return nil, errors.New("an article came without the one that has its text\nhint: route all frames of words with the same tables")
		}
		a.dict, a.coded = list[k].dict, list[k].coded
	}
	return list, nil
}

// feed gives the articles to the engine, with fingerprints where distances are wanted.
func feed(list []routed, prints bool, fn func(*corpus.Worded) error) error {
	k := sketch.NewSketcher(sketch.Default)
	var w corpus.Worded
	for i := range list {
		a := &list[i]
		words, err := appendWords(w.Words[:0], a.dict, a.coded)
		if err != nil {
			return err
		}
		w = corpus.Worded{Article: corpus.Article{ID: a.id, Source: a.source, Bytes: int(min(a.bytes, math.MaxInt32))}, Words: words}
		if a.dated {
			w.Published = time.Unix(a.date, 0).UTC()
		}
		if prints {
			w.Sketch(k)
		}
		if err := fn(&w); err != nil {
			return err
		}
	}
	return nil
}

// answers gives the clusters and pairs of a bin.
func (r *run) answers(bin uint32, list []routed, c *corpus.Corpus, out func(Frame) error) error {
	clusters, err := c.Clusters()
	if err != nil {
		return err
	}
	var b []byte
	send := func(kind byte, least int) error {
		if len(b) < least {
			return nil
		}
		err := out(Frame{Kind: kind, Key: bin, Data: b})
		b = b[:0]
		return err
	}
	for _, k := range clusters.List {
		b = binary.AppendUvarint(b, uint64(len(k.Members)))
		for _, m := range k.Members {
			a := &list[m.Article]
			b = appendString(binary.AppendUvarint(b, uint64(a.local)), a.id)
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.Resemblance))
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.Containment))
			b = append(b, byte(m.Rule))
		}
		if err := send(Groups, tableFrame); err != nil {
			return err
		}
	}
	if err := send(Groups, 1); err != nil || !r.opt.Pairs {
		return err
	}
	err = c.Pairs(func(e near.Edge) error {
		for _, i := range []int32{e.A, e.B} {
			b = appendString(binary.AppendUvarint(b, uint64(list[i].local)), list[i].id)
		}
		for _, v := range []int32{e.NA, e.NB, e.Shared} {
			b = binary.AppendUvarint(b, uint64(v))
		}
		b = appendInt(b, int64(c.Distance(int(e.A), int(e.B))))
		return send(Pairs, tableFrame)
	})
	if err != nil {
		return err
	}
	return send(Pairs, 1)
}

// Member is an article of a cluster.
type Member struct {
	Number                   uint32 // among all articles
	ID                       string
	Resemblance, Containment float64 // to the canonical
	Rule                     near.Rule
}

// ReadClusters reads a frame of clusters, each with the canonical first.
func ReadClusters(f Frame) (clusters [][]Member, err error) {
	for c := (cursor{b: f.Data}); c.more(); {
		n := c.count(19)
		if n < 2 {
			c.fail()
		}
		var list []Member
		for range n {
			m := Member{Number: c.number(), ID: c.str(), Resemblance: math.Float64frombits(c.fixed()), Containment: math.Float64frombits(c.fixed())}
			if rule := c.bytes(1); len(rule) == 1 && rule[0] <= byte(near.RuleContainment) {
				m.Rule = near.Rule(rule[0])
			} else {
				c.fail()
			}
			list = append(list, m)
		}
		if c.err != nil {
			return nil, c.err
		}
		clusters = append(clusters, list)
	}
	return clusters, nil
}

// First is the number of the first article of a cluster: clusters come in the order of it.
func First(cluster []Member) uint32 {
	return slices.MinFunc(cluster, func(a, b Member) int { return cmp.Compare(a.Number, b.Number) }).Number
}

// Pair is a verified pair of articles.
type Pair struct {
	near.Edge        // articles by their numbers
	A, B      string // ids
	Distance  int    // of their fingerprints, -1 where one has none
}

// ReadPairs reads a frame of pairs.
func ReadPairs(f Frame) (pairs []Pair, err error) {
	for c := (cursor{b: f.Data}); c.more(); {
		var p Pair
		p.Edge.A, p.A = int32(c.number()), c.str()
		p.Edge.B, p.B = int32(c.number()), c.str()
		p.NA, p.NB, p.Shared, p.Distance = int32(c.number()), int32(c.number()), int32(c.number()), int(c.int())
		if c.err != nil || p.Shared < 1 || p.Shared > min(p.NA, p.NB) {
			return nil, errData
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}
