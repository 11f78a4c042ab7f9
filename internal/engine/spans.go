package engine

import (
	"context"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"dedup/internal/article"
	"dedup/internal/passage"
	"dedup/internal/report"
	"dedup/internal/text"
)

// each calls fn for 0 … n-1 on all workers, and tells how far it is.
func (r *run) each(ctx context.Context, stage string, n int, fn func(i int) error) error {
	var done atomic.Int64
	tell := r.stage(stage)
	return r.spread(ctx, n, func(worker, i int) error {
		if err := fn(i); err != nil {
			return err
		}
		if d := done.Add(1); worker == 0 { // one goroutine at a time tells
			tell(d, int64(n))
		}
		return nil
	})
}

// spread calls fn for 0 … n-1 on all workers, each with its number.
func (r *run) spread(ctx context.Context, n int, fn func(worker, i int) error) error {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for w := range r.cfg.Workers {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return ctx.Err()
				}
				if err := fn(w, i); err != nil {
					return err
				}
			}
		})
	}
	return g.Wait()
}

// leftovers is what an article repeats and what its page left behind.
type leftovers struct {
	repeats   []passage.Repeat
	furniture []article.Span
}

// findLeftovers looks for repeats and furniture in every article, once.
func (r *run) findLeftovers(ctx context.Context) error {
	if r.leftovers != nil {
		return nil
	}
	all := make([]leftovers, len(r.store.Meta))
	err := r.each(ctx, "finding repeats", len(all), func(i int) error {
		all[i].repeats, all[i].furniture = passage.Leftovers(r.store.text(i))
		return nil
	})
	r.leftovers = all
	return err
}

// skips is what phrases must not be taken from: furniture, and every copy of a repeat but the
// first.
func (l *leftovers) skips() []article.Span {
	skip := append([]article.Span(nil), l.furniture...)
	for _, rp := range l.repeats {
		skip = append(skip, rp.Spans[1:]...)
	}
	return skip
}

func (r *run) reportLeftovers(rep *report.Report, i int, l *leftovers) {
	if len(l.repeats)+len(l.furniture) == 0 {
		return
	}
	id, s := r.store.Meta[i].ID, r.store.text(i)
	places := newPlacer(s)
	for _, rp := range l.repeats {
		first := rp.Spans[0]
		out := report.Repeat{Article: id, Text: strings.Clone(s[first.Start:first.End]), Tokens: rp.Tokens}
		for _, o := range rp.Spans {
			out.Occurrences = append(out.Occurrences, places.place(o))
		}
		rep.Repeats = append(rep.Repeats, out)
	}
	for _, f := range l.furniture {
		rep.Furniture = append(rep.Furniture, report.Furniture{Article: id, Text: strings.Clone(s[f.Start:f.End]), Place: places.place(f)})
	}
}

// placer turns spans of one article into places; it counts the lines of the text once.
type placer struct {
	text  string
	lines *text.Lines
}

func newPlacer(s string) placer { return placer{s, text.NewLines(s)} }

func (p placer) place(s article.Span) report.Place {
	line, column := p.lines.Position(s.Start)
	return report.Place{Start: s.Start, End: s.End, Line: line, Column: column}
}

// placers keeps the line counts of the articles it was asked for.
func (r *run) placers() func(i int) placer {
	known := map[int]placer{}
	return func(i int) placer {
		p, ok := known[i]
		if !ok {
			p = newPlacer(r.store.text(i))
			known[i] = p
		}
		return p
	}
}
