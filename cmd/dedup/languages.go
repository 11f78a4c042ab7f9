package main

import (
	"fmt"
	"io"

	"dedup/internal/background"
	"dedup/internal/plural"
)

// languageNote says at the end of a command which languages the background model lacks: stories and
// phrases of those are found by what their own articles tell of the language.
type languageNote struct{ learned []background.Learned }

func (n *languageNote) add(l []background.Learned) { n.learned = l }

// worthSaying is how many articles of a language that was not learned are worth a line: fewer are
// as like to be mistaken for it.
const worthSaying = 5

// done says it on w.
func (n *languageNote) done(w io.Writer, quiet bool) {
	said := false
	for _, l := range n.learned {
		switch {
		case quiet || l.Few && l.Articles < worthSaying:
			continue
		case l.Few:
			fmt.Fprintf(w, "dedup: no background model for %s, and too few articles to learn it from (%d): its common words pass for rare ones\n", l.Language, l.Articles)
		default:
			fmt.Fprintf(w, "dedup: no background model for %s: common words were learned from %s\n", l.Language, plural.Count(l.Articles, "article"))
		}
		said = true
	}
	if said {
		fmt.Fprintln(w, "hint: a model of more articles tells more: dedup background build CORPUS, then --background FILE")
	}
}
