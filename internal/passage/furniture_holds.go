package passage

import (
	"slices"
	"strings"
)

// heldRules are the rules for what a line has anywhere in it, found by their first bytes: a line is
// read once, and not once for each of the hundreds of rules.
type heldRules struct {
	rules []rule
	first [1 << 12]int32 // by the hash of three bytes: the first rule that begins with them, plus one
	next  []int32        // of each rule, the next one with the same hash, plus one
	short []int32        // rules of less than three bytes
}

func (h *heldRules) add(r rule) {
	k := int32(len(h.rules))
	h.rules, h.next = append(h.rules, r), append(h.next, 0)
	if len(r.text) < 3 {
		h.short = append(h.short, k)
		return
	}
	at := &h.first[threeBytes(r.text[0], r.text[1], r.text[2])]
	h.next[k], *at = *at, k+1
}

func threeBytes(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 0x9e3779b1 >> 20
}

// classify raises best to what the rules say of a line, in their order, until it is strong.
func (h *heldRules) classify(line []byte, best kind) kind {
	var room [16]int32
	found := room[:0]
	for _, k := range h.short {
		if strings.Contains(string(line), h.rules[k].text) {
			found = append(found, k)
		}
	}
	for i := 0; i+3 <= len(line); i++ {
		for k := h.first[threeBytes(line[i], line[i+1], line[i+2])]; k > 0; k = h.next[k-1] {
			if t := h.rules[k-1].text; len(t) <= len(line)-i && string(line[i:i+len(t)]) == t {
				found = append(found, k-1)
			}
		}
	}
	slices.Sort(found)
	for _, k := range found {
		if r := &h.rules[k]; best != strong && len(line) <= r.max {
			best = max(best, r.kind)
		}
	}
	return best
}
