package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/columnar"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
)

func newIndexExportCmd(a *app) *cobra.Command {
	var output outputOptions
	var pipe bool
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Print every entry of an index and where it came from",
		Long: `export prints the entries of an index by number, one row each: number, id, path and
line of the file it came from, source, published, bytes, tokens, fingerprint, and of
the batch it was added in: number, time, program and origin. Of an index with
stories, event and story come after these; then the near-duplicate cluster, by the
number of the entry that opened it, and how many articles that has, with the copies
that clean --add left out.

With --pipe it prints what "dedup sketch --pipe" prints of the articles, so that
"dedup pairs" can go on from the index: the corpus need not be read again.
` + exitHelp,
		Example: `  dedup index export --format jsonl corpus.idx | jq -r .id
  dedup index export --pipe corpus.idx | dedup pairs --pipe | dedup clusters`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := output.check(); err != nil {
				return err
			}
			s := &stage{ctx: cmd.Context(), app: a, output: output}
			if err := s.pipes(pipe); err != nil {
				return err
			}
			return a.readIndex(cmd.Context(), args[0], "exporting", func(x *index.Index) error {
				if pipe {
					return s.rows(&reading{}, sketchColumns(true), func(t *table) (int, error) {
						return 0, indexing.Worded(cmd.Context(), x, func(w *corpus.Worded) error { return sketchRow(t, w, true) })
					})
				}
				columns := entryColumns
				if x.HasStories() {
					columns = slices.Concat(columns, textColumns("event", "story"))
				}
				columns = slices.Concat(columns, textColumns("cluster"), intColumns("count"))
				return s.rows(&reading{}, columns, func(t *table) (int, error) { return 0, exportEntries(cmd, x, t) })
			})
		},
	}
	output.add(cmd.Flags(), rowFormats.names()...)
	cmd.Flags().BoolVar(&pipe, "pipe", false, "print what \"dedup pairs\" needs to read this instead of articles")
	return cmd
}

// entryColumns are those of an entry.
var entryColumns = slices.Concat(
	intColumns("number"), textColumns("id", "path"), intColumns("line"), textColumns("source"), columnsOf(columnar.Time, "published"), intColumns("bytes", "tokens"),
	columnsOf(columnar.Uint, "fingerprint"), intColumns("batch"), columnsOf(columnar.Time, "added"), textColumns("program", "origin"),
)

func exportEntries(cmd *cobra.Command, x *index.Index, t *table) error {
	list, err := x.Batches()
	if err != nil {
		return err
	}
	sizes, err := x.Sizes(cmd.Context())
	if err != nil {
		return err
	}
	batches := map[uint32]*index.Batch{}
	for i := range list {
		batches[list[i].Number] = &list[i]
	}
	return indexing.Entries(cmd.Context(), x, func(e *index.Entry, fingerprint uint64, has bool) error {
		b := batches[e.Batch]
		if b == nil {
			return fmt.Errorf("entry %d is in no batch\nhint: dedup index check says what is wrong with the index", e.Number)
		}
		t.int(int(e.Number))
		t.str(e.ID)
		t.str(e.Path)
		t.int(e.Line)
		t.str(e.Source)
		t.when(e.Published, corpus.Published(e.Published, e.DateOnly))
		t.int(e.Bytes)
		t.int(e.Tokens)
		t.fingerprint(fingerprint, has)
		t.int(int(b.Number))
		t.when(b.At, b.At.Format(time.RFC3339))
		t.str(b.Program)
		t.str(b.Origin)
		if x.HasStories() {
			t.str(index.Name('e', e.Event))
			t.str(index.Name('s', e.Story))
		}
		t.str(index.Name('c', e.Unit+1))
		t.int(sizes.Of(e.Unit))
		return t.end()
	})
}
