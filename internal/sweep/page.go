package sweep

import (
	"context"
	"fmt"
	"strings"

	"dedup/internal/corpus"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/report/sides"
)

// Page makes the page on which a reader says of n pairs whether they are duplicates. The texts are
// read again from cfg.Paths, or where there are none from what the run read.
func (r *Run) Page(ctx context.Context, cfg corpus.Config, n int, cut float64, seed uint64) (*sides.Page, error) {
	sample := r.Sample(n, cut, seed)
	if len(cfg.Paths) == 0 {
		cfg.Paths = r.Head.Paths
	}
	texts := map[string]string{}
	for _, k := range sample {
		texts[r.Head.Articles[r.Edges[k].A].ID], texts[r.Head.Articles[r.Edges[k].B].ID] = "", ""
	}
	cfg.Want, cfg.None = corpus.Want{Text: true}, true
	c, err := corpus.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	for i := range c.Len() {
		if _, wanted := texts[c.ID(i)]; wanted {
			texts[strings.Clone(c.ID(i))] = strings.Clone(c.Text(i))
		}
	}
	p := &sides.Page{
		Mode: sides.Label, Title: "dedup: are these duplicates?", File: "labels.tsv",
		Head:  "# dedup label RUN --answers labels.tsv\n",
		Intro: fmt.Sprintf("%s, most of them around a resemblance of %.2f. Say y where one of the two could go for the other, n where not, and save labels.tsv.", plural.Count(len(sample), "pair"), cut),
	}
	for _, k := range sample {
		e := r.Edges[k]
		line := report.AppendField(append(report.AppendField(nil, r.Head.Articles[e.A].ID), '\t'), r.Head.Articles[e.B].ID)
		p.Items = append(p.Items, sides.Item{Line: string(line), Left: r.side(e.A, texts), Right: r.side(e.B, texts)})
	}
	return p, c.Close()
}

func (r *Run) side(i int32, texts map[string]string) sides.Side {
	a := &r.Head.Articles[i]
	return sides.Side{ID: a.ID, Title: a.Title, Source: a.Source, Date: a.Published, Place: fmt.Sprintf("%s:%d", a.Path, a.Line), Text: texts[a.ID]}
}
