package flow

import (
	"cmp"
	"math/bits"
	"slices"

	"dedup/internal/shingle"
	"dedup/internal/text"
)

// Bounds of what is looked at for one passage: a page that stands 100,000 times costs no more than
// one that stands twelve times.
const (
	mostKin      = 12      // articles whose texts are compared: bits of a mask
	mostCarriers = 64      // carriers of another passage that are looked at
	mostPassages = 64      // passages of one article
	mostText     = 1 << 17 // bytes of a text
)

// window is how many tokens in a row two articles must have for it to be no chance; 8 as in
// phrase.Shared. One changed word breaks 8 windows.
const window = 8

// agreed is how many windows two articles must share, that a third lacks, for it to tell: those of
// one changed word in the middle of a sentence, or a sentence of 15 words.
const agreed = 8

// bar is how much text outside quotation marks two carriers share, in tokens, before a quotation of
// theirs is taken for copied with it.
const bar = 20

// index is the passages of every article.
type index struct {
	passages []Passage
	of       [][]int32 // by article
}

func newIndex(n int, passages []Passage) *index {
	ix := &index{passages, make([][]int32, n)}
	for k := range passages {
		if passages[k].Boilerplate {
			continue
		}
		last := -1
		for _, o := range passages[k].Occurrences {
			if o.Article != last {
				ix.of[o.Article] = append(ix.of[o.Article], int32(k))
			}
			last = o.Article
		}
	}
	return ix
}

// kin are the articles that share text with two of the carriers of passage k, or with one that has
// much of it, the closest first; at most as many as there is room for beside the carriers.
func (ix *index) kin(k int, carriers []int, room int) []int {
	if room <= 0 {
		return nil
	}
	common := map[int]int{} // tokens in common with carriers
	for _, a := range carriers {
		list := ix.of[a]
		for _, other := range list[:min(len(list), mostPassages)] {
			p := &ix.passages[other]
			for _, o := range p.Occurrences[:min(len(p.Occurrences), mostCarriers)] {
				if int(other) != k && !slices.Contains(carriers, o.Article) {
					common[o.Article] += p.Tokens
				}
			}
		}
	}
	var list []int
	for a := range common {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(common[b], common[a]), cmp.Compare(a, b)) })
	return list[:min(len(list), room)]
}

// holds gives a function that says whether a text has at least half of the 5-word shingles of a
// passage.
func holds(passage string) func(s string) bool {
	const size = 5
	want := shingle.Set(shingle.Append(nil, text.AppendTokens(nil, passage), size))
	return func(s string) bool {
		have := shingle.Set(shingle.Append(nil, text.AppendTokens(nil, s[:min(len(s), mostText)]), size))
		return 2*shingle.Shared(want, have) >= len(want)
	}
}

// agreement counts, for every set of articles, the windows that exactly these have: entry m of it
// is about the articles whose bits are set in m.
type agreement struct {
	n      int
	counts map[uint32]int
}

// compare makes the agreement of some texts. Cost: sorting their windows.
func compare(texts []string) agreement {
	type entry struct {
		window uint64
		bit    uint32
	}
	var all []entry
	var toks []text.Token
	var windows []uint64
	for i, s := range texts {
		toks = text.AppendTokens(toks[:0], s[:min(len(s), mostText)])
		if len(toks) < window {
			continue
		}
		windows = shingle.Append(windows[:0], toks, window)
		for _, w := range windows {
			all = append(all, entry{w, 1 << i})
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.window, b.window) })
	a := agreement{len(texts), map[uint32]int{}}
	for i := 0; i < len(all); {
		mask, j := uint32(0), i
		for ; j < len(all) && all[j].window == all[i].window; j++ {
			mask |= all[j].bit
		}
		if bits.OnesCount32(mask) > 1 {
			a.counts[mask]++
		}
		i = j
	}
	return a
}

// against is how many windows y and z share that x lacks.
func (a *agreement) against(x, y, z int) int {
	n, both := 0, uint32(1<<y|1<<z)
	for mask, count := range a.counts {
		if mask&both == both && mask&(1<<x) == 0 {
			n += count
		}
	}
	return n
}

// refuted says whether x cannot be the source of y and z: of the three, each lacks something that
// the other two agree on, so that all have it from a fourth. One that copied from x, and another
// that copied from that one, agree on what was added between them; but then x and the last share
// nothing that the one between lacks.
func (a *agreement) refuted(x int) bool {
	for y := range a.n {
		for z := range y {
			if y != x && z != x && a.against(x, y, z) >= agreed && a.against(y, x, z) >= agreed && a.against(z, x, y) >= agreed {
				return true
			}
		}
	}
	return false
}

// beats says whether y can be no source of x while x may be that of y: there is something that x and
// others agree on and y lacks, and nothing the other way round.
func (a *agreement) beats(x, y int) bool {
	witnesses := 0
	for z := range a.n {
		if z == x || z == y {
			continue
		}
		if a.against(x, y, z) >= agreed {
			return false
		}
		if a.against(y, x, z) >= agreed {
			witnesses++
		}
	}
	return witnesses > 0
}

// leaves is how many of the others lack something that x shares with a third.
func (a *agreement) leaves(x int) int {
	n := 0
	for y := range a.n {
		for z := range a.n {
			if y != x && z != x && z != y && a.against(y, x, z) >= agreed {
				n++
				break
			}
		}
	}
	return n
}

// centre is the one of the rivals that beats all others of them, while as many articles as are
// asked for lack something that it shares with a third; -1 where there is none. In a row of copies
// the one in the middle beats both ends; fewer lack something then.
func (a *agreement) centre(rivals []int, leaves int) int {
	for _, x := range rivals {
		best := true
		for _, y := range rivals {
			best = best && (x == y || a.beats(x, y))
		}
		if best && a.leaves(x) >= leaves && !a.refuted(x) {
			return x
		}
	}
	return -1
}
