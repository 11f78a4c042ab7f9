package dist

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"dedup/internal/corpus"
)

// What is the same. In: sums of texts and ids of articles, those of a key together. Out: each text
// that is equal to an earlier one, which sends no shingles and no words; and the ids of articles
// whose own one an earlier article has, as one machine gives them.
//
// Cost: 30 bytes an article and its id are shuffled; a sort of each.

type summed struct {
	hi, lo uint64
	number uint32
}

type named struct {
	id     string
	number uint32
}

// same is the stage.
func (r *run) same(in frames, out func(Frame) error) error {
	unnamed := map[string]bool{}
	for i := range r.pieces {
		if p := r.pieces[i].unnamed; p != "" {
			unnamed[p] = true
		}
	}
	return keyed(in, func(key uint32, frames []Frame) error {
		var sums []summed
		var ids, taken []named
		for _, f := range frames {
			var o Origin
			for c := (cursor{b: f.Data}); c.more(); {
				number, err := r.placed(&c, &o)
				if err != nil {
					return err
				}
				if f.Kind == Sums {
					sums = append(sums, summed{c.fixed(), c.fixed(), number})
				} else if kind, id := c.number(), c.str(); kind == uint32(isID) {
					ids = append(ids, named{id, number})
				} else {
					taken = append(taken, named{id, number})
				}
				if c.err != nil {
					return c.err
				}
			}
		}
		if err := equalTexts(key, sums, out); err != nil {
			return err
		}
		return renamed(key, ids, taken, unnamed, out)
	})
}

// placed reads the place of an entry and gives the number of its article.
func (r *run) placed(c *cursor, o *Origin) (uint32, error) {
	local := c.place(o)
	if c.err != nil {
		return 0, c.err
	}
	p, err := r.piece(*o)
	if err != nil {
		return 0, err
	}
	return r.of(p, local)
}

// equalTexts gives every text that an earlier one is equal to.
func equalTexts(key uint32, sums []summed, out func(Frame) error) error {
	slices.SortFunc(sums, func(a, b summed) int {
		return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo), cmp.Compare(a.number, b.number))
	})
	type pair struct{ number, first uint32 }
	var dead []pair
	for i, first := 1, 0; i < len(sums); i++ {
		if sums[i].hi != sums[first].hi || sums[i].lo != sums[first].lo {
			first = i
		} else {
			dead = append(dead, pair{sums[i].number, sums[first].number})
		}
	}
	slices.SortFunc(dead, func(a, b pair) int { return cmp.Compare(a.number, b.number) })
	l := list{kind: Same, key: key, out: out}
	for _, d := range dead {
		if err := l.add(d.number); err != nil {
			return err
		}
		l.b = binary.AppendUvarint(l.b, uint64(d.first))
	}
	return l.close()
}

// renamed gives ids to all but the first of the articles with one id. taken are ids with a number
// behind them that articles have themselves.
func renamed(key uint32, ids, taken []named, unnamed map[string]bool, out func(Frame) error) error {
	byID := func(a, b named) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.number, b.number)) }
	slices.SortFunc(ids, byID)
	var twice []named
	stems := map[string]bool{}
	for i := range ids {
		of, numbered := stem(ids[i].id)
		after := i+1 < len(ids) && ids[i+1].id == ids[i].id
		before := i > 0 && ids[i-1].id == ids[i].id
		if unnamed[of] && numbered || unnamed[ids[i].id] && (before || after) {
			return fmt.Errorf("the id %q may be that of a record without an id too, which is called by its file and its number\nhint: give all records ids", ids[i].id)
		}
		if before || after {
			twice = append(twice, ids[i])
			stems[ids[i].id] = true
		}
	}
	if len(twice) == 0 {
		return nil
	}
	slices.SortFunc(twice, func(a, b named) int { return cmp.Compare(a.number, b.number) })
	n := len(twice)
	slices.SortFunc(taken, byID)
	for i, t := range taken {
		if of, ok := stem(t.id); ok && stems[of] && (i == 0 || taken[i-1].id != t.id) {
			twice = append(twice, t)
		}
	}
	l := list{kind: Renamed, key: key, out: out}
	var err error
	corpus.NumberIDs(len(twice), func(i int) string { return twice[i].id }, func(i int, number int32) {
		if i < n && err == nil {
			if err = l.add(twice[i].number); err == nil {
				l.b = appendString(l.b, corpus.NumberedID(twice[i].id, number))
			}
		}
	})
	if err != nil {
		return err
	}
	return l.close()
}
