package near

import (
	"context"
	"slices"
)

// The join. In: candidates (find.go) and the order in which articles are to be taken. Out: each
// article with its edges to those that were taken before it and stay. Which ones stay is the
// caller's rule: for clusters only canonicals (keep.go), so 100,000 versions of one page cost
// 100,000 verifications; for pairs all but those identical to an earlier one.
//
// Candidates are known by text, not by article: of the articles with one text at most one stays at
// a time, since any later one is identical to it. So the candidates of an article are, for each
// text that its own was paired with, the article that stays for that text; and what an index of the
// articles that stay has for its hot buckets.
//
// Articles go in batches:
//
//  1. look: each article of the batch is verified against its candidates of earlier batches, side
//     by side. None of these comes or goes meanwhile.
//  2. part: the batch is cut into independent groups. No article of one group is a candidate of an
//     article of another one. And if an article can supersede one of an earlier batch, all articles
//     that ask for that one are in its group.
//  3. settle: groups are settled side by side, each in order: its articles are verified against
//     their candidates of the same group, and the caller decides.
//
// So the result is that of one article after another, whatever the number of goroutines.

const batchArticles = 4096 // of 12,000 news articles 1,100 take part, of a million pages half

// taken is one article of a batch.
type taken struct {
	keys
	twin    int32
	matches []Edge // A is the article
	same    bool   // the first match is the article that stayed for its text before the batch
	whole   bool   // all others were looked for even so
}

// takeFunc decides whether an article stays; matches are its edges. It runs on goroutine g.
type takeFunc func(g int, id int32, matches []Edge) (stays bool)

type join struct {
	near   *Finder
	search *search
	take   takeFunc
	stays  flags
	apart  flags   // articles of which no two match; nil: none are known
	last   []int32 // of each text, by its first article: 1 + the article that came to stay last
	all    index   // of earlier batches
	recent []index // of one group, one a goroutine
	fresh  flags   // articles of this batch that came to stay
	batch  []taken
	groups grouper
	sides  []sides // one a goroutine
}

// join calls take with every active article of order and its edges to articles that came before it
// and stay; articles that have to do with each other are taken in order. stays is empty at first;
// take may clear an article, which is then found no more. Of the articles in apart no two are
// compared: the caller knows that they do not match.
func (n *Finder) join(ctx context.Context, order []int32, stays, apart flags, take takeFunc) error {
	j := &join{near: n, search: n.found, take: take, stays: stays, apart: apart, sides: n.verifiers()}
	j.last = make([]int32, n.n)
	j.fresh = newFlags(n.n)
	j.recent = make([]index, n.opt.Workers)
	j.groups = n.found.grouper(n.n)
	j.batch = make([]taken, min(n.batch, len(order)))
	var done int64
	for to := 0; to < len(order); {
		k := 0
		for ; k < len(j.batch) && to < len(order); to++ {
			if id := order[to]; j.search.active.has(id) {
				t := &j.batch[k]
				t.id, t.twin = id, j.search.twin[id]
				k++
			}
		}
		if err := j.each(ctx, j.batch[:k]); err != nil {
			return err
		}
		done = int64(to) - 1
		n.tell(&done, len(order))
	}
	return nil
}

// each takes the articles of a batch.
func (j *join) each(ctx context.Context, batch []taken) error {
	if err := j.stretches(ctx, len(batch), func(g, i int) error { return j.look(g, &batch[i]) }); err != nil {
		return err
	}
	threatened := j.threatened(batch)
	for known := 0; len(threatened) > known; threatened = j.threatened(batch) {
		known = len(threatened)
		if err := j.stretches(ctx, len(batch), func(g, i int) error { return j.lookOn(g, &batch[i], threatened) }); err != nil {
			return err
		}
	}
	groups := j.groups.part(batch, threatened)
	if err := j.near.parallel(ctx, len(groups), func(g, u int) error { return j.settle(g, batch, groups[u]) }); err != nil {
		return err
	}
	for i := range batch {
		if t := &batch[i]; j.fresh.has(t.id) {
			j.fresh.clear(t.id)
			j.all.add(&t.keys)
		}
	}
	return nil
}

// stretches calls fn for 0..n−1, some in a row on one goroutine.
func (j *join) stretches(ctx context.Context, n int, fn func(g, i int) error) error {
	const step = 32
	return j.near.parallel(ctx, (n+step-1)/step, func(g, u int) error {
		for i := u * step; i < min((u+1)*step, n); i++ {
			if err := fn(g, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// look finds the matches of an article in earlier batches. One that is identical to an article that
// stays is looked for no further.
func (j *join) look(g int, t *taken) error {
	t.matches, t.chosen, t.known, t.whole = t.matches[:0], t.chosen[:0], t.known[:0], false
	j.search.hot(t)
	var err error
	if t.same, err = j.same(g, t); t.same || err != nil {
		return err
	}
	return j.match(g, t, &j.all, false)
}

// threatened are the articles of earlier batches that may stay no more, since one of this batch may
// go for them in no way, but contains them.
func (j *join) threatened(batch []taken) map[int32]int32 {
	var found map[int32]int32
	for i := range batch {
		for _, m := range batch[i].matches {
			if _, goes := j.near.judge.Goes(m); !goes {
				if found == nil {
					found = map[int32]int32{}
				}
				found[m.B] = -1
			}
		}
	}
	return found
}

// lookOn finds the other matches of an article that is identical to a threatened one: it may need
// them.
func (j *join) lookOn(g int, t *taken, threatened map[int32]int32) error {
	if !t.same || t.whole {
		return nil
	}
	if _, is := threatened[t.matches[0].B]; !is {
		return nil
	}
	t.whole = true
	return j.match(g, t, &j.all, false)
}

// hot fills in what t is looked up and found by.
func (s *search) hot(t *taken) {
	if len(s.keys) == 0 {
		return
	}
	i, _ := slices.BinarySearch(s.keys, uint64(t.twin)<<32)
	for ; i < len(s.keys) && s.keys[i]>>32 == uint64(t.twin); i++ {
		key := uint64(uint32(s.keys[i]))
		t.known = append(t.known, key>>1)
		if key&1 != 0 {
			t.chosen = append(t.chosen, key>>1)
		}
	}
}

// same matches t with the article that stays for its text, if any.
func (j *join) same(g int, t *taken) (bool, error) {
	y := j.last[t.twin] - 1
	if y < 0 || !j.stays.has(y) {
		return false, nil
	}
	size, err := j.sides[g].distinct(t.twin)
	t.matches = append(t.matches[:0], Edge{t.id, y, size, size, size})
	return true, err
}

// match verifies t against those of its candidates that stay and have another text: those of the
// batch (recent) or those of earlier ones.
func (j *join) match(g int, t *taken, x *index, recent bool) error {
	v := &j.sides[g]
	v.found = v.found[:0]
	if len(t.known) > 0 {
		v.found = x.candidates(v.found, &t.keys)
	}
	for _, twin := range j.search.near(t.twin) {
		if y := j.last[twin] - 1; y >= 0 && recent == j.fresh.has(y) {
			v.found = append(v.found, y)
		}
	}
	own := j.last[t.twin] - 1
	v.found = slices.DeleteFunc(v.found, func(y int32) bool {
		return y == own || !j.stays.has(y) || j.apart != nil && j.apart.has(y) && j.apart.has(t.id)
	})
	slices.Sort(v.found)
	v.found = slices.Compact(v.found)
	closed := 0
	for _, y := range v.found {
		if !v.isOpen(y) {
			closed++
		}
	}
	for _, y := range v.found {
		// What stays will be asked for again by other versions of its text. But many that were not
		// asked for so far are mostly no versions.
		e, ok, err := v.compare(t.id, y, closed > 1 && !v.isOpen(y))
		if err != nil {
			return err
		}
		if ok {
			t.matches = append(t.matches, e)
		}
	}
	return nil
}

// settle takes the articles of a group, by their places in the batch.
func (j *join) settle(g int, batch []taken, group []int32) error {
	recent := &j.recent[g]
	recent.reset()
	for _, i := range group {
		t := &batch[i]
		if !t.same || !j.stays.has(t.matches[0].B) {
			same, err := j.same(g, t) // an earlier one of the batch
			if err == nil && !same {
				err = j.match(g, t, recent, true)
			}
			if err != nil {
				return err
			}
		}
		if j.take(g, t.id, t.matches) {
			j.stays.set(t.id)
			j.fresh.set(t.id)
			j.last[t.twin] = t.id + 1
			recent.add(&t.keys)
		}
	}
	return nil
}
