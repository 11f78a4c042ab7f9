package story

import (
	"math/bits"
	"sync/atomic"
)

// counts says in how many units each term stands, in a byte a term: some 64 MB for a million units
// where exact counts would take gigabytes. A cell counts to 255, and what comes after goes to a
// cell of a second table, which is found by the first one's place. So the result is a function of
// the totals alone, in whatever order terms come. Terms share a cell now and then, which makes one
// of them seem a little more common.
type counts struct {
	cells []uint32 // four cells each
	mask  uint32
	more  []uint32
}

const (
	cellsPerUnit = 200
	mostCells    = 26 // bits
	cellFull     = 255
)

func newCounts(units int) *counts {
	k := max(16, min(mostCells, bits.Len(uint(units*cellsPerUnit))))
	return &counts{cells: make([]uint32, 1<<k/4), mask: 1<<k - 1, more: make([]uint32, 1<<(k-4))}
}

// second is the place in the second table of a full cell.
func (c *counts) second(cell uint32) *uint32 {
	return &c.more[cell*0x9e3779b1>>7&uint32(len(c.more)-1)]
}

// add counts a unit that has the terms of a bag. scratch is the caller's. Safe for concurrent use.
// Cells are read first, all of them, so that the waits for memory overlap.
func (c *counts) add(bag []uint64, scratch *[]uint32) {
	was := (*scratch)[:0]
	for _, b := range bag {
		was = append(was, atomic.LoadUint32(&c.cells[entry(b).term()&c.mask/4]))
	}
	for i, b := range bag {
		c.addTerm(entry(b).term(), was[i])
	}
	*scratch = was
}

// addTerm counts a term. old is what the word of its cell was a moment ago.
func (c *counts) addTerm(term, old uint32) {
	cell := term & c.mask
	word, lane := &c.cells[cell/4], cell%4*8
	for {
		if old>>lane&cellFull == cellFull {
			atomic.AddUint32(c.second(cell), 1)
			return
		}
		if atomic.CompareAndSwapUint32(word, old, old+1<<lane) {
			return
		}
		old = atomic.LoadUint32(word)
	}
}

// of is the number of units that have a term, once all are counted.
func (c *counts) of(term uint32) uint32 {
	cell := term & c.mask
	n := c.cells[cell/4] >> (cell % 4 * 8) & cellFull
	if n == cellFull {
		n += *c.second(cell)
	}
	return n
}
