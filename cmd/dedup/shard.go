package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/dist"
	"dedup/internal/work"
)

const workUsage = "directory that all jobs of the run see, for files of its own"

func newShardCmd(a *app) *cobra.Command {
	var flagsOf distFlags
	var input inputOptions
	var dir, stage string
	cmd := &cobra.Command{
		Use:   "shard I/N --work DIR [PATH...]",
		Short: "Read one of N parts of a corpus, for dedup merge on many machines",
		Long: `shard reads the I-th of N parts of a corpus that many jobs read side by side, each
with the same paths, and leaves in --work what dedup merge finds clusters by: the
very clusters that dedup clusters finds. Plain JSON Lines are cut between lines;
any other file is read by one job.

--stage NAME runs job I of N of a later stage instead, once all jobs of those
before it are done: number (1/1 alone), same, seeds, group, count, link, bins
(1/1 alone), route, cluster. dedup merge runs all that is left. A job that failed
can be run again; one that is done is not made again unless options changed. Jobs
of later stages need the options that dedup merge is given.
` + inputHelp + exitHelp,
		Example: `  for i in 1 2 3 4; do dedup shard $i/4 --work run corpus.jsonl & done; wait
  dedup merge run > duplicates.tsv`,
		Args: takes(1, -1),
	}
	f := cmd.Flags()
	flagsOf.add(f)
	input.add(f)
	f.StringVar(&dir, "work", "", workUsage)
	f.StringVar(&stage, "stage", "read", "stage to run")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		i, n, err := partOf(args[0])
		if err == nil && dir == "" {
			err = errors.New("no --work\nhint: name a directory that all jobs see: --work run")
		}
		if err != nil {
			return err
		}
		opt, err := flagsOf.options(a, &input)
		if err != nil {
			return err
		}
		a.limitHeap(opt.Memory / 2)
		s := &dist.Shards{Dir: dir, N: n, Opt: opt}
		if stage != "read" {
			return a.runStage(cmd.Context(), s, stage, i, args[1:])
		}
		return a.readShard(cmd.Context(), s, i, &input, args[1:])
	}
	return cmd
}

// partOf reads "3/8".
func partOf(arg string) (i, n int, err error) {
	var rest string
	if k, _ := fmt.Sscanf(arg, "%d/%d%s", &i, &n, &rest); k != 2 || i < 1 || n < i || n > dist.MostShards {
		return 0, 0, fmt.Errorf("%q is no part of a whole\nhint: the third of eight jobs is 3/8", arg)
	}
	return i, n, nil
}

// runStage runs job i of a stage that reads no articles.
func (a *app) runStage(ctx context.Context, s *dist.Shards, name string, i int, paths []string) error {
	stage, err := dist.StageNamed(name)
	if err != nil {
		return fmt.Errorf("--stage: %w", err)
	}
	if stage.Name == "drop" {
		return errors.New("--stage drop: text comes from an engine\nhint: dedup merge names what goes")
	}
	if len(paths) > 0 {
		return fmt.Errorf("--stage %s: it reads what is in %s, and no articles", name, s.Dir)
	}
	if calls := s.Calls(stage); i > calls {
		return nil // so that all stages can be started with the same numbers
	}
	if done, err := s.Done(stage, i); done || err != nil {
		return err
	}
	return s.Run(ctx, stage, i)
}

// readShard runs job i of the stage that reads articles.
func (a *app) readShard(ctx context.Context, s *dist.Shards, i int, input *inputOptions, args []string) error {
	cfg, err := input.config(a, args)
	if err != nil {
		return err
	}
	if slices.Contains(cfg.paths, "-") {
		return errors.New("standard input cannot be read in parts\nhint: put it into a file that all jobs see")
	}
	left := 0
	told := s.Opt.Skipped
	s.Opt.Skipped = func(err error) {
		if b, ok := err.(article.Bad); !ok || !b.Kept {
			left++
		}
		told(err)
	}
	var bad []article.Bad
	inputs := article.Expand(cfg.paths, func(b article.Bad) { bad = append(bad, b) })
	if i == 1 { // one job tells
		for _, b := range bad {
			s.Opt.Skipped(b)
		}
	}
	if len(inputs) == 0 {
		return errNoInput
	}
	return skipped(s.Read(ctx, i, inputs), left)
}

func newMergeCmd(a *app) *cobra.Command {
	var flagsOf distFlags
	var out outputOptions
	cmd := &cobra.Command{
		Use:   "merge DIR",
		Short: "Print the clusters of what dedup shard read on many machines",
		Long: `merge prints what dedup clusters prints of the same corpus, from what all jobs of
dedup shard left in a directory. Stages that no job ran it runs itself, side by
side (--jobs). With --pairs it prints what dedup pairs prints instead.

Columns: article, canonical, resemblance; with --pairs those of dedup pairs.
` + exitHelp,
		Example: `  dedup merge run > duplicates.tsv
  dedup merge --pairs --threshold 0.8 run`,
		Args: takes(1, 1),
	}
	flagsOf.add(cmd.Flags())
	addConfig(cmd.Flags())
	out.add(cmd.Flags(), rowFormats.names()...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := out.check(); err != nil {
			return err
		}
		opt, err := flagsOf.options(a, nil)
		if err != nil {
			return err
		}
		n, err := dist.FindShards(args[0])
		if err != nil {
			return err
		}
		jobs := opt.Workers
		opt.Workers, opt.Memory = 1, opt.Memory/int64(jobs)
		a.limitHeap(opt.Memory * int64(jobs) / 2)
		s := &dist.Shards{Dir: args[0], N: n, Opt: opt}
		if err := a.runRest(cmd.Context(), s, jobs); err != nil {
			return err
		}
		st := &stage{ctx: cmd.Context(), app: a, output: out}
		cfg := a.reading(nil)
		if opt.Pairs {
			return st.rows(&cfg, pairOutput, func(t *table) (int, error) { return 0, mergedPairs(s, t) })
		}
		return st.rows(&cfg, clusterOutput, func(t *table) (int, error) { return 0, mergedClusters(s, t) })
	}
	return cmd
}

// runRest runs all jobs of stages that were not run, some at a time.
func (a *app) runRest(ctx context.Context, s *dist.Shards, jobs int) error {
	for _, stage := range s.Stages() {
		err := work.Each(ctx, jobs, s.Calls(stage), func(_, i int) error {
			done, err := s.Done(stage, i+1)
			if done || err != nil {
				return err
			}
			if stage.Name == "read" {
				return fmt.Errorf("part %d of %d was not read yet, or with other --parts\nhint: dedup shard %d/%d --work %s and the paths of the corpus", i+1, s.N, i+1, s.N, s.Dir)
			}
			return s.Run(ctx, stage, i+1)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mergedClusters prints all clusters, in order.
func mergedClusters(s *dist.Shards, t *table) error {
	list, err := merged(s, dist.Groups, dist.ReadClusters)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b []dist.Member) int { return cmp.Compare(dist.First(a), dist.First(b)) })
	for _, c := range list {
		for _, m := range c {
			if err := clusterRow(t, m.ID, c[0].ID, m.Resemblance); err != nil {
				return err
			}
		}
	}
	return nil
}

// mergedPairs prints all pairs, in order.
func mergedPairs(s *dist.Shards, t *table) error {
	list, err := merged(s, dist.Pairs, dist.ReadPairs)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b dist.Pair) int {
		return cmp.Or(cmp.Compare(a.Edge.A, b.Edge.A), cmp.Compare(a.Edge.B, b.Edge.B))
	})
	for _, p := range list {
		t.str(p.A)
		t.str(p.B)
		t.ratio(p.Resemblance())
		t.ratio(p.ContainmentA())
		t.ratio(p.ContainmentB())
		t.int(p.Distance)
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

// merged reads what the last stage found.
func merged[T any](s *dist.Shards, kind byte, read func(dist.Frame) ([]T, error)) (all []T, err error) {
	frames, done, err := s.Results(kind)
	if err != nil {
		return nil, err
	}
	defer done()
	for f, err := range frames {
		if err != nil {
			return nil, err
		}
		list, err := read(f)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}
