package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"dedup/internal/diff"
	"dedup/internal/report"
)

type diffOptions struct {
	input  inputOptions
	output outputOptions
	color  string
	full   bool
	tokens int
}

func newDiffCmd(a *app) *cobra.Command {
	var o diffOptions
	cmd := &cobra.Command{
		Use:   "diff A B | PATH... ID ID",
		Short: "Show two articles side by side, with what they share",
		Long: `diff prints two articles in two columns: the passages that they share beside each
other, with the words that changed inside them marked ([-gone-] on the left,
{+new+} on the right), and in between what only one of them has, shortened unless
--full is given. A passage that stands elsewhere in B is said to have moved.

Two arguments are files of one article each. With more, the last two are ids of
articles, and all before them the files that they are in. Where the last file has
the second id, and the others have the first, these are meant: two corpora may use
the same ids.
` + inputHelp + exitHelp,
		Example: `  dedup diff take1.txt take2.txt
  dedup diff corpus.jsonl.zst reuters-4711 ap-0815
  dedup diff --format json take1.txt take2.txt | jq '.passages | length'`,
		Args: takes(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error { return runDiff(cmd.Context(), a, o, args) },
	}
	o.input.add(cmd.Flags())
	o.output.add(cmd.Flags(), diffFormats.names()...)
	cmd.Flags().StringVar(&o.color, "color", "auto", "colour: auto, always or never")
	cmd.Flags().BoolVar(&o.full, "full", false, "show everything that only one of them has")
	cmd.Flags().IntVar(&o.tokens, "min-tokens", 0, "shortest shared passage, in words; 0: the default")
	return cmd
}

func runDiff(ctx context.Context, a *app, o diffOptions, args []string) error {
	if err := o.output.check(); err != nil {
		return err
	}
	cfg, err := o.input.config(a, args)
	if err != nil {
		return err
	}
	opt, err := o.output.textOptions(a.stdout, o.color)
	if err != nil {
		return err
	}
	if !o.full {
		opt.Top = 1
	}
	cfg.MinTokens = o.tokens
	var d *report.Diff
	if n := len(args); n == 2 && o.input.filesFrom == "" {
		d, err = diff.Run(ctx, cfg.Options, args[0], args[1])
	} else {
		d, err = diff.OfIDs(ctx, cfg.Options, slices.Concat(args[:n-2], cfg.paths[n:]), args[n-2], args[n-1])
	}
	if err != nil {
		return err
	}
	return o.output.write(ctx, a.stdout, func(w io.Writer) error {
		return diffFormats.of(o.output.format).print(w, d, opt)
	})
}
