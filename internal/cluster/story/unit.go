package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/zeebo/xxh3"
)

// unit is what is linked: an article, or a cluster of near-duplicates under one of them.
type unit struct {
	key      uint64 // of the content
	article  int32  // the one that stands for all: the longest
	articles []int32
	day      float64 // since 1970
	dated    bool
	words    int32 // distinct ones of the one that stands for all
}

// findUnits puts near-duplicates together and orders the units by date and content, so that nothing
// that follows depends on the order of articles, and neighbours in time are neighbours in every
// list.
func (s *run) findUnits() error {
	type brief struct {
		key  uint64
		near int32
		size int
		at   time.Time
	}
	list := make([]brief, s.n)
	err := s.each(s.n, func(_, from, to int) error {
		for i := from; i < to; i++ {
			a := s.at(i)
			list[i] = brief{xxh3.HashString(a.Title) ^ xxh3.HashStringSeed(a.Text, 1), a.Near, len(a.Text), a.Published}
		}
		return nil
	})
	if err != nil {
		return err
	}
	byNear := map[int32]int{}
	own := make([]int32, s.n) // lists of one article, in one allocation
	for i, b := range list {
		own[i] = int32(i)
		if b.near >= 0 {
			if at, ok := byNear[b.near]; ok {
				v := &s.units[at]
				v.articles = append(v.articles, int32(i))
				if old := list[v.article]; cmp.Or(cmp.Compare(b.size, old.size), cmp.Compare(old.key, b.key)) > 0 {
					v.key, v.article = b.key, int32(i)
				}
				continue
			}
			byNear[b.near] = len(s.units)
		}
		s.units = append(s.units, unit{key: b.key, article: int32(i), articles: own[i : i+1 : i+1]})
	}
	for k := range s.units {
		u := &s.units[k]
		if t := list[u.article].at; !t.IsZero() {
			u.day, u.dated = float64(t.Unix())/86400, true
		}
	}
	slices.SortFunc(s.units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.key, b.key), cmp.Compare(a.article, b.article))
	})
	return nil
}
