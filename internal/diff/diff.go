// Package diff compares two articles: how much they resemble each other, and which passages they
// share or differ in.
package diff

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dedup"
	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/passage"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/text"
)

// Run compares two articles: each path must hold exactly one.
func Run(ctx context.Context, opt dedup.Options, a, b string) (*report.Diff, error) {
	d := &report.Diff{Schema: report.DiffSchema, Passages: []report.DiffShared{}}
	if err := one(ctx, opt, a, &d.A); err != nil {
		return nil, err
	}
	if err := one(ctx, opt, b, &d.B); err != nil {
		return nil, err
	}
	return compare(ctx, opt, d)
}

// OfIDs compares two articles by their ids: a of all paths but the last, and b of the last, where
// these have them, or both of all paths. So two corpora may use the same ids.
func OfIDs(ctx context.Context, opt dedup.Options, paths []string, a, b string) (*report.Diff, error) {
	d := &report.Diff{Schema: report.DiffSchema, Passages: []report.DiffShared{}}
	sides := []*report.DiffArticle{&d.A, &d.B}
	if last := len(paths) - 1; last > 0 {
		err := find(ctx, opt, paths[:last], []string{a}, sides[:1])
		if err == nil {
			err = find(ctx, opt, paths[last:], []string{b}, sides[1:])
		}
		if _, unknown := errors.AsType[unknownID](err); !unknown {
			if err != nil {
				return nil, err
			}
			return compare(ctx, opt, d)
		}
	}
	if err := find(ctx, opt, paths, []string{a, b}, sides); err != nil {
		return nil, err
	}
	return compare(ctx, opt, d)
}

// unknownID says that no article has an id.
type unknownID struct {
	id string
	of int // articles
}

func (e unknownID) Error() string {
	return fmt.Sprintf("no article has the id %q among %s\nhint: dedup text PATH lists the ids", e.id, plural.Count(e.of, "article"))
}

// find reads the articles with the given ids.
func find(ctx context.Context, opt dedup.Options, paths, ids []string, sides []*report.DiffArticle) (err error) {
	opt.Only = dedup.Parts{Matches: true}
	c, err := dedup.Open(ctx, paths, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	found := make([]bool, len(ids))
	i := 0
	for x := range c.Articles() {
		for k, id := range ids {
			if x.ID == id {
				sides[k].Article, sides[k].Text, found[k] = x, string([]byte(c.Text(i))), true
			}
		}
		i++
	}
	if k := slices.Index(found, false); k >= 0 {
		return unknownID{ids[k], c.Len()}
	}
	return nil
}

// compare fills in what two articles are to each other.
func compare(ctx context.Context, opt dedup.Options, d *report.Diff) (*report.Diff, error) {
	judge, err := dedup.NewJudge(opt)
	if err != nil {
		return nil, err
	}
	v := judge.Compare(d.A.Text, d.B.Text)
	d.Resemblance, d.ContainmentA, d.ContainmentB, d.Distance = v.Resemblance, v.ContainmentA, v.ContainmentB, v.Distance
	aligned, err := passage.Align(ctx, d.A.Text, d.B.Text, passage.Options{MinTokens: opt.MinTokens})
	if err != nil {
		return nil, corpus.Wrap("align", err)
	}
	left, right := text.NewLines(d.A.Text), text.NewLines(d.B.Text)
	for _, s := range aligned {
		out := report.DiffShared{A: place(left, s.A), B: place(right, s.B), Tokens: s.Tokens, Matched: s.Matched}
		for _, e := range s.Edits {
			out.Edits = append(out.Edits, report.DiffEdit{Op: e.Op.String(), AStart: e.A.Start, AEnd: e.A.End, BStart: e.B.Start, BEnd: e.B.End})
		}
		d.Passages = append(d.Passages, out)
	}
	return d, nil
}

func place(lines *text.Lines, s article.Span) report.Place {
	line, column := lines.Position(s.Start)
	return report.Place{Start: s.Start, End: s.End, Line: line, Column: column}
}

// one reads the only article of path into side.
func one(ctx context.Context, opt dedup.Options, path string, side *report.DiffArticle) error {
	var bad []article.Bad
	opt.Skipped = func(err error) { bad = append(bad, err.(article.Bad)) }
	opt.Only = dedup.Parts{Matches: true}
	c, err := dedup.Open(ctx, []string{path}, opt)
	if errors.Is(err, dedup.ErrNothing) && len(bad) > 0 {
		return fmt.Errorf("%s: %s\nhint: %s", path, bad[0].Reason, bad[0].Hint)
	}
	if err != nil {
		return corpus.Wrap(path, err)
	}
	defer c.Close()
	if n := c.Len(); n != 1 {
		return fmt.Errorf("%s holds %s\nhint: diff compares two files of one article each, or two articles by id: dedup diff %s ID ID", path, plural.Count(n, "article"), path)
	}
	for a := range c.Articles() {
		side.Article, side.Text = a, string([]byte(c.Text(0)))
	}
	return nil
}
