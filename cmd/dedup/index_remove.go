package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/index"
	"dedup/internal/plural"
	"dedup/internal/report"
)

type indexRemoving struct {
	olderThan period
	asOf      string
	ids       []string
	idsFrom   string
	source    string
	batch     int
	dryRun    bool
}

func newIndexRemoveCmd(a *app) *cobra.Command {
	var o indexRemoving
	cmd := &cobra.Command{
		Use:   "remove DIR",
		Short: "Take entries out of an index",
		Long: `remove takes out the entries that all of the given flags fit, in one step: the index
has all of them or none. --id and --ids-from together are one list. An entry without
a date is never older than anything. What was removed is printed on standard output,
one id a line; --ids-from reads such a list back.
` + exitHelp,
		Example: `  dedup index remove corpus.idx --older-than 90d
  dedup index remove corpus.idx --id https://example.org/a --id https://example.org/b
  dedup index remove corpus.idx --batch 17 --dry-run`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error { return runIndexRemove(cmd, a, args[0], o) },
	}
	f := cmd.Flags()
	f.Var(&o.olderThan, "older-than", "entries published longer ago than this: 90d, 12w, 36h")
	f.StringVar(&o.asOf, "as-of", "", "count --older-than from this day (2026-11-21) instead of now")
	f.StringArrayVar(&o.ids, "id", nil, "the entry with this id; repeatable")
	f.StringVar(&o.idsFrom, "ids-from", "", `read ids from this file, one a line ("-": standard input)`)
	f.StringVar(&o.source, "source", "", "entries of this source")
	f.IntVar(&o.batch, "batch", -1, "entries that were added in this batch")
	f.BoolVar(&o.dryRun, "dry-run", false, "only print what would go")
	f.Lookup("batch").DefValue, f.Lookup("older-than").DefValue = "", ""
	return cmd
}

// pick turns the flags that are given into a test of an entry. A flag with an empty value is given
// too: what a script's unset variable leaves of
// --source must not widen what goes.
func (o *indexRemoving) pick(ctx context.Context, a *app, given func(flag string) bool, now time.Time) (func(e *index.Entry) bool, error) {
	var tests []func(e *index.Entry) bool
	if given("older-than") {
		if o.asOf != "" {
			var err error
			if now, err = time.Parse(time.DateOnly, o.asOf); err != nil {
				return nil, fmt.Errorf("--as-of %q: use a day such as 2026-11-21", o.asOf)
			}
		}
		limit := now.Add(-time.Duration(o.olderThan))
		tests = append(tests, func(e *index.Entry) bool { return !e.Published.IsZero() && e.Published.Before(limit) })
	} else if given("as-of") {
		return nil, errors.New("--as-of goes with --older-than")
	}
	if given("id") || given("ids-from") {
		test, err := o.listed(ctx, a, given("ids-from"))
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	if given("source") {
		tests = append(tests, func(e *index.Entry) bool { return e.Source == o.source })
	}
	if given("batch") {
		if o.batch < 0 {
			return nil, fmt.Errorf("--batch %d: batches have numbers from 0; dedup index info lists them", o.batch)
		}
		tests = append(tests, func(e *index.Entry) bool { return int64(e.Batch) == int64(o.batch) })
	}
	if len(tests) == 0 {
		return nil, errors.New("nothing says what to remove\nhint: --older-than 90d, --id ID, --ids-from FILE, --source NAME or --batch N")
	}
	return func(e *index.Entry) bool {
		for _, fits := range tests {
			if !fits(e) {
				return false
			}
		}
		return true
	}, nil
}

// listed is the test of an id that --id or --ids-from names, as it is or as rows print it.
func (o *indexRemoving) listed(ctx context.Context, a *app, fromFile bool) (func(e *index.Entry) bool, error) {
	wanted, escaped := map[string]bool{}, false
	for _, id := range o.ids {
		wanted[id] = true
	}
	if fromFile {
		ids, err := readPaths(ctx, o.idsFrom, false, a.list)
		if err != nil {
			return nil, errors.New(strings.Replace(err.Error(), "--files-from", "--ids-from", 1))
		}
		for _, id := range ids {
			wanted[id] = true
			escaped = escaped || strings.Contains(id, `\`)
		}
	}
	return func(e *index.Entry) bool {
		if wanted[e.ID] || !escaped {
			return wanted[e.ID]
		}
		return wanted[string(report.AppendField(nil, e.ID))]
	}, nil
}

func runIndexRemove(cmd *cobra.Command, a *app, dir string, o indexRemoving) (err error) {
	bar := newProgress(a.stderr, a.global.quiet)
	defer bar.done()
	opt, err := a.indexOptions(cmd.Context(), bar, "looking for entries")
	if err != nil {
		return err
	}
	fits, err := o.pick(cmd.Context(), a, cmd.Flags().Changed, opt.Now())
	if err != nil {
		return err
	}
	var gone []string
	pick := func(e *index.Entry) bool {
		ok := fits(e)
		if ok {
			gone = append(gone, e.ID)
		}
		return ok
	}
	n := 0
	if o.dryRun {
		err = a.readIndex(cmd.Context(), dir, "looking for entries", func(x *index.Index) error {
			return x.Each(cmd.Context(), func(e *index.Entry) error { pick(e); return nil })
		})
	} else {
		n, err = removeEntries(cmd, dir, opt, pick)
	}
	if n == 0 && err != nil {
		return err
	}
	bar.done()
	// What is gone is printed, also when something failed after that.
	return errors.Join(err, o.print(cmd.Context(), a, gone))
}

// print lists what was removed, or would be.
func (o *indexRemoving) print(ctx context.Context, a *app, gone []string) error {
	var out outputOptions
	err := out.write(ctx, a.stdout, func(w io.Writer) error {
		t := &lineRows{w: w, columns: textColumns("id")} // without a header
		for _, id := range gone {
			t.str(id)
			if err := t.end(); err != nil {
				return err
			}
		}
		return t.close()
	})
	if err == nil && !a.global.quiet {
		verb := "removed"
		if o.dryRun {
			verb = "would remove"
		}
		_, err = fmt.Fprintf(a.stderr, "dedup: %s %s\n", verb, plural.Count(len(gone), "entry"))
	}
	return err
}

func removeEntries(cmd *cobra.Command, dir string, opt index.Options, pick func(*index.Entry) bool) (int, error) {
	w, err := index.OpenWriter(dir, opt)
	if err != nil {
		return 0, err
	}
	n, err := w.Remove(cmd.Context(), pick)
	return n, errors.Join(err, w.Close())
}
