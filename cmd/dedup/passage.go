package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup"
)

func newPassagesCmd(a *app) *cobra.Command {
	var tokens int
	cmd := &cobra.Command{
		Use:   "passages [PATH...]",
		Short: "Print every passage that two articles have in common",
		Long: `passages prints, for each two articles, the aligned spans that they share: bytes
of either article's text, how many words long the passage is, and how many of
them are the same in both.

Columns: a, a_start, a_end, b, b_start, b_end, tokens, matched.
`,
		Example: `  dedup passages --min-tokens 20 corpus.jsonl
  dedup passages seeds/ --format jsonl | jq .matched`,
	}
	flags := func(f *pflag.FlagSet) {
		f.IntVar(&tokens, "min-tokens", 0, "shortest passage, in words; 0: the default")
	}
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg reading) error {
		cfg.Only, cfg.NoFingerprints, cfg.MinTokens = dedup.Parts{Matches: true}, true, tokens
		columns := slices.Concat(textColumns("a"), intColumns("a_start", "a_end"), textColumns("b"), intColumns("b_start", "b_end", "tokens", "matched"))
		return s.corpusRows(&cfg, columns, func(t *table, c *dedup.Corpus) error {
			for m, err := range c.Matches() {
				if err != nil {
					return err
				}
				t.str(m.A)
				t.int(m.AStart)
				t.int(m.AEnd)
				t.str(m.B)
				t.int(m.BStart)
				t.int(m.BEnd)
				t.int(m.Tokens)
				t.int(m.Matched)
				if err := t.end(); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// addMinPassage adds the flag of the gate and of clean.
func addMinPassage(f *pflag.FlagSet, tokens *int) {
	f.IntVar(tokens, "min-passage", 0, "shortest copied passage, in words; 0: the default, 10")
}

func minPassageError(n int) error {
	return fmt.Errorf("--min-passage %d: use a number of words, or 0 for the default", n)
}
