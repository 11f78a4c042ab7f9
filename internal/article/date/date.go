// Package date reads the dates that news comes with, in whatever form an archive, a feed or a page
// writes them.
//
// What comes in is the text of a date field. Numbers that count time since 1970 are told by how
// many digits they have (number.go). The forms of ISO 8601 that most corpora have are read byte by
// byte (iso.go). All else is cut into numbers and words (lex.go); words are looked up in embedded
// lists (names.go): months and weekdays in the languages of months.txt, zones, marks such as "Uhr"
// and 年. A clock, a zone, a month by name and marked parts are taken where they stand, in any order
// (parse.go). What numbers are left are day, month and year (resolve.go).
//
// Invariant: every number and every word must have its part, or there is no date: an article
// without a date does less harm than one with a wrong date. Nothing depends on the machine: not on
// its clock, its zone or its locale. Cost: 30 ns for ISO 8601, 60 ns for numbers, 200 to 500 ns for
// the rest; nothing is allocated.
package date

import (
	"strings"
	"time"
)

// Date is a date as it was understood.
type Date struct {
	Time    time.Time // UTC
	DayOnly bool      // the time of day is not known: Time is midnight UTC
	Zone    string    // a zone that is in no list, so that Time is as if it were UTC; empty: there is none
}

// maxLen is how many bytes a date has at most; what is longer is no date.
const maxLen = 160

// Parse reads a date. Without a zone it is UTC. Day and month in figures are read the American way
// unless that cannot be or dots stand between: 2/1/2006 is 1 February, 13/1/2006 is 13 January,
// 2.1.2006 is 2 January.
func Parse(s string) (Date, bool) {
	if d, ok := parseISO(s); ok {
		return d, true
	}
	s = strings.TrimSpace(s)
	for s != "" && (s[0] == '{' || s[len(s)-1] == ')' || s[len(s)-1] == '/' || s[0] == '"' || s[0] == '\'') {
		inner, ok := unwrap(s)
		if !ok {
			break
		}
		s = inner
	}
	if len(s) < 6 || len(s) > maxLen {
		return Date{}, false
	}
	if d, is, ok := parseNumber(s); is {
		return d, ok
	}
	if d, ok := parseISO(s); ok {
		return d, true
	}
	var p parser
	if !p.lex(s) || !p.parse() {
		return Date{}, false
	}
	return p.resolve()
}

// day is midnight of a day; false where the calendar has no such day. Years have four digits: year
// 1 is how programs write that they know none.
func day(y, m, d int) (time.Time, bool) {
	if y < 1000 || y > 9999 || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d
}

// clock is the time since midnight; false where there is no such time. 24:00 and the leap second
// are the instant that follows.
func clock(h, m, s, nanos int) (time.Duration, bool) {
	if h > 24 || h == 24 && m+s+nanos > 0 || m > 59 || s > 60 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(nanos), true
}
