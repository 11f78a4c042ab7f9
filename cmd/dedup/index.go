package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
	"dedup/internal/plural"
	"dedup/internal/report"
)

func newIndexCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "index",
		Short: "Keep what a corpus contains, so that new articles can be held against it",
		Long: `An index holds, of every article of a corpus, its words as hashes, the
seeds it is found by, its title, and where it came from; no text. "dedup check
--index" and "dedup filter --index" look new articles up in it, verified as
exactly as in one run over both. It takes about a third of the room of the text.

One process may write to an index at a time; any number may read meanwhile, and
see the state from before or after. What is added appears in whole batches, also
when the program is killed.
` + exitHelp,
		Example: `  dedup index build corpus.idx corpus/
  dedup check --index corpus.idx drop/
  dedup index add corpus.idx drop/`,
	}
	cmd.AddCommand(newIndexBuildCmd(a), newIndexAddCmd(a), newIndexRemoveCmd(a), newIndexInfoCmd(a), newIndexCheckCmd(a), newIndexMergeCmd(a), newIndexExportCmd(a))
	return group(cmd)
}

// indexOptions are what every command passes on to an index.
func (a *app) indexOptions(ctx context.Context, p *progress, stage string) (index.Options, error) {
	g := a.global
	o := index.Options{Memory: int64(g.memory) / 2, Tmp: g.tmp, Workers: g.workers, Program: versionString(), Now: time.Now, Context: ctx}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" { // for indexes that are the same whenever they are built
		n, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return o, fmt.Errorf("environment SOURCE_DATE_EPOCH=%q: use seconds since 1970", epoch)
		}
		o.Now = func() time.Time { return time.Unix(n, 0) }
	}
	if hook := p.hook(); hook != nil {
		o.Progress = func(done, total int64) { hook(stage, done, total, 0) }
	}
	return o, nil
}

// indexAdding is what build and add have in common.
type indexAdding struct {
	input   inputOptions
	label   string
	batch   int
	stories bool // of build
}

func (o *indexAdding) add(cmd *cobra.Command) {
	f := cmd.Flags()
	o.input.add(f)
	f.StringVar(&o.label, "label", "", "what is noted as the origin of these articles; otherwise the paths are")
	f.IntVar(&o.batch, "batch-size", 1_000_000, "articles of a batch, which appears whole or not at all, at most")
}

type addArticles func(ctx context.Context, cfg corpus.Config, dir, origin string, opt index.Options) (index.Added, corpus.Counts, error)

func (o *indexAdding) run(cmd *cobra.Command, a *app, args []string, add addArticles) error {
	if o.batch < 1 {
		return fmt.Errorf("--batch-size %d: use at least 1", o.batch)
	}
	cfg, err := o.input.config(a, args[1:])
	if err != nil {
		return err
	}
	bar := newProgress(a.stderr, a.global.quiet)
	cfg.Progress = bar.hook()
	opt, err := a.indexOptions(cmd.Context(), nil, "")
	if err != nil {
		return err
	}
	opt.Batch, opt.Stories = o.batch, o.stories
	var placed placedCounts
	has := o.stories
	opt.Placed = func(p index.Placement) { has = true; placed.count(p) }
	origin := o.label
	if origin == "" {
		origin = report.Truncate(strings.Join(cfg.paths, " "), 1000)
	}
	added, counts, err := add(cmd.Context(), cfg.corpus(), args[0], origin, opt)
	bar.done()
	a.dates.counts = counts.Dates
	if !a.global.quiet && (err == nil || added.Batches > 0) {
		printAdded(a, added)
		if has {
			fmt.Fprintf(a.stderr, "dedup: %s\n", placed.String())
		}
	}
	return skipped(err, counts.Skipped)
}

func printAdded(a *app, added index.Added) {
	fmt.Fprintf(a.stderr, "dedup: added %s", plural.Count(added.Articles, "article"))
	if added.Renamed > 0 {
		fmt.Fprintf(a.stderr, ", %d of them as another version of an id that was there (#2, #3 …)", added.Renamed)
	}
	if added.Known > 0 {
		fmt.Fprintf(a.stderr, "; %d %s there already", added.Known, plural.Was(added.Known))
	}
	fmt.Fprintln(a.stderr)
}

const indexAddHelp = `
An article whose id and words are in the index already is left out and counted. An
id that belongs to another text gets "#2", "#3" … after it: both texts are in the
corpus.
`

func newIndexBuildCmd(a *app) *cobra.Command {
	var o indexAdding
	cmd := &cobra.Command{
		Use:   "build DIR [PATH...]",
		Short: "Make an index of a corpus",
		Long: `build makes an index in a directory that does not exist yet, or is empty. The
directory appears when all articles are in it.

With --stories it also keeps which event and running story each article is in, some
20 bytes an article more. "dedup index add" then puts every new article into one
that is there, or opens one. "dedup index export" prints them.
` + indexAddHelp + inputHelp + exitHelp,
		Example: `  dedup index build corpus.idx corpus/
  zstdcat corpus.jsonl.zst | dedup index build corpus.idx - --label "crawl of May"`,
		Args: needsIndex,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, a, args, indexing.Build) },
	}
	o.add(cmd)
	cmd.Flags().BoolVar(&o.stories, "stories", false, "also keep which event and story each article is in; see dedup stories --index")
	return cmd
}

func newIndexAddCmd(a *app) *cobra.Command {
	var o indexAdding
	cmd := &cobra.Command{
		Use:   "add DIR [PATH...]",
		Short: "Add articles to an index",
		Long: `add reads articles and adds them in batches. Interrupted, it keeps the batches that
are whole; the same command again adds the rest.
` + indexAddHelp + inputHelp + exitHelp,
		Example: `  dedup index add corpus.idx drop/
  dedup index add corpus.idx --label 2026-05-01 drop.jsonl.zst`,
		Args: needsIndex,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd, a, args, indexing.Extend) },
	}
	o.add(cmd)
	return cmd
}

// needsIndex wants a directory before all other arguments.
func needsIndex(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no index given\nhint: %s", cmd.UseLine())
	}
	return nil
}

// readIndex opens an index for a command that reads it.
func (a *app) readIndex(ctx context.Context, dir, stage string, use func(x *index.Index) error) error {
	bar := newProgress(a.stderr, a.global.quiet)
	opt, err := a.indexOptions(ctx, bar, stage)
	if err != nil {
		return err
	}
	x, err := index.Open(dir, opt)
	if err != nil {
		return err
	}
	err = use(x)
	bar.done()
	return errors.Join(err, x.Close())
}

// errDamaged is the outcome of index check where something is wrong.
var errDamaged = errors.New("the index is damaged\nhint: build it again from the corpus, or export what can be read; nothing was changed")

func newIndexCheckCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check DIR",
		Short: "Read everything in an index and hold it against everything else",
		Long: `check reads all that an index holds: the checksums of all blocks, every entry, its
words, and whether the keys that articles are found by are those that follow from
the words; whether each batch is whole; the totals. It names on standard output
whatever is wrong, one line a fault, and repairs nothing.

Exit codes:
  0  nothing is wrong
  2  the index is damaged, or a fatal error
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)`,
		Example: "  dedup index check corpus.idx",
		Args:    takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.readIndex(cmd.Context(), args[0], "checking", func(x *index.Index) error {
				faults := 0
				err := x.Check(cmd.Context(), func(what string) {
					faults++
					fmt.Fprintln(a.lines(), report.Plain(what))
				})
				if err != nil {
					return err
				}
				if faults > 0 {
					return fmt.Errorf("%s: %w", plural.Count(faults, "fault"), errDamaged)
				}
				if !a.global.quiet {
					_, err = fmt.Fprintf(a.stderr, "dedup: %s, nothing is wrong\n", plural.Count(x.Len(), "article"))
				}
				return err
			})
		},
	}
}

func newIndexMergeCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge DIR OTHER...",
		Short: "Add all entries of other indexes to an index",
		Long: `merge adds the entries of other indexes, which are only read. An entry whose id and
words are there already is left out and counted; an id that belongs to another text
gets "#2", "#3" … after it. Without OTHER it only packs DIR: what many small
additions and removals leave behind becomes one segment.
` + exitHelp,
		Example: `  dedup index merge corpus.idx may.idx june.idx
  dedup index merge corpus.idx`,
		Args: needsIndex,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runIndexMerge(cmd.Context(), a, args[0], args[1:])
		},
	}
	return cmd
}

func runIndexMerge(ctx context.Context, a *app, dir string, others []string) (err error) {
	opt, err := a.indexOptions(ctx, nil, "")
	if err != nil {
		return err
	}
	w, err := index.OpenWriter(dir, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if len(others) == 0 {
		return w.Compact(ctx)
	}
	for _, other := range others {
		err := a.readIndex(ctx, other, "merging", func(x *index.Index) error {
			added, err := w.Merge(ctx, x, other)
			if !a.global.quiet && (err == nil || added.Batches > 0) {
				printAdded(a, added)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
