package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/engine"
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

func (n *nearFlags) apply(a *app, cfg *engine.Config) error {
	if n.threshold == 0 {
		return errors.New("--threshold 0: use a resemblance above 0, up to 1")
	}
	cfg.Near.Threshold, cfg.Near.Containment = float64(n.threshold), float64(n.containment)
	if n.containment == 0 {
		cfg.Near.Containment = never
	}
	switch {
	case n.exact, n.route == "exact":
	case n.route == "simhash":
		cfg.Near.Simhash = true
		if !a.global.quiet {
			fmt.Fprint(a.stderr, simhashNote)
		}
	case n.route == "lsh":
		return errors.New("--route lsh is no more: exact finds every pair in less time\nhint: leave --route out; for candidates by fingerprints: --route simhash")
	default:
		return fmt.Errorf("--route %q: use exact or simhash%s", n.route, nearest.Hint(n.route, "exact", "simhash"))
	}
	var err error
	cfg.Keep, err = engine.ParseKeep(n.keep)
	return err
}

func newPairsCmd(a *app) *cobra.Command {
	var near nearFlags
	cmd := &cobra.Command{
		Use:   "pairs [PATH...]",
		Short: "Print every pair of near-duplicates, verified",
		Long: `pairs prints each pair of near-duplicate articles with exact resemblance, the
containment of either in the other, and the Hamming distance of the fingerprints
(-1 where an article is too short for one). Pairs come in input order.

On standard input it also takes what sketch --pipe printed, instead of articles.

Columns: a, b, resemblance, containment_a (of a in b), containment_b, distance;
with --pipe also the sizes of the sets and what the policies of --keep look at.
`,
		Example: `  dedup pairs --threshold 0.8 corpus.jsonl
  dedup pairs corpus.jsonl | awk -F'\t' '$3 > 0.95'`,
	}
	var pipe bool
	flags := func(f *pflag.FlagSet) {
		near.add(f)
		f.BoolVar(&pipe, "pipe", false, "print what \"dedup clusters\" needs to read this instead of articles")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg engine.Config) error {
		if err := near.apply(a, &cfg); err != nil {
			return err
		}
		columns := []string{"a", "b", "resemblance", "containment_a", "containment_b", "distance"}
		if pipe {
			columns = append(columns, pairPipe...)
		}
		a.limitHeap(cfg.Memory / 2) // the other half is mapped memory, which the collector does not see
		rows, sketches := a.piped(&cfg, "id", "fingerprint", "signature")
		return s.rows(&cfg, columns, func(t *table) (int, error) {
			yield := func(p engine.Pair) error { return pairRow(t, p, pipe) }
			if !sketches {
				if pipe {
					return engine.PairsInFull(cmd.Context(), cfg, yield)
				}
				return engine.Pairs(cmd.Context(), cfg, yield)
			}
			return 0, engine.PairsOfSketches(cmd.Context(), cfg, func(fn func(engine.Sketch) error) error {
				return rows.each(func(row map[string]string) error {
					k, err := sketchOf(row)
					if err != nil {
						return err
					}
					return fn(k)
				})
			}, yield)
		})
	})
}

func newClustersCmd(a *app) *cobra.Command {
	var near nearFlags
	var all bool
	cmd := &cobra.Command{
		Use:   "clusters [PATH...]",
		Short: "Print near-duplicate clusters: each article with the copy to keep",
		Long: `clusters prints each article of a near-duplicate cluster with its canonical, the
copy to keep, and its resemblance to it; the canonical itself comes first. Of
articles that resemble each other --keep says which one is kept. An article that
stands in a longer one goes for it, never the longer one for the shorter.
Articles without a near-duplicate are left out unless --all is given. On standard
input it also takes what pairs --pipe printed, instead of articles.

Columns: article, canonical, resemblance.
`,
		Example: `  dedup clusters --keep longest corpus.jsonl.zst
  dedup clusters corpus.jsonl | awk -F'\t' '$1 != $2 {print $1}'   # what to drop
  dedup clusters --all corpus.jsonl | awk -F'\t' '$1 == $2 {print $1}' # what to keep`,
	}
	flags := func(f *pflag.FlagSet) {
		near.add(f)
		f.BoolVar(&all, "all", false, "print the articles that have no near-duplicate too, as their own canonical")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg engine.Config) error {
		if err := near.apply(a, &cfg); err != nil {
			return err
		}
		if cfg.Keep.ByDate() {
			a.dates.matter = datesOfCopies
		}
		rows, fromPairs := a.piped(&cfg, "a", "b", "resemblance", "containment_a")
		if fromPairs && all {
			return errors.New("--all: pairs do not name the articles without a near-duplicate\nhint: give clusters the articles themselves")
		}
		a.limitHeap(cfg.Memory / 2) // the other half is mapped memory, which the collector does not see
		return s.rows(&cfg, []string{"article", "canonical", "resemblance"}, func(t *table) (int, error) {
			yield := func(article, canonical string, resemblance float64) error {
				t.str(article)
				t.str(canonical)
				t.ratio(resemblance)
				return t.end()
			}
			if fromPairs {
				return 0, clustersOfPairs(cfg, rows, yield)
			}
			return engine.Clusters(cmd.Context(), cfg, all, yield)
		})
	})
}

// clustersOfPairs clusters what pairs --pipe printed.
func clustersOfPairs(cfg engine.Config, rows *rowReader, yield func(article, canonical string, resemblance float64) error) error {
	var pairs []engine.Pair
	err := rows.each(func(row map[string]string) error {
		p, err := pairOf(row)
		pairs = append(pairs, p)
		return err
	})
	if err != nil {
		return err
	}
	return engine.ClustersOfPairs(cfg, pairs, yield)
}
