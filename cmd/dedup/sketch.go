package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/corpus"
)

func newSketchCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sketch [PATH...]",
		Short: "Print the fingerprint and signature of every article",
		Long: `sketch prints the 64-bit simhash fingerprint of every article (16 hexadecimal
digits; empty for a text too short to have one) and its MinHash signature (eight
hexadecimal digits a slot). "dedup version" names the scheme that both belong to.

Columns: id, fingerprint, signature; with --pipe also source, published, bytes and
words (hashes of all words in order, Base64), so that pairs can be verified:
sketch --pipe | pairs --pipe | clusters gives what clusters alone gives.
`,
		Example: `  dedup sketch corpus.jsonl > sketches.tsv
  dedup sketch --pipe corpus.jsonl | dedup pairs --pipe | dedup clusters
  dedup sketch --format jsonl seeds/ | jq -r .fingerprint`,
	}
	var pipe bool
	flags := func(f *pflag.FlagSet) {
		f.BoolVar(&pipe, "pipe", false, "print what \"dedup pairs\" needs to read this instead of articles")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg reading) error {
		if err := s.pipes(pipe); err != nil {
			return err
		}
		return s.rows(&cfg, sketchColumns(pipe), func(t *table) (int, error) {
			counts, err := corpus.Each(cmd.Context(), cfg.corpus(), true, func(w *corpus.Worded) error { return sketchRow(t, w, pipe) })
			a.dates.counts = counts.Dates
			return counts.Skipped, err
		})
	})
}
