package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup/internal/article"
	"dedup/internal/gate"
	"dedup/internal/plural"
)

// errFound is the outcome of a check whose gate failed.
var errFound = errors.New("the gate failed")

const checkExitHelp = `
Exit codes:
  0  passed: nothing new was found beyond the limits
  1  failed: a limit was exceeded
  2  wrong usage, or a fatal error; a missing baseline is one, and a drop of
     which nothing could be read
  3  passed, but some input could not be read and was skipped (named on stderr)
  130  interrupted (SIGINT)
  143  terminated (SIGTERM)`

type checkOptions struct {
	input      inputOptions
	output     outputOptions
	near       nearFlags
	check      gate.CheckOptions
	rules      []string
	limits     gate.Limits
	baseline   string
	update     bool
	accept     []string
	minPassage int
	minCopied  share
	reports    []string
}

func newCheckCmd(a *app) *cobra.Command {
	o := checkOptions{limits: gate.DefaultLimits()}
	cmd := &cobra.Command{
		Use:   "check [PATH...]",
		Short: "Hold a drop of new articles against limits, a baseline and the corpus index: the gate of a CI job",
		Long: `check reads new articles and says whether they may go into a corpus. It looks for
near-duplicates among them and in the corpus (--index), passages copied from the
corpus, passages that an article repeats, page furniture, boilerplate, articles
without text and tiny ones. Near-duplicates are verified, as everywhere.

Each kind is held against a limit: a count (10), a share of the articles (0.5%),
or none. More than the limit fails the gate. The first line of the text report
says whether it passed, and why not. So that twenty words of yesterday's story
fail no gate, --min-passage asks for more words of a copied passage, and
--min-copied for a share of the article.

With --baseline, findings that are known do not count. They are known by their
words, so a renamed or moved article stays known; they are counted, so one copy
more of a known passage is new. --update-baseline writes what is found now;
--accept adds one finding, by the fingerprint that the reports give it.

Flags that neither the command line nor the environment sets come from
.dedup.yaml, if there is one: "max-duplicates: 0.5%", "rules: [repeat, empty]".
The other commands that read articles heed it too (docs/settings.md).

Formats: text for people, json, sarif (2.1.0), junit, github (annotations; the
job summary is appended to $GITHUB_STEP_SUMMARY). --report writes further ones.
` + inputHelp + checkExitHelp,
		Example: `  dedup check drop/
  dedup check --index corpus.idx --max-duplicates 0.5% drop.jsonl.zst
  dedup check --baseline known.json --report sarif=dedup.sarif --report junit=dedup.xml drop/
  dedup check --baseline known.json --update-baseline drop/
  dedup check --baseline known.json --accept 3f0c9a1be2d47758:1 drop/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runCheck(cmd.Context(), a, o, args)
		},
	}
	o.add(cmd.Flags())
	return cmd
}

func (o *checkOptions) add(f *pflag.FlagSet) {
	o.input.add(f)
	o.output.add(f, checkFormats.names()...)
	o.near.add(f)
	f.StringVar(&o.check.Index, "index", "", "corpus index to hold the articles against")
	f.StringVar(&o.baseline, "baseline", "", "file of known findings, which do not count")
	f.BoolVar(&o.update, "update-baseline", false, "write the baseline anew with what is found now, and print what it gains and loses")
	f.StringArrayVar(&o.accept, "accept", nil, "add the finding with this fingerprint to the baseline; repeatable")
	f.StringArrayVar(&o.reports, "report", nil, "a further output, FORMAT=FILE, written whole or not at all; repeatable")
	f.StringSliceVar(&o.rules, "rules", nil, "look for these only: "+gate.RuleNames())
	for _, l := range o.limits.Flags() {
		f.Var(l.Limit, l.Name, l.Usage)
	}
	addMinPassage(f, &o.minPassage)
	f.Var(&o.minCopied, "min-copied", "share of an article that its copied passages make up at least, to be findings")
	f.IntVar(&o.check.Tiny, "tiny", 20, "an article of fewer words is tiny")
}

func runCheck(ctx context.Context, a *app, o checkOptions, args []string) error {
	outputs, err := o.validate()
	if err != nil {
		return err
	}
	cfg, err := o.input.config(a, args)
	if err != nil {
		return err
	}
	if _, err := o.near.apply(a, &cfg); err != nil {
		return err
	}
	cfg.MinTokens, o.check.MinCopied = o.minPassage, float64(o.minCopied)
	known, err := o.readBaseline(ctx)
	if err != nil {
		return err
	}
	a.dates.reported = true
	// Half of the memory goes to texts, which the collector sees, and while near-duplicates are
	// looked for the other half to mapped memory, which it does not see. After that all may be
	// heap.
	a.limitHeap(cfg.Memory / 7 * 5)
	o.check.Clustered = func() { a.limitHeap(cfg.Memory) }
	bar := newProgress(a.stderr, a.global.quiet)
	cfg.Progress = bar.hook()
	drop, err := gate.Check(ctx, cfg.corpus(), o.check)
	bar.done()
	if err != nil {
		return err
	}
	drop.Reading = o.input.again(cfg.paths)
	p := checkPrinter{ctx: ctx, app: a, options: &o, outputs: outputs, drop: drop}
	update := o.update || len(o.accept) > 0
	if n := drop.Unlisted(); update && n > 0 {
		return fmt.Errorf("%s more than --memory %dMiB holds: a baseline needs all of them\nhint: allow more, or split the input", plural.Count(n, "finding"), cfg.Memory>>20)
	}
	if update {
		return skipped(p.update(known), drop.Skipped)
	}
	res := gate.Judge(*drop, o.limits, known)
	if err := p.print(res, 0); err != nil {
		return err
	}
	if !res.Pass {
		return errFound
	}
	return skipped(nil, drop.Skipped)
}

// validate checks what the flags say together, before anything is read, and lists the outputs.
func (o *checkOptions) validate() ([]checkOutput, error) {
	var err error
	if o.check.Rules, err = gate.ParseRules(o.rules); err != nil {
		return nil, fmt.Errorf("--rules: %w", err)
	}
	switch {
	case o.check.Index == "" && slices.ContainsFunc(o.check.Rules, gate.Rule.NeedsIndex):
		return nil, errors.New("--rules: in-corpus, supersedes and copied-passage need --index")
	case o.update && o.baseline == "":
		return nil, errors.New("--update-baseline goes with --baseline FILE")
	case len(o.accept) > 0 && o.baseline == "":
		return nil, errors.New("--accept goes with --baseline FILE")
	case len(o.accept) > 0 && o.update:
		return nil, errors.New("--update-baseline accepts all that is found; leave it or --accept out")
	case o.minPassage < 0:
		return nil, minPassageError(o.minPassage)
	case o.check.Tiny < 0:
		return nil, fmt.Errorf("--tiny %d: use 0 for none, or a number of words", o.check.Tiny)
	case o.limits.Cluster.IsShare():
		return nil, fmt.Errorf("--max-cluster %s: use a number of articles, or none", o.limits.Cluster)
	}
	if err := o.output.check(); err != nil {
		return nil, err
	}
	return o.outputs()
}

// readBaseline reads the known findings; nil where there is no baseline, or none yet.
func (o *checkOptions) readBaseline(ctx context.Context) (*gate.Baseline, error) {
	if o.baseline == "" {
		return nil, nil
	}
	f, err := article.Open(ctx, o.baseline)
	if errors.Is(err, fs.ErrNotExist) {
		if o.update || len(o.accept) > 0 {
			return nil, nil
		}
		return nil, fmt.Errorf("--baseline %s: no such file\nhint: --update-baseline makes it", o.baseline)
	}
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	defer f.Close()
	b, err := gate.ReadBaseline(f)
	if err != nil {
		return nil, fmt.Errorf("--baseline %s: %w", o.baseline, err)
	}
	return b, nil
}
