package corpus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dedup/internal/nearest"
)

// Keep is the policy that picks the canonical of a cluster.
type Keep struct {
	by      string   // "earliest", "latest", "longest", "first" or "source"
	sources []string // with "source": the best first
}

// ParseKeep reads earliest, latest, longest, first or source=a,b,c.
func ParseKeep(s string) (Keep, error) {
	switch s {
	case "", "earliest":
		return Keep{by: "earliest"}, nil
	case "latest", "longest", "first":
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
	return Keep{}, fmt.Errorf("unknown policy %q for the copy to keep: use earliest, latest, longest, first or source=a,b,c%s", s,
		nearest.Hint(s, "earliest", "latest", "longest", "first", "source="))
}

// ByDate tells whether the policy looks at dates first, or where sources tie.
func (k Keep) ByDate() bool { return k.by != "first" && k.by != "longest" }

// rank gives every article its place in the order in which copies are kept, 0 the best: by the
// policy, then by article id, then as read. Articles without a date come after all that have one,
// also for latest; sources that are not listed after all that are, the earliest first. Articles that
// are in order already cost a look at each.
func (k Keep) rank(t *table) []int32 {
	order := make([]int32, t.n)
	for i := range order {
		order[i] = int32(i)
	}
	if k.by != "first" {
		slices.SortFunc(order, func(x, y int32) int {
			return cmp.Or(k.compare(t, int(x), int(y)), t.compareIDs(int(x), int(y)), cmp.Compare(x, y))
		})
	}
	rank := make([]int32, t.n)
	for place, i := range order {
		rank[i] = int32(place)
	}
	return rank
}

func (k Keep) compare(t *table, x, y int) int {
	a, i := t.find(x)
	b, j := t.find(y)
	switch k.by {
	case "longest":
		return cmp.Compare(b.bytes[j], a.bytes[i])
	case "latest":
		if a.dates[i] != noDate && b.dates[j] != noDate {
			return cmp.Compare(b.dates[j], a.dates[i])
		}
	case "source":
		if c := cmp.Compare(k.place(t.names[a.source[i]]), k.place(t.names[b.source[j]])); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.dates[i], b.dates[j])
}

func (k Keep) place(source string) int {
	for i, s := range k.sources {
		if strings.EqualFold(s, source) {
			return i
		}
	}
	return len(k.sources)
}
