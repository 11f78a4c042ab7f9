package clean

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/plural"
)

// Guard stops a run that would take away too much: a wrong field, a template that all articles
// share, or a broken crawl look like that.
type Guard struct {
	MaxRemoved float64 // largest share of articles that may go, of all and of every source, 0 to 1
	MaxCluster int     // largest near-duplicate cluster; 0: any
}

// GuardLeast is the number of articles from which a source is looked at by itself: of a source with
// three, one copy is a third.
const GuardLeast = 5

// Tally counts what would go.
type Tally struct {
	all     SourceCount
	sources map[string]*SourceCount
	largest []BigCluster
}

// SourceCount is one source. An article without a source counts for the source "".
type SourceCount struct {
	Source            string
	Articles, Removed int
}

// BigCluster is a cluster that is too large.
type BigCluster struct {
	Canonical, Path string
	Members         int
}

// Add counts an article.
func (t *Tally) Add(source string, removed bool) {
	if t.sources == nil {
		t.sources = map[string]*SourceCount{}
	}
	s := t.sources[source]
	if s == nil {
		s = &SourceCount{Source: strings.Clone(source)}
		t.sources[s.Source] = s
	}
	for _, c := range []*SourceCount{s, &t.all} {
		c.Articles++
		if removed {
			c.Removed++
		}
	}
}

// Cluster counts a cluster.
func (t *Tally) Cluster(c BigCluster) { t.largest = append(t.largest, c) }

// Sources are all sources, the one that loses most articles first.
func (t *Tally) Sources() []SourceCount {
	out := make([]SourceCount, 0, len(t.sources))
	for _, s := range t.sources {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b SourceCount) int {
		return cmp.Or(cmp.Compare(b.Removed, a.Removed), cmp.Compare(a.Source, b.Source))
	})
	return out
}

const guardNames = 5 // culprits that are named

// Check gives an error that names the culprits when the guard stops the run; plain prints their
// names, nil quotes them.
func (g Guard) Check(t *Tally, plain func(string) string) error {
	if plain == nil {
		plain = strconv.Quote
	}
	var say []string
	sources := t.Sources()
	if over(t.all, g.MaxRemoved) {
		say = append(say, fmt.Sprintf("%s of all articles would be removed", share(t.all)))
		for i, s := range sources {
			if i < guardNames && s.Removed > 0 {
				say = append(say, fmt.Sprintf("  %s: %s", sourceName(s.Source, plain), share(s)))
			}
		}
	} else {
		named := 0
		for _, s := range sources {
			if s.Articles >= GuardLeast && over(s, g.MaxRemoved) {
				if named++; named <= guardNames {
					say = append(say, fmt.Sprintf("%s of the articles of %s would be removed", share(s), sourceName(s.Source, plain)))
				}
			}
		}
		if named > guardNames {
			say = append(say, "and as much of "+plural.Count(named-guardNames, "more source"))
		}
	}
	slices.SortFunc(t.largest, func(a, b BigCluster) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Canonical, b.Canonical))
	})
	for i, c := range t.largest {
		if g.MaxCluster > 0 && c.Members > g.MaxCluster && i < guardNames {
			say = append(say, fmt.Sprintf("a cluster of %d near-duplicates, more than %d, around %s (%s)", c.Members, g.MaxCluster, plain(c.Canonical), plain(c.Path)))
		}
	}
	if say == nil {
		return nil
	}
	return fmt.Errorf("nothing was written: %s\nhint: look at it with --dry-run; --force goes on, --max-removed and --max-cluster-size move the limits", strings.Join(say, "\n"))
}

func over(s SourceCount, most float64) bool { return float64(s.Removed) > most*float64(s.Articles) }

func share(s SourceCount) string {
	return fmt.Sprintf("%.1f %% (%d of %d)", 100*float64(s.Removed)/float64(max(s.Articles, 1)), s.Removed, s.Articles)
}

func sourceName(s string, plain func(string) string) string {
	if s == "" {
		return "(no source)"
	}
	return plain(s)
}
