package gate

import (
	"context"
	"strings"

	"dedup/internal/index"
	"dedup/internal/known"
)

// lookUp marks what the index has of the articles. A passage is left out that is boilerplate going by
// the entries (package known).
func (c *check) lookUp(ctx context.Context) error {
	opt := known.Options{Near: c.known, Skip: c.screen.Skip}
	if c.looksFor[CopiedPassage] {
		opt.Copied = c.copied
	}
	return known.Look(ctx, c.Corpus, c.index, opt)
}

// known marks an article that is in the corpus, or that supersedes an article of it.
func (c *check) known(i int, near *index.Near, supersedes bool, e *index.Entry) {
	rule := InCorpus
	if supersedes {
		rule = Supersedes
	}
	c.mark(i, mark{
		rule: rule, matched: strings.Clone(e.ID), where: where(e.Path, e.Line), about: entryByline(e),
		resemblance: near.Resemblance, containment: max(near.ContainmentQuery, near.ContainmentEntry), how: near.Rule.String(),
	})
}

// copied marks the passages of an article.
func (c *check) copied(i int, found []known.Passage) error {
	for k := range found {
		p := &found[k]
		if p.Boilerplate {
			continue
		}
		c.mark(i, mark{rule: CopiedPassage, span: p.Span, matched: p.Entry.ID, where: where(p.Entry.Path, p.Entry.Line), about: entryByline(&p.Entry)})
	}
	return nil
}
