package cluster

import (
	"cmp"
	"math"
	"slices"
)

// The graph of articles that may tell one story: an inverted index over each article's most telling terms gives candidates, whose cosine
// is then computed from the whole vectors. Cost: a list of a term is at most storyPostings long, so an article costs at most
// storyTelling × storyPostings additions and storyCandidates inner products.
const (
	storyTelling    = 60   // terms of an article in the index, the heaviest
	storyPostings   = 2000 // articles a term is looked up in; a commoner one tells too little
	storyCandidates = 200  // articles compared in full
	storyLeast      = 0.02 // least cosine that is kept as an edge
)

// storyEdge links two units, a < b.
type storyEdge struct {
	a, b   int32
	weight float32
}

// storyIndex lists the units of each term, ascending.
type storyIndex struct {
	terms []uint32
	from  []uint32
	units []int32
}

// findEdges returns the edges in order of a, then b.
func (s *storyRun) findEdges() ([]storyEdge, error) {
	telling := make([]storyVector, len(s.units))
	if err := s.each(len(s.units), func(_, i int) { telling[i] = storyTop(s.vectors[i], storyTelling) }); err != nil {
		return nil, err
	}
	ix := newStoryIndex(telling)
	found := make([][]storyEdge, len(s.units))
	sums := make([][]float32, s.opt.Workers)
	lists := make([][]int32, s.opt.Workers)
	err := s.each(len(s.units), func(w, i int) {
		if sums[w] == nil {
			sums[w] = make([]float32, len(s.units))
		}
		lists[w] = ix.candidates(lists[w][:0], sums[w], telling[i])
		for _, j := range lists[w] {
			if int(j) == i {
				continue
			}
			if c := s.affinity(i, int(j)); c >= storyLeast {
				found[i] = append(found[i], storyEdge{int32(min(i, int(j))), int32(max(i, int(j))), c})
			}
		}
	})
	if err != nil {
		return nil, err
	}
	edges := slices.Concat(found...)
	slices.SortFunc(edges, func(a, b storyEdge) int { return cmp.Or(cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b)) })
	return slices.Compact(edges), nil
}

// affinity is the cosine of two units times the date factor.
func (s *storyRun) affinity(i, j int) float32 {
	u, v := &s.units[i], &s.units[j]
	c := s.vectors[i].dot(s.vectors[j])
	if !u.dated || !v.dated {
		return c
	}
	days := math.Abs(u.day - v.day)
	if s.opt.Window > 0 && days > s.opt.Window.Hours()/24 {
		return 0
	}
	return c * float32(max(s.par.dateFloor, math.Exp(-days/s.par.half)))
}

// storyTop is the n heaviest terms of v, in order of term.
func storyTop(v storyVector, n int) storyVector {
	if len(v) <= n {
		return v
	}
	top := slices.Clone(v)
	slices.SortFunc(top, func(a, b storyTerm) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.term, b.term)) })
	top = slices.Clone(top[:n])
	slices.SortFunc(top, func(a, b storyTerm) int { return cmp.Compare(a.term, b.term) })
	return top
}

func newStoryIndex(telling []storyVector) *storyIndex {
	var all []uint64
	for i, v := range telling {
		for _, t := range v {
			all = append(all, uint64(t.term)<<32|uint64(i))
		}
	}
	slices.Sort(all)
	ix := &storyIndex{units: make([]int32, len(all))}
	for k, x := range all {
		ix.units[k] = int32(x & math.MaxUint32)
		if t := uint32(x >> 32); k == 0 || ix.terms[len(ix.terms)-1] != t {
			ix.terms, ix.from = append(ix.terms, t), append(ix.from, uint32(k))
		}
	}
	ix.from = append(ix.from, uint32(len(all)))
	return ix
}

// candidates appends the units with the largest inner product with v in the index. sums has a zero for every unit, and has again afterwards.
func (ix *storyIndex) candidates(dst []int32, sums []float32, v storyVector) []int32 {
	for _, t := range v {
		k, ok := slices.BinarySearch(ix.terms, t.term)
		if !ok {
			continue
		}
		list := ix.units[ix.from[k]:ix.from[k+1]]
		if len(list) > storyPostings {
			continue
		}
		for _, j := range list {
			if sums[j] == 0 {
				dst = append(dst, j)
			}
			sums[j] += t.weight * t.weight
		}
	}
	if len(dst) > storyCandidates {
		slices.SortFunc(dst, func(a, b int32) int { return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b)) })
	}
	for _, j := range dst {
		sums[j] = 0
	}
	return dst[:min(len(dst), storyCandidates)]
}
