package cluster

import "dedup/internal/shingle"

// nearLoad holds one article's sets and what they are looked up by. One a goroutine.
type nearLoad struct {
	near   *Near
	id     int32
	bufs   [2][]uint64
	low    []uint64
	high   []uint64
	size   int      // of the set
	chosen []uint64 // shingles that it is found by as the smaller side
	known  []uint64 // shingles of it that some article is found by
}

func (n *Near) loaders() []nearLoad {
	loads := make([]nearLoad, n.opt.Workers)
	for g := range loads {
		loads[g].near, loads[g].id = n, -1
	}
	return loads
}

// load reads the sets of an article.
func (l *nearLoad) load(id int32) error {
	if err := l.raw(id); err != nil {
		return err
	}
	if l.near.pool.spilled {
		l.low, l.high = shingle.Set(l.low), shingle.Set(l.high)
	}
	l.size = len(l.low) + len(l.high)
	return nil
}

// raw reads the lists of an article as they are stored: sets where prepare has made sets of them.
func (l *nearLoad) raw(id int32) (err error) {
	l.id = id
	w, a := l.near.at(id)
	if l.low, err = w.low.list(a.place[0], a.n[0], &l.bufs[0]); err != nil {
		return err
	}
	return l.rawHigh()
}

func (l *nearLoad) rawHigh() (err error) {
	w, a := l.near.at(l.id)
	l.high, err = w.high.list(a.place[1], a.n[1], &l.bufs[1])
	return err
}

// take holds what a scan of low halves hands over, with no high half; the size is then at least that of the set.
func (l *nearLoad) take(list nearList) {
	l.id, l.low, l.high, l.size = list.id, list.words, nil, list.total
	if l.near.pool.spilled {
		l.low = shingle.Set(l.low)
	}
}

// keys fills l.chosen and l.known of the article that was taken or loaded.
func (l *nearLoad) keys(s *nearSearch) error {
	l.chosen = l.chosen[:0]
	if s.smaller.has(l.id) {
		if err := l.choose(s); err != nil {
			return err
		}
	}
	return l.look(s)
}

// choose fills l.chosen: of the m+1 rarest shingles, by count and then by value, those that occur elsewhere. (High ones count only when they
// occur nowhere else.) It is empty when more than m occur nowhere else.
func (l *nearLoad) choose(s *nearSearch) error {
	l.chosen = l.chosen[:0]
	var with [nearMost + 1]int // shingles by count, the last: that or more
	for _, h := range l.low {
		with[s.counts.of(h)]++
	}
	need := l.near.judge.Missing(l.size) + 1 - with[0] - with[1]
	if s.unsure != nil && s.unsure.has(l.id) {
		if err := l.highSet(); err != nil {
			return err
		}
		for _, h := range l.high {
			if s.highs.of(h) < 2 {
				need--
			}
		}
	}
	if need <= 0 {
		return nil
	}
	cut := uint32(2)
	for ; need > 0 && cut <= nearMost && with[cut] <= need; cut++ {
		need -= with[cut]
	}
	for _, h := range l.low {
		if c := s.counts.of(h); c >= 2 && c < cut {
			l.chosen = append(l.chosen, h)
		} else if c == cut && need > 0 {
			l.chosen = append(l.chosen, h)
			need--
		}
	}
	if need <= 0 {
		return nil
	}
	if err := l.highSet(); err != nil {
		return err
	}
	l.chosen = append(l.chosen, l.high[:min(need, len(l.high))]...)
	return nil
}

// highSet reads the high half when only the low one is there.
func (l *nearLoad) highSet() error {
	if l.high != nil {
		return nil
	}
	if err := l.rawHigh(); err != nil {
		return err
	}
	if l.near.pool.spilled {
		l.high = shingle.Set(l.high)
	}
	return nil
}

// look fills l.known.
func (l *nearLoad) look(s *nearSearch) error {
	l.known = s.chosen.pick(l.known[:0], l.low)
	if s.odd == nil || !s.odd.has(l.id) {
		return nil
	}
	if err := l.highSet(); err != nil {
		return err
	}
	l.known = s.chosen.pick(l.known, l.high)
	return nil
}
