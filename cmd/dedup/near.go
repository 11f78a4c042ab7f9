package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup"
	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
	"dedup/internal/nearest"
)

// never is a containment that no pair reaches.
const never = 2

// nearFlags set what counts as a near-duplicate and how they are found.
type nearFlags struct {
	threshold   share
	containment share
	exact       bool
	route       string
	keep        string
}

func (n *nearFlags) add(f *pflag.FlagSet) {
	n.threshold, n.containment = 0.7, 0.9
	f.Var(&n.threshold, "threshold", "resemblance from which two articles are near-duplicates: 0.7 or 70%")
	f.Var(&n.containment, "containment", "containment of the shorter article in the longer one from which the shorter one is a near-duplicate; 0: never")
	f.StringVar(&n.route, "route", "exact", "how candidates are found: exact (every pair there is) or simhash (articles whose fingerprints differ in at most 3 bits: 70% of the pairs of a labelled corpus)")
	f.BoolVar(&n.exact, "exact", false, "the same as --route exact, whatever DEDUP_ROUTE says")
	f.StringVar(&n.keep, "keep", "earliest", "which of articles that resemble each other is canonical: earliest, latest, longest, first or source=a,b,c")
}

// simhashNote is what --route simhash is measured to find; docs/algorithms/near.md has the whole
// table.
const simhashNote = `dedup: --route simhash does not find every near-duplicate: of the pairs of 14,595 Reuters articles it finds 70% (388 of 551) by
resemblance, and none of 37 where a short article stands in a longer one
hint: --route exact finds all of them
`

func (n *nearFlags) apply(a *app, cfg *reading) (keep corpus.Keep, err error) {
	if n.threshold == 0 {
		return keep, errors.New("--threshold 0: use a resemblance above 0, up to 1")
	}
	cfg.Threshold, cfg.Containment = float64(n.threshold), float64(n.containment)
	if n.containment == 0 {
		cfg.Containment = never
	}
	switch {
	case n.exact, n.route == "exact":
	case n.route == "simhash":
		cfg.Simhash = true
		if !a.global.quiet {
			fmt.Fprint(a.stderr, simhashNote)
		}
	case n.route == "lsh":
		return keep, errors.New("--route lsh is no more: exact finds every pair in less time\nhint: leave --route out; for candidates by fingerprints: --route simhash")
	default:
		return keep, fmt.Errorf("--route %q: use exact or simhash%s", n.route, nearest.Hint(n.route, "exact", "simhash"))
	}
	cfg.Keep = n.keep
	return corpus.ParseKeep(n.keep)
}

// pairOutput and clusterOutput are the columns of what pairs and clusters print.
var (
	pairOutput    = slices.Concat(textColumns("a", "b"), floatColumns("resemblance", "containment_a", "containment_b"), intColumns("distance"))
	clusterOutput = append(textColumns("article", "canonical"), floatColumns("resemblance")...)
)

func newPairsCmd(a *app) *cobra.Command {
	var flagsOf nearFlags
	cmd := &cobra.Command{
		Use:   "pairs [PATH...]",
		Short: "Print every pair of near-duplicates, verified",
		Long: `pairs prints each pair of near-duplicate articles with exact resemblance, the
containment of either in the other, and the Hamming distance of the fingerprints
(-1 where an article is too short for one). Pairs come in input order.

On standard input it also takes what sketch --pipe printed, instead of articles.

Columns: a, b, resemblance, containment_a (of a in b), containment_b, distance;
with --pipe also the sizes of the sets and what the policies of --keep look at.

--sweep finds all pairs from a resemblance of 0.3 up, once, and prints for each
threshold how many pairs there are, how many articles would go, from where, the
largest cluster, and examples. -o saves the pairs: of the saved run, any other
--threshold is answered at once, and dedup label asks a reader about some of them.
`,
		Example: `  dedup pairs --threshold 0.8 corpus.jsonl
  dedup pairs corpus.jsonl | awk -F'\t' '$3 > 0.95'
  dedup pairs --sweep -o run.pairs corpus.jsonl
  dedup pairs --sweep --threshold 0.83 run.pairs`,
	}
	var pipe, swept bool
	flags := func(f *pflag.FlagSet) {
		flagsOf.add(f)
		f.BoolVar(&pipe, "pipe", false, "print what \"dedup clusters\" needs to read this instead of articles")
		f.BoolVar(&swept, "sweep", false, "print what each threshold would do, and with -o save the pairs; a saved run is read instead of articles")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg reading) error {
		if _, err := flagsOf.apply(a, &cfg); err != nil {
			return err
		}
		if swept {
			return runSweep(cmd.Context(), a, s, flagsOf, cfg, cmd.Flags().Changed("threshold"))
		}
		if err := s.pipes(pipe); err != nil {
			return err
		}
		columns := pairOutput
		if pipe {
			columns = append(slices.Clone(columns), textColumns(pairPipe...)...)
		}
		a.limitHeap(cfg.Memory / 2) // the other half is mapped memory, which the collector does not see
		rows, sketches := a.piped(&cfg, "id", "fingerprint", "signature")
		return s.rows(&cfg, columns, func(t *table) (int, error) {
			c, err := pairCorpus(cmd.Context(), cfg.corpus(), rows, sketches)
			if err != nil {
				return 0, err
			}
			a.dates.counts = c.Counts.Dates
			err = c.Pairs(func(e near.Edge) error { return pairRow(t, c, e, pipe) })
			return c.Counts.Skipped, errors.Join(err, c.Close())
		})
	})
}

// pairCorpus reads articles, or what sketch --pipe printed of them.
func pairCorpus(ctx context.Context, cfg corpus.Config, rows *rowReader, sketches bool) (*corpus.Corpus, error) {
	if !sketches {
		cfg.Want = corpus.Want{Near: true, Fingerprints: true}
		return corpus.Open(ctx, cfg)
	}
	return corpus.OfWords(ctx, cfg.Options, func(fn func(*corpus.Worded) error) error {
		return rows.each(func(row map[string]string) error {
			w, err := sketchOf(row)
			if err != nil {
				return err
			}
			return fn(&w)
		})
	})
}

func newClustersCmd(a *app) *cobra.Command {
	var flagsOf nearFlags
	var all, counts bool
	var dir string
	cmd := &cobra.Command{
		Use:   "clusters [PATH...]",
		Short: "Print near-duplicate clusters: each article with the copy to keep",
		Long: `clusters prints each article of a near-duplicate cluster with its canonical, the
copy to keep, and its resemblance to it; the canonical itself comes first. Of
articles that resemble each other --keep says which one is kept. An article that
stands in a longer one goes for it, never the longer one for the shorter.
Articles without a near-duplicate are left out unless --all is given. On standard
input it also takes what pairs --pipe printed, instead of articles.

--counts adds how many articles the cluster has, a weight to train or rank by in
place of removing copies. With --index DIR all that a corpus index has seen counts
too, what clean --add left out included, and articles are printed that have
near-duplicates there alone.

Columns: article, canonical, resemblance; with --counts also count.
`,
		Example: `  dedup clusters --keep longest corpus.jsonl.zst
  dedup clusters corpus.jsonl | awk -F'\t' '$1 != $2 {print $1}'   # what to drop
  dedup clusters --all corpus.jsonl | awk -F'\t' '$1 == $2 {print $1}' # what to keep
  dedup clusters --all --counts --index corpus.idx drop.jsonl --format parquet -o w.parquet`,
	}
	flags := func(f *pflag.FlagSet) {
		flagsOf.add(f)
		f.BoolVar(&all, "all", false, "print the articles that have no near-duplicate too, as their own canonical")
		f.BoolVar(&counts, "counts", false, "also print how many articles the cluster has")
		f.StringVar(&dir, "index", "", "with --counts: a corpus index, of which what it has seen counts too")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg reading) error {
		keep, err := flagsOf.apply(a, &cfg)
		if err != nil {
			return err
		}
		if keep.ByDate() {
			a.dates.matter = datesOfCopies
		}
		rows, fromPairs := a.piped(&cfg, "a", "b", "resemblance", "containment_a")
		if fromPairs && all {
			return errors.New("--all: pairs do not name the articles without a near-duplicate\nhint: give clusters the articles themselves")
		}
		a.limitHeap(cfg.Memory / 2) // the other half is mapped memory, which the collector does not see
		columns := clusterOutput
		if counts {
			columns = slices.Concat(columns, intColumns("count"))
		} else if cmd.Flags().Changed("index") {
			return errors.New("--index goes with --counts")
		} else {
			dir = ""
		}
		if fromPairs {
			if dir != "" {
				return errors.New("--index: pairs do not have the words that articles are looked up by\nhint: give clusters the articles themselves")
			}
			return s.rows(&cfg, columns, func(t *table) (int, error) {
				return 0, clustersOfPairs(cmd.Context(), a, cfg.corpus(), rows, counts, t)
			})
		}
		cfg.Only, cfg.NoFingerprints = dedup.Parts{Clusters: true, Matches: dir != ""}, true // texts are kept for these
		return s.corpusRows(&cfg, columns, func(t *table, c *dedup.Corpus) error {
			sizes, err := clusterCounts(c, counts, dir, cfg.Options)
			if err != nil {
				return err
			}
			return clusterRows(t, c, all, sizes)
		})
	})
}

// clusterCounts are the sizes of the clusters of all articles; nil where they are not asked for.
func clusterCounts(c *dedup.Corpus, counts bool, dir string, opt dedup.Options) (sizes []int, err error) {
	if !counts || dir == "" {
		if counts {
			return c.Counts(nil)
		}
		return nil, nil
	}
	x, err := dedup.ReadIndex(dir, opt)
	if err != nil {
		return nil, err
	}
	sizes, err = c.Counts(x)
	return sizes, errors.Join(err, x.Close())
}

// clusterRows prints the members of all clusters, or with all every article in input order. Where
// sizes are given, each row has the size of its cluster, and articles are printed that are alone
// here and not in an index.
func clusterRows(t *table, c *dedup.Corpus, all bool, sizes []int) error {
	clusters, err := c.Clusters()
	if err != nil {
		return err
	}
	type place struct{ cluster, member int }
	of := map[string]place{} // of each member
	size := make([]int, len(clusters))
	counted := func(n int) []int {
		if sizes == nil {
			return nil
		}
		return []int{n}
	}
	row := func(p place) error {
		cl := &clusters[p.cluster]
		m := &cl.Members[p.member]
		return clusterRow(t, m.Article, cl.Canonical, m.Resemblance, counted(size[p.cluster])...)
	}
	for k := 0; (all || sizes != nil) && k < len(clusters); k++ {
		for j := range clusters[k].Members {
			of[clusters[k].Members[j].Article] = place{k, j}
		}
	}
	for i := range sizes {
		if p, ok := of[c.ID(i)]; ok {
			size[p.cluster] = sizes[i]
		}
	}
	for k := 0; !all && k < len(clusters); k++ {
		for j := range clusters[k].Members {
			if err := row(place{k, j}); err != nil {
				return err
			}
		}
	}
	for i := 0; (all || sizes != nil) && i < c.Len(); i++ {
		p, ok := of[c.ID(i)]
		switch {
		case ok && all:
			err = row(p)
		case !ok && (all || sizes[i] > 1):
			n := 1
			if sizes != nil {
				n = sizes[i]
			}
			err = clusterRow(t, c.ID(i), c.ID(i), 1, counted(n)...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// clusterRow prints a row, where that is asked for with the size of the cluster.
func clusterRow(t *table, article, canonical string, resemblance float64, size ...int) error {
	t.str(article)
	t.str(canonical)
	t.ratio(resemblance)
	for _, n := range size {
		t.int(n)
	}
	return t.end()
}
