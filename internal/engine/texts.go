package engine

import (
	"context"
	"errors"
	"fmt"

	"dedup/internal/report"
)

// RunWith is Run for results that need the texts too: use gets the report and a function that gives
// the text of article i of it. The texts are gone when RunWith returns; use must keep none.
func RunWith(ctx context.Context, cfg Config, use func(rep *report.Report, text func(i int) (string, bool)) error) error {
	r, err := load(ctx, cfg, wants{text: true, near: true, fingerprint: true})
	if err != nil {
		return err
	}
	rep, err := r.report(ctx, cfg.Parts)
	if err == nil {
		err = use(rep, func(i int) (string, bool) { return r.store.text(i), true })
	}
	return errors.Join(err, r.close())
}

// Missing is an article of a report whose text was not found again.
type Missing struct{ ID, Path, Reason string }

// WithTexts reads the articles of cfg.Paths, or where there are none the files that rep names, and
// calls use with a function that gives the text of article i of rep. An article is known again by
// its id, and by its size and fingerprint, so that the offsets of the report fit; those that are
// not are told to missing in the order of the report.
func WithTexts(ctx context.Context, cfg Config, rep *report.Report, missing func(Missing), use func(text func(i int) (string, bool)) error) error {
	if len(cfg.Paths) == 0 {
		cfg.Paths = paths(rep)
	}
	r, err := load(ctx, cfg, wants{text: true, fingerprint: true, none: true})
	if err != nil {
		return err
	}
	index := make(map[string]int, len(r.store.Meta))
	for i := range r.store.Meta {
		index[r.store.Meta[i].ID] = i
	}
	found := make([]int, len(rep.Articles))
	for k := range rep.Articles {
		a := &rep.Articles[k]
		i, ok := index[a.ID]
		switch {
		case !ok:
			missing(Missing{a.ID, a.Path, "not found"})
			i = -1
		case !same(a, &r.store.Meta[i]):
			missing(Missing{a.ID, a.Path, "is not the same as when the report was made"})
			i = -1
		}
		found[k] = i
	}
	err = use(func(k int) (string, bool) {
		if found[k] < 0 {
			return "", false
		}
		return r.store.text(found[k]), true
	})
	return errors.Join(err, r.close())
}

// same tells whether m is the article that the report speaks of.
func same(a *report.Article, m *Meta) bool {
	if a.Bytes != m.Bytes {
		return false
	}
	return a.Fingerprint == "" || a.Fingerprint == fmt.Sprintf("%016x", m.Fingerprint)
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
