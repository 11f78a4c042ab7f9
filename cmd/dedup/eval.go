package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/nearest"
	"dedup/internal/quality"
	"dedup/internal/report"
)

type evalOptions struct {
	gold   string
	of     string
	min    share
	worst  int
	format string
	result string // "-": standard input
}

func newEvalCmd() *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval --gold FILE --of clusters|stories|pairs|passages [RESULT]",
		Short: "Measure a result against gold labels",
		Long: `eval compares what dedup found with what people labelled.

RESULT is a JSON report ("dedup.report/1") or what the command of the same name
prints, as TSV with its header line or as JSON Lines; "-" or nothing is standard
input. The gold is tab-separated, without a header line:

  --of clusters, stories   id, label
  --of pairs               id, id [, score]
  --of passages            reply, start, length, parent, start, length (bytes)

clusters and stories are scored by B-cubed precision, recall and F1, by the
adjusted Rand index, and over pairs of articles. A gold article that the result
does not list counts as alone; one that only the result has is left out.

--worst N lists the articles whose own B-cubed F1 is lowest: the story that each
is in, the one that it belongs to, and who else is there. Titles are those of a
JSON report.

pairs may also be scored for clusters or stories: every two articles of one count
as a pair. Gold pairs below --min-jaccard need not be found, but finding them is
not wrong either. Where the gold lists only some of the true pairs, recall means
something and precision does not.

passages are scored by the characters (bytes) of the gold pairs of articles, over
all of them ("characters") and as the mean over pairs, and by granularity: pieces
per gold passage found. Passages between other articles do not count. Where 0 of 0
would be divided, the value is 1.

Exit codes:
  0  done
  2  wrong usage, or a gold or result that cannot be read (file and line named)
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)`,
		Example: `  dedup stories corpus.jsonl.zst | dedup eval --gold gold.tsv --of stories
  dedup eval --gold gold.tsv --of clusters report.json
  dedup eval --gold gold.tsv --of stories --worst 20 report.json
  dedup eval --gold jaccard.tsv --of pairs --min-jaccard 0.75 pairs.tsv
  dedup eval --gold gold.tsv --of passages --format json passages.tsv | jq .passages.characters`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.result = "-"
			if len(args) > 0 {
				o.result = args[0]
			}
			return runEval(cmd.Context(), o, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.gold, "gold", "", "gold labels, a TSV file (required)")
	f.StringVar(&o.of, "of", "", "what is scored: clusters, stories, pairs or passages (required)")
	f.Var(&o.min, "min-jaccard", "pairs: look only for gold pairs with this score or more")
	f.IntVar(&o.worst, "worst", 0, "clusters, stories: list so many articles in the wrong company")
	f.StringVar(&o.format, "format", "text", "output format: text, json")
	return cmd
}

func runEval(ctx context.Context, o evalOptions, in io.Reader, out io.Writer) error {
	of, err := o.check()
	if err != nil {
		return err
	}
	gold, err := article.Open(ctx, o.gold)
	if err != nil {
		return fmt.Errorf("--gold: %w", err)
	}
	defer gold.Close()
	result := quality.Input{Name: "standard input", R: in}
	if o.result != "-" {
		f, err := article.Open(ctx, o.result)
		if err != nil {
			return fmt.Errorf("result: %w", err)
		}
		defer f.Close()
		result = quality.Input{Name: o.result, R: f}
	}
	score, err := quality.Evaluate(of, quality.Input{Name: o.gold, R: gold}, result, quality.Options{Min: float64(o.min), Worst: o.worst})
	if err != nil {
		return err
	}
	if o.format == "json" {
		e := report.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(score)
	}
	_, err = io.WriteString(out, score.Text())
	return err
}

func (o evalOptions) check() (quality.Of, error) {
	if o.gold == "" {
		return "", errors.New("--gold is missing\nhint: give the file with the labels")
	}
	if o.of == "" {
		return "", errors.New("--of is missing\nhint: say what is scored: clusters, stories, pairs or passages")
	}
	of, err := quality.ParseOf(o.of)
	if err != nil {
		return "", fmt.Errorf("--of: %w", err)
	}
	if o.min > 1 {
		return "", fmt.Errorf("--min-jaccard %g: use a share up to 1", o.min)
	}
	if o.min > 0 && of != quality.Pairs {
		return "", errors.New("--min-jaccard goes with --of pairs")
	}
	if o.worst < 0 {
		return "", fmt.Errorf("--worst %d: use a number of articles", o.worst)
	}
	if o.worst > 0 && of != quality.Clusters && of != quality.Stories {
		return "", errors.New("--worst goes with --of clusters or stories")
	}
	if o.format != "text" && o.format != "json" {
		return "", fmt.Errorf("--format %q: use text, json%s", o.format, nearest.Hint(o.format, "text", "json"))
	}
	return of, nil
}
