package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/index"
	"dedup/internal/nearest"
	"dedup/internal/plural"
	"dedup/internal/report"
)

// infoOptions say what index info prints.
type infoOptions struct {
	output  outputOptions
	sources bool
	by      []string
}

func newIndexInfoCmd(a *app) *cobra.Command {
	var o infoOptions
	cmd := &cobra.Command{
		Use:   "info DIR",
		Short: "Say what an index holds and where it came from",
		Long: `info prints how many articles an index holds, how large it is, the scheme it was
made by, and its batches: when they were added, by which version, from what.

--sources prints what came from where: of each source how many articles came, how
many were new, how many near-duplicates of what had come before, and how many were
added; the others "dedup clean --add" left out. --by month tells the months of
publication apart, --by batch the batches. What was removed since has come all the
same. The formats tsv, jsonl, arrow and parquet are for this table.
` + exitHelp,
		Example: `  dedup index info corpus.idx
  dedup index info --format json corpus.idx | jq .articles
  dedup index info --sources --by month corpus.idx`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), a, args[0]) },
	}
	o.output.add(cmd.Flags(), append([]string{"text", "json"}, rowFormats.names()...)...)
	cmd.Flags().BoolVar(&o.sources, "sources", false, "also print what came from which source, and how much of it was known")
	cmd.Flags().StringSliceVar(&o.by, "by", nil, "with --sources: a row for each month, batch, or both")
	return cmd
}

func (o *infoOptions) check() error {
	if err := o.output.check(); err != nil {
		return err
	}
	for _, by := range o.by {
		if by != "month" && by != "batch" {
			return fmt.Errorf("--by %q: use month or batch%s", by, nearest.Hint(by, "month", "batch"))
		}
	}
	switch {
	case o.by != nil && !o.sources:
		return errors.New("--by goes with --sources")
	case !o.sources && o.output.format != "json" && o.output.format != "text":
		return fmt.Errorf("--format %s goes with --sources", o.output.format)
	}
	return nil
}

func (o *infoOptions) run(ctx context.Context, a *app, dir string) error {
	if err := o.check(); err != nil {
		return err
	}
	return a.readIndex(ctx, dir, "reading", func(x *index.Index) error {
		info, err := x.Info()
		if err != nil {
			return err
		}
		var from *sources
		if o.sources {
			if from, err = o.came(x, info.Batches); err != nil {
				return err
			}
		}
		switch o.output.format {
		case "text":
			return o.output.write(ctx, a.stdout, func(w io.Writer) error { return errors.Join(infoText(w, info, !o.sources), from.text(w)) })
		case "json":
			return o.output.write(ctx, a.stdout, func(w io.Writer) error { return infoJSON(w, info, from) })
		}
		if from.Uncounted > 0 && !a.global.quiet {
			fmt.Fprintf(a.stderr, "dedup: %s\n", from.uncounted())
		}
		s := &stage{ctx: ctx, app: a, output: o.output}
		return s.rows(&reading{}, from.columns(), func(t *table) (int, error) { return 0, from.rows(t) })
	})
}

// sources are what came from where.
type sources struct {
	Uncounted    int // articles that were added by a version that did not count
	list         []index.Came
	month, batch bool // of list
}

// came sums up by what is asked for: the source of most articles first.
func (o *infoOptions) came(x *index.Index, batches []index.Batch) (*sources, error) {
	all, err := x.Came()
	if err != nil {
		return nil, err
	}
	out := &sources{month: slices.Contains(o.by, "month"), batch: slices.Contains(o.by, "batch")}
	counted, total := map[uint32]bool{}, map[string]int{}
	at := map[index.Came]int{}
	for i := range all {
		c := all[i]
		counted[c.Batch] = true
		total[c.Source] += c.Articles
		key := index.Came{Source: c.Source}
		if out.month {
			key.Month = c.Month
		}
		if out.batch {
			key.Batch = c.Batch
		}
		k, ok := at[key]
		if !ok {
			k = len(out.list)
			at[key] = k
			out.list = append(out.list, key)
		}
		out.list[k].Add(&c)
	}
	for _, b := range batches {
		if !counted[b.Number] {
			out.Uncounted += b.Added
		}
	}
	slices.SortFunc(out.list, func(a, b index.Came) int {
		return cmp.Or(cmp.Compare(total[b.Source], total[a.Source]), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Batch, b.Batch))
	})
	return out, nil
}

func (s *sources) columns() []column {
	columns := textColumns("source")
	if s.month {
		columns = append(columns, textColumns("month")...)
	}
	if s.batch {
		columns = append(columns, intColumns("batch")...)
	}
	return append(columns, intColumns("articles", "new", "near_duplicates", "added")...)
}

func (s *sources) rows(t *table) error {
	for i := range s.list {
		c := &s.list[i]
		t.str(c.Source)
		if s.month {
			t.str(c.Month)
		}
		if s.batch {
			t.int(int(c.Batch))
		}
		for _, n := range []int{c.Articles, c.Articles - c.Known, c.Known, c.Added} {
			t.int(n)
		}
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sources) uncounted() string {
	return plural.Count(s.Uncounted, "article") + " " + plural.Was(s.Uncounted) + " added by an earlier version, which did not count what came"
}

// text prints the table for people; nil prints nothing.
func (s *sources) text(w io.Writer) error {
	if s == nil {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%8s  %8s  %16s  %8s  ", "articles", "new", "near-duplicates", "added")
	if s.month {
		fmt.Fprintf(&b, "%-7s  ", "month")
	}
	if s.batch {
		fmt.Fprintf(&b, "%5s  ", "batch")
	}
	b.WriteString("source\n")
	for i := range s.list {
		c := &s.list[i]
		fmt.Fprintf(&b, "%8d  %8d  %7d (%5.1f%%)  %8d  ", c.Articles, c.Articles-c.Known, c.Known, 100*float64(c.Known)/float64(max(c.Articles, 1)), c.Added)
		if s.month {
			fmt.Fprintf(&b, "%-7s  ", cmp.Or(c.Month, "-"))
		}
		if s.batch {
			fmt.Fprintf(&b, "%5d  ", c.Batch)
		}
		fmt.Fprintf(&b, "%s\n", cmp.Or(report.Plain(c.Source), "(no source)"))
	}
	if s.Uncounted > 0 {
		fmt.Fprintf(&b, "%s\n", s.uncounted())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func infoText(w io.Writer, i index.Info, batches bool) error {
	per := ""
	if i.Articles > 0 {
		per = ", " + plural.Count(i.Disk/int64(i.Articles), "byte") + " an article"
	}
	_, err := fmt.Fprintf(w, "%s, %s of text, %s\n%s on disk%s\nformat %d, %s\n",
		plural.Count(i.Articles, "article"), report.Size(i.Bytes), plural.Count(i.Tokens, "word"), report.Size(i.Disk), per, i.Format, i.Scheme)
	for _, b := range i.Batches {
		if err == nil && batches {
			removed := ""
			if b.Removed > 0 {
				removed = fmt.Sprintf(", %d removed since", b.Removed)
			}
			_, err = fmt.Fprintf(w, "batch %d  %s  %s%s  from %s  by %s\n",
				b.Number, b.At.Format(time.RFC3339), plural.Count(b.Added, "article"), removed, report.Plain(b.Origin), report.Plain(b.Program))
		}
	}
	return err
}

// Shapes of index info --format json; fields are only ever added.
type infoDoc struct {
	Schema   string      `json:"schema"`
	Format   int         `json:"format"`
	Scheme   string      `json:"scheme"`
	Articles int         `json:"articles"`
	Bytes    int64       `json:"bytes"`
	Tokens   int64       `json:"tokens"`
	Disk     int64       `json:"disk"`
	Batches  []infoBatch `json:"batches"`

	Sources   []infoSource `json:"sources,omitempty"`   // with --sources
	Uncounted int          `json:"uncounted,omitempty"` // articles that are not in Sources
}

// infoSource has Month and Batch where --by asks for them.
type infoSource struct {
	Source         string  `json:"source"`
	Month          *string `json:"month,omitempty"`
	Batch          *uint32 `json:"batch,omitempty"`
	Articles       int     `json:"articles"`
	New            int     `json:"new"`
	NearDuplicates int     `json:"near_duplicates"`
	Added          int     `json:"added"`
}

type infoBatch struct {
	Batch   uint32 `json:"batch"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	At      string `json:"at"`
	Program string `json:"program"`
	Origin  string `json:"origin"`
}

func infoJSON(w io.Writer, i index.Info, from *sources) error {
	doc := infoDoc{Schema: "dedup.index/1", Format: i.Format, Scheme: i.Scheme, Articles: i.Articles, Bytes: i.Bytes, Tokens: i.Tokens, Disk: i.Disk, Batches: []infoBatch{}}
	for _, b := range i.Batches {
		doc.Batches = append(doc.Batches, infoBatch{b.Number, b.Added, b.Removed, b.At.Format(time.RFC3339), b.Program, b.Origin})
	}
	if from != nil {
		doc.Uncounted = from.Uncounted
		for k := range from.list {
			c := &from.list[k]
			row := infoSource{Source: c.Source, Articles: c.Articles, New: c.Articles - c.Known, NearDuplicates: c.Known, Added: c.Added}
			if from.month {
				row.Month = &c.Month
			}
			if from.batch {
				row.Batch = &c.Batch
			}
			doc.Sources = append(doc.Sources, row)
		}
	}
	e := report.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}
