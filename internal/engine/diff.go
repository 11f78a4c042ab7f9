package engine

import (
	"context"
	"errors"
	"fmt"

	"dedup/internal/article"
	"dedup/internal/passage"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/shingle"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// Diff compares two articles: each path must hold exactly one.
func Diff(ctx context.Context, cfg Config, a, b string) (*report.Diff, error) {
	d := &report.Diff{Schema: report.DiffSchema, Distance: -1, Passages: []report.DiffShared{}}
	var meta [2]Meta
	for i, path := range []string{a, b} {
		side := &d.A
		if i == 1 {
			side = &d.B
		}
		m, err := one(ctx, cfg, path, side)
		if err != nil {
			return nil, err
		}
		meta[i] = m
	}
	d.Distance = distance(&meta[0], &meta[1])
	w := sketch.Default.W
	x, y := shingles(d.A.Text, w), shingles(d.B.Text, w)
	d.Resemblance, d.ContainmentA, d.ContainmentB = shingle.Resemblance(x, y), shingle.Containment(x, y), shingle.Containment(y, x)
	aligned, err := passage.Align(ctx, d.A.Text, d.B.Text, cfg.Passages)
	if err != nil {
		return nil, wrap("align", err)
	}
	left, right := newPlacer(d.A.Text), newPlacer(d.B.Text)
	for _, s := range aligned {
		out := report.DiffShared{A: left.place(s.A), B: right.place(s.B), Tokens: s.Tokens, Matched: s.Matched}
		for _, e := range s.Edits {
			out.Edits = append(out.Edits, report.DiffEdit{Op: e.Op.String(), AStart: e.A.Start, AEnd: e.A.End, BStart: e.B.Start, BEnd: e.B.End})
		}
		d.Passages = append(d.Passages, out)
	}
	return d, nil
}

// one reads the only article of path into side.
func one(ctx context.Context, cfg Config, path string, side *report.DiffArticle) (Meta, error) {
	cfg.Paths = []string{path}
	var bad []article.Bad
	cfg.Bad = func(b article.Bad) { bad = append(bad, b) }
	r, err := load(ctx, cfg, wants{text: true, fingerprint: true})
	if errors.Is(err, ErrNothing) && len(bad) > 0 {
		return Meta{}, fmt.Errorf("%s: %s\nhint: %s", path, bad[0].Reason, bad[0].Hint)
	}
	if err != nil {
		return Meta{}, wrap(path, err)
	}
	defer r.close()
	if n := len(r.store.Meta); n != 1 {
		return Meta{}, fmt.Errorf("%s holds %s\nhint: diff compares two files of one article each", path, plural.Count(n, "article"))
	}
	side.Article, side.Text = r.articles().Articles[0], string([]byte(r.store.text(0)))
	return r.store.Meta[0], nil
}

// shingles is the w-shingle set of a text, as near-duplicates are told by.
func shingles(s string, w int) []uint64 {
	return shingle.Set(shingle.Append(nil, text.Once(text.AppendTokens(nil, s), s), w))
}
