package story

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/zeebo/xxh3"

	"dedup/internal/background"
)

// Living finds the events and stories of a corpus that grows. In: the articles of a window, those
// that were there before with the events and stories they are in, and the new ones. Out: where each
// is now (carry.go). What is true after each step:
//
//	Titles  ends of titles that a source shares are known
//	Add     articles are units with bags, in the order in which they came
//	Count   articles that are not in the window are counted, a sample of them
//	Assign  units are weighed by the counts of the day, linked, and every event has its name
//
// Weights are computed anew each time, from the background model, the window and the sample, so
// what is common in the corpus by now is common for what came long ago too. No weight is kept.
//
// Cost: that of Find for the window, without reading texts; 10 µs an article of the sample.
type Living struct {
	s      *run
	firsts []Firsts
	units  []livingUnit
	bags   int // places of s.bags that are filled
}

// livingUnit is an article that was added, and where its bag is.
type livingUnit struct {
	key       uint64
	published float64 // days since 1970
	dated     bool
	words     int32
	place, at int32
	seat      seat
	out       bool // another one stands for it
}

// seat is where a unit was: its event and its story, 0: it is new.
type seat struct{ event, story uint32 }

// outside is what is known of the units outside of a window.
type outside struct {
	units  float64
	scale  float64 // of counts
	counts *counts // of a sample; nil: there are none
}

// SampleMost is how many articles outside of the window are counted.
const SampleMost = 20_000

// elsewhere is in how many units outside of the window a term stands, about.
func (s *run) elsewhere(term uint32) float64 {
	if s.outside.counts == nil {
		return 0
	}
	return s.outside.scale * float64(s.outside.counts.of(term))
}

// titleBits is the size of the table of titles, as a power of two: a line of 10,000 is taken for
// shared among a million titles.
const titleBits = 24

// NewLiving begins. Of opt, Window, Workers, Memory and Tmp matter.
func NewLiving(ctx context.Context, bg *background.Model, opt Options) *Living {
	s := newRun(ctx, 0, nil, bg, opt, defaults)
	s.bags = newStore(0, opt.Tmp, s.opt.Memory/4)
	s.furniture = &furniture{cells: make([]uint32, 1<<titleBits/16), mask: 1<<titleBits - 1}
	return &Living{s: s, firsts: make([]Firsts, s.opt.Workers)}
}

// Close gives back temporary files.
func (l *Living) Close() error { return l.s.close() }

// Titles learns which ends of titles sources share, of articles that are not added.
func (l *Living) Titles(source, title string) {
	if source == "" {
		return
	}
	f := l.s.furniture
	for _, h := range appendLines(nil, Article{Title: title, Source: source}) {
		f.add(h & f.mask)
		f.add(h >> 32 & f.mask)
	}
}

// Add adds n articles, which get the next numbers from 0 on. at is called by several goroutines at
// once, each with its own worker; what it gives may be lent until its next call.
func (l *Living) Add(n int, at func(worker, i int, k *Known) error) error {
	first, base := l.bags, len(l.units)
	l.bags += (n + step - 1) / step
	l.s.bags.at = append(l.s.bags.at, make([]stretch, l.bags-first)...)
	l.units = append(l.units, make([]livingUnit, n)...)
	return l.s.each(n, func(w, from, to int) error {
		k, place := &l.s.workers[w], first+from/step
		k.block = k.block[:0]
		for i := from; i < to; i++ {
			u := &l.units[base+i]
			var a Known
			err := l.fill(w, i, &a, at)
			if err != nil {
				return err
			}
			*u = livingUnit{key: xxh3.HashString(a.Title), place: int32(place), at: int32(len(k.block)), seat: seat{a.Event, a.Story}}
			for _, h := range a.Words {
				u.key = u.key*0x9e3779b97f4a7c15 ^ h
			}
			if !a.Published.IsZero() {
				u.published, u.dated = float64(a.Published.Unix())/86400, true
			}
			k.block = k.bag.append(k.block)
			u.words = int32(k.bag.words)
		}
		return l.s.bags.put(place, k.block)
	})
}

// fill puts the terms of an article into the bag of a worker.
func (l *Living) fill(w, i int, a *Known, at func(worker, i int, k *Known) error) error {
	if err := at(w, i, a); err != nil {
		return err
	}
	return l.s.fillKnown(&l.s.workers[w].bag, &l.firsts[w], a)
}

// Count counts the terms of n articles that stand for total ones outside of the window. It is
// called once at most.
func (l *Living) Count(n, total int, at func(worker, i int, k *Known) error) error {
	if n == 0 {
		return nil
	}
	l.s.outside = outside{float64(total), float64(total) / float64(n), newCounts(n)}
	return l.s.each(n, func(w, from, to int) error {
		for i := from; i < to; i++ {
			var a Known
			if err := l.fill(w, i, &a, at); err != nil {
				return err
			}
			k := &l.s.workers[w]
			k.block = k.bag.append(k.block[:0])
			l.s.outside.counts.add(k.block[1:], &k.counted)
		}
		return nil
	})
}

// Assign says where every article that was added is now.
func (l *Living) Assign() (*Assigned, error) {
	if !slices.ContainsFunc(l.units, func(u livingUnit) bool { return !u.out }) {
		return &Assigned{}, l.s.ctx.Err()
	}
	for _, step := range []func() error{l.order, l.count, l.vectors} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	edges, err := l.s.findEdges()
	if err != nil {
		return nil, err
	}
	seats, known := make([]seat, len(l.s.units)), []seat(nil) // known: nil where all is new
	for i := range seats {
		if seats[i] = l.units[l.s.units[i].article].seat; seats[i].event != 0 {
			known = seats
		}
	}
	t, err := link(l.s.ctx, l.s.trusts(l.s.par.thin), known, edges, l.s.par)
	if err = errors.Join(err, edges.close()); err != nil {
		return nil, err
	}
	if l.s.outside.counts != nil {
		t.settle(seats)
	}
	return l.assigned(t, seats), nil
}

// Leave says that article i, by the order of Add, is a near-duplicate of one that stands for it.
func (l *Living) Leave(i int) { l.units[i].out = true }

// Sit says that article i, by the order of Add, stands for one that was there before.
func (l *Living) Sit(i int, event, story uint32) { l.units[i].seat = seat{event, story} }

// order puts the units in order of time, as findUnits does.
func (l *Living) order() error {
	s := l.s
	for i, u := range l.units {
		if !u.out {
			s.units = append(s.units, unit{key: u.key, article: int32(i), day: u.published, dated: u.dated, words: u.words})
		}
	}
	slices.SortFunc(s.units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.key, b.key), cmp.Compare(a.article, b.article))
	})
	return s.ctx.Err()
}

// bag reads the bag of a unit, which is lent until the next call.
func (l *Living) bag(k *worker, i int) ([]uint64, error) {
	u := &l.units[l.s.units[i].article]
	head, err := l.s.bags.part(int(u.place), int(u.at), int(u.at)+1, &k.block)
	if err != nil {
		return nil, err
	}
	return l.s.bags.part(int(u.place), int(u.at)+1, int(u.at)+1+int(head[0]), &k.block)
}

// count counts in how many bags each term is.
func (l *Living) count() error {
	s := l.s
	s.counts = newCounts(len(s.units))
	return s.each(len(s.units), func(w, from, to int) error {
		for i := from; i < to; i++ {
			data, err := l.bag(&s.workers[w], i)
			if err != nil {
				return err
			}
			s.counts.add(data, &s.workers[w].counted)
		}
		return nil
	})
}

// vectors weighs the bags in the order of the units. Bags lie in the order in which they came.
func (l *Living) vectors() error {
	s := l.s
	s.vectors = newStore((len(s.units)+step-1)/step, s.opt.Tmp, s.opt.Memory/4)
	err := s.each(len(s.units), func(w, from, to int) error {
		k := &s.workers[w]
		out := append(k.out[:0], make([]uint64, step)...)
		for i := from; i < to; i++ {
			data, err := l.bag(k, i)
			if err != nil {
				return err
			}
			out = s.vector(&k.weigher, out, data)
			out[i-from] = uint64(len(out))
		}
		k.out = out
		return s.vectors.put(from/step, out)
	})
	s.counts = nil
	return errors.Join(err, s.bags.close())
}
