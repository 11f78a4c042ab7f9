package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// kindCount is what became of the articles of one kind.
type kindCount struct {
	due, found    int // above the thresholds
	below, joined int // the others
}

// scoreFile compares clusters with the gold.
func scoreFile(gold, clusters string, w io.Writer) error {
	canonical, err := readClusters(clusters)
	if err != nil {
		return err
	}
	of := func(id string) string {
		if c, ok := canonical[id]; ok {
			return c
		}
		return id
	}
	kinds := map[string]*kindCount{}
	root := map[string]string{} // of what was made from another
	if err := lines(gold, func(line string) error {
		f := strings.Split(strings.Clone(line), "\t")
		if len(f) != 5 {
			return errors.New("not a gold line: " + line)
		}
		resemblance, err1 := strconv.ParseFloat(f[3], 64)
		containment, err2 := strconv.ParseFloat(f[4], 64)
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		if f[1] != "-" {
			root[f[0]] = f[1]
		}
		c := kinds[f[2]]
		if c == nil {
			c = &kindCount{}
			kinds[f[2]] = c
		}
		c.add(resemblance >= 0.7 || containment >= 0.9, of(f[0]) == of(f[1]))
		return nil
	}); err != nil {
		return err
	}
	print(w, kinds)
	fmt.Fprintf(w, "false members: %d\n", wrong(canonical, root))
	return nil
}

func (c *kindCount) add(due, together bool) {
	n, found := &c.below, &c.joined
	if due {
		n, found = &c.due, &c.found
	}
	*n++
	if together {
		*found++
	}
}

// readClusters reads the canonical of each article.
func readClusters(path string) (map[string]string, error) {
	canonical := map[string]string{}
	return canonical, lines(path, func(line string) error {
		f := strings.Split(line, "\t")
		if len(f) < 2 {
			return errors.New("not the output of dedup clusters: " + line)
		}
		if f[0] != "article" { // the header
			canonical[strings.Clone(f[0])] = strings.Clone(f[1])
		}
		return nil
	})
}

// wrong counts the articles that were not made from what their canonical was made from.
func wrong(canonical, root map[string]string) int {
	of := func(id string) string {
		if r, ok := root[id]; ok {
			return r
		}
		return id
	}
	n := 0
	for id, c := range canonical {
		if of(id) != of(c) {
			n++
		}
	}
	return n
}

func print(w io.Writer, kinds map[string]*kindCount) {
	all := &kindCount{}
	fmt.Fprintf(w, "%-10s %10s %10s %8s %12s\n", "kind", "planted", "found", "recall", "below (joined)")
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		c := kinds[k]
		fmt.Fprintf(w, "%-10s %10d %10d %8.4f %8d (%d)\n", k, c.due, c.found, c.recall(), c.below, c.joined)
		all.due, all.found = all.due+c.due, all.found+c.found
	}
	fmt.Fprintf(w, "%-10s %10d %10d %8.4f\n", "all", all.due, all.found, all.recall())
}

func (c *kindCount) recall() float64 { return float64(c.found) / float64(max(c.due, 1)) }
