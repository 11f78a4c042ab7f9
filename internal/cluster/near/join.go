package near

import (
	"context"
	"slices"

	"dedup/internal/shingle"
)

// The join takes the active articles in a given order, finds the candidates of each among those
// taken before, and verifies every one of them exactly. Which articles stay to be found by later
// ones is the caller's rule: for clusters only canonicals (keep.go), so 100,000 versions of one
// page cost 100,000 verifications; for pairs all but those identical to an earlier one.
//
// Candidates are known by text, not by article: of the articles with one text at most one stays at
// a time, since any later one is identical to it. So the candidates of an article are, for each
// text that its own was paired with, the article that stays for that text; and what an index of the
// articles that stay has for its hot buckets.
//
// Articles go in batches. Those of a batch are looked up among all earlier batches side by side;
// then one goroutine settles the batch itself in order. The result is that of one article after
// another, whatever the number of goroutines.

const batch = 256 // articles; of 12,000 news articles 30 take part, of 10 million pages some millions

// taken is one article of a batch.
type taken struct {
	keys
	twin    int32
	matches []Edge // A is the article
	guess   Edge   // with an article of the batch that it will likely be compared with; B −1: none
	guessed bool   // whether that is an edge
}

type join struct {
	near   *Finder
	search *search
	take   func(id int32, matches []Edge) (stays bool)
	stays  flags
	apart  flags   // articles of which no two match; nil: none are known
	last   []int32 // of each text, by its first article: 1 + the article that came to stay last
	all    index   // of earlier batches
	recent index   // of this batch
	fresh  flags   // articles of this batch that came to stay
	place  []int32 // of each text: 1 + the place in the batch of the first article with it
	batch  []taken
	loads  []load // one a goroutine
}

// join calls take with every active article of order and its edges to articles that came before it
// and stay, in order. stays is empty at first; take may clear an article, which is then found no
// more. Of the articles in apart no two are compared: the caller knows that they do not match.
func (n *Finder) join(ctx context.Context, order []int32, stays, apart flags, take func(id int32, matches []Edge) bool) error {
	j := &join{near: n, search: n.found, take: take, stays: stays, apart: apart, loads: n.loaders()}
	j.last = make([]int32, n.n)
	j.fresh = newFlags(n.n)
	j.place = make([]int32, n.n)
	j.batch = make([]taken, batch)
	var done int64
	for to := 0; to < len(order); {
		k := 0
		for ; k < batch && to < len(order); to++ {
			if j.search.active.has(order[to]) {
				t := &j.batch[k]
				t.id, t.twin = order[to], j.search.twin[order[to]]
				if k++; j.place[t.twin] == 0 {
					j.place[t.twin] = int32(k)
				}
			}
		}
		const step = 16
		err := n.parallel(ctx, (k+step-1)/step, func(g, u int) error {
			for i := u * step; i < min((u+1)*step, k); i++ {
				if err := j.look(g, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := j.settle(j.batch[:k]); err != nil {
			return err
		}
		done = int64(to) - 1
		n.tell(&done, len(order))
	}
	return nil
}

// look finds the matches of article i of the batch in earlier batches.
func (j *join) look(g, i int) error {
	t := &j.batch[i]
	t.matches, t.chosen, t.known, t.guess.B = t.matches[:0], t.chosen[:0], t.known[:0], -1
	j.search.hot(t)
	if err := j.match(g, t, &j.all, false); err != nil {
		return err
	}
	return j.ahead(g, i)
}

// ahead compares article i of the batch with the first candidate of it there: versions of a text
// often come at a stretch, and then most of them go for the first.
func (j *join) ahead(g, i int) (err error) {
	t := &j.batch[i]
	if len(t.matches) > 0 || int(j.place[t.twin]) <= i {
		return nil
	}
	first := int32(i)
	for _, twin := range j.search.near(t.twin) {
		if at := j.place[twin] - 1; at >= 0 && at < first {
			first = at
		}
	}
	y := j.batch[first].id
	if int(first) == i || j.apart != nil && j.apart.has(y) && j.apart.has(t.id) {
		return nil
	}
	if err := j.loads[g].load(y); err != nil { // once for all versions of it
		return err
	}
	t.guess, t.guessed, err = j.loads[g].compare(t.id)
	t.guess = t.guess.flip()
	return err
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

// match verifies t against its candidates, those of the batch (recent) or all others.
func (j *join) match(g int, t *taken, x *index, recent bool) error {
	l := &j.loads[g]
	if y := j.last[t.twin] - 1; y >= 0 && j.stays.has(y) {
		if recent == j.fresh.has(y) {
			size, err := l.distinct(t.twin)
			if err != nil {
				return err
			}
			t.matches = append(t.matches[:0], Edge{t.id, y, size, size, size})
		}
		return nil
	}
	l.found = l.found[:0]
	if len(t.known) > 0 {
		l.found = x.candidates(l.found, &t.keys)
	}
	for _, twin := range j.search.near(t.twin) {
		if y := j.last[twin] - 1; y >= 0 && recent == j.fresh.has(y) {
			l.found = append(l.found, y)
		}
	}
	l.found = slices.DeleteFunc(l.found, func(y int32) bool {
		return !j.stays.has(y) || j.apart != nil && j.apart.has(y) && j.apart.has(t.id)
	})
	if len(l.found) == 0 {
		return nil
	}
	slices.Sort(l.found)
	l.found = slices.Compact(l.found)
	for _, y := range l.found {
		e, ok, err := t.guess, t.guessed, error(nil)
		if y != e.B {
			if err := l.load(t.id); err != nil {
				return err
			}
			e, ok, err = l.compare(y)
		}
		if err != nil {
			return err
		}
		if ok {
			t.matches = append(t.matches, e)
		}
	}
	return nil
}

// settle finds the matches inside a batch and takes in what stays.
func (j *join) settle(batch []taken) error {
	j.recent.reset()
	for i := range batch {
		t := &batch[i]
		if len(t.matches) == 1 && t.matches[0].same() && !j.stays.has(t.matches[0].B) {
			t.matches = t.matches[:0] // its twin stays no more: nothing else was looked for
			if err := j.match(0, t, &j.all, false); err != nil {
				return err
			}
		}
		if err := j.match(0, t, &j.recent, true); err != nil {
			return err
		}
		if j.take(t.id, t.matches) {
			j.stays.set(t.id)
			j.fresh.set(t.id)
			j.last[t.twin] = t.id + 1
			j.recent.add(&t.keys)
		}
	}
	for i := range batch {
		t := &batch[i]
		j.place[t.twin] = 0
		if j.fresh.has(t.id) {
			j.fresh.clear(t.id)
			j.all.add(&t.keys)
		}
	}
	return nil
}

// load compares one article with others. One a goroutine.
type load struct {
	reader       // of the others
	id     int32 // of the one
	size   int32 // different shingles of it
	own    set   // these
	found  []int32
}

func (n *Finder) loaders() []load {
	loads := make([]load, n.opt.Workers)
	for g := range loads {
		loads[g].near, loads[g].id = n, -1
	}
	return loads
}

// load reads the article that others are to be compared with.
func (l *load) load(id int32) error {
	if l.id == id {
		return nil
	}
	list, err := l.shingles(id)
	if err != nil {
		return err
	}
	l.own.reset(len(list))
	for _, h := range list {
		l.own.add(h)
	}
	l.id, l.size = id, int32(l.own.n)
	l.near.know(id, l.size)
	return nil
}

// compare counts what the loaded article shares with y, exactly, and judges. It reads y piece by
// piece and gives up when too many shingles are missing for an edge. Let S be what they share. An
// edge by resemblance, or as the loaded article stands in y, needs S ≥ min(t, c)·|A|; one as y
// stands in it, at most (1−c)·|y| different shingles of y that are not in A.
func (l *load) compare(y int32) (Edge, bool, error) {
	w, a := l.near.at(y)
	words, err := w.words.list(a.place, a.size(), &l.buf)
	if err != nil {
		return Edge{}, false, err
	}
	e := Edge{A: l.id, B: y, NA: l.size}
	total := a.shingles(l.near.opt.Shingle)
	j := l.near.judge
	least, missing := int(min(j.Threshold, j.Containment)*float64(l.size)-1e-6), -1
	if j.Containment <= 1 {
		missing = int((1-j.Containment)*float64(total) + 1e-6)
	}
	l.own.meeting()
	l.set.reset(total)
	p := pieces{code: l.near.code, codes: shorts(words, int(a.toks)), full: words[codesFor(int(a.toks)):], width: l.near.opt.Shingle}
	for seen := 0; seen < total; {
		list := p.next(&l.reader)
		seen += len(list)
		e.Shared += int32(l.own.meet(list, &l.set))
		if int(e.Shared)+total-seen < least && l.set.n > missing {
			return e, false, nil
		}
	}
	e.NB = e.Shared + int32(l.set.n)
	_, ok := j.Near(e)
	return e, ok, nil
}

// pieces reads the shingles of an article piece by piece.
type pieces struct {
	code  code
	codes []uint16
	full  []uint64
	width int
	begun bool
}

const piece = 96 // tokens

// next returns the next shingles.
func (p *pieces) next(r *reader) []uint64 {
	keep := 0
	if p.begun {
		keep = copy(r.hashes, r.hashes[len(r.hashes)-p.width+1:])
	}
	r.hashes = r.hashes[:keep]
	p.begun = true
	table := (*[1 << codeBits]uint64)(p.code)
	part := p.codes[:min(len(p.codes), max(piece, p.width))]
	p.codes = p.codes[len(part):]
	for _, code := range part {
		h := table[code]
		if code == 0 {
			h, p.full = p.full[0], p.full[1:]
		}
		r.hashes = append(r.hashes, h)
	}
	r.out = shingle.AppendHashes(r.out[:0], r.hashes, p.width)
	return r.out
}
