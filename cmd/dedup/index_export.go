package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/columnar"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
	"dedup/internal/plural"
	"dedup/internal/report"
)

func newIndexInfoCmd(a *app) *cobra.Command {
	var output outputOptions
	cmd := &cobra.Command{
		Use:   "info DIR",
		Short: "Say what an index holds and where it came from",
		Long: `info prints how many articles an index holds, how large it is, the scheme it was
made by, and its batches: when they were added, by which version, from what.
` + exitHelp,
		Example: `  dedup index info corpus.idx
  dedup index info --format json corpus.idx | jq .articles`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := output.check(); err != nil {
				return err
			}
			return a.readIndex(cmd.Context(), args[0], "reading", func(x *index.Index) error {
				info, err := x.Info()
				if err != nil {
					return err
				}
				return output.write(cmd.Context(), a.stdout, func(w io.Writer) error {
					if output.format == "json" {
						return infoJSON(w, info)
					}
					return infoText(w, info)
				})
			})
		},
	}
	output.add(cmd.Flags(), "text", "json")
	return cmd
}

func infoText(w io.Writer, i index.Info) error {
	per := ""
	if i.Articles > 0 {
		per = ", " + plural.Count(i.Disk/int64(i.Articles), "byte") + " an article"
	}
	_, err := fmt.Fprintf(w, "%s, %s of text, %s\n%s on disk%s\nformat %d, %s\n",
		plural.Count(i.Articles, "article"), report.Size(i.Bytes), plural.Count(i.Tokens, "word"), report.Size(i.Disk), per, i.Format, i.Scheme)
	for _, b := range i.Batches {
		if err == nil {
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
}

type infoBatch struct {
	Batch   uint32 `json:"batch"`
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	At      string `json:"at"`
	Program string `json:"program"`
	Origin  string `json:"origin"`
}

func infoJSON(w io.Writer, i index.Info) error {
	doc := infoDoc{"dedup.index/1", i.Format, i.Scheme, i.Articles, i.Bytes, i.Tokens, i.Disk, []infoBatch{}}
	for _, b := range i.Batches {
		doc.Batches = append(doc.Batches, infoBatch{b.Number, b.Added, b.Removed, b.At.Format(time.RFC3339), b.Program, b.Origin})
	}
	e := report.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(doc)
}

func newIndexExportCmd(a *app) *cobra.Command {
	var output outputOptions
	var pipe bool
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Print every entry of an index and where it came from",
		Long: `export prints the entries of an index by number, one row each: number, id, path and
line of the file it came from, source, published, bytes, tokens, fingerprint, and of
the batch it was added in: number, time, program and origin. Of an index with
stories, event and story come after these.

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
		return t.end()
	})
}
