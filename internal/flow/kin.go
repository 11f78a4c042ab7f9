package flow

import (
	"cmp"
	"math/bits"
	"slices"

	"dedup/internal/shingle"
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
// phrase.Reader.Shared. One changed word breaks 8 windows.
const window = 8

// agreed is how many windows two articles must share, and a third lack, to be evidence. One changed
// word in the middle of a sentence makes as many, and so does a sentence of 15 words.
const agreed = 8

// bar is how many tokens outside of quotation marks two carriers must share for their common
// quotation to count as copied too.
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

// tally counts which of the articles that are added have each window.
type tally struct {
	n       int
	number  shingle.Numbers // of a window
	masks   []uint32        // of each window, the articles that have it
	windows []uint64
}

// add takes in the words of one more article, of at most 32.
func (t *tally) add(words []uint64) {
	if len(words) >= window {
		t.windows = shingle.AppendHashes(t.windows[:0], words, window)
		for _, w := range t.windows {
			at, known := t.number.At(w)
			if !known {
				*at = int32(len(t.masks))
				t.masks = append(t.masks, 0)
			}
			t.masks[*at] |= 1 << t.n
		}
	}
	t.n++
}

// agreement is what was counted, and begins anew.
func (t *tally) agreement() agreement {
	counts := map[uint32]int{}
	for _, m := range t.masks {
		if bits.OnesCount32(m) > 1 {
			counts[m]++
		}
	}
	a := agreement{n: t.n}
	for m, n := range counts {
		a.counts = append(a.counts, common{m, n})
	}
	t.n, t.masks = 0, t.masks[:0]
	t.number.Reset(0)
	return a
}

// agreement counts, for every set of articles, the windows that exactly these have. The order of
// the sets means nothing.
type agreement struct {
	n      int
	counts []common
}

// common is how many windows exactly the articles whose bits are set have.
type common struct {
	mask    uint32
	windows int
}

// against is how many windows y and z share that x lacks.
func (a *agreement) against(x, y, z int) int {
	n, both := 0, uint32(1<<y|1<<z)
	for _, c := range a.counts {
		if c.mask&both == both && c.mask&(1<<x) == 0 {
			n += c.windows
		}
	}
	return n
}

// refuted says whether x cannot be the source of y and z. That is so if each of the three lacks
// something that the other two agree on: then all three have the text from a fourth. In a row of
// copies, x to y to z, x also lacks what y added and z took over. But there y lacks nothing that x
// and z share.
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

// beats says whether x may be the source of y, but y not that of x: y lacks something that x and
// others agree on, and x lacks nothing that y and others agree on.
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

// centre is the rival that beats all other rivals, or -1 for none. As many articles as are asked
// for must lack something that it shares with a third. This rules out the middle one of a row of
// copies: it beats both ends, but fewer articles lack something then.
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
