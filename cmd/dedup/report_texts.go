package main

import (
	"context"
	"errors"
	"fmt"

	"dedup/internal/corpus"
	"dedup/internal/report"
)

// withTexts reads the articles of cfg.Paths, or where there are none the files that rep names, and
// calls use with a function that gives the text of article i of rep. An article is known again by
// its id, and by its size and fingerprint, so that the offsets of the report fit; those that are
// not are told to missing in the order of the report.
func withTexts(ctx context.Context, cfg corpus.Config, rep *report.Report, missing func(a *report.Article, reason string), use func(text func(i int) (string, bool)) error) error {
	if len(cfg.Paths) == 0 {
		cfg.Paths = paths(rep)
	}
	cfg.Want, cfg.None = corpus.Want{Text: true, Fingerprints: true}, true
	c, err := corpus.Open(ctx, cfg)
	if err != nil {
		return err
	}
	index := make(map[string]int, c.Len())
	for i := range c.Len() {
		index[c.ID(i)] = i
	}
	found := make([]int, len(rep.Articles))
	for k := range rep.Articles {
		a := &rep.Articles[k]
		i, ok := index[a.ID]
		switch {
		case !ok:
			missing(a, "not found")
			i = -1
		case !same(a, c.At(i)):
			missing(a, "is not the same as when the report was made")
			i = -1
		}
		found[k] = i
	}
	err = use(func(k int) (string, bool) {
		if found[k] < 0 {
			return "", false
		}
		return c.Text(found[k]), true
	})
	return errors.Join(err, c.Close())
}

// same tells whether b is the article that the report speaks of.
func same(a *report.Article, b corpus.Article) bool {
	if a.Bytes != b.Bytes {
		return false
	}
	return a.Fingerprint == "" || a.Fingerprint == fmt.Sprintf("%016x", b.Fingerprint)
}

// paths lists the files that the articles of rep came from, each once. Standard input cannot be
// read again.
func paths(rep *report.Report) []string {
	var list []string
	seen := map[string]bool{"-": true, "": true}
	for i := range rep.Articles {
		if p := rep.Articles[i].Path; !seen[p] {
			seen[p] = true
			list = append(list, p)
		}
	}
	return list
}
