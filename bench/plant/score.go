package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// scoreFile compares clusters with the gold.
func scoreFile(gold, clusters string, w io.Writer) error {
	canonical := map[string]string{}
	if err := lines(clusters, func(line string) error {
		f := strings.Split(line, "\t")
		if len(f) < 2 {
			return errors.New("not the output of dedup clusters: " + line)
		}
		if f[0] == "article" { // the header
			return nil
		}
		canonical[strings.Clone(f[0])] = strings.Clone(f[1])
		return nil
	}); err != nil {
		return err
	}
	of := func(id string) string {
		if c, ok := canonical[id]; ok {
			return c
		}
		return id
	}
	type count struct{ due, found, below, joined int }
	kinds := map[string]*count{}
	root := map[string]string{} // of what was made from another
	if err := lines(gold, func(line string) error {
		f := strings.Split(strings.Clone(line), "\t")
		if len(f) != 5 {
			return errors.New("not a gold line: " + line)
		}
		resemblance, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			return err
		}
		containment, err := strconv.ParseFloat(f[4], 64)
		if err != nil {
			return err
		}
		c := kinds[f[2]]
		if c == nil {
			c = &count{}
			kinds[f[2]] = c
		}
		if f[1] != "-" {
			root[f[0]] = f[1]
		}
		together := of(f[0]) == of(f[1])
		if resemblance >= 0.7 || containment >= 0.9 {
			if c.due++; together {
				c.found++
			}
		} else if c.below++; together {
			c.joined++
		}
		return nil
	}); err != nil {
		return err
	}
	rootOf := func(id string) string {
		if r, ok := root[id]; ok {
			return r
		}
		return id
	}
	wrong := 0
	for id, c := range canonical {
		if rootOf(id) != rootOf(c) {
			wrong++
		}
	}
	due, found := 0, 0
	names := make([]string, 0, len(kinds))
	for k, c := range kinds {
		names = append(names, k)
		due, found = due+c.due, found+c.found
	}
	slices.Sort(names)
	fmt.Fprintf(w, "%-10s %10s %10s %8s %12s\n", "kind", "planted", "found", "recall", "below (joined)")
	for _, k := range names {
		c := kinds[k]
		fmt.Fprintf(w, "%-10s %10d %10d %8.4f %8d (%d)\n", k, c.due, c.found, float64(c.found)/float64(max(c.due, 1)), c.below, c.joined)
	}
	fmt.Fprintf(w, "%-10s %10d %10d %8.4f\nfalse members: %d\n", "all", due, found, float64(found)/float64(max(due, 1)), wrong)
	return nil
}
