package near

import "slices"

// The index of the join. In: articles that came to stay, each with its hot buckets. Out: for
// another article, those that it may form an edge with because both have a bucket that one of them
// took.

// table finds articles by key: chained hashing, the newest entry of a chain first. 16 bytes an
// entry and a place in heads.
type table struct {
	heads   []uint32 // 1 + index of the newest entry
	entries []entry
}

type entry struct {
	key  uint64
	id   int32
	next uint32
}

const tableLeast = 1 << 12

func (t *table) head(key uint64) *uint32 {
	return &t.heads[(key^key>>32)&uint64(len(t.heads)-1)]
}

func (t *table) add(keys []uint64, id int32) {
	if len(t.entries)+len(keys) > len(t.heads) {
		t.grow(len(t.entries) + len(keys))
	}
	for _, key := range keys {
		h := t.head(key)
		t.entries = append(t.entries, entry{key, id, *h})
		*h = uint32(len(t.entries))
	}
}

func (t *table) grow(n int) {
	size := max(len(t.heads), tableLeast)
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
func (t *table) find(dst []int32, keys []uint64) []int32 {
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

func (t *table) reset() {
	if len(t.entries) == 0 {
		return
	}
	clear(t.heads)
	t.entries = t.entries[:0]
}

// index holds articles, each to be found from both sides: as the smaller by any shingle that it was
// chosen by, as the larger by any shingle that some article was chosen by.
type index struct{ smaller, larger table }

func (x *index) add(l *keys) {
	x.smaller.add(l.chosen, l.id)
	x.larger.add(l.known, l.id)
}

// candidates are the articles that l may form an edge with, each once.
func (x *index) candidates(dst []int32, l *keys) []int32 {
	dst = x.smaller.find(dst[:0], l.known)
	dst = x.larger.find(dst, l.chosen)
	slices.Sort(dst)
	return slices.Compact(dst)
}

func (x *index) reset() {
	x.smaller.reset()
	x.larger.reset()
}

// keys is what an article is looked up and found by.
type keys struct {
	id            int32
	chosen, known []uint64
}
