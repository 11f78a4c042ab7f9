package index

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"github.com/cockroachdb/pebble/v2"
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

// storedIDs says which of the hashes belong to an id in the store: sorted, so that one look leads
// to the next.
func (w *Writer) storedIDs(hashes []uint64) ([]bool, error) {
	found := make([]bool, len(hashes))
	if w.totals.articles == 0 {
		return found, nil
	}
	order := make([]int, len(hashes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(hashes[a], hashes[b]) }) // as their keys sort
	it, err := w.db.NewIter(nil)
	if err != nil {
		return nil, fromStore(err)
	}
	var key []byte
	for _, i := range order {
		key = idKey(key[:0], hashes[i], 0)
		found[i] = it.SeekGE(key) && bytes.HasPrefix(it.Key(), key[:9])
	}
	return found, closing(fromStore(it.Error()), it)
}

// settle finds a free id for an article whose id is taken, unless one of those that have it is the
// article itself. A version is looked at once, so that a million texts with one id cost linear
// work.
func (a *Add) settle(e *entry) (known bool, err error) {
	sum, has, err := a.sumOf(e.ID)
	if err != nil || !has {
		return false, err
	}
	if sum == e.words {
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
	for !v.sums[e.words] {
		id := e.ID + "#" + strconv.Itoa(v.next)
		sum, has, err := a.sumOf(id)
		if err != nil {
			return false, err
		}
		if !has {
			e.ID = id
			a.added.Renamed++
			return false, nil
		}
		v.sums[sum] = true
		v.next++
	}
	return true, nil
}

// sumOf gives the sum over the words of the article that has an id.
func (a *Add) sumOf(id string) (sum uint64, ok bool, err error) {
	if sum, ok := a.taken[id]; ok {
		return sum, true, nil
	}
	e, err := findID(a.w.db, id)
	if e == nil || err != nil {
		return 0, false, err
	}
	return e.words, true, nil
}

// findID gives the entry with an id, nil for none.
func findID(db pebble.Reader, id string) (_ *entry, err error) {
	prefix := idKey(nil, xxh3.HashString(id), 0)[:9]
	it, err := db.NewIter(nil)
	if err != nil {
		return nil, fromStore(err)
	}
	defer func() { err = closing(err, it) }()
	for ok := it.SeekGE(prefix); ok && bytes.HasPrefix(it.Key(), prefix); ok = it.Next() {
		var e entry
		number := numberOf(it.Key())
		if err := get(db, numberKey(nil, keyEntry, number), func(v []byte) error { return e.read(number, v) }); err != nil {
			return nil, broken("entry", number, err)
		}
		if e.ID == id {
			return &e, nil
		}
	}
	return nil, nil
}
