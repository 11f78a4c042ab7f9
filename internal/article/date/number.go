package date

import (
	"strconv"
	"strings"
	"time"
)

// parseNumber reads a number: a day (20061020), a minute or a second in figures (200610201815,
// 20061020181500), or the seconds, milli-, micro- or nanoseconds since 1970, told by how many
// digits stand before the point: 9 or 10, 12 or 13, 15 or 16, 18 or 19. The parts of a second are
// dropped. is tells whether s is a number at all.
func parseNumber(s string) (d Date, is, ok bool) {
	for i := range len(s) {
		if c := s[i]; c > '9' && c|0x20 != 'e' || c < '0' && c != '.' && c != '+' && c != '-' {
			return d, false, false
		}
	}
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if strings.ContainsAny(digits, "eE") {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil || !(f >= 1e7 && f < 9e18) {
			return d, err == nil, false
		}
		whole, fraction = strconv.FormatFloat(f, 'f', 0, 64), ""
	}
	fraction = strings.TrimRight(fraction, "0")
	n, is := figures(whole)
	if !is || fraction != "" && (len(whole) < 9 || !allFigures(fraction)) { // 20.10.2006 is for others
		return d, false, false
	}
	if !negative && fraction == "" {
		if d, ok := compact(whole); ok || len(whole) == 8 || len(whole) == 14 {
			return d, true, ok
		}
	}
	if negative {
		n = -n
	}
	d.Time, ok = since1970(int64(n), len(whole))
	return d, true, ok
}

func allFigures(s string) bool {
	_, ok := figures(s[:min(len(s), 18)])
	return ok
}

// since1970 is the second that a number of so many digits stands for.
func since1970(n int64, digits int) (t time.Time, ok bool) {
	switch digits {
	case 9, 10:
		t = time.Unix(n, 0)
	case 12, 13:
		t = time.UnixMilli(n)
	case 15, 16:
		t = time.UnixMicro(n)
	case 18, 19:
		t = time.Unix(0, n)
	default:
		return t, false
	}
	t = t.UTC().Truncate(time.Second)
	return t, t.Year() >= 1000 && t.Year() <= 9999
}

// compact reads a date in 8, 12 or 14 figures. A number of 12 figures that is a date of the years
// 1900 to 2099 is one; as milliseconds it would stand for some weeks of 1976.
func compact(s string) (d Date, ok bool) {
	if len(s) != 8 && len(s) != 12 && len(s) != 14 {
		return d, false
	}
	n, ok := figures(s[:8])
	if !ok || len(s) == 12 && s[:2] != "19" && s[:2] != "20" {
		return d, false
	}
	if d.Time, ok = day(n/10000, n/100%100, n%100); !ok || len(s) == 8 {
		d.DayOnly = ok
		return d, ok
	}
	since, ok := compactClock(s[8:])
	d.Time = d.Time.Add(since)
	return d, ok
}

// compactClock reads 1815 or 181500.
func compactClock(s string) (time.Duration, bool) {
	n, ok := figures(s)
	if !ok || len(s) != 4 && len(s) != 6 {
		return 0, false
	}
	if len(s) == 4 {
		n *= 100
	}
	return clock(n/10000, n/100%100, n%100, 0)
}

// wraps are the keys and calls that stand around a date in exports: extended JSON of MongoDB, its
// shell, and JSON of ASP.NET.
var wraps = []string{`"$date"`, `"$numberLong"`, `"$numberDouble"`, `"$numberInt"`, "ISODate(", "/Date("}

// Wrapped tells whether a JSON object stands for a date: {"$date": …}.
func Wrapped(object string) bool {
	at := strings.IndexByte(object, '"')
	return at > 0 && strings.HasPrefix(object[at:], wraps[0])
}

// unwrap takes off one layer of what stands around a date.
func unwrap(s string) (string, bool) {
	if c := s[0]; (c == '"' || c == '\'') && len(s) > 1 && s[len(s)-1] == c {
		return strings.TrimSpace(s[1 : len(s)-1]), true
	}
	inner, object := strings.CutPrefix(s, "{")
	inner = strings.TrimSpace(inner)
	for _, w := range wraps {
		rest, ok := strings.CutPrefix(inner, w)
		if !ok || object != (w[0] == '"') {
			continue
		}
		if object {
			if rest, ok = strings.CutPrefix(strings.TrimSpace(rest), ":"); ok {
				rest, ok = strings.CutSuffix(rest, "}")
			}
		} else {
			rest, ok = strings.CutSuffix(strings.TrimSuffix(rest, "/"), ")")
		}
		return strings.TrimSpace(rest), ok
	}
	return s, false
}
