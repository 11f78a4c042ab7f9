package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/indexing"
	"dedup/internal/plural"
)

// placedColumns are those of stories --index.
var placedColumns = textColumns("article", "story", "what", "from")

// runPlaced prints where articles would be among the stories of an index. It only looks: index add
// keeps.
func runPlaced(cmd *cobra.Command, s *stage, cfg reading, dir string, level corpus.Granularity) error {
	return s.app.readIndex(cmd.Context(), dir, "reading", func(x *index.Index) error {
		return s.rows(&cfg, placedColumns, func(t *table) (int, error) {
			list, counts, err := indexing.Place(cmd.Context(), cfg.corpus(), x)
			s.app.dates.counts = counts.Dates
			for i := range list {
				if err == nil {
					err = placedRow(t, &list[i], level)
				}
			}
			return counts.Skipped, err
		})
	})
}

// placedRow prints an article that is new, or that moves at this level.
func placedRow(t *table, p *index.Placement, level corpus.Granularity) error {
	now, was, opens, gone, letter := p.Event, p.WasEvent, p.OpensEvent, p.EventGone, byte('e')
	if level == corpus.Running {
		now, was, opens, gone, letter = p.Story, p.WasStory, p.OpensStory, p.StoryGone, byte('s')
	}
	what, from := "joined", ""
	switch {
	case was == now:
		return nil // it moves at the other level only
	case was != 0 && gone:
		what, from = "merged", index.Name(letter, was)
	case was != 0:
		what, from = "split", index.Name(letter, was)
	case opens:
		what = "opened"
	}
	t.str(p.ID)
	t.str(index.Name(letter, now))
	t.str(what)
	t.str(from)
	return t.end()
}

// placedCounts is what an addition to an index with stories comes to.
type placedCounts struct {
	opened map[uint32]bool
	moved  int
}

func (c *placedCounts) count(p index.Placement) {
	switch {
	case p.WasEvent != 0 && p.WasEvent != p.Event:
		c.moved++
	case p.WasEvent == 0 && p.OpensEvent:
		if c.opened == nil {
			c.opened = map[uint32]bool{}
		}
		c.opened[p.Event] = true
	}
}

func (c *placedCounts) String() string {
	say := plural.Count(len(c.opened), "event") + " opened"
	if c.moved > 0 {
		say += fmt.Sprintf("; %s that %s there %s in another event now", plural.Count(c.moved, "article"), plural.Was(c.moved), plural.Word(c.moved, "is", "are"))
	}
	return say
}
