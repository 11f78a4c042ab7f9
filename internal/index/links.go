package index

import (
	"cmp"
	"context"
	"slices"

	"dedup/internal/cluster/near"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Links say which cluster each entry is in: the entry that opened it, its unit. In: the articles of
// a batch, stripe by stripe, with those that came and are left out behind all others. Then finish:
// an article joins the cluster of the entry that it resembles most; near-duplicates of the batch
// are together, by the definition of a run, and a new cluster is named by its first article.
// Clusters grow, and never merge: an article that joins two puts nothing together. Out: a unit for
// every row, how many copies of each cluster were left out, and what came from which source
// (came.go).
//
// Cost: near-duplicates of the batch, 8 µs an article of 200 words; a look-up in what is there.
type links struct {
	x      *state
	opt    *Options
	finder *near.Finder
	feeds  []*near.Worker
	fed    int // batches of the finder
	rows   []linked
	came   cameCounts
}

// linked is an article of the batch.
type linked struct {
	unit   uint32 // what is left out and has no near-duplicate has none: noUnit
	copies uint32 // of it that were left out, where it is taken from another index
	came   int32  // of came
	left   bool   // it is left out
	same   bool   // it is left out, and the entry that it resembles most has its id: it came when that did
	known  bool   // it is a near-duplicate of an entry:
	was    Seat   // of that entry
	words  int32
}

// noUnit is the unit of what is in no cluster. No entry has the number.
const noUnit = 1<<32 - 1

// coming is an article on its way into an index.
type coming struct {
	Entry
	left   bool   // it came, and is left out
	copies uint32 // of it that another index left out
}

func newLinks(x *state, opt *Options) (*links, error) {
	l := &links{x: x, opt: opt, came: cameCounts{at: map[cameKey]int32{}}}
	var err error
	if l.finder, err = near.New(near.Options{Memory: max(opt.Memory/8, 1), Tmp: opt.Tmp, Workers: opt.Workers}); err != nil {
		return nil, err
	}
	for range opt.Workers {
		l.feeds = append(l.feeds, l.finder.Worker())
	}
	return l, nil
}

func (l *links) close() error { return l.finder.Close() }

// stripe takes articles of the batch.
func (l *links) stripe(ctx context.Context, entries []coming, words [][]uint64) error {
	x := &Index{*l.x, *l.opt}
	found, err := x.Lookup(ctx, words, LookupOptions{})
	if err != nil {
		return err
	}
	var numbers []uint32
	var of []int
	first := len(l.rows)
	for i := range entries {
		e := &entries[i]
		r := linked{unit: e.Number, copies: e.copies, left: e.left, words: int32(len(words[i])), came: l.came.of(&e.Entry)}
		if e.left {
			r.unit = noUnit
		}
		if n := slices.Concat(found[i].Near, found[i].Superseded); len(n) > 0 {
			numbers, of = append(numbers, n[0].Entry), append(of, len(l.rows))
		}
		l.rows = append(l.rows, r)
	}
	err = x.Entries(ctx, numbers, func(i int, e *Entry) error {
		r := &l.rows[of[i]]
		r.known, r.unit, r.was = true, e.Unit, e.Seat
		r.same = r.left && e.ID == entries[of[i]-first].ID
		return nil
	})
	if err != nil {
		return err
	}
	return l.feed(ctx, words)
}

// feed hands the words to the search for near-duplicates.
func (l *links) feed(ctx context.Context, words [][]uint64) error {
	const step = 1024
	first, n := l.fed, (len(words)+step-1)/step
	l.fed += n
	toks := make([][]text.Token, len(l.feeds))
	return work.Each(ctx, len(l.feeds), n, func(w, k int) error {
		for _, list := range words[k*step : min((k+1)*step, len(words))] {
			toks[w] = toks[w][:0]
			for _, h := range list {
				toks[w] = append(toks[w], text.Token{Hash: h})
			}
			l.feeds[w].Add(first+k, toks[w])
		}
		return nil
	})
}

// finish settles the units, and counts what came. It gives the near-duplicates of the batch.
func (l *links) finish(ctx context.Context) ([]near.Cluster, error) {
	clusters, err := l.finder.Clusters(ctx, nil)
	if err != nil {
		return nil, err
	}
	again := make([]bool, len(l.rows)) // a near-duplicate came before
	for _, c := range clusters {
		head := slices.MinFunc(c.Members, func(a, b near.Member) int {
			return cmp.Or(compareBool(l.rows[b.Article].known, l.rows[a.Article].known), cmp.Compare(a.Article, b.Article))
		}).Article
		for _, m := range c.Members {
			r, h := &l.rows[m.Article], &l.rows[head]
			r.known, r.unit, r.was = h.known, h.unit, h.was
			again[m.Article] = m.Article != head
		}
	}
	for i := range l.rows {
		if r := &l.rows[i]; !r.same {
			l.came.count(r.came, r.known || again[i], !r.left)
		}
	}
	return clusters, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// leftOut are the copies that were left out, by unit.
func (l *links) leftOut() map[uint32]uint32 {
	out := map[uint32]uint32{}
	for i := range l.rows {
		n := l.rows[i].copies
		if l.rows[i].left && !l.rows[i].same {
			n++
		}
		if n > 0 && l.rows[i].unit != noUnit {
			out[l.rows[i].unit] += n
		}
	}
	return out
}

// Sizes are how many articles each cluster of an index has: its entries, and the copies of them
// that came and were left out.
type Sizes struct {
	x    *Index
	more map[uint32]uint32 // besides the entry that opened it
}

// Sizes counts the clusters. Cost: 0.1 µs an entry; memory for the clusters of two and more.
func (x *Index) Sizes(ctx context.Context) (*Sizes, error) {
	out := &Sizes{x, map[uint32]uint32{}}
	for _, s := range x.segments {
		copies, err := s.copies()
		if err != nil {
			return nil, x.named(err)
		}
		for _, c := range copies {
			out.more[c.unit] += c.n
		}
		if !s.linked {
			continue
		}
		r := x.reader(s)
		err = s.each(ctx, func(row uint32) error {
			number := s.number(row)
			unit, err := r.unit(number, row)
			if err == nil && unit != number {
				out.more[unit]++
			}
			return err
		})
		if err != nil {
			return nil, x.named(err)
		}
	}
	return out, nil
}

// Of is how many articles the cluster has that an entry opened.
func (s *Sizes) Of(unit uint32) int {
	n := int(s.more[unit])
	if _, _, ok := s.x.rowOf(unit); ok {
		n++
	}
	return n
}

// unit reads the unit of a row, and nothing else.
func (r *rowReader) unit(number, row uint32) (uint32, error) {
	if !r.s.linked {
		return number, nil
	}
	i, place := blockOf(r.s.first[columnUnit], row)
	if err := r.columns[columnUnit].load(r.s, columnUnit, i); err != nil {
		return 0, err
	}
	return uint32(int64(number) - r.columns[columnUnit].numbers[place]), nil
}

// HasIDs tells which ids an entry has.
func (x *Index) HasIDs(ids []string) ([]bool, error) {
	f := x.finder()
	out := make([]bool, len(ids))
	for i, id := range ids {
		var err error
		if _, out[i], err = f.sum(id); err != nil {
			return nil, x.named(err)
		}
	}
	return out, nil
}
