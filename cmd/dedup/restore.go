package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dedup/internal/clean"
	"dedup/internal/plural"
)

func newRestoreCmd(a *app) *cobra.Command {
	var opt clean.RestoreOptions
	cmd := &cobra.Command{
		Use:   "restore CLEANED -o OUT",
		Short: "Rebuild what dedup clean was given from its output and its manifest",
		Long: `restore puts back what clean took out: every file comes back byte for byte, what
was compressed after decompression, Parquet with the same schema and values. The
sums in the manifest are checked on both sides: a changed output is refused.
` + exitHelp,
		Example: `  dedup clean corpus.jsonl -o clean.jsonl
  dedup restore clean.jsonl -o again.jsonl
  cmp corpus.jsonl again.jsonl`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opt.Out == "" {
				return errors.New("--output is missing\nhint: name what is to appear")
			}
			opt.From, opt.Tmp = args[0], a.global.tmp
			n, err := clean.Restore(cmd.Context(), opt)
			if err != nil {
				return err
			}
			if !a.global.quiet {
				_, err = fmt.Fprintf(a.stderr, "dedup: restored %s as %s\n", plural.Count(n, "file"), opt.Out)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opt.Out, "output", "o", "", "file or directory that appears (required)")
	f.StringVar(&opt.Manifest, "manifest", "", "the manifest; by default the one beside CLEANED")
	return cmd
}
