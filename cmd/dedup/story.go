package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"dedup"
	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/corpus"
	"dedup/internal/report"
)

// storyFlags set how stories are found.
type storyFlags struct {
	window      period
	background  string
	granularity string
	model       *background.Model // of background, once it is read; nil: the embedded one
}

func (s *storyFlags) add(f *pflag.FlagSet) {
	f.Var(&s.window, "window", "articles further apart than this are never one story, for example 3d or 72h; 0: no limit")
	f.Lookup("window").DefValue = "0"
	f.StringVar(&s.granularity, "granularity", string(corpus.Events), "what a story is: one event, or a running story of several: event, story")
	s.addBackground(f)
}

func (s *storyFlags) addBackground(f *pflag.FlagSet) {
	f.StringVar(&s.background, "background", "", "background model made by \"dedup background build\", instead of the embedded one")
}

func (s *storyFlags) apply(ctx context.Context, cfg *reading) error {
	cfg.Window, cfg.Granularity = time.Duration(s.window), s.granularity
	if _, err := corpus.ParseGranularity(s.granularity); err != nil {
		return fmt.Errorf("--granularity: %w", err)
	}
	return s.readBackground(ctx, cfg)
}

func (s *storyFlags) readBackground(ctx context.Context, cfg *reading) error {
	if s.background == "" {
		return nil
	}
	f, err := article.Open(ctx, s.background)
	if err != nil {
		return fmt.Errorf("--background: %w", err)
	}
	defer f.Close()
	if cfg.Background, err = io.ReadAll(f); err == nil {
		s.model, err = background.Read(bytes.NewReader(cfg.Background))
	}
	if err != nil {
		return fmt.Errorf("--background %s: %w", s.background, err)
	}
	return nil
}

// newReportStage makes a stage command that prints one part of the report that scan makes.
func newReportStage(a *app, cmd *cobra.Command, parts report.Parts, columns []column, rows func(t *table, r *report.Report) error,
	instead func(cmd *cobra.Command, s *stage, cfg reading) (bool, error)) *cobra.Command {
	var near nearFlags
	var story storyFlags
	flags := func(f *pflag.FlagSet) { near.add(f); story.add(f) }
	return newStageCmd(a, cmd, flags, func(cmd *cobra.Command, s *stage, cfg reading) error {
		if _, err := near.apply(a, &cfg); err != nil {
			return err
		}
		if err := story.apply(cmd.Context(), &cfg); err != nil {
			return err
		}
		if instead != nil {
			if done, err := instead(cmd, s, cfg); done || err != nil {
				return err
			}
		}
		cfg.Only = parts
		a.dates.matter = datesOfStories
		cfg.NoLabels, cfg.NoFingerprints = true, true // no row shows them
		return s.corpusRows(&cfg, columns, func(t *table, c *dedup.Corpus) error {
			r, err := c.Report(parts)
			if err != nil {
				return err
			}
			return rows(t, r)
		})
	})
}

func newStoriesCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stories [PATH...]",
		Short: "Print which story every article belongs to",
		Long: `stories prints every article with the story it tells. Articles of one event have
one story, also where they share no sentence; a lone article is a story of one.
Stories are numbered by size, then by their first article.

Columns: article, story.

With --index DIR, an index that was built with stories, it prints where articles
would be among those of the index, and keeps nothing: "dedup index add" keeps.
Columns: article, story, what, from. what is opened (no article of the index is
in the story), joined, or of an article of the index that changes its story,
merged ("from", which it was in, is part of this one) or split (it leaves
"from"). Stories are called e17, or s17 with --granularity story, by the number
of the entry that opened them, for good.
`,
		Example: `  dedup stories --index corpus.idx new.jsonl
  dedup stories --window 3d corpus.jsonl
  dedup stories corpus.jsonl | cut -f2 | sort | uniq -c | sort -rn | head`,
	}
	var dir string
	cmd = newReportStage(a, cmd, report.Parts{Stories: true}, textColumns("article", "story"), storyRows, func(cmd *cobra.Command, s *stage, cfg reading) (bool, error) {
		if !cmd.Flags().Changed("index") {
			return false, nil
		}
		for _, f := range []string{"window", "background", "threshold", "containment", "keep"} {
			if cmd.Flags().Changed(f) {
				return true, fmt.Errorf("--%s has no part in the stories of an index\nhint: leave it out", f)
			}
		}
		level, err := corpus.ParseGranularity(cfg.Granularity)
		if err != nil {
			return true, err
		}
		return true, runPlaced(cmd, s, cfg, dir, level)
	})
	cmd.Flags().StringVar(&dir, "index", "", "corpus index with stories: say where the articles would be in it")
	return cmd
}

func storyRows(t *table, r *report.Report) error {
	for i := range r.Articles {
		t.str(r.Articles[i].ID)
		t.str(r.Articles[i].Story)
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

func newPhrasesCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "phrases [PATH...]",
		Short: "Print the phrasing that independent sources of a story share",
		Long: `phrases prints, for each story, the distinctive phrases that two or more
independent sources share, the most surprising first, one row an occurrence.

Columns: story, kind (wire, quote or name), bits (surprise), text, article,
start, end (bytes of the article's text).
`,
		Example: `  dedup phrases seeds/
  dedup phrases --format jsonl corpus.jsonl | jq -r 'select(.kind == "quote").text' | sort -u`,
	}
	columns := slices.Concat(textColumns("story", "kind"), floatColumns("bits"), textColumns("text", "article"), intColumns("start", "end"))
	return newReportStage(a, cmd, report.Parts{Phrases: true}, columns, phraseRows, nil)
}

func phraseRows(t *table, r *report.Report) error {
	for i := range r.Phrases {
		p := &r.Phrases[i]
		for _, o := range p.Occurrences {
			t.str(p.Story)
			t.str(p.Kind)
			t.bits(p.Bits)
			t.str(p.Text)
			t.str(o.Article)
			t.int(o.Start)
			t.int(o.End)
			if err := t.end(); err != nil {
				return err
			}
		}
	}
	return nil
}
