package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Keep is the policy that picks the canonical of a cluster.
type Keep struct {
	by      string   // "earliest", "longest", "first" or "source"
	sources []string // with "source": the best first
}

// ParseKeep reads earliest, longest, first or source=a,b,c.
func ParseKeep(s string) (Keep, error) {
	switch s {
	case "", "earliest":
		return Keep{by: "earliest"}, nil
	case "longest", "first":
		return Keep{by: s}, nil
	}
	if list, ok := strings.CutPrefix(s, "source="); ok {
		k := Keep{by: "source"}
		for name := range strings.SplitSeq(list, ",") {
			if name = strings.TrimSpace(name); name != "" {
				k.sources = append(k.sources, name)
			}
		}
		if len(k.sources) > 0 {
			return k, nil
		}
	}
	return Keep{}, fmt.Errorf("unknown policy %q for the copy to keep: use earliest, longest, first or source=a,b,c", s)
}

// rank gives every article its place in the order in which copies are kept, 0 the best: by the policy, then by article id, then as read.
// Articles without a date come after all that have one; sources that are not listed after all that are, the earliest first.
func (k Keep) rank(meta []Meta) []int32 {
	order := make([]int32, len(meta))
	for i := range order {
		order[i] = int32(i)
	}
	if k.by != "first" {
		slices.SortStableFunc(order, func(x, y int32) int {
			a, b := &meta[x], &meta[y]
			if c := k.compare(a, b); c != 0 {
				return c
			}
			return cmp.Compare(a.ID, b.ID)
		})
	}
	rank := make([]int32, len(meta))
	for place, i := range order {
		rank[i] = int32(place)
	}
	return rank
}

func (k Keep) compare(a, b *Meta) int {
	switch k.by {
	case "longest":
		return cmp.Compare(b.Bytes, a.Bytes)
	case "source":
		if c := cmp.Compare(k.place(a.Source), k.place(b.Source)); c != 0 {
			return c
		}
	}
	if a.Published.IsZero() != b.Published.IsZero() {
		if a.Published.IsZero() {
			return 1
		}
		return -1
	}
	return a.Published.Compare(b.Published)
}

func (k Keep) place(source string) int {
	for i, s := range k.sources {
		if strings.EqualFold(s, source) {
			return i
		}
	}
	return len(k.sources)
}
