package cluster

import "slices"

// nearTable finds entries by shingle: chained hashing, the newest entry of a chain first. 16 bytes an entry and a place in heads.
type nearTable struct {
	heads   []uint32 // 1 + index of the newest entry
	entries []nearEntry
}

type nearEntry struct {
	key  uint64
	id   int32
	next uint32
}

const nearTableLeast = 1 << 12

func (t *nearTable) head(key uint64) *uint32 {
	return &t.heads[(key^key>>32)&uint64(len(t.heads)-1)]
}

func (t *nearTable) add(keys []uint64, id int32) {
	if len(t.entries)+len(keys) > len(t.heads) {
		t.grow(len(t.entries) + len(keys))
	}
	for _, key := range keys {
		h := t.head(key)
		t.entries = append(t.entries, nearEntry{key, id, *h})
		*h = uint32(len(t.entries))
	}
}

func (t *nearTable) grow(n int) {
	size := max(len(t.heads), nearTableLeast)
	for size < n {
		size *= 2
	}
	if size == len(t.heads) {
		return
	}
	t.heads = make([]uint32, size)
	for i := range t.entries {
		e := &t.entries[i]
		h := t.head(e.key)
		e.next = *h
		*h = uint32(i + 1)
	}
}

// find appends the articles that have one of the keys.
func (t *nearTable) find(dst []int32, keys []uint64) []int32 {
	if len(t.entries) == 0 {
		return dst
	}
	for _, key := range keys {
		for i := *t.head(key); i != 0; {
			e := &t.entries[i-1]
			if e.key == key {
				dst = append(dst, e.id)
			}
			i = e.next
		}
	}
	return dst
}

func (t *nearTable) reset() {
	clear(t.heads)
	t.entries = t.entries[:0]
}

// nearIndex holds articles, each to be found from both sides: as the smaller by any shingle that it was chosen by, as the larger by any
// shingle that some article was chosen by.
type nearIndex struct{ smaller, larger nearTable }

func (x *nearIndex) add(l *nearKeys) {
	x.smaller.add(l.chosen, l.id)
	x.larger.add(l.known, l.id)
}

// candidates are the articles that l may form an edge with, each once.
func (x *nearIndex) candidates(dst []int32, l *nearKeys) []int32 {
	dst = x.smaller.find(dst[:0], l.known)
	dst = x.larger.find(dst, l.chosen)
	slices.Sort(dst)
	return slices.Compact(dst)
}

func (x *nearIndex) reset() {
	x.smaller.reset()
	x.larger.reset()
}

// nearKeys is what an article is looked up and found by.
type nearKeys struct {
	id            int32
	chosen, known []uint64
}
