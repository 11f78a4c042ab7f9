package near

import (
	"context"
	"math"
	"runtime/debug"
	"slices"
)

// Which articles may be near-duplicates. In: the records of the sample, and the words of all
// articles. Out: a search: the candidates of each article.
//
// The method is a prefix filter (Bayardo, Ma and Srikant, "Scaling up all pairs similarity search",
// WWW 2007; Xiao et al., "Efficient similarity joins for near duplicate detection", WWW 2008) on a
// sample of the shingles. It is one-sided, so that containment is found too.
//
// Let A be the smaller side of an edge, of n different shingles. All but m = Missing(n) of them
// stand in B. So of any m+1 shingles of A at least one stands in B. The sample is all shingles
// whose hash is below a limit. So whether a shingle of B is in the sample depends on nothing else
// in B, and where A has m+1 shingles in the sample, any m+1 of these suffice to find B by.
//
//  1. twins: equal texts are one article from here on.
//  2. first: round one, on the sample. What occurs in no other article needs no looking for. So an
//     article with more than m such shingles is never the smaller side; of 12,000 news articles 133
//     are left. These take rare shingles until they have m+1.
//  3. Articles that have fewer than m+1 shingles in the sample are odd. What they lack is looked
//     for in the words of all articles (odd.go).
//  4. second: round two, on all shingles of some articles. These are the ones that took a shingle
//     of more than hotArticles articles, all others that have such a shingle, odd ones, those that
//     were found for them, and short ones. A short article that only short ones can be like need
//     not be found by its sample.
//  5. join: the pairs of both rounds are candidates. What is hot in round two is looked up in an
//     index of the articles that stay (join.go).

// shortLength is the greatest number of shingles of a short article. A sample is too small to find
// most of them by.
const shortLength = 120

// search is what the rounds found.
type search struct {
	twin   []int32  // of each article: the first with the same text, perhaps itself
	dead   flags    // those that have an earlier twin; nil: none
	active flags    // those that may be part of an edge
	start  []uint32 // of each article in other; one more at the end
	other  []int32  // candidates, from either side
	keys   []uint64 // hot buckets: article << 32 | bucket << 1 | 1 where the article took it; in order
}

// share is how much of the shingles the sample takes: with it an article of 200 shingles has at
// least m+1 in the sample but in one case of 4,000. From 0.6 on all shingles are taken: what would
// be left out is not worth a second way.
func (j Judge) share() float64 {
	const size, sigmas, step = 200, 3.5, 0.005
	for rate := step; rate <= 0.6; rate += step {
		mean := size * rate
		if mean-sigmas*math.Sqrt(mean*(1-rate)) >= float64(j.Missing(size)+1) {
			return rate
		}
	}
	return 1
}

// due is by how many shingles an article of a size must be looked for in the first round.
func (n *Finder) due(size int) int {
	switch {
	case n.rate.whole() || float64(size) > n.judge.Threshold*float64(n.short)-1:
		return n.judge.Missing(size) + 1
	case size < leastContained || n.judge.Containment > 1:
		return 0 // what it resembles is short
	}
	return int((1-n.judge.Containment)*float64(size)+1e-9) + 1
}

// search runs the rounds.
func (n *Finder) search(ctx context.Context) (*search, error) {
	s := &search{}
	s.twins(n)
	n.collect()
	var deals []*deal
	for _, w := range n.workers {
		w.deal.ids = w.ids()
		deals, w.deal, w.sample = append(deals, w.deal), nil, nil
	}
	pairs, again, err := n.first(ctx, s, deals)
	if err != nil {
		return nil, err
	}
	n.collect()
	if again.count() > 1 {
		more, err := n.second(ctx, s, again)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, more...)
	}
	s.join(n.n, pairs)
	return s, nil
}

// manyArticles is how many articles leave so much behind on the heap that it is worth 30 ms to give
// it back: 100 MB of a million.
const manyArticles = 1 << 18

// collect gives what is not used back to the system.
func (n *Finder) collect() {
	if n.n > manyArticles {
		debug.FreeOSMemory()
	}
}

// twins groups equal texts.
func (s *search) twins(n *Finder) {
	s.twin = make([]int32, n.n)
	size := 1 << 6
	for size < 2*n.n {
		size *= 2
	}
	type slot struct {
		sum uint32
		id  int32
	}
	slots := make([]slot, size)
	dead := newFlags(n.n)
	any := false
	n.all(func(id int32, a *article) {
		s.twin[id] = id
		if a.toks == 0 {
			return
		}
		for at := a.sum & uint64(size-1); ; at = (at + 1) & uint64(size-1) {
			if slots[at].id == 0 {
				slots[at] = slot{uint32(a.sum >> 32), id + 1}
				return
			}
			if slots[at].sum != uint32(a.sum>>32) {
				continue
			}
			if _, b := n.at(slots[at].id - 1); b.sum == a.sum && b.toks == a.toks {
				s.twin[id], any = slots[at].id-1, true
				dead.set(id)
				return
			}
		}
	})
	if any {
		s.dead = dead
	}
}

// first is round one. again flags the articles of round two.
func (n *Finder) first(ctx context.Context, s *search, deals []*deal) (pairs []uint64, again flags, err error) {
	r := n.newRound(n.rate, deals, s.dead)
	defer r.release()
	if err := r.group(ctx); err != nil {
		return nil, nil, err
	}
	again = newFlags(n.n)
	var doubtful []owner
	n.all(func(id int32, a *article) {
		if s.dead != nil && s.dead.has(id) || a.toks == 0 {
			return
		}
		if a.short && !n.rate.whole() {
			again.set(id)
		}
		due, k := n.due(a.shingles(n.opt.Shingle)), int(a.sampled)
		if due > k && !n.rate.whole() {
			doubtful = append(doubtful, owner{id: id, lacks: k})
			return
		}
		r.quota[id] = int32(min(due, k) - (k - int(r.met[id])))
	})
	owners, err := n.doubt(ctx, r, doubtful)
	if err != nil {
		return nil, nil, err
	}
	if err := r.choose(ctx); err != nil {
		return nil, nil, err
	}
	draw := func(_ int, bucket buckets, _ func(int32) bool) {
		for _, x := range bucket {
			again.set(int32(x))
		}
	}
	r.hot(again, n.rate.whole(), draw)
	odd, err := n.newOdd(r.left(owners), s.dead)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range odd.poor { // nothing else is left of these
		r.quota[o.id] = int32(o.lacks)
	}
	r.hot(again, true, draw)
	pairs = r.allPairs()
	r.release()
	return pairs, again, odd.find(ctx, again)
}

// left adds what articles still have as quota to what the odd ones lack.
func (r *round) left(owners []owner) []owner {
	for i := range owners {
		o := &owners[i]
		o.lacks += int(max(r.quota[o.id], 0))
		r.quota[o.id] = 0
	}
	for id, q := range r.quota {
		if q > 0 {
			owners = append(owners, owner{id: int32(id), lacks: int(q)})
			r.quota[id] = 0
		}
	}
	return owners
}

// ids are the numbers that the articles of a worker have among all.
func (w *Worker) ids() []int32 {
	ids := make([]int32, w.n)
	for _, run := range w.runs {
		for i := range run.n {
			ids[run.local+i] = run.first + int32(i)
		}
	}
	return ids
}

// doubt counts the shingles of articles that seem to have too few in the sample (lacks: how many)
// and returns those that are odd.
func (n *Finder) doubt(ctx context.Context, r *round, doubtful []owner) ([]owner, error) {
	readers := n.readers()
	const step = 64
	if err := n.parallel(ctx, (len(doubtful)+step-1)/step, func(g, u int) error {
		for i := u * step; i < min((u+1)*step, len(doubtful)); i++ {
			o := &doubtful[i]
			size, err := readers[g].distinct(o.id)
			if err != nil {
				return err
			}
			due, k := n.due(int(size)), o.lacks
			r.quota[o.id] = int32(min(due, k) - (k - int(r.met[o.id])))
			o.lacks = due - k
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(doubtful, func(o owner) bool { return o.lacks <= 0 }), nil
}

// second is round two, for the articles that are flagged.
func (n *Finder) second(ctx context.Context, s *search, again flags) ([]uint64, error) {
	rate := newSampleRate(1)
	var deals []*deal
	for range n.opt.Workers {
		deals = append(deals, n.newDeal(rate))
	}
	r := n.newRound(rate, deals, nil)
	defer r.release()
	readers := n.readers()
	taken := make([]uint32, n.n)
	if err := n.scan(ctx, again, func(g int, id int32, a *article, words []uint64) error {
		list := readers[g].keys(id, a, words, rate)
		taken[id] = uint32(len(list))
		return deals[g].add(list, uint32(id))
	}); err != nil {
		return nil, err
	}
	if err := r.group(ctx); err != nil {
		return nil, err
	}
	for id, k := range taken {
		if k > 0 {
			due := n.judge.Missing(int(n.known(int32(id)))) + 1
			r.quota[id] = int32(min(due, int(k)) - int(k-r.met[id]))
		}
	}
	if err := r.choose(ctx); err != nil {
		return nil, err
	}
	r.hot(again, true, func(number int, bucket buckets, takers func(int32) bool) {
		for _, x := range bucket {
			key := uint64(x)<<32 | uint64(number)<<1
			if takers(int32(x)) {
				key |= 1
			}
			s.keys = append(s.keys, key)
		}
	})
	slices.Sort(s.keys)
	return r.allPairs(), nil
}

// keys returns the shingles of an article that records tell apart, until the next call, and counts
// the different ones.
func (r *reader) keys(id int32, a *article, words []uint64, rate sampleRate) []uint64 {
	list := r.of(a, words)
	k := r.drop(list, rate)
	if r.near.known(id) == 0 {
		size := k
		if k < len(list) { // it repeats itself, or two shingles have the same key
			list = r.of(a, words)
			size = r.drop(list, sampleRate{})
			list = list[:size]
			k = r.drop(list, rate)
		}
		r.near.know(id, int32(size))
	}
	return list[:k]
}

// drop drops what a list holds twice, as far as the rate tells shingles apart; the zero rate tells
// all apart. It returns how many are left.
func (r *reader) drop(list []uint64, rate sampleRate) int {
	r.set.reset(len(list))
	k := 0
	for _, h := range list {
		list[k] = h
		if rate.parts > 0 {
			h = rate.key(h)
		}
		if r.set.add(h) {
			k++
		}
	}
	return k
}

// allPairs takes the pairs of all goroutines. A pair may come more than once.
func (r *round) allPairs() []uint64 {
	var all []uint64
	for g := range r.pairs {
		all = append(all, r.pairs[g].list...)
		r.pairs[g] = met{}
	}
	return all
}

// join makes of pairs the candidates of each article, and flags who has any. A candidate may come
// more than once.
func (s *search) join(n int, pairs []uint64) {
	s.active = newFlags(n)
	s.start = make([]uint32, n+2)
	for _, p := range pairs {
		s.start[p>>32+2]++
		s.start[uint32(p)+2]++
		s.active.set(int32(p >> 32))
		s.active.set(int32(uint32(p)))
	}
	for i := 2; i < len(s.start); i++ {
		s.start[i] += s.start[i-1]
	}
	s.other = make([]int32, 2*len(pairs))
	for _, p := range pairs {
		a, b := p>>32, uint64(uint32(p))
		s.other[s.start[a+1]] = int32(b)
		s.other[s.start[b+1]] = int32(a)
		s.start[a+1]++
		s.start[b+1]++
	}
	for _, k := range s.keys {
		s.active.set(int32(k >> 32))
	}
	if s.dead != nil {
		for id, twin := range s.twin {
			if s.dead.has(int32(id)) {
				s.active.set(twin)
			}
		}
		for id, twin := range s.twin {
			if s.active.has(twin) {
				s.active.set(int32(id))
			}
		}
	}
}

// near are the candidates of an article that is no twin of an earlier one.
func (s *search) near(id int32) []int32 { return s.other[s.start[id]:s.start[id+1]] }
