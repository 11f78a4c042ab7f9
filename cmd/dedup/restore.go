package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dedup/internal/clean"
	"dedup/internal/plural"
)

func newRestoreCmd(a *app) *cobra.Command {
	var opt clean.RestoreOptions
	var articles []string
	cmd := &cobra.Command{
		Use:   "restore CLEANED -o OUT",
		Short: "Rebuild what dedup clean was given from its output and its manifest",
		Long: `restore puts back what clean took out: every file comes back byte for byte, what
was compressed after decompression, Parquet and Arrow with the same schema and
values. The sums in the manifest are checked on both sides: a changed output is
refused.

--article ID takes one removal back, and leaves the others as they are: the
article, or what was cut of it, stands in CLEANED again, or in OUT where -o names
another place. The manifest is written anew with it, so that all else can still be
restored. Not of Parquet and Arrow: there, clean again with --protect.
` + exitHelp,
		Example: `  dedup clean corpus.jsonl -o clean.jsonl
  dedup restore clean.jsonl -o again.jsonl
  cmp corpus.jsonl again.jsonl
  dedup restore clean.jsonl --article reuters-4711`,
		Args: takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(articles) > 0 {
				return takeBack(cmd.Context(), a, opt, args[0], articles)
			}
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
	f.StringVarP(&opt.Out, "output", "o", "", "file or directory that appears (required but with --article)")
	f.StringArrayVar(&articles, "article", nil, "take back only what went of the article with this id; repeatable")
	f.StringVar(&opt.Manifest, "manifest", "", "the manifest; by default the one beside CLEANED")
	return cmd
}

// takeBack puts back what went of some articles.
func takeBack(ctx context.Context, a *app, opt clean.RestoreOptions, from string, articles []string) error {
	opt.From, opt.Tmp = from, a.global.tmp
	if opt.Out == "" {
		opt.Out = from
	}
	done, err := clean.TakeBack(ctx, opt, articles)
	if err != nil || a.global.quiet {
		return err
	}
	_, err = fmt.Fprintf(a.stderr, "dedup: took back %s and %s in %s\n", plural.Count(done.Articles, "article"), plural.Count(done.Spans, "span"), opt.Out)
	if err == nil && done.Index != "" {
		_, err = fmt.Fprintf(a.stderr, "hint: the index does not have it yet: dedup index add %s %s\n", done.Index, opt.Out)
	}
	return err
}
