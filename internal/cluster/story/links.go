package story

import "slices"

// links are the sums of weights to the groups that a group touches: an open hash table.
type links struct {
	slots []linkTo
	n     int
}

// linkTo is a link; group is one more than its number, 0: free.
type linkTo struct {
	group int32
	sum   float32
}

func newLinks(n int) links {
	if n == 0 {
		return links{}
	}
	size := 4
	for size*3 < n*4+4 {
		size *= 2
	}
	return links{slots: make([]linkTo, size)}
}

// at is the slot of a group, or the free one where it would be.
func (t *links) at(group int32) int {
	mask := len(t.slots) - 1
	i := int(uint32(group+1)*0x9e3779b1>>8) & mask
	for t.slots[i].group != 0 && t.slots[i].group != group+1 {
		i = (i + 1) & mask
	}
	return i
}

// of is the sum to a group, 0 where there is no link.
func (t *links) of(group int32) float32 {
	if t.n == 0 {
		return 0
	}
	return t.slots[t.at(group)].sum
}

// add adds to the sum to a group, and gives it.
func (t *links) add(group int32, sum float32) float32 {
	if (t.n+1)*4 > len(t.slots)*3 {
		t.resize(max(4, 2*len(t.slots)))
	}
	s := &t.slots[t.at(group)]
	if s.group == 0 {
		s.group = group + 1
		t.n++
	}
	s.sum += sum
	return s.sum
}

// resize moves the links to a table of so many slots.
func (t *links) resize(size int) {
	old := t.slots
	t.slots, t.n = make([]linkTo, size), 0
	for _, x := range old {
		if x.group != 0 {
			t.add(x.group-1, x.sum)
		}
	}
}

// remove takes a link away and closes the gap (Knuth, TAOCP 3, 6.4, algorithm R). A table that is
// nearly empty shrinks, since whoever walks it walks all slots.
func (t *links) remove(group int32) {
	if t.n == 0 {
		return
	}
	if len(t.slots) > 16 && t.n*8 < len(t.slots) {
		t.resize(len(t.slots) / 4)
	}
	mask := len(t.slots) - 1
	i := t.at(group)
	if t.slots[i].group == 0 {
		return
	}
	t.n--
	for j := i; ; {
		t.slots[i] = linkTo{}
		for {
			j = (j + 1) & mask
			if t.slots[j].group == 0 {
				return
			}
			home := int(uint32(t.slots[j].group)*0x9e3779b1>>8) & mask
			if (j-home)&mask >= (j-i)&mask {
				break
			}
		}
		t.slots[i] = t.slots[j]
		i = j
	}
}

func (t *links) each(f func(group int32, sum float32)) {
	for _, x := range t.slots {
		if x.group != 0 {
			f(x.group-1, x.sum)
		}
	}
}

// ranked is the k-th largest sum, 0 where there are fewer.
func (t *links) ranked(k int, scratch *[]float32) float32 {
	if t.n < k {
		return 0
	}
	*scratch = (*scratch)[:0]
	t.each(func(_ int32, sum float32) { *scratch = append(*scratch, sum) })
	slices.Sort(*scratch)
	return (*scratch)[len(*scratch)-k]
}
