package article

import (
	"strings"
	"time"
)

// dateLayouts are tried in turn, after the fixed-width forms that parseDate reads itself.
// Where a layout names no zone, UTC is assumed; where it has no clock, the date alone is known.
var dateLayouts = []struct {
	layout   string
	dateOnly bool
}{
	{time.RFC3339, false},
	{"2006-01-02T15:04:05Z0700", false},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02T15:04", false},
	{"2006-01-02 15:04:05Z07:00", false},
	{"2006-01-02 15:04:05 Z07:00", false},
	{"2006-01-02 15:04:05Z0700", false},
	{"2006-01-02 15:04:05 Z0700", false},
	{"2006-01-02 15:04:05 -0700 MST", false},
	{"2006-01-02 15:04:05 MST", false},
	{"2006-01-02 15:04:05", false},
	{"2006-01-02 15:04", false},
	{"20060102T150405Z0700", false},
	{"20060102T150405", false},
	{"20060102150405", false},
	{"2006/01/02 15:04:05", false},
	{"2006/01/02 15:04", false},
	{"Mon, 2 Jan 2006 15:04:05 -0700", false},
	{"Mon, 2 Jan 2006 15:04:05 MST", false},
	{"Mon, 2 Jan 2006 15:04 -0700", false},
	{"Mon, 2 Jan 2006 15:04 MST", false},
	{"Mon, 2 Jan 2006", true},
	{"2 Jan 2006 15:04:05 -0700", false},
	{"2 Jan 2006 15:04:05 MST", false},
	{"2 Jan 2006 15:04:05", false},
	{"2 Jan 2006 15:04", false},
	{"2 Jan 2006", true},
	{"2 January 2006 15:04:05", false},
	{"2 January 2006 15:04", false},
	{"2 January 2006", true},
	{"Monday, 2 January 2006", true},
	{"Monday 2 January 2006", true},
	{"Mon Jan 2 15:04:05 -0700 2006", false},
	{"Mon Jan _2 15:04:05 MST 2006", false},
	{"Mon Jan _2 15:04:05 2006", false},
	{"January 2, 2006 3:04 PM MST", false},
	{"January 2, 2006 3:04 PM", false},
	{"January 2, 2006 15:04", false},
	{"January 2, 2006", true},
	{"January 2 2006", true},
	{"Jan 2, 2006 3:04 PM MST", false},
	{"Jan 2, 2006 3:04 PM", false},
	{"Jan 2, 2006 15:04", false},
	{"Jan 2, 2006", true},
	{"Jan 2 2006", true},
	{"Monday, January 2, 2006 3:04 PM", false},
	{"Monday, January 2, 2006", true},
	{"Mon, Jan 2, 2006", true},
	{"02-Jan-2006 15:04:05", false},
	{"02-Jan-2006", true},
	{"02-Jan-06", true},
	{"2.1.2006 15:04:05", false},
	{"2.1.2006 15:04", false},
	{"1/2/2006 15:04:05", false},
	{"1/2/2006 3:04:05 PM", false},
	{"1/2/2006 3:04 PM", false},
	{"1/2/2006 15:04", false},
	{"2/1/2006 15:04", false},
	{"2006-01", true},
}

// zones gives the hours east of UTC of the zone names news uses; time.Parse takes unknown names for UTC.
var zones = map[string]int{
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
	"BST": 1, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11,
}

// parseDate reads a time in any of the usual layouts, or seconds, milli- or microseconds since 1970. Day and month in
// figures only are read the American way first: 2/1/2006 is 1 February, 13/1/2006 is 13 January.
func parseDate(s string) (t time.Time, dateOnly, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		if t, ok = day(s[:4], s[5:7], s[8:]); ok {
			return t, true, true
		}
	}
	if digits(s) {
		return parseNumericDate(s)
	}
	if len(s) < 6 || len(s) > 64 {
		return t, false, false
	}
	if t, ok = parseFigures(s); ok {
		return t, true, true
	}
	s = strings.Replace(s, " at ", " ", 1)
	figure := s[0] <= '9'
	for _, l := range dateLayouts {
		if figure != (l.layout[0] <= '9') {
			continue
		}
		t, err := time.Parse(l.layout, s)
		if err != nil {
			continue
		}
		name, offset := t.Zone()
		if h, known := zones[name]; known && offset == 0 {
			t = t.Add(-time.Duration(h) * time.Hour)
		}
		return t.UTC(), l.dateOnly, true
	}
	return time.Time{}, false, false
}

// parseFigures reads a day in figures: year first with any of -/. between, 1/2/2006 and 1/2/06 (month or, where it cannot be one,
// day first), 2.1.2006 and 2.1.06 (day first).
func parseFigures(s string) (t time.Time, ok bool) {
	i := strings.IndexAny(s, "-/.")
	if i < 0 {
		return t, false
	}
	sep := s[i]
	a, rest := s[:i], s[i+1:]
	b, c, ok := strings.Cut(rest, string(sep))
	if !ok || len(a) == 0 || len(b) == 0 || len(b) > 2 || len(c) == 0 || len(c) > 4 {
		return t, false
	}
	switch {
	case len(a) == 4 && len(c) <= 2:
		return day(a, b, c)
	case len(a) > 2 || sep == '-' || len(c) != 2 && len(c) != 4:
		return t, false
	case len(c) == 2 && c < "70":
		c = "20" + c
	case len(c) == 2:
		c = "19" + c
	}
	if sep == '/' {
		if t, ok = day(c, a, b); ok {
			return t, true
		}
	}
	return day(c, b, a)
}

func parseNumericDate(s string) (t time.Time, dateOnly, ok bool) {
	if len(s) == 8 {
		t, ok = day(s[:4], s[4:6], s[6:])
		return t, true, ok
	}
	if len(s) == 14 {
		t, err := time.Parse("20060102150405", s)
		return t.UTC(), false, err == nil
	}
	whole, _, _ := strings.Cut(s, ".")
	if len(whole) < 8 || len(whole) > 19 {
		return t, false, false
	}
	var n int64
	for _, c := range []byte(whole) {
		n = n*10 + int64(c-'0')
	}
	switch len(whole) {
	case 9, 10:
		t = time.Unix(n, 0)
	case 12, 13:
		t = time.UnixMilli(n)
	case 15, 16:
		t = time.UnixMicro(n)
	case 18, 19:
		t = time.Unix(0, n)
	default:
		return t, false, false
	}
	return t.UTC(), false, true
}

// digits tells whether s is a number without sign, perhaps with a fraction.
func digits(s string) bool {
	dots := 0
	for _, c := range []byte(s) {
		if c == '.' {
			dots++
		} else if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0 && dots <= 1 && s[0] != '.' && (dots == 0 || len(s) > 11)
}

func day(year, month, day string) (t time.Time, ok bool) {
	y, ok1 := atoi(year)
	m, ok2 := atoi(month)
	d, ok3 := atoi(day)
	if !ok1 || !ok2 || !ok3 || m < 1 || m > 12 || d < 1 || y < 1 {
		return t, false
	}
	t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d
}

func atoi(s string) (n int, ok bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
