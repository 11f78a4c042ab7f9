package date

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed months.txt
var monthList string

//go:embed weekdays.txt
var weekdayList string

//go:embed words.txt
var wordList string

//go:embed zones.txt
var zoneList string

// role is what a word may do in a date.
type role uint8

const (
	roleSkip    role = iota // says nothing
	roleWeekday             // says nothing that day and month do not
	roleAM
	rolePM
	roleYear // marks behind a number, in this order
	roleMonthMark
	roleDay
	roleHour
	roleMinute
	roleSecond
	roleOrdinal
	roles
)

var roleNames = [roles]string{"skip", "weekday", "am", "pm", "year", "month", "day", "hour", "minute", "second", "ordinal"}

// name is all that a word may be.
type name struct {
	roles  uint16 // bit 1<<role
	month  uint8  // 1 to 12; 0: none
	isZone bool
	us     bool          // the zone has the daylight saving of the United States
	east   time.Duration // of UTC
}

// noName is what a word may be that is in no list.
var noName name

func (n *name) is(r role) bool { return n.roles&(1<<r) != 0 }

// table holds the names, in lower case.
type table struct {
	names   map[string]*name
	longest int // bytes
}

// names reads the lists, once.
var names = sync.OnceValue(func() *table {
	t, err := readLists(monthList, weekdayList, wordList, zoneList)
	if err != nil {
		panic(err) // they are embedded, and a test reads them
	}
	return t
})

// readLists reads one entry a line; lines that start with # are comments.
func readLists(months, weekdays, words, zones string) (*table, error) {
	t := &table{names: map[string]*name{}}
	for _, list := range []struct {
		text string
		add  func(f []string, change func(word string, fn func(*name))) error
	}{{months, addMonth}, {weekdays, addWeekday}, {words, addWord}, {zones, addZone}} {
		for line := range strings.Lines(list.text) {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			err := list.add(append(strings.Fields(line), "", ""), func(word string, fn func(*name)) {
				word = strings.ToLower(word)
				if t.names[word] == nil {
					t.names[word] = &name{}
				}
				fn(t.names[word])
				t.longest = max(t.longest, len(word))
			})
			if err != nil {
				return nil, fmt.Errorf("names in dates: %q: %w", line, err)
			}
		}
	}
	return t, nil
}

func addMonth(f []string, change func(string, func(*name))) (err error) {
	n, err := strconv.Atoi(f[1])
	change(f[0], func(e *name) {
		if e.month != 0 || n < 1 || n > 12 {
			err = fmt.Errorf("stands twice, or is no month")
		}
		e.month = uint8(n)
	})
	return err
}

func addWeekday(f []string, change func(string, func(*name))) error {
	change(f[0], func(e *name) { e.roles |= 1 << roleWeekday })
	return nil
}

func addWord(f []string, change func(string, func(*name))) error {
	for r, known := range roleNames {
		if known == f[0] && f[1] != "" {
			change(f[1], func(e *name) { e.roles |= 1 << r })
			return nil
		}
	}
	return fmt.Errorf("no such role")
}

func addZone(f []string, change func(string, func(*name))) error {
	east, ok := isoOffset(f[1])
	if !ok || f[1] == "" {
		return fmt.Errorf("an offset looks like +01:00")
	}
	change(f[0], func(e *name) { e.isZone, e.east, e.us = true, east, f[2] == "us" })
	return nil
}

// usSummer tells whether clocks of the United States are an hour ahead on a day, by the law of its
// year; the hour of the change counts as after it.
func usSummer(t time.Time) bool {
	y := t.Year()
	from, to := nthSunday(y, time.March, 2), nthSunday(y, time.November, 1) // Energy Policy Act of 2005
	switch {
	case y < 1967:
		return false // each state had its own
	case y < 1987:
		from, to = lastSunday(y, time.April), lastSunday(y, time.October) // Uniform Time Act of 1966
	case y < 2007:
		from, to = nthSunday(y, time.April, 1), lastSunday(y, time.October) // amended in 1986
	}
	return !t.Before(from.Add(2*time.Hour)) && t.Before(to.Add(2*time.Hour))
}

func nthSunday(y int, m time.Month, n int) time.Time {
	t := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	return t.AddDate(0, 0, (7-int(t.Weekday()))%7+7*(n-1))
}

func lastSunday(y int, m time.Month) time.Time {
	t := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC)
	return t.AddDate(0, 0, -int(t.Weekday()))
}
