package shingle

// Numbers holds a number for each of a set of hashes: an open hash table. Reset empties it in no
// time, because every slot says in which round it was filled. The zero value is empty.
//
// Cost: 16 bytes a slot, two to four slots a hash; about 4 ns a look-up in cache.
type Numbers struct {
	slots []numbered
	shift uint
	round uint32
	n     int
}

type numbered struct {
	hash   uint64
	round  uint32
	number int32
}

// Reset forgets all hashes and makes room for n.
func (t *Numbers) Reset(n int) {
	t.n = 0
	if t.round++; t.round == 0 {
		clear(t.slots)
		t.round = 1
	}
	for size := max(64, len(t.slots)); ; size *= 2 {
		if size >= 2*n {
			if size > len(t.slots) {
				t.room(size)
			}
			return
		}
	}
}

// room makes an empty table of size slots, a power of two.
func (t *Numbers) room(size int) {
	t.slots, t.round, t.shift = make([]numbered, size), 1, 64
	for ; size > 1; size /= 2 {
		t.shift--
	}
}

// slot is where hash is, or where it would be.
func (t *Numbers) slot(hash uint64) *numbered {
	mask := uint64(len(t.slots) - 1)
	for i := hash * 0x9e3779b97f4a7c15 >> t.shift; ; i = (i + 1) & mask {
		if s := &t.slots[i&mask]; s.round != t.round || s.hash == hash {
			return s
		}
	}
}

// At is the number of a hash, 0 at first, and says whether the hash was there before. The pointer
// is good until the next call of a method.
func (t *Numbers) At(hash uint64) (number *int32, known bool) {
	if 2*t.n >= len(t.slots) {
		t.grow()
	}
	s := t.slot(hash)
	if s.round == t.round {
		return &s.number, true
	}
	*s = numbered{hash: hash, round: t.round}
	t.n++
	return &s.number, false
}

// Of is the number of a hash, if it is there.
func (t *Numbers) Of(hash uint64) (number int32, ok bool) {
	if t.n == 0 {
		return 0, false
	}
	s := t.slot(hash)
	return s.number, s.round == t.round
}

func (t *Numbers) grow() {
	old, round := t.slots, t.round
	t.room(max(64, 2*len(old)))
	for i := range old {
		if s := &old[i]; s.round == round && round != 0 {
			*t.slot(s.hash) = numbered{s.hash, t.round, s.number}
		}
	}
}
