package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/gate"
	"dedup/internal/plural"
)

// What the formats of a check (check_*.go) say in the same words. Where a word of an article comes
// in, its id or its source, they hand over how their format quotes it.

// asIs quotes for formats that escape whole strings.
func asIs(s string) string { return s }

// reason says which limit was exceeded: "3 near-duplicates (limit 0)".
func reason(r *gate.Reason, quote func(string) string) string {
	limit := "limit " + r.Allowed.String()
	switch {
	case r.Limit == gate.MaxPerSource:
		return fmt.Sprintf("%s of %s from %s are duplicates (%s)", thousands(r.Found), count(r.Of, "article"), quote(r.Source), limit)
	case r.Limit == gate.MaxCluster:
		return fmt.Sprintf("%s in the cluster of %s (%s)", count(r.Found, "article"), quote(r.Cluster), limit)
	case r.Allowed.IsShare():
		limit += " of " + thousands(r.Of)
	}
	if len(r.Rules) == 1 {
		about := r.Rules[0].About()
		return orNo(r.Found, about.One, about.Many) + " (" + limit + ")"
	}
	return count(r.Found, "duplicated article") + " (" + limit + ")"
}

// mostReasons is how many reasons the first line of a report gives; a drop may exceed its limit for
// thousands of sources.
const mostReasons = 6

// reasons are all reasons in one line.
func reasons(res *gate.Result, quote func(string) string) string {
	var say []string
	for i := range res.Reasons[:min(len(res.Reasons), mostReasons)] {
		say = append(say, reason(&res.Reasons[i], quote))
	}
	if more := len(res.Reasons) - mostReasons; more > 0 {
		say = append(say, "and "+orNo(more, "more limit", "more limits"))
	}
	return strings.Join(say, ", ")
}

// verdict is the first line of a report.
func verdict(res *gate.Result, quote func(string) string) (word, why string) {
	if !res.Pass {
		return "FAIL", reasons(res, quote)
	}
	if n := fresh(res); n > 0 {
		return "PASS", orNo(n, "finding", "findings") + " within the limits"
	}
	if found(res) > 0 {
		return "PASS", "nothing new"
	}
	return "PASS", "nothing found"
}

// found is how many findings there are.
func found(res *gate.Result) int { return len(res.Findings) + res.Omitted }

// fresh is how many findings are not in the baseline.
func fresh(res *gate.Result) int {
	n := 0
	for _, t := range res.Counts {
		n += t.New
	}
	return n
}

// looked says what was looked at.
func looked(res *gate.Result) string {
	say := Dated(res.Dated, res.Articles+res.Empty, res.NotUnderstood)
	if res.Empty > 0 {
		say += ", " + thousands(res.Empty) + " without text"
	}
	if res.Skipped > 0 {
		say += ", " + count(res.Skipped, "input") + " skipped"
	}
	if res.Baseline {
		say += ", " + orNo(found(res)-fresh(res), "finding", "findings") + " in the baseline"
	}
	if res.Omitted > 0 {
		say += ", " + omitted(res)
	}
	return say
}

// omitted says how many findings are not listed.
func omitted(res *gate.Result) string {
	return count(res.Omitted, "finding") + " counted and not listed, for want of memory: allow more with --memory"
}

// gone says what --update-baseline would take out; empty where there is nothing.
func gone(res *gate.Result) string {
	n := gate.Occurrences(res.Gone)
	if n == 0 {
		return ""
	}
	return thousands(n) + " of the baseline " + plural.Word(n, "is", "are") + " gone: --update-baseline"
}

// said is what a finding says, without its place and its text.
func said(f *gate.Judged, quote func(string) string) string {
	return strings.NewReplacer("{words}", count(f.Tokens, "word"), "{matched}", quote(f.Matched), "{met}", met(f), "{share}", part(f)).Replace(f.Rule.About().Says)
}

// quoted is the text of a finding; empty where that is the title of the article, which stands
// beside it.
func quoted(f *gate.Judged) string {
	text := Plain(f.Text)
	if f.Line == 0 && text == Plain(f.Title) {
		return ""
	}
	return text
}

// match says where the article is that a finding matches, and what people know it by; empty where
// nothing is known.
func match(f *gate.Judged, quote func(string) string) string {
	var say []string
	for _, s := range []string{f.Where, byline(f.About, math.MaxInt)} {
		if s != "" {
			say = append(say, quote(s))
		}
	}
	if say == nil {
		return ""
	}
	return " (" + strings.Join(say, "; ") + ")"
}

// met says by which rule two articles are near-duplicates, and how far.
func met(f *gate.Judged) string {
	switch f.How {
	case "resemblance":
		return fmt.Sprintf(", resemblance %.2f", floor2(f.Resemblance))
	case "containment":
		return fmt.Sprintf(", containment %.2f", floor2(f.Containment))
	}
	return ""
}

// part says how much of its article a finding is.
func part(f *gate.Judged) string {
	if f.Share <= 0 {
		return ""
	}
	return ", " + percent(f.Share) + " of the article"
}

// spot is where a finding is, for people: path:line:column, or where the article's text is not the
// file itself, path:line of the article.
func spot(f *gate.Judged) string {
	if f.InFile && f.Line > 0 {
		return fmt.Sprintf("%s:%d:%d", f.Path, f.Line, f.Column)
	}
	if f.Record > 0 {
		return f.Path + ":" + strconv.Itoa(f.Record)
	}
	return f.Path
}

// inside says where in an article a finding is when its spot does not: the article's id, and line
// and column in its text.
func inside(f *gate.Judged) string {
	say := ""
	if f.Article != f.Path {
		say = f.Article
	}
	if f.Line > 0 && !f.InFile {
		say += fmt.Sprintf(" (line %d, column %d of its text)", f.Line, f.Column)
	}
	return strings.TrimSpace(say)
}

// ranked are the findings of one rule that are new, those that say most first: the longest, then
// the most alike; n of them at most, 0: all.
func ranked(res *gate.Result, rule gate.Rule, n int) []*gate.Judged {
	var of []*gate.Judged
	for i := range res.Findings {
		if f := &res.Findings[i]; f.Rule == rule && f.New {
			of = append(of, f)
		}
	}
	slices.SortStableFunc(of, func(a, b *gate.Judged) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(b.Tokens, a.Tokens), cmp.Compare(b.Resemblance, a.Resemblance))
	})
	if n > 0 {
		of = of[:min(n, len(of))]
	}
	return of
}
