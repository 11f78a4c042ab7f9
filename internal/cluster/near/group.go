package near

import (
	"cmp"
	"slices"

	"dedup/internal/forest"
)

// Parting a batch of the join. In: the articles of a batch, each with its candidates. Out: groups
// of articles, each in order; what is decided in one group changes nothing in another. Cost: ~20 ns
// a candidate.

// grouper joins articles that depend on each other (union–find).
type grouper struct {
	search *search
	texts  []int32 // of each text: 1 + the place in the batch of the first article with it
	keys   []int32 // of each hot bucket: 1 + the place of the first article with it
	sets   forest.Of[int32]
	count  []int32
	list   []int32
	groups [][]int32
}

func (s *search) grouper(n int) grouper {
	buckets := 0
	for _, key := range s.keys {
		buckets = max(buckets, int(uint32(key)>>1)+1)
	}
	return grouper{search: s, texts: make([]int32, n), keys: make([]int32, buckets)}
}

// part groups the articles of a batch. threatened are articles of earlier batches: whoever matches
// the same one belongs together; the map is used up.
func (p *grouper) part(batch []taken, threatened map[int32]int32) [][]int32 {
	p.sets = p.sets[:0].Alone(len(batch))
	for i := range batch {
		t := &batch[i]
		p.meet(&p.texts[t.twin], int32(i))
		for _, key := range t.known {
			p.meet(&p.keys[key], int32(i))
		}
		if len(threatened) > 0 {
			for _, m := range t.matches {
				if first, is := threatened[m.B]; is && first >= 0 {
					p.sets.Join(first, int32(i))
				} else if is {
					threatened[m.B] = int32(i)
				}
			}
		}
	}
	for i := range batch {
		for _, text := range p.search.near(batch[i].twin) {
			if other := p.texts[text]; other > 0 {
				p.sets.Join(other-1, int32(i))
			}
		}
	}
	for i := range batch { // leave the tables as they were
		p.texts[batch[i].twin] = 0
		for _, key := range batch[i].known {
			p.keys[key] = 0
		}
	}
	return p.lists()
}

// meet joins article i with the first one at a place of a table.
func (p *grouper) meet(place *int32, i int32) {
	if *place == 0 {
		*place = i + 1
	} else {
		p.sets.Join(*place-1, i)
	}
}

// bigGroup is how many articles a group must have to be dealt out before others.
const bigGroup = 64

// lists makes the groups of the roots, big ones first.
func (p *grouper) lists() [][]int32 {
	n := len(p.sets)
	p.count = slices.Grow(p.count[:0], n)[:n]
	p.list = slices.Grow(p.list[:0], n)[:n]
	clear(p.count)
	for i := range p.sets {
		p.count[p.sets.Root(int32(i))]++
	}
	p.groups = p.groups[:0]
	rest := p.list
	for i, root := range p.sets {
		root = p.sets.Root(root)
		if int(root) == i { // a root is the first of its group
			size := p.count[i]
			p.count[i] = int32(len(p.groups))
			p.groups, rest = append(p.groups, rest[:0:size]), rest[size:]
		}
		g := &p.groups[p.count[root]]
		*g = append(*g, int32(i))
	}
	slices.SortStableFunc(p.groups, func(a, b []int32) int { return cmp.Compare(max(len(b), bigGroup), max(len(a), bigGroup)) })
	return p.groups
}
