package date

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// layouts are forms that a date is written in, and what of it they keep.
var layouts = []struct {
	layout string
	keep   time.Duration // of the instant; 0: the day only
}{
	{time.RFC3339Nano, 1}, {time.RFC3339, time.Second}, {"2006-01-02T15:04:05Z0700", time.Second}, {"2006-01-02T15:04Z07:00", time.Minute}, {"2006-01-02T15:04:05", time.Second},
	{"2006-01-02T15:04", time.Minute}, {"2006-01-02 15:04:05Z07:00", time.Second}, {"2006-01-02 15:04:05 Z07:00", time.Second}, {"2006-01-02 15:04:05Z0700", time.Second},
	{"2006-01-02 15:04:05 Z0700", time.Second}, {"2006-01-02 15:04:05 -0700 MST", time.Second}, {"2006-01-02 15:04:05.999999999 -0700 MST", 1}, {"2006-01-02 15:04:05 MST", time.Second},
	{"2006-01-02 15:04:05", time.Second}, {"2006-01-02 15:04", time.Minute}, {"20060102T150405Z0700", time.Second}, {"20060102T150405", time.Second}, {"20060102150405", time.Second},
	{"20060102", 0}, {"2006/01/02 15:04:05", time.Second}, {"2006/01/02 15:04", time.Minute}, {"2006/1/2", 0}, {"Mon, 2 Jan 2006 15:04:05 -0700", time.Second}, {"Mon, 2 Jan 2006 15:04:05 MST", time.Second},
	{"Mon, 2 Jan 2006 15:04 -0700", time.Minute}, {"Mon, 2 Jan 2006 15:04 MST", time.Minute}, {"Mon, 2 Jan 2006", 0}, {"2 Jan 2006 15:04:05 -0700", time.Second}, {"2 Jan 2006 15:04:05 MST", time.Second},
	{"2 Jan 2006 15:04:05", time.Second}, {"2 Jan 2006 15:04", time.Minute}, {"2 Jan 2006", 0}, {"2 January 2006 15:04:05", time.Second}, {"2 January 2006 15:04", time.Minute}, {"2 January 2006", 0},
	{"Monday, 2 January 2006", 0}, {"Monday 2 January 2006", 0}, {"Mon Jan 2 15:04:05 -0700 2006", time.Second}, {"Mon Jan _2 15:04:05 MST 2006", time.Second}, {"Mon Jan _2 15:04:05 2006", time.Second},
	{"January 2, 2006 3:04 PM MST", time.Minute}, {"January 2, 2006 3:04 PM", time.Minute}, {"January 2, 2006 15:04", time.Minute}, {"January 2, 2006", 0}, {"January 2 2006", 0},
	{"Jan 2, 2006 3:04 PM MST", time.Minute}, {"Jan 2, 2006 3:04 PM", time.Minute}, {"Jan 2, 2006 15:04", time.Minute}, {"Jan 2, 2006", 0}, {"Jan 2 2006", 0}, {"Jan. 2, 2006, 15:04", time.Minute},
	{"Monday, January 2, 2006 3:04 PM", time.Minute}, {"Monday, January 2, 2006", 0}, {"Mon, Jan 2, 2006", 0}, {"Mon Jan 2, 2006 3:04pm MST", time.Minute}, {"Monday, January 2, 2006 at 3:04:05 PM", time.Second},
	{"02-Jan-2006 15:04:05", time.Second}, {" 2-Jan-2006 15:04:05.00", time.Second / 100}, {"02-Jan-2006", 0}, {"2.1.2006 15:04:05", time.Second}, {"2.1.2006 15:04", time.Minute}, {"2.1.2006", 0},
	{"1/2/2006 15:04:05", time.Second}, {"1/2/2006 3:04:05 PM", time.Second}, {"1/2/2006 3:04 PM", time.Minute}, {"1/2/2006 15:04", time.Minute}, {"1/2/2006", 0}, {"1-2-2006", 0},
	{"2/Jan/2006:15:04:05 -0700", time.Second}, {"Mon Jan 02 2006 15:04:05 GMT-0700 (MST)", time.Second}, {"15:04 MST, 2 January 2006", time.Minute}, {"15:04 on January 2, 2006", time.Minute},
	{"2 Jan 2006 1504 MST", time.Minute}, {"2006年1月2日", 0}, {"2006年1月2日 15:04", time.Minute}, {"2006年1月2日15时04分05秒", time.Second}, {"2006년 1월 2일 15:04", time.Minute},
	{"2006-01-02T15:04:05-07:00[MST]", time.Second}, {"2006:01:02 15:04:05", time.Second},
	{`{"$date":"2006-01-02T15:04:05Z07:00"}`, time.Second}, {`ISODate("2006-01-02T15:04:05Z07:00")`, time.Second},
}

// What is written in a layout is read back, in any case and with blanks around.
func TestDatesRoundTripInEveryLayout(t *testing.T) {
	zones := []*time.Location{time.UTC, time.FixedZone("EDT", -4*3600), time.FixedZone("CST", -6*3600), time.FixedZone("IST", 5*3600+1800), time.FixedZone("CEST", 2*3600), time.FixedZone("XQT", 0)}
	rapid.Check(t, func(t *rapid.T) {
		l := layouts[rapid.IntRange(0, len(layouts)-1).Draw(t, "layout")]
		then := time.Unix(rapid.Int64Range(-30e9, 200e9).Draw(t, "second"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanos")).In(rapid.SampledFrom(zones).Draw(t, "zone"))
		s := then.Format(l.layout)
		want := then
		if !strings.Contains(l.layout, "07") && !strings.Contains(l.layout, "MST") { // the layout has no zone
			want = time.Date(then.Year(), then.Month(), then.Day(), then.Hour(), then.Minute(), then.Second(), then.Nanosecond(), time.UTC)
		}
		if l.keep > 0 {
			want = want.Truncate(l.keep).UTC()
		} else {
			want = time.Date(then.Year(), then.Month(), then.Day(), 0, 0, 0, 0, time.UTC)
		}
		if wall := then.Year(); wall < 1000 || wall > 9999 {
			return
		}
		switch rapid.IntRange(0, 3).Draw(t, "case") {
		case 0:
			s = " " + strings.ToUpper(s) + "\n"
			if strings.ContainsAny(l.layout, "{(") && strings.Contains(l.layout, `"`) { // keys have their case
				return
			}
		case 1:
			if s == strings.ToLower(s) || strings.Contains(s, "XQT") || strings.Contains(l.layout, `"`) {
				break
			}
			s = strings.ToLower(s)
		}
		got, ok := Parse(s)
		if !ok || !got.Time.Equal(want) || got.DayOnly != (l.keep == 0) {
			t.Fatalf("%q (%s): %+v, ok %v; not %v", s, l.layout, got, ok, want)
		}
	})
}

// Every name of a month is read in every place, in either case.
func TestMonthsOfAllLanguages(t *testing.T) {
	for line := range strings.Lines(monthList) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		var month int
		if _, err := fmt.Sscan(f[1], &month); err != nil {
			t.Fatal(line, err)
		}
		for _, word := range []string{f[0], strings.ToUpper(f[0]), titled(f[0])} {
			for _, form := range []string{"20 %s 2006", "20. %s 2006, 00:00", "%s 20, 2006", "2006 %s 20", "20-%s-06", "20/%s/2006", "Fri 20 %s. 2006", "20 de %s de 2006"} {
				s := fmt.Sprintf(form, word)
				if d, ok := Parse(s); !ok || d.Time.Format(time.DateOnly) != fmt.Sprintf("2006-%02d-20", month) {
					t.Errorf("%q: %+v, ok %v", s, d, ok)
				}
			}
		}
	}
}

func titled(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// slowly reads a date without the short cut.
func slowly(s string) (d Date, ok bool) {
	var p parser
	if !p.lex(s) || !p.parse() {
		return d, false
	}
	return p.resolve()
}

// FuzzDate: nothing crashes; what is read is an instant of the calendar in UTC that can be written
// and read back; the short cut for ISO 8601 says what the long way says.
func FuzzDate(f *testing.F) {
	for _, dates := range understood {
		for in := range dates {
			f.Add(in)
		}
	}
	f.Add("20 Oct 2006 18:15 XQT")
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := Parse(s)
		if !ok {
			return
		}
		if y := d.Time.Year(); y < 999 || y > 10000 || d.Time.Location() != time.UTC {
			t.Fatalf("%q: %+v", s, d)
		}
		if d.DayOnly && !d.Time.Equal(d.Time.Truncate(24*time.Hour)) {
			t.Fatalf("%q: a day with a clock, %+v", s, d)
		}
		if y := d.Time.Year(); y < 1000 || y > 9999 {
			return // the zone took it over the edge
		}
		if again, ok := Parse(d.Time.Format(time.RFC3339Nano)); !ok || !again.Time.Equal(d.Time) {
			t.Fatalf("%q: %+v is read back as %+v", s, d, again)
		}
		if quick, ok := parseISO(s); ok {
			if slow, ok := slowly(s); !ok || slow != quick {
				t.Fatalf("%q: %+v one way, %+v the other, %v", s, quick, slow, ok)
			}
		}
	})
}
