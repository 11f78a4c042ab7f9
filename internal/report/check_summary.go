package report

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strings"

	"dedup/internal/gate"
)

// summaryTop is how many findings of a rule a summary lists: GitHub takes a megabyte.
const summaryTop = 10

// CheckSummary writes the verdict on a drop as Markdown, for the summary of a job: the reasons, a
// table of rules, the first findings of each. Words of articles only stand in code spans, where
// neither Markdown nor HTML, mentions nor links mean anything.
func CheckSummary(w io.Writer, res *gate.Result) error {
	bw := bufio.NewWriter(w)
	verdict := "failed"
	if res.Pass {
		verdict = "passed"
	}
	fmt.Fprintf(bw, "## dedup check %s\n\n%s\n\n", verdict, looked(res))
	for i := range res.Reasons[:min(len(res.Reasons), summaryTop)] {
		fmt.Fprintf(bw, "- %s\n", reason(&res.Reasons[i], codeSpan))
	}
	if more := len(res.Reasons) - summaryTop; more > 0 {
		fmt.Fprintf(bw, "- and %s\n", orNo(more, "more limit", "more limits"))
	}
	if len(res.Reasons) > 0 {
		fmt.Fprintln(bw)
	}
	summaryTable(bw, res)
	for i := range res.Counts {
		summaryRule(bw, res, &res.Counts[i])
	}
	if say := gone(res); say != "" {
		fmt.Fprintf(bw, "\n%s\n", strings.Replace(say, "--update-baseline", "`--update-baseline`", 1))
	}
	return bw.Flush()
}

func summaryTable(w *bufio.Writer, res *gate.Result) {
	fmt.Fprintln(w, "| rule | found | known | new | limit | |\n|---|---:|---:|---:|---:|---|")
	for _, t := range res.Counts {
		verdict := "ok"
		if failedBy(res, t.Rule) {
			verdict = "**failed**"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", t.Rule, thousands(t.Found), thousands(t.Known), thousands(t.New), t.Allowed, verdict)
	}
}

// failedBy tells whether a limit was exceeded by findings of the rule.
func failedBy(res *gate.Result, rule gate.Rule) bool {
	for i := range res.Reasons {
		if hasRule(&res.Reasons[i], rule) {
			return true
		}
	}
	return false
}

func summaryRule(w *bufio.Writer, res *gate.Result, t *gate.Tally) {
	if t.New == 0 {
		return
	}
	about := t.Rule.About()
	fmt.Fprintf(w, "\n### %s\n\n%s\n\n", orNo(t.New, "new "+about.One, "new "+about.Many), about.Short)
	for _, f := range ranked(res, t.Rule, summaryTop) {
		fmt.Fprintf(w, "- %s", codeSpan(spot(f)))
		if in := inside(f); in != "" {
			fmt.Fprintf(w, " %s", codeSpan(in))
		}
		if by := byline(f.Byline(), math.MaxInt); by != "" {
			fmt.Fprintf(w, " %s", codeSpan(by))
		}
		fmt.Fprintf(w, ": %s%s", said(f, codeSpan), match(f, codeSpan))
		if text := quoted(f); text != "" {
			fmt.Fprintf(w, "<br>%s", codeSpan(Truncate(text, excerptMost)))
		}
		fmt.Fprintln(w)
	}
	if more := t.New - summaryTop; more > 0 {
		fmt.Fprintf(w, "- … and %s more\n", thousands(more))
	}
}

// spanMost is as long as a path may be (PATH_MAX): a name is whole, and what only claims to be one
// does not fill the summary.
const spanMost = 4096

// codeSpan quotes words of an article as a code span of Markdown, fenced by one backtick more than
// stand in a row in it (CommonMark 0.31, 6.1).
func codeSpan(s string) string {
	s = truncateMiddle(Plain(s), spanMost)
	if s == "" {
		return "` `"
	}
	run, longest := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		s = " " + s + " " // Markdown takes one blank off at either end
	}
	return fence + s + fence
}
