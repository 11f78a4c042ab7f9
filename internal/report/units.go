package report

import (
	"fmt"
	"strconv"

	"dedup/internal/corpus"
	"dedup/internal/plural"
)

// Size is a number of bytes for people: "15.8 kB", powers of 1,000.
func Size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	x, unit := float64(n)/1000, "kB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if x < 999.95 {
			break
		}
		x, unit = x/1000, next
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}

// Dated says how many articles have a date: "12 of 100 articles have a date (3 dates not
// understood)".
func Dated(dated, articles, notUnderstood int) string {
	say := thousands(dated) + " of " + count(articles, "article")
	if articles == 1 {
		say += " has a date"
	} else {
		say += " have a date"
	}
	if notUnderstood > 0 {
		say += " (" + count(notUnderstood, "date") + " not understood)"
	}
	return say
}

// Ratio is a share or a resemblance as reports give it: with four decimals.
func Ratio(x float64) float64 { return corpus.Ratio(x) }

// count is "1 article", "12,000 articles".
func count(n int, what string) string { return thousands(n) + " " + plural.Word(n, what) }

// orNo is "no stories", "1 story", "2 stories".
func orNo(n int, one, many string) string {
	if n == 0 {
		return "no " + many
	}
	return thousands(n) + " " + plural.Word(n, one, many)
}

// percent is a share for people: one decimal, and neither 0 nor 100 for what is a little more or
// less.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.001:
		return "<0.1%"
	case share < 1 && share > 0.999:
		return ">99.9%"
	}
	return fmt.Sprintf("%.1f%%", 100*share)
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
