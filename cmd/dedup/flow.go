package main

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup"
	"dedup/internal/report"
)

func newFlowCmd(a *app) *cobra.Command {
	var near nearFlags
	var story storyFlags
	var outlets bool
	cmd := &cobra.Command{
		Use:   "flow [PATH...]",
		Short: "Print who copied from whom, outlet by outlet",
		Long: `flow prints, for each two outlets, the text that one has from the other: words,
articles and passages, and the median time from the publication of the origin to
that of the copy, in hours, with the number of copies it is taken over.

Columns: from, to, words, articles, passages, lag_hours, lags. lag_hours is empty
where no date is known. Where text is shared and no origin can be named, because
it is a quotation or a statement, or dates do not tell, no row says that one
copied; --outlets counts it. An agency that texts credit is an outlet;
"(a text that is not here)" is what several agree on and none of them has first.

--outlets prints the outlets instead: outlet, kind (outlet, agency, unseen,
unknown), articles, words, own, copied, shared. The last three are shares of its
text and add up to 1: its own; copied from elsewhere; shared, origin unknown.
--format json prints all of it as one object, as the field flow of scan's report.
`,
		Example: `  dedup flow corpus.jsonl.zst
  dedup flow --outlets corpus.jsonl.zst | sort -t "$(printf '\t')" -k5,5n
  dedup flow --format json corpus.jsonl.zst | jq '.arrows[:3]'`,
	}
	s := &stage{app: a}
	s.input.add(cmd.Flags())
	s.output.add(cmd.Flags(), "tsv", "jsonl", "json")
	near.add(cmd.Flags())
	story.add(cmd.Flags())
	flowFlags(cmd.Flags(), &outlets)
	cmd.Long += "\n" + inputHelp + exitHelp
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s.ctx = cmd.Context()
		if err := s.output.check(); err != nil {
			return err
		}
		if outlets && s.output.format == "json" {
			return errors.New("--outlets chooses between two tables, and --format json prints both\nhint: leave one of them out")
		}
		cfg, err := s.input.config(a, args)
		if err != nil {
			return err
		}
		if _, err := near.apply(a, &cfg); err != nil {
			return err
		}
		if err := story.apply(s.ctx, &cfg); err != nil {
			return err
		}
		cfg.Only = dedup.Parts{Passages: true}
		a.dates.matter = datesOfStories
		cfg.NoLabels, cfg.NoFingerprints = true, true // no row shows them
		return s.flow(&cfg, outlets)
	}
	return cmd
}

func flowFlags(f *pflag.FlagSet, outlets *bool) {
	f.BoolVar(outlets, "outlets", false, "print the outlets with the shares of their text, not the arrows")
}

// flow prints the flow as a table, or as JSON.
func (s *stage) flow(cfg *reading, outlets bool) error {
	if s.output.format == "json" {
		return s.flowJSON(cfg)
	}
	columns := slices.Concat(textColumns("from", "to"), intColumns("words", "articles", "passages"), floatColumns("lag_hours"), intColumns("lags"))
	if outlets {
		columns = slices.Concat(textColumns("outlet", "kind"), intColumns("articles", "words"), floatColumns("own", "copied", "shared"))
	}
	return s.corpusRows(cfg, columns, func(t *table, c *dedup.Corpus) error {
		f, err := c.Flow()
		if err != nil {
			return err
		}
		if outlets {
			return outletRows(t, f)
		}
		return arrowRows(t, f)
	})
}

func (s *stage) flowJSON(cfg *reading) error {
	bar := newProgress(s.app.stderr, s.app.global.quiet)
	cfg.Progress = bar.hook()
	defer bar.done()
	c, err := dedup.Open(s.ctx, cfg.paths, cfg.Options)
	if err != nil {
		return err
	}
	read := c.Summary()
	s.app.dates.read(read)
	f, err := c.Flow()
	if err := errors.Join(err, c.Close()); err != nil {
		return err
	}
	bar.done()
	err = s.output.write(s.ctx, s.app.stdout, func(w io.Writer) error {
		e := report.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(f)
	})
	return skipped(err, read.Skipped)
}

func arrowRows(t *table, f *dedup.Flow) error {
	names := report.OutletNames(f)
	for i := range f.Arrows {
		a := &f.Arrows[i]
		t.str(names[a.From])
		t.str(names[a.To])
		t.int(int(a.Words))
		t.int(a.Articles)
		t.int(a.Passages)
		t.hours(a.Lag, a.Lags > 0)
		t.int(a.Lags)
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

func outletRows(t *table, f *dedup.Flow) error {
	names := report.OutletNames(f)
	for i := range f.Outlets {
		o := &f.Outlets[i]
		t.str(names[o.ID])
		t.str(o.Kind)
		t.int(o.Articles)
		t.int(int(o.Words))
		t.ratio(o.Own)
		t.ratio(o.Copied)
		t.ratio(o.Shared)
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}
