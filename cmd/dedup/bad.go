package main

import (
	"fmt"
	"io"

	"dedup/internal/article"
	"dedup/internal/report"
)

// complaints names what could not be read on w. A hint that was given before is not given again.
func complaints(w io.Writer) func(article.Bad) {
	hinted := map[string]bool{}
	return func(b article.Bad) {
		where := report.Plain(b.Path)
		if b.Line > 0 {
			where = fmt.Sprintf("%s line %d", where, b.Line)
		}
		what := "skipped "
		if b.Kept {
			what = ""
		}
		fmt.Fprintf(w, "dedup: %s%s: %s\n", what, where, report.Plain(b.Reason))
		if b.Hint != "" && !hinted[b.Hint] {
			hinted[b.Hint] = true
			fmt.Fprintf(w, "hint: %s\n", report.Plain(b.Hint))
		}
	}
}
