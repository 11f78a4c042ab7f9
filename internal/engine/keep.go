package engine

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
// also for latest; sources that are not listed after all that are, the earliest first.
func (k Keep) rank(meta []Meta) []int32 {
	return k.rankOf(len(meta), func(i int) keepKey {
		m := &meta[i]
		return keepKey{id: m.ID, source: m.Source, date: unixOrNone(m.Published), bytes: m.Bytes}
	})
}

// keepKey is what policies look at.
type keepKey struct {
	id, source string
	date       int64 // Unix seconds, noDate: unknown
	bytes      int
}

// rankOf is rank for articles 0 to n-1 with the given keys. Corpora that are in order already cost
// a look at each article.
func (k Keep) rankOf(n int, key func(i int) keepKey) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	if k.by != "first" {
		slices.SortFunc(order, func(x, y int32) int {
			a, b := key(int(x)), key(int(y))
			return cmp.Or(k.compare(&a, &b), cmp.Compare(a.id, b.id), cmp.Compare(x, y))
		})
	}
	rank := make([]int32, n)
	for place, i := range order {
		rank[i] = int32(place)
	}
	return rank
}

func (k Keep) compare(a, b *keepKey) int {
	switch k.by {
	case "longest":
		return cmp.Compare(b.bytes, a.bytes)
	case "latest":
		if a.date != noDate && b.date != noDate {
			return cmp.Compare(b.date, a.date)
		}
	case "source":
		if c := cmp.Compare(k.place(a.source), k.place(b.source)); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.date, b.date)
}

func (k Keep) place(source string) int {
	for i, s := range k.sources {
		if strings.EqualFold(s, source) {
			return i
		}
	}
	return len(k.sources)
}
