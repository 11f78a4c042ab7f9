package date

import "strings"

// resolve makes a date of the pieces.
func (p *parser) resolve() (d Date, ok bool) {
	if !p.numbers() {
		return d, false
	}
	dayKnown := p.day > 0
	if !dayKnown {
		if p.hasClock {
			return d, false
		}
		p.day = 1 // of a month that is all that is known
	}
	if d.Time, ok = day(p.year, p.month, p.day); !ok {
		return d, false
	}
	if !p.hasClock {
		d.DayOnly = true
		return d, true
	}
	h := p.hour
	switch {
	case p.noon == rolePM && h < 12:
		h += 12
	case p.noon == roleAM && h == 12:
		h = 0
	case p.noon == roleAM && h > 12:
		return d, false
	}
	since, ok := clock(h, p.minute, p.sec, p.nanos)
	d.Time = d.Time.Add(since)
	east := p.zone.east
	if p.zone.us && usSummer(d.Time) {
		east += 60 * 60 * 1e9
	}
	d.Time = d.Time.Add(-east)
	d.Zone = strings.Clone(p.unknown)
	return d, ok
}

// numbers gives the numbers that are left their parts.
func (p *parser) numbers() bool {
	n := p.nums[:p.count]
	known := 0
	for _, part := range []int{p.year, p.month, p.day} {
		if part > 0 {
			known++
		}
	}
	switch {
	case len(n)+known > 3 || len(n)+known < 2:
		return false
	case len(n) == 0:
		return p.year > 0 && p.month > 0
	case len(n) == 3:
		return p.inFigures(n)
	case p.month == 0: // 2006-10
		return len(n) == 2 && n[0].width == 4 && n[1].width <= 2 && (n[1].sep == '-' || n[1].sep == '/') && n[1].glued && p.setYear(&n[0]) && set(&p.month, &n[1])
	case len(n) == 2: // 20 October 2006, October 20, 2006, 2006 Oct 20, 20-Oct-06, 93 Apr 05
		y, d := &n[1], &n[0]
		if d.width == 4 || y.width != 4 && d.n > 31 && y.sep != '\'' {
			y, d = d, y
		}
		return p.setYear(y) && set(&p.day, d)
	case p.year > 0:
		return set(&p.day, &n[0])
	}
	return (p.day > 0 || n[0].width == 4) && p.setYear(&n[0])
}

// inFigures reads a day of three numbers: year first where it has four digits; else day first
// between dots, and month first, unless that cannot be, between anything else. Without four digits
// of a year, hyphens say nothing about the order.
func (p *parser) inFigures(n []token) bool {
	a, b, c := &n[0], &n[1], &n[2]
	if b.sep != c.sep {
		return false
	}
	switch {
	case a.width == 4, a.n > 31 && b.sep == '-':
		return p.setYear(a) && set(&p.month, b) && set(&p.day, c)
	case b.sep == '-' && c.width != 4, b.sep == ':' || b.sep == '+':
		return false
	case b.sep != '.' && a.n <= 12 && p.setYear(c) && set(&p.month, a) && set(&p.day, b):
		if _, ok := day(p.year, p.month, p.day); ok {
			return true
		}
		p.year, p.month, p.day = 0, 0, 0
	}
	p.year, p.month, p.day = 0, 0, 0
	return p.setYear(c) && set(&p.month, b) && set(&p.day, a)
}

// set keeps a number of one or two digits as a month or a day.
func set(part *int, t *token) bool {
	*part = t.n
	return t.width <= 2 && t.n > 0
}

// setYear keeps a year; of two digits, those below 70 are of this century.
func (p *parser) setYear(t *token) bool {
	p.year = t.n
	switch {
	case t.width == 2 && t.n < 70:
		p.year += 2000
	case t.width == 2:
		p.year += 1900
	}
	return t.width == 4 || t.width == 2
}
