package index

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/zeebo/xxh3"
)

// versions are the texts that go by an id: itself and those with "#2", "#3" … after it, as far as
// they were looked at.
type versions struct {
	sums map[uint64]bool // over the words of each
	next int             // of the next one to look at
}

// versionsMost is how many ids with versions are kept in mind; after it, they are looked at again.
const versionsMost = 1 << 16

// finder finds entries by their ids. One goroutine has it.
type finder struct {
	readers []*rowReader
	pages   []*pageReader
	words   []uint64
}

func (x *state) finder() *finder {
	f := &finder{}
	for _, s := range x.segments {
		f.readers = append(f.readers, s.reader())
		f.pages = append(f.pages, s.pages(&s.ids))
	}
	return f
}

// mayHave says which of the hashes may be of an id in the index: in order, so that one look leads
// to the next.
func (f *finder) mayHave(hashes []uint64) ([]bool, error) {
	found, order := make([]bool, len(hashes)), make([]int, len(hashes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(hashes[a], hashes[b]) })
	for _, p := range f.pages {
		for _, i := range order {
			err := p.find(keyOf(hashes[i]), func(row uint32) bool {
				found[i] = found[i] || !p.s.gone.has(row)
				return !found[i]
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// sum gives the sum over the words of the entry that has an id.
func (f *finder) sum(id string) (sum uint64, ok bool, err error) {
	key := keyOf(xxh3.HashString(id))
	for k, p := range f.pages {
		r := f.readers[k]
		var at uint32
		var failed error
		err := p.find(key, func(row uint32) bool {
			if r.s.gone.has(row) {
				return true
			}
			var own []byte
			own, failed = r.id(row)
			ok, at = failed == nil && string(own) == id, row
			return !ok && failed == nil
		})
		if err == nil {
			err = failed
		}
		if err == nil && ok {
			f.words, err = r.words(f.words[:0], at)
			return wordsSum(f.words), true, err
		}
		if err != nil {
			return 0, false, err
		}
	}
	return 0, false, nil
}

// settle finds a free id for an article whose id may be taken, unless one of those that have it is
// the article itself. A version is looked at once, so that a million texts with one id cost linear
// work. words is the sum over the words of the article.
func (a *Add) settle(e *coming, words uint64) (known bool, err error) {
	sum, has, err := a.sumOf(e.ID)
	if err != nil || !has {
		return false, err
	}
	if sum == words {
		return true, nil
	}
	v := a.versions[e.ID]
	if v == nil {
		if len(a.versions) == versionsMost {
			clear(a.versions)
		}
		v = &versions{sums: map[uint64]bool{}, next: 2}
		a.versions[e.ID] = v
	}
	for !v.sums[words] {
		id := e.ID + "#" + strconv.Itoa(v.next)
		sum, has, err := a.sumOf(id)
		if err != nil {
			return false, err
		}
		if !has {
			if e.ID = id; !e.left {
				a.added.Renamed++
			}
			return false, nil
		}
		v.sums[sum] = true
		v.next++
	}
	return true, nil
}

// sumOf gives the sum over the words of the article that has an id.
func (a *Add) sumOf(id string) (sum uint64, ok bool, err error) {
	if sum, ok := a.taken[xxh3.HashString(id)]; ok {
		return sum, true, nil
	}
	return a.finder.sum(id)
}
