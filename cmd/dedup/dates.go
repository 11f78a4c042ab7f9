package main

import (
	"fmt"
	"io"

	"dedup"
	"dedup/internal/article"
	"dedup/internal/report"
)

// dateNote says at the end of a command how many articles have a date. Reports say it themselves;
// all other commands say it on stderr when a date was not understood, and even with --quiet when
// what they print depends on dates that are missing.
type dateNote struct {
	counts   article.Dates
	reported bool   // the report that is printed says it
	matter   string // what an article without a date alters in what is printed; empty: nothing
}

// read takes over the counts of a corpus.
func (d *dateNote) read(s dedup.Summary) {
	d.counts = article.Dates{Articles: s.Articles, Dated: s.Dated, NotUnderstood: s.NotUnderstood}
}

// What missing dates alter.
const (
	datesOfStories = "where the date is not known, time does not keep stories apart"
	datesOfCopies  = "a copy without a date is kept only where none has one"
)

// done says it on w.
func (d *dateNote) done(w io.Writer, quiet bool) {
	c := &d.counts
	missing := d.matter != "" && c.Dated < c.Articles
	if d.reported || !missing && (quiet || c.NotUnderstood == 0) {
		return
	}
	say := report.Dated(c.Dated, c.Articles, c.NotUnderstood)
	if missing {
		say += "; " + d.matter
	}
	fmt.Fprintf(w, "dedup: %s\n", say)
	if missing && c.NotUnderstood == 0 {
		fmt.Fprintln(w, "hint: records have their date in a field: --field published=NAME")
	}
}
