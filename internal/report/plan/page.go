// Package plan shows what clean would take out, and reads what a reader of that wants to keep.
package plan

import (
	"context"
	"fmt"
	"io"
	"strings"

	"dedup/internal/clean"
	"dedup/internal/corpus"
	"dedup/internal/report/sides"
)

// The page of a plan shows every removal beside what stays. A plan holds bytes of records, not
// texts, titles or sources: these are read again from the inputs that it names. Memory: the
// articles of the plan, a few kilobytes each.

const (
	pageText   = 3000 // bytes of a text that a side shows at most
	pageAround = 300  // and of what stands on either side of a span
)

// Page reads a plan, or the manifest of a run, and the inputs that it names, and makes the page.
// What is not found any more is shown without its text, and counted. check is asked about the
// inputs before they are read.
func Page(ctx context.Context, name string, plan io.Reader, cfg corpus.Config, check func(paths []string) error) (p *sides.Page, missing int, err error) {
	var gone []clean.Gone
	var paths []string
	err = clean.ReadPlan(name, plan, func(e *clean.Entry) error {
		switch e.Kind {
		case "article", "span":
			e.Gone.Raw, e.Gone.Base64 = "", ""
			gone = append(gone, *e.Gone)
		case "file":
			if e.File.Path != "-" {
				paths = append(paths, e.File.Path)
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, 0, err
	}
	if len(cfg.Paths) == 0 {
		cfg.Paths = paths
	}
	if err := check(cfg.Paths); err != nil {
		return nil, 0, err
	}
	found, err := sidesOf(ctx, cfg, gone)
	if err != nil {
		return nil, 0, err
	}
	p = &sides.Page{
		Mode: sides.Keep, Title: "dedup: what would go", File: "keep.txt", Head: "# what stays: dedup clean --protect keep.txt\n",
		Intro: "On the left what would go, on the right what stays in its place. Keep what should not go, save keep.txt, and clean with --protect keep.txt.",
	}
	for k := range gone {
		it, ok := found.item(&gone[k])
		if !ok {
			missing++
		}
		p.Items = append(p.Items, it)
	}
	return p, missing, nil
}

// placed is how a plan and a corpus know an article: by file, line and id.
type placed struct {
	path string
	line int
	id   string
}

func placedAt(p *clean.Place) placed { return placed{p.Path, p.Line, p.Article} }

// sidesFound are the articles of a plan.
type sidesFound map[placed]*corpus.Article

// sidesOf reads the articles that removals name.
func sidesOf(ctx context.Context, cfg corpus.Config, gone []clean.Gone) (sidesFound, error) {
	out := sidesFound{}
	for k := range gone {
		out[placedAt(&gone[k].Place)] = nil
		if m := gone[k].Matched; m != nil {
			out[placedAt(m)] = nil
		}
	}
	cfg.Want, cfg.None = corpus.Want{Text: true}, true
	c, err := corpus.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for i := range c.Len() {
		a := c.At(i)
		key := placed{a.Path, a.Line, a.ID}
		if _, wanted := out[key]; wanted {
			a.Title, a.Text = corpus.Excerpt(c.Title(i)), strings.Clone(a.Text)
			out[key] = &a
		}
	}
	return out, c.Close()
}

// item is a removal as the page shows it; false: a text is not there.
func (f sidesFound) item(g *clean.Gone) (it sides.Item, ok bool) {
	it = sides.Item{
		Line: strings.TrimSuffix(string(appendProtection(nil, g.Article, g.Start, g.End)), "\n"),
		Rule: string(g.Rule), Band: clean.Band(g.Resemblance), Resemblance: g.Resemblance, Containment: g.Containment,
	}
	it.Left, ok = f.side(&g.Place, g.Kind == "span")
	switch m := g.Matched; {
	case m == nil:
	case g.InIndex && f[placedAt(m)] == nil: // it is read where the corpus is named too
		it.Right = sides.Side{ID: m.Article, Place: "in the index, from " + where(m)}
	default:
		other := false
		it.Right, other = f.side(m, g.Kind == "span" && m.End > 0)
		ok = ok && other
	}
	return it, ok
}

func where(p *clean.Place) string {
	if p.Line == 0 {
		return p.Path
	}
	return fmt.Sprintf("%s:%d", p.Path, p.Line)
}

// side is an article, or a span of it with what stands around it.
func (f sidesFound) side(p *clean.Place, span bool) (sides.Side, bool) {
	s := sides.Side{ID: p.Article, Place: where(p)}
	a := f[placedAt(p)]
	if a == nil {
		return s, false
	}
	s.Title, s.Source, s.Date = a.Title, a.Source, corpus.Published(a.Published, a.DateOnly)
	if !span || p.End > len(a.Text) || p.Start > p.End {
		s.Text = clipped(a.Text, 0, len(a.Text))
		return s, !span || p.End <= len(a.Text)
	}
	s.Text = clipped(a.Text, p.Start, p.End)
	s.Before = strings.ToValidUTF8(a.Text[max(0, p.Start-pageAround):p.Start], "")
	s.After = strings.ToValidUTF8(a.Text[p.End:min(len(a.Text), p.End+pageAround)], "")
	return s, true
}

func clipped(s string, from, to int) string {
	if to-from <= pageText {
		return s[from:to]
	}
	return strings.ToValidUTF8(s[from:from+pageText], "") + " …"
}
