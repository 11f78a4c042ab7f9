package cluster

import (
	"context"
	"slices"

	"dedup/internal/shingle"
)

// The join takes the active articles in a given order, finds the candidates of each among those taken before, and verifies every one of them
// exactly. Which articles stay to be found by later ones is the caller's rule: for clusters only canonicals (near_keep.go), so 100,000 versions of
// one page cost 100,000 verifications; for pairs all but those identical to an earlier one.
//
// Articles go in batches. Those of a batch are looked up among all earlier batches side by side; then one goroutine settles the batch itself in
// order. The result is that of one article after another, whatever the number of goroutines.

const nearBatch = 256 // articles; of 12,000 news articles 30 take part, of 10 million pages some millions

// nearTaken is one article of a batch.
type nearTaken struct {
	nearKeys
	matches []Edge // A is the article
}

type nearJoin struct {
	near   *Near
	search *nearSearch
	sorted *nearSorted // nil: candidates come from the indexes alone
	take   func(id int32, matches []Edge) (stays bool)
	stays  nearFlags
	all    nearIndex // of earlier batches
	recent nearIndex // of this batch
	batch  []nearTaken
	from   int        // place of the first of this batch, among all articles
	loads  []nearLoad // one a goroutine, and one more of each for the other side
	others []nearLoad
	found  [][]int32
}

// join calls take with every active article of order and its edges to articles that came before it and stay, in order. stays is empty at first; take
// may clear an article, which is then found no more.
func (n *Near) join(ctx context.Context, order []int32, stays nearFlags, take func(id int32, matches []Edge) bool) (err error) {
	j := &nearJoin{near: n, search: n.found, take: take, stays: stays, loads: n.loaders(), others: n.loaders()}
	if n.opt.LSH {
		j.search, j.sorted, err = n.banded(ctx, order)
	} else if n.pool.spilled && j.search.chosen.words != nil {
		j.sorted, err = n.sortCandidates(ctx, j.search, order)
	}
	if err != nil {
		return err
	}
	j.batch = make([]nearTaken, nearBatch)
	j.found = make([][]int32, n.opt.Workers)
	var done int64
	for to := 0; to < len(order); j.from = to {
		k := 0
		for ; k < nearBatch && to < len(order); to++ {
			if j.search.active.has(order[to]) {
				j.batch[k].id = order[to]
				k++
			}
		}
		const step = 16
		err := n.parallel(ctx, (k+step-1)/step, func(g, u int) error {
			for i := u * step; i < min((u+1)*step, k); i++ {
				if err := j.look(g, &j.batch[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := j.settle(j.batch[:k], to); err != nil {
			return err
		}
		done = int64(to) - 1
		n.tell(&done, len(order))
	}
	return nil
}

// look finds the matches of t in earlier batches.
func (j *nearJoin) look(g int, t *nearTaken) error {
	t.matches, t.chosen, t.known = t.matches[:0], t.chosen[:0], t.known[:0]
	l := &j.loads[g]
	l.id = -1
	if j.sorted == nil || j.sorted.warm.has(j.sorted.place[t.id]) {
		if err := l.load(t.id); err != nil {
			return err
		}
		if err := l.keys(j.search); err != nil {
			return err
		}
		t.chosen = append(t.chosen, l.chosen...)
		t.known = append(t.known, l.known...)
		if j.sorted != nil {
			t.chosen, t.known = j.sorted.cool(t.chosen), j.sorted.cool(t.known)
		}
	}
	return j.match(g, t, &j.all, 0, j.from)
}

// match verifies t against its candidates: those of an index, and of the sorted ones those whose place is in [from, to).
func (j *nearJoin) match(g int, t *nearTaken, x *nearIndex, from, to int) error {
	found := x.candidates(j.found[g][:0], &t.nearKeys)
	if j.sorted != nil {
		if found = j.sorted.earlier(found, t.id, from, to); len(found) > 0 {
			slices.Sort(found)
			found = slices.Compact(found)
		}
	}
	found = slices.DeleteFunc(found, func(y int32) bool { return !j.stays.has(y) })
	j.found[g] = found
	if len(found) == 0 {
		return nil
	}
	if l := &j.loads[g]; l.id != t.id {
		if err := l.load(t.id); err != nil {
			return err
		}
	}
	for _, y := range found {
		if err := j.verify(g, t, y); err != nil {
			return err
		}
	}
	return nil
}

// settle finds the matches inside a batch, which ends before the given place, and takes in what stays.
func (j *nearJoin) settle(batch []nearTaken, to int) error {
	j.recent.reset()
	for i := range batch {
		t := &batch[i]
		if err := j.match(0, t, &j.recent, j.from, to); err != nil {
			return err
		}
		if j.take(t.id, t.matches) {
			j.stays.set(t.id)
			j.recent.add(&t.nearKeys)
			j.all.add(&t.nearKeys)
		}
	}
	return nil
}

// verify compares article t, which j.loads[g] holds, with y.
func (j *nearJoin) verify(g int, t *nearTaken, y int32) error {
	x, o := &j.loads[g], &j.others[g]
	if err := o.load(y); err != nil {
		return err
	}
	if m, ok := j.near.compare(x, o); ok {
		m.A, m.B = t.id, y
		t.matches = append(t.matches, m)
	}
	return nil
}

// compare counts what two articles share, exactly, and judges. The high halves are not looked at when the low ones rule the pair out.
func (n *Near) compare(x, y *nearLoad) (Edge, bool) {
	shared := shingle.Shared(x.low, y.low)
	e := Edge{NA: int32(x.size), NB: int32(y.size), Shared: int32(shared + min(len(x.high), len(y.high)))}
	if _, ok := n.judge.Near(e); !ok {
		return e, false
	}
	e.Shared = int32(shared + shingle.Shared(x.high, y.high))
	_, ok := n.judge.Near(e)
	return e, ok
}
