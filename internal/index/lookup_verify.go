package index

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// candidate is an article and an entry that share seeds.
type candidate struct {
	entry   uint32
	article int32
	shared  int32
}

// verify compares every article with the entries that may be near-duplicates of it.
func (l *lookup) verify(ctx context.Context) error {
	var list []candidate
	for i := 0; i < len(l.hits); {
		j := i + 1
		for j < len(l.hits) && l.hits[j].article == l.hits[i].article && l.hits[j].entry == l.hits[i].entry {
			j++
		}
		list = append(list, candidate{l.hits[i].entry, l.hits[i].article, int32(j - i)})
		i = j
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.entry, b.entry), cmp.Compare(a.article, b.article))
	})
	workers := l.x.opt.Workers
	pieces := make([][]match, min(4*workers, 1+len(list)/pieceLooks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for p := range pieces {
		from, to := p*len(list)/len(pieces), (p+1)*len(list)/len(pieces)
		g.Go(func() (err error) {
			pieces[p], err = l.verifyPiece(ctx, list[from:to])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, p := range pieces {
		for _, m := range p {
			f := &l.found[m.article]
			if m.supersedes {
				f.Superseded = append(f.Superseded, m.near)
			} else {
				f.Near = append(f.Near, m.near)
			}
		}
	}
	for i := range l.found {
		l.found[i].Near, l.found[i].Superseded = nearest(l.found[i].Near), nearest(l.found[i].Superseded)
	}
	return nil
}

// nearest puts near-duplicates in order and drops those past nearMost.
func nearest(near []Near) []Near {
	slices.SortFunc(near, func(a, b Near) int {
		return cmp.Or(cmp.Compare(b.Resemblance, a.Resemblance), cmp.Compare(a.Entry, b.Entry))
	})
	return near[:min(len(near), nearMost)]
}

// match is a near-duplicate of an article.
type match struct {
	article    int32
	near       Near
	supersedes bool // the entry may go for the article, not the article for the entry
}

func (l *lookup) verifyPiece(ctx context.Context, list []candidate) (out []match, err error) {
	var numbers []uint32
	var ends []int
	for i, c := range list {
		if i == 0 || c.entry != list[i-1].entry {
			numbers, ends = append(numbers, c.entry), append(ends, i)
		}
		ends[len(ends)-1] = i + 1
	}
	var words, set []uint64
	at := 0
	err = l.x.values(ctx, keyWords, numbers, func(i int, record []byte) error {
		own := list[at:ends[i]]
		at = ends[i]
		_, n, _, err := wordsHead(record)
		if err != nil {
			return broken("words of entry", numbers[i], err)
		}
		set = set[:0]
		for _, c := range own {
			if !l.mayBeNear(c, max(n-shingleWords+1, min(n, 1))) {
				continue
			}
			if len(set) == 0 {
				if words, err = l.x.decode(words[:0], record); err != nil {
					return broken("words of entry", numbers[i], err)
				}
				set = shingle.Set(shingle.AppendHashes(set, words, shingleWords))
			}
			if m, ok := l.compare(c, set); ok {
				out = append(out, m)
			}
		}
		return nil
	})
	return out, err
}

// mayBeNear tells whether an article shares enough seeds with an entry of n shingles. By the count
// in seeds.go, at most m of the smaller one's are missing, in at most m/4+1 runs, and a run of r
// shingles has a seed in every 6 of them, so (r-5)/6 at least. Half of that is asked for, because
// texts that repeat themselves have fewer seeds than places.
func (l *lookup) mayBeNear(c candidate, n int) bool {
	n = min(n, len(l.words[c.article])-shingleWords+1)
	m := l.judge.Missing(n)
	need := (n - m - (seedWindow-1)*(m/4+1)) / seedWindow / 2
	return int(c.shared+l.capped[c.article]) >= need
}

// compare compares sets of shingles exactly.
func (l *lookup) compare(c candidate, entry []uint64) (match, bool) {
	article := l.sets[c.article]
	e := near.Edge{A: c.article, NA: int32(len(article)), NB: int32(len(entry)), Shared: int32(shingle.Shared(article, entry))}
	rule, ok := l.judge.Near(e)
	if !ok {
		return match{}, false
	}
	_, goes := l.judge.Goes(e)
	return match{c.article, Near{c.entry, e.Resemblance(), e.ContainmentA(), e.ContainmentB(), rule}, !goes}, true
}

// cover lists for each article entries that hold the seeds which its near-duplicates lack: those
// with the most seeds first, each with at least one that fewer than coverTimes before it have (the
// greedy set cover). Once would do for seeds; a passage is longer, and an entry may have its seed
// by chance, or a part of it.
func (l *lookup) cover() {
	covered := make([]uint8, len(l.looks)) // times
	type group struct {
		entry    uint32
		from, to int32
	}
	var groups []group
	for i := range l.words {
		f := &l.found[i]
		groups = groups[:0]
		near := map[uint32]bool{}
		for _, n := range slices.Concat(f.Near, f.Superseded) {
			near[n.Entry] = true
		}
		for at := l.spanned[i]; at < l.spanned[i+1]; {
			g := group{l.hits[at].entry, at, at}
			for g.to < l.spanned[i+1] && l.hits[g.to].entry == g.entry {
				if near[g.entry] {
					covered[l.hits[g.to].look] = coverTimes
				}
				g.to++
			}
			if at = g.to; !near[g.entry] {
				groups = append(groups, g)
			}
		}
		slices.SortFunc(groups, func(a, b group) int {
			return cmp.Or(cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.entry, b.entry))
		})
		for _, g := range groups {
			more := false
			for _, h := range l.hits[g.from:g.to] {
				more = more || covered[h.look] < coverTimes
			}
			if !more || len(f.Others) == othersMost {
				continue
			}
			f.Others = append(f.Others, g.entry)
			for _, h := range l.hits[g.from:g.to] {
				covered[h.look] = min(covered[h.look]+1, coverTimes)
			}
		}
	}
}
