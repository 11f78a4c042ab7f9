package story

import "math"

// A corpus of one story. By the corpus' own counts, the words of that story say nothing, since
// every article has them, and chance words are all that is left: the story would fall apart into
// pairs. And of more articles than a unit is weighed against, most pairs have no edge, although
// they are as close as those that have one.
//
// So two things are measured. How alike two articles of the corpus are on the average by the
// background alone: 0.003 to 0.03 in corpora of many events, also of one kind or in one crisis, and
// 0.15 to 0.4 in the articles of one event. Where that is much, the corpus' own counts are worth
// less (run.own), and a pair without an edge counts as what two articles picked by chance weigh
// (params.base), not as 0. In all other corpora nothing changes.
//
// A language that the background does not know has its function words among the words, and seems
// all alike. Articles of which it knows few words have no say.

// sampled is how many places of the bags are looked at, of 64 units each.
const sampled = 32

// measureOwn sets own.
func (s *run) measureOwn() error {
	var buf []uint64
	sum, count := 0.0, 0.0
	for _, p := range s.sample() {
		data, err := s.bags.get(p, &buf)
		if err != nil {
			return err
		}
		for range min(step, len(s.units)-p*step) {
			if x, ok := s.alike(data[1 : 1+data[0]]); ok {
				sum += x
				count++
			}
			data = data[1+data[0]:]
		}
	}
	s.own = 1
	if count > 0 {
		s.own -= min(max((sum/count-s.par.manyAlike)/(s.par.oneAlike-s.par.manyAlike), 0), 1)
	}
	return nil
}

// sample is the places that are looked at, all over the corpus.
func (s *run) sample() (places []int) {
	n := (len(s.units) + step - 1) / step
	for k := range min(n, sampled) {
		places = append(places, k*n/min(n, sampled))
	}
	return places
}

// alike is how close a unit is to another on the average: the share of its weight that stands on
// terms of the other. ok is false where the background knows few of its words.
func (s *run) alike(bag []uint64) (mean float64, ok bool) {
	var all, shared, words, known float64
	n := float64(len(s.units))
	for _, b := range bag {
		e := entry(b)
		x := max(-math.Log(e.articles()/s.bg.Articles), 0)
		x *= x * float64(e.all())
		all += x
		shared += x * float64(s.counts.of(e.term())-1) / n
		if e.term()&1 == 0 {
			words++
			if e.articles() > unseenWord {
				known++
			}
		}
	}
	return shared / max(all, 1e-9), known > 0 && known >= leastKnown*words
}

const (
	unseenWord = 0.5  // in so many articles is a word that the background has not seen
	leastKnown = 0.75 // share of the words of an article
)

// measureBase sets par.base: the mean weight of units of one sampled place with those of the next.
func (s *run) measureBase() error {
	s.par.base = 0
	places := s.sample()
	if s.own == 1 || len(places) < 2 {
		return nil
	}
	var x, y []uint64
	var t table
	sum, count := 0.0, 0.0
	for k, p := range places[1:] {
		q := places[k]
		a, err := s.vectors.get(q, &x)
		if err != nil {
			return err
		}
		b, err := s.vectors.get(p, &y)
		if err != nil {
			return err
		}
		n := min(step, len(s.units)-p*step)
		var with [][]uint64
		vectorsIn(a, n, func(_ int, v []uint64) { with = append(with, v) })
		vectorsIn(b, n, func(i int, v []uint64) {
			t.load(v)
			sum += float64(t.weight(with[i], s.par.channels) * s.dateFactor(q*step+i, p*step+i))
			count++
		})
	}
	s.par.base = (1 - s.own) * sum / count
	return nil
}
