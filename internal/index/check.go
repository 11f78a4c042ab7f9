package index

import (
	"context"
	"fmt"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	living "dedup/internal/cluster/story"
	"dedup/internal/plural"
	"dedup/internal/shingle"
)

// Check reads everything that an index holds and holds it against everything else: the checksums of
// all blocks; every entry and its words; the seeds and ids that follow from them against those that
// are there; the counts of the manifest. It calls problem with what it finds and repairs nothing.
// Its error says why it could not go on: the first file that is damaged ends it.
//
// Cost: 8 µs an entry of 200 words; memory is a block a goroutine and the dictionaries.
func (x *Index) Check(ctx context.Context, problem func(string)) error {
	for _, s := range x.segments {
		if err := s.verify(ctx, x.opt.Workers); err != nil {
			return x.named(err)
		}
	}
	done := int64(0)
	for _, s := range x.segments {
		c := checker{x: x, s: s, problem: problem, done: done}
		if err := c.run(ctx); err != nil {
			return x.named(err)
		}
		done += int64(s.rows)
	}
	return nil
}

// faultsMost is how many faults of one kind are named for each segment.
const faultsMost = 10_000

// checker checks a segment.
type checker struct {
	x       *Index
	s       *segment
	problem func(string)
	done    int64
}

// keySums are over pairs, in any order: how many they are, and a hash.
type keySums struct{ n, seeds, m, ids uint64 }

func (k *keySums) add(o keySums) {
	k.n, k.seeds, k.m, k.ids = k.n+o.n, k.seeds+o.seeds, k.m+o.m, k.ids+o.ids
}

// pairSum is what a pair adds.
func pairSum(key uint64, row uint32) uint64 { return shingle.Mix(shingle.Mix(key) + uint64(row)) }

// checkedRows is what is found of some rows.
type checkedRows struct {
	follows       keySums // of entries and words
	live          int
	bytes, tokens int64
	faults        []string
}

func (c *checker) run(ctx context.Context) error {
	workers := c.x.opt.Workers
	pieces := make([]checkedRows, 8*workers)
	stored := make([]keySums, 2)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	g.Go(func() error {
		return c.s.pages(&c.s.seeds).each(gctx, func(key uint64, row uint32) error {
			stored[0].n, stored[0].seeds = stored[0].n+1, stored[0].seeds+pairSum(key, row)
			return nil
		})
	})
	g.Go(func() error {
		return c.s.pages(&c.s.ids).each(gctx, func(key uint64, row uint32) error {
			stored[1].m, stored[1].ids = stored[1].m+1, stored[1].ids+pairSum(key, row)
			return nil
		})
	})
	for p := range pieces {
		from, to := p*c.s.rows/len(pieces), (p+1)*c.s.rows/len(pieces)
		g.Go(func() error { return c.rows(gctx, &pieces[p], uint32(from), uint32(to)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	c.x.opt.Progress(c.done+int64(c.s.rows), int64(c.x.articles))
	stored[0].add(stored[1])
	c.compare(pieces, stored[0])
	return c.counted()
}

// rows reads rows [from, to).
func (c *checker) rows(ctx context.Context, out *checkedRows, from, to uint32) error {
	r, seeder := c.x.reader(c.s), seeder{}
	var e Entry
	var words []uint64
	for row := from; row < to; row++ {
		if row%columnRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := r.entry(row, &e)
		if err == nil {
			words, err = r.words(words[:0], row)
		}
		if err != nil {
			return err
		}
		keys, different := seeder.seeds(words)
		for _, k := range keys {
			out.follows.seeds += pairSum(k, row)
		}
		out.follows.n += uint64(len(keys))
		out.follows.m++
		out.follows.ids += pairSum(keyOf(xxh3.HashString(e.ID)), row)
		if h, err := r.head(row); err != nil || h.words != len(words) || h.different != different || h.seeds != len(keys) {
			out.fault(fmt.Sprintf("entry %d (%s): the counts of its shingles and seeds are not those of its words", e.Number, e.ID))
		}
		if c.s.stories && (living.CheckProfile(e.Profile, len(words)) != nil || e.Event == 0 || e.Story == 0 || e.Event > c.x.next || e.Story > c.x.next) {
			out.fault(fmt.Sprintf("entry %d (%s): what stories need of it does not make sense", e.Number, e.ID))
		}
		if c.s.linked && e.Unit > e.Number {
			out.fault(fmt.Sprintf("entry %d (%s): the cluster that it is in does not make sense", e.Number, e.ID))
		}
		if e.Line < 0 || e.Bytes < 0 || e.Tokens < 0 {
			out.fault(fmt.Sprintf("entry %d (%s): its line or its sizes are negative", e.Number, e.ID))
		}
		if !c.s.gone.has(row) {
			out.live++
			out.bytes += int64(e.Bytes)
			out.tokens += int64(e.Tokens)
		}
	}
	return nil
}

func (r *checkedRows) fault(what string) {
	if len(r.faults) < faultsMost {
		r.faults = append(r.faults, what)
	}
}

// compare holds what was found against what was written down.
func (c *checker) compare(pieces []checkedRows, stored keySums) {
	var all checkedRows
	for i := range pieces {
		p := &pieces[i]
		all.follows.add(p.follows)
		all.live, all.bytes, all.tokens = all.live+p.live, all.bytes+p.bytes, all.tokens+p.tokens
		for _, what := range p.faults {
			c.problem(what)
		}
	}
	name := c.s.part.name
	if all.follows.n != stored.n || all.follows.seeds != stored.seeds {
		c.problem(fmt.Sprintf("%s: %s, from its words follow %d, and they are not the same", name, plural.Count(stored.n, "seed"), all.follows.n))
	}
	if all.follows.m != stored.m || all.follows.ids != stored.ids {
		c.problem(fmt.Sprintf("%s: %s of ids, from its entries follow %d, and they are not the same", name, plural.Count(stored.m, "key"), all.follows.m))
	}
	if p := &c.s.part; all.live != p.live || all.bytes != p.bytes || all.tokens != p.tokens {
		c.problem(fmt.Sprintf("%s: %s of %s, the manifest says %d of %d", name, plural.Count(all.live, "entry"), plural.Count(all.bytes, "byte"), p.live, p.bytes))
	}
}
