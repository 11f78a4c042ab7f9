package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"dedup/internal/corpus"
	"dedup/internal/plural"
)

func newBackgroundCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "background",
		Short: "Make a background model: how common words and phrases are",
		Long: `Stories and phrases weigh words by a background model: in how many of a large
number of articles each word and word pair occurs. One is embedded; "build" makes
another, for a language or a subject that the embedded one does not know.
` + exitHelp,
		Example: "  dedup background build corpus.jsonl.zst -o my.model",
	}
	cmd.AddCommand(newBackgroundBuildCmd(a))
	return group(cmd)
}

func newBackgroundBuildCmd(a *app) *cobra.Command {
	var input inputOptions
	var output outputOptions
	cmd := &cobra.Command{
		Use:   "build [PATH...] -o FILE",
		Short: "Make a background model from a corpus",
		Long: `build counts in how many articles of a corpus each word, pair and common phrase
occurs, and writes the model. It holds counts only, no text. Use at least some
thousand articles of many subjects; --background FILE then uses it.
` + inputHelp + exitHelp,
		Example: `  dedup background build corpus.jsonl.zst -o my.model
  dedup scan --background my.model drop.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if output.toScreen(a.stdout) {
				return errors.New("a model is binary, and standard output a terminal\nhint: name a file with -o my.model")
			}
			if err := output.checkFile(); err != nil {
				return err
			}
			cfg, err := input.config(a, args)
			if err != nil {
				return err
			}
			bar := newProgress(a.stderr, a.global.quiet)
			cfg.Progress = bar.hook()
			model, counts, err := corpus.BuildBackground(cmd.Context(), cfg.corpus())
			bar.done()
			a.dates.counts = counts.Dates
			if err != nil {
				return err
			}
			err = output.write(cmd.Context(), a.stdout, func(w io.Writer) error { return model.Write(w) })
			if err == nil && !a.global.quiet {
				fmt.Fprintf(a.stderr, "dedup: counted %s\n", plural.Count(int(model.Articles), "article"))
			}
			return skipped(err, counts.Skipped)
		},
	}
	input.add(cmd.Flags())
	cmd.Flags().StringVarP(&output.file, "output", "o", "", outputUsage)
	return cmd
}
