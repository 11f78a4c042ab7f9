package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dedup/internal/article"
	"dedup/internal/clean"
	"dedup/internal/gate"
	"dedup/internal/output"
	"dedup/internal/plural"
	"dedup/internal/report"
	"dedup/internal/report/plan"
)

type cleanOptions struct {
	input      inputOptions
	near       nearFlags
	story      storyFlags
	clean      clean.RunOptions
	maxRemoved share
	minPassage int
	protect    string
}

func newCleanCmd(a *app) *cobra.Command {
	var o cleanOptions
	cmd := &cobra.Command{
		Use:   "clean [PATH...] -o OUT",
		Short: "Write a corpus again without near-duplicates, repeats, furniture and boilerplate",
		Long: `clean writes articles again in the format they came in, byte for byte, without:
near-duplicates (one copy of a cluster stays: --keep); what an article repeats;
page furniture; boilerplate that a known source prints under its articles. On
demand: all but N articles of a story (--per-story), copied passages but one copy
(--passages), articles without text (--drop-empty). Cuts are made at the bounds of
sentences and lines. What is cut stands elsewhere in the output, but for furniture
and short credits.

One file in gives one file out, anything else a directory that mirrors the paths.
JSON Lines, JSON, CSV and TSV keep every other byte, Parquet and Arrow their
schema, text files their names and heads, .gz and .zst their compression. Of web
archives, pages, feeds and mail whole articles go. What cannot be read as an
article is copied as it is; markup is never cut. Beside OUT appears a manifest
that says of everything what went, why, and what it matched; "dedup restore"
rebuilds the original.

--index holds the articles against a corpus as well: near-duplicates of it go, an
article that contains a shorter one of it stays and is named in the manifest, and
--passages cuts what is copied from it word for word. --add puts what stays into
the index in the same step: the same command again, after whatever interruption,
leaves output and index in agreement. Where the index keeps stories (index build
--stories), its articles take the first places of a story for --per-story.

--keep-per-source keeps of a cluster one copy of each source, the canonical among
them, which all that goes resembles. Copies without a source go. With --index, one
goes for an entry of its own source alone; --passages cuts no copy for another of
its cluster; --per-story counts each as an article.

A file is replaced only when clean wrote it, as its manifest shows, or when it is
empty. No output takes the place of an input. --force changes neither.

OUT appears whole or not at all, and not when more than --max-removed of all
articles, or of those of one source (of 5 or more), would go, or a cluster is
larger than --max-cluster-size: the culprits are named, --force goes on.
` + inputHelp + exitHelp,
		Example: `  dedup clean corpus.jsonl.zst -o clean.jsonl.zst
  dedup clean --keep source=reuters,ap --per-story 3 corpus/ -o clean/
  dedup clean --dry-run --passages corpus/ --manifest plan.jsonl
  dedup clean --index corpus.idx --add drop.jsonl -o new.jsonl
  dedup restore clean/ -o corpus-again/`,
		RunE: func(cmd *cobra.Command, args []string) error { return runClean(cmd.Context(), a, o, args) },
	}
	f := cmd.Flags()
	o.input.add(f)
	o.near.add(f)
	o.story.add(f)
	c := &o.clean
	f.StringVarP(&c.Out, "output", "o", "", "file or directory that appears (required but for --dry-run)")
	f.StringVar(&c.Manifest, "manifest", "", "where the manifest goes, by default OUT.manifest.jsonl; with --dry-run: the plan")
	f.IntVar(&c.PerStory, "per-story", 0, "keep at most this many articles of a story; 0: all")
	f.BoolVar(&c.KeepPerSource, "keep-per-source", false, "of near-duplicates keep one copy of each source, the best by --keep")
	f.BoolVar(&c.KeepBoilerplate, "keep-boilerplate", false, "leave furniture and boilerplate in")
	f.BoolVar(&c.Passages, "passages", false, "cut copied passages out of all articles but one")
	f.StringVar(&o.protect, "protect", "", "file that names what stays whatever the rules say, as a page of \"dedup report\" gives it")
	addMinPassage(f, &o.minPassage)
	f.StringVar(&c.Index, "index", "", "corpus index to hold the articles against")
	f.BoolVar(&c.Add, "add", false, "put what stays into the index, in the same step")
	f.BoolVar(&c.DropEmpty, "drop-empty", false, "leave articles without text out")
	f.BoolVar(&c.DryRun, "dry-run", false, "write nothing but --manifest, if it is given; print what would go, and a sample")
	o.maxRemoved = 0.5
	f.Var(&o.maxRemoved, "max-removed", "stop when more of all articles, or of a source's, would go")
	f.Lookup("max-removed").DefValue = "50%"
	f.IntVar(&c.Guard.MaxCluster, "max-cluster-size", 1000, "stop when a cluster has more near-duplicates; 0: never")
	f.BoolVar(&c.Force, "force", false, "go on where --max-removed or --max-cluster-size stop")
	return cmd
}

func runClean(ctx context.Context, a *app, o cleanOptions, args []string) error {
	opt := o.clean
	if opt.Out == "" && !opt.DryRun {
		return errors.New("--output is missing\nhint: name a file for one input, a directory for several")
	}
	if opt.Out == "-" {
		return errors.New("--output -: clean writes whole files\nhint: name a file; dedup filter writes to standard output")
	}
	if opt.PerStory < 0 || opt.Guard.MaxCluster < 0 {
		return errors.New("--per-story and --max-cluster-size are 0 or more")
	}
	switch {
	case opt.Add && opt.Index == "":
		return errors.New("--add goes with --index DIR")
	case o.minPassage < 0:
		return minPassageError(o.minPassage)
	}
	opt.Guard.MaxRemoved, opt.Plain = float64(o.maxRemoved), report.Plain
	cfg, err := o.input.config(a, args)
	if err != nil {
		return err
	}
	keep, err := o.near.apply(a, &cfg)
	if err != nil {
		return err
	}
	if err := o.story.apply(ctx, &cfg); err != nil {
		return err
	}
	switch {
	case opt.PerStory > 0 || opt.Passages:
		a.dates.matter = datesOfStories
	case keep.ByDate():
		a.dates.matter = datesOfCopies
	}
	if opt.Protect, err = readProtection(ctx, o.protect); err != nil {
		return err
	}
	cfg.MinTokens = o.minPassage
	bar := newProgress(a.stderr, a.global.quiet)
	cfg.Progress = bar.hook()
	if opt.IndexOptions, err = a.indexOptions(ctx, bar, "adding to the index"); err != nil {
		return err
	}
	opt.IndexOptions.Memory /= 2 // the rest is for the corpus
	res, err := cleanOrPlan(ctx, cfg, opt)
	bar.done()
	if err != nil {
		return err
	}
	a.dates.counts = res.Dates
	a.unprotected(o.protect, opt.Protect, res)
	switch {
	case res.Already:
		if !a.global.quiet {
			_, err = fmt.Fprintf(a.stderr, "dedup: %s is there, made of these inputs, and in the index: nothing to do\n", opt.Out)
		}
	case opt.DryRun:
		err = printDryRun(a.stdout, res, opt.Index != "", namesWidth(a.stdout))
		if err == nil && opt.Manifest != "" && !a.global.quiet {
			_, err = fmt.Fprintf(a.stderr, "dedup: wrote the plan to %s\n", opt.Manifest)
		}
	case !a.global.quiet:
		err = printCleaned(a.stderr, res, opt)
	}
	return skipped(err, res.Skipped)
}

// cleanOrPlan runs clean. The plan of a dry run appears whole or not at all.
func cleanOrPlan(ctx context.Context, cfg reading, opt clean.RunOptions) (res *clean.Result, err error) {
	if !opt.DryRun || opt.Manifest == "" {
		return clean.Run(ctx, cfg.corpus(), opt)
	}
	if err := named("--manifest", opt.Manifest, output.Check(opt.Manifest)); err != nil {
		return nil, err
	}
	err = output.Write(ctx, opt.Manifest, func(w io.Writer) error {
		opt.Plan = w
		res, err = clean.Run(ctx, cfg.corpus(), opt)
		return err
	})
	return res, err
}

// cleanRule is a rule with the words for what goes by it.
type cleanRule struct {
	rule      clean.Rule
	one, many string
}

var cleanRules = []cleanRule{
	{clean.RuleResemblance, "near-duplicate", "near-duplicates"}, {clean.RuleContainment, "contained in another", "contained in others"},
	{clean.RuleStory, "further article of a story", "further articles of a story"}, {clean.RuleEmpty, "without text", "without text"},
	{clean.RuleRepeat, "repeat", "repeats"}, {clean.RuleFurniture, "page leftover", "page leftovers"},
	{clean.RuleBoilerplate, "piece of boilerplate", "pieces of boilerplate"}, {clean.RulePassage, "copied passage", "copied passages"},
}

// counted lists the figures of a map by rule: "3 near-duplicates, 1 repeat".
func counted(by map[clean.Rule]int) (total int, list string) {
	var parts []string
	for _, r := range cleanRules {
		if n := by[r.rule]; n > 0 {
			total += n
			parts = append(parts, plural.Count(n, r.one, r.many))
		}
	}
	if parts == nil {
		return 0, ""
	}
	return total, " (" + strings.Join(parts, ", ") + ")"
}

func printCleaned(w io.Writer, res *clean.Result, opt clean.RunOptions) error {
	removed, why := counted(res.Removed)
	_, cuts := counted(res.Cuts)
	_, err := fmt.Fprintf(w, "dedup: removed %d of %s%s; cut %s%s in %s\n", removed, plural.Count(res.Articles, "article"), why,
		plural.Count(res.Written.Cuts, "span"), cuts, plural.Count(res.Cut, "article"))
	if err == nil && opt.Index != "" {
		_, err = fmt.Fprintf(w, "dedup: %s\n", forIndex(res))
	}
	if err == nil && res.Empty > 0 {
		_, err = fmt.Fprintf(w, "dedup: %s\n", withoutText(res.Empty))
	}
	if err == nil && res.Written.Whole > 0 {
		_, err = fmt.Fprintf(w, "dedup: %s %s left, in records that are not UTF-8 or whose text is a list or markup\n", plural.Count(res.Written.Whole, "span"), plural.Was(res.Written.Whole))
	}
	if err == nil {
		manifest := opt.Manifest
		if manifest == "" {
			manifest = clean.DefaultManifest(opt.Out)
		}
		_, err = fmt.Fprintf(w, "dedup: wrote %s and %s\n", opt.Out, manifest)
	}
	if err == nil && opt.Add {
		_, err = fmt.Fprintf(w, "dedup: added %s to %s\n", plural.Count(res.Added.Articles, "article"), opt.Index)
	}
	return err
}

// forIndex says what of that was for the index.
func forIndex(res *clean.Result) string {
	return fmt.Sprintf("of these, %s and %s are in the index; %s an article of it", plural.Count(res.InIndex, "article"), plural.Count(res.CutByIndex, "span"),
		plural.Count(res.Superseding, "article stays that contains", "articles stay that contain"))
}

// readProtection reads the file of --protect; nil where there is none.
func readProtection(ctx context.Context, name string) (*clean.Protection, error) {
	if name == "" {
		return nil, nil
	}
	f, err := article.Open(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("--protect: %w", err)
	}
	defer f.Close()
	p, err := plan.ReadProtection(f)
	if err != nil {
		return nil, fmt.Errorf("--protect %s: %w", name, err)
	}
	return p, nil
}

// unprotected says what the file of --protect did, and what it names in vain.
func (a *app) unprotected(name string, p *clean.Protection, res *clean.Result) {
	if p == nil || a.global.quiet || res.Already {
		return
	}
	fmt.Fprintf(a.stderr, "dedup: %s kept what would have gone in %s\n", name, plural.Count(res.Protected, "place"))
	if ids := p.Unused(); len(ids) > 0 {
		fmt.Fprintf(a.stderr, "dedup: of %s in %s nothing would go, such as %s\n", plural.Count(len(ids), "article"), name, report.Truncate(report.Visible(ids[0]), 80))
	}
}

// withoutText says how many articles without text stay.
func withoutText(n int) string {
	return plural.Count(n, "article") + " without text " + plural.Word(n, "stays (--drop-empty leaves it out)", "stay (--drop-empty leaves them out)")
}

// printDryRun says what would go. Names of articles are cut to width, 0: not at all.
func printDryRun(w io.Writer, res *clean.Result, index bool, width int) error {
	var b strings.Builder
	removed, why := counted(res.Removed)
	spans, cuts := counted(res.Cuts)
	fmt.Fprintf(&b, "%s: %d would be removed%s\n%s would be cut%s in %s\n", plural.Count(res.Articles, "article"), removed, why,
		plural.Count(spans, "span"), cuts, plural.Count(res.Cut, "article"))
	if index {
		fmt.Fprintf(&b, "%s\n", forIndex(res))
	}
	if res.Empty > 0 {
		fmt.Fprintf(&b, "%s\n", withoutText(res.Empty))
	}
	for i, s := range res.Sources {
		if i == 0 && s.Removed > 0 {
			b.WriteString("\nsources that lose most:\n")
		}
		if i < 10 && s.Removed > 0 {
			name := report.Plain(s.Source)
			if name == "" {
				name = "(no source)"
			}
			fmt.Fprintf(&b, "  %6d of %6d  %s\n", s.Removed, s.Articles, name)
		}
	}
	for i := range res.Review {
		groupLines(&b, &res.Review[i], width)
	}
	if res.Stopped != nil {
		fmt.Fprintf(&b, "\nwithout --dry-run the guard would stop this:\n%s\n", res.Stopped)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// groupLines says what goes by one rule, with examples.
func groupLines(b *strings.Builder, g *clean.Group, width int) {
	i := slices.IndexFunc(cleanRules, func(r cleanRule) bool { return r.rule == g.Rule })
	fmt.Fprintf(b, "\n%s", plural.Count(g.Count, cleanRules[i].one, cleanRules[i].many))
	if g.Band != "" {
		fmt.Fprintf(b, " of resemblance %s", g.Band)
	}
	sep := ": "
	for k, s := range g.Sources {
		if k == 3 {
			fmt.Fprintf(b, "%s%s", sep, plural.Count(len(g.Sources)-k, "more source"))
			break
		}
		name := report.Plain(s.Source)
		if name == "" {
			name = "(no source)"
		}
		fmt.Fprintf(b, "%s%s %d", sep, name, s.Removed)
		sep = ", "
	}
	b.WriteByte('\n')
	for k := range g.Sample {
		s := &g.Sample[k]
		sampleLines(b, s, width)
		if s.Words != "" {
			words := report.Plain(s.Words)
			if room := max(width-6, 20); width > 0 {
				words = report.Truncate(words, room)
			} else {
				words = report.Truncate(words, 160)
			}
			fmt.Fprintf(b, "    %q\n", words)
		}
	}
}

// sampleLines says what goes of one article, and what it matched.
func sampleLines(b *strings.Builder, s *clean.Sample, width int) {
	id := report.Plain(s.Article)
	known := ""
	line := func(head string, by gate.Byline, path string, n int) {
		if path != "" && n > 0 {
			head += fmt.Sprintf("%s:%d  ", report.Plain(path), n)
		}
		room := width
		if width > 0 {
			room = max(width-4-report.Width(head), 8)
		}
		if say := strings.TrimSpace(head + report.Byline(by, room)); say != "" && say != known {
			fmt.Fprintf(b, "    %s\n", say)
			known = say
		}
	}
	if r := s.Whole; r != nil && r.Matched == nil {
		fmt.Fprintf(b, "  %s: removed, %s\n", id, r.Rule)
		line("", s.About, s.Path, s.Line)
		return
	}
	if r := s.Whole; r != nil {
		fmt.Fprintf(b, "  %s: removed, %s", id, r.Rule)
		if r.Resemblance > 0 {
			fmt.Fprintf(b, ", resemblance %.4f, containment %.4f", r.Resemblance, r.Containment)
		}
		fmt.Fprintf(b, ", kept: %s\n", report.Plain(r.Matched.Article))
		line("", s.About, s.Path, s.Line)
		line("kept: ", s.Matched[0], r.Matched.Path, r.Matched.Line)
		return
	}
	for k, c := range s.Cuts {
		fmt.Fprintf(b, "  %s bytes %d to %d: %s", id, c.Start, c.End, c.Rule)
		if m := c.Matched; m != nil {
			fmt.Fprintf(b, ", as in %s bytes %d to %d", report.Plain(m.Article), m.Start, m.End)
		}
		b.WriteByte('\n')
		if k == 0 {
			line("", s.About, s.Path, s.Line)
		}
		if m := c.Matched; m != nil && m.Article != s.Article {
			line("as in: ", s.Matched[k], m.Path, m.Line)
		}
	}
}
