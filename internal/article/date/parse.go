package date

import (
	"time"
	"unicode/utf8"
)

// parser holds a date in pieces.
type parser struct {
	toks [maxTokens]token
	n    int

	nums  [3]token // of the day, still without a part
	count int

	year, month, day int // 0: not known yet
	mayBeWeekday     bool
	compact          bool // year, month and day came as one number of eight digits

	hasClock    bool
	clockEnd    int // token after the clock
	hour        int
	minute, sec int
	nanos       int
	noon        role // roleAM or rolePM; roleSkip: neither

	zoneEnd int // token after the zone; 0: there is none
	numeric bool
	zone    name
	unknown string // name of a zone that is not known
}

var noToken = token{name: &noName}

// at is token i; an empty one behind the last.
func (p *parser) at(i int) *token {
	if i < 0 || i >= p.n {
		return &noToken
	}
	return &p.toks[i]
}

// parse gives every token its part; false where one has none.
func (p *parser) parse() bool {
	for i := 0; i < p.n; {
		t, next := &p.toks[i], 0
		switch {
		case t.inside && p.zoneEnd > 0: // +0200 (Central European Summer Time)
			next = i + 1
		case t.width > 0:
			next = p.number(i)
		default:
			next = p.word(i)
		}
		if next == 0 {
			return false
		}
		i = next
	}
	return true
}

// number takes the number at token i with what belongs to it, and gives the token after it; 0 where
// it makes no sense.
func (p *parser) number(i int) int {
	t := p.at(i)
	switch {
	case t.sep == '+', t.sep == '-' && i > 0 && (i == p.clockEnd || i == p.zoneEnd) && p.hasClock && t.tight:
		return p.offset(i)
	case !p.hasClock && p.isClock(i):
		return p.clock(i)
	case p.isCompactClock(i):
		since, ok := compactClock(t.text)
		return p.setClock(i+1, int(since/time.Hour), int(since/time.Minute)%60, int(since/time.Second)%60, ok)
	case t.width == 4 && p.count+p.month == 0 && !p.compact && p.isColon(i+1) && p.isColon(i+2): // 2006:10:20, of photographs
		p.year, p.month, p.day, p.compact = t.n, p.at(i+1).n, p.at(i+2).n, true
		return i + 3
	case t.width == 8 && p.count == 0 && !p.compact:
		p.year, p.month, p.day, p.compact = t.n/10000, t.n/100%100, t.n%100, true
		return i + 1
	case t.width > 4 || t.width == 3:
		return 0
	}
	if next := p.marked(i); next > 0 {
		return next
	}
	if p.count == len(p.nums) {
		return 0
	}
	p.nums[p.count] = *t
	p.count++
	if o := p.at(i + 1); o.name.is(roleOrdinal) && o.glued && t.width <= 2 {
		return i + 2
	}
	return i + 1
}

// isColon tells whether token i is a number of two digits behind a colon.
func (p *parser) isColon(i int) bool {
	t := p.at(i)
	return t.width == 2 && t.glued && t.sep == ':'
}

// isClock tells whether a clock starts at token i: 18:15, 18h15, 18h, 18.15 Uhr, 6pm, 6.15 p.m.
func (p *parser) isClock(i int) bool {
	t, u := p.at(i), p.at(i+1)
	if t.width > 2 || t.sep == '-' && t.glued && i > 0 && u.sep == ':' { // 2006-10-20-05:00 has an offset and no clock
		return false
	}
	if p.isColon(i+1) || u.width == 2 && u.glued && u.sep == '.' && (p.isNoon(i+2) || p.at(i+2).name.is(roleHour)) {
		return true
	}
	return u.name.is(roleHour) || p.isNoon(i+1)
}

// clock takes the clock at token i.
func (p *parser) clock(i int) int {
	h, m, s, next := p.at(i).n, 0, 0, i+1
	if p.at(next).name.is(roleHour) {
		next++
		if p.isMinute(next) {
			m, next = p.at(next).n, p.past(next+1, roleMinute)
		}
		if t := p.at(next); t.width > 0 && p.at(next+1).name.is(roleSecond) {
			s, next = t.n, next+2
		}
		return p.setClock(next, h, m, s, true)
	}
	if t := p.at(next); t.width == 2 && t.glued && (t.sep == ':' || t.sep == '.') {
		m = t.n
		next++
		if t = p.at(next); p.isColon(next) {
			s = t.n
			next++
			if t = p.at(next); t.width > 0 && t.glued && (t.sep == '.' || t.sep == ',') && p.at(next+1).sep != t.sep {
				p.nanos = t.fraction()
				next++
			}
		}
	}
	next = p.past(next, roleHour)
	return p.setClock(next, h, m, s, true)
}

// isMinute tells whether token i, behind the mark of an hour, is minutes: 18h15, 18 h 15, but not
// "18 Uhr 20. Oktober".
func (p *parser) isMinute(i int) bool {
	t, u := p.at(i), p.at(i+1)
	return t.width > 0 && t.width <= 2 && (u.name.is(roleMinute) || t.sep == 0 && u.name.month == 0 && (t.glued || !p.at(i-1).glued))
}

// past is the token after i if that is a word of the role, else i.
func (p *parser) past(i int, r role) int {
	if p.at(i).name.is(r) {
		return i + 1
	}
	return i
}

// fraction is the nanoseconds of the digits behind a point.
func (t *token) fraction() int {
	n := t.n
	for range max(0, t.width-9) {
		n /= 10
	}
	for range max(0, 9-t.width) {
		n *= 10
	}
	return n
}

// isCompactClock tells whether token i is a clock without marks: 20061020T1815, 20 Oct 2006 1815
// GMT.
func (p *parser) isCompactClock(i int) bool {
	t, u := p.at(i), p.at(i+1)
	if p.hasClock || t.width != 4 && t.width != 6 {
		return false
	}
	if p.compact {
		return true
	}
	whole := p.count == 3 || p.count == 2 && p.month > 0
	return whole && t.width == 4 && (u.name.isZone || u.name.is(roleHour) || u.width == 0 && u.isZoneName())
}

// setClock keeps a clock that ends before token next, and takes "am" or "pm" behind it.
func (p *parser) setClock(next, h, m, s int, ok bool) int {
	if p.hasClock || !ok || h > 24 || m > 59 || s > 60 {
		return 0
	}
	p.hasClock, p.hour, p.minute, p.sec = true, h, m, s
	if noon, n := p.noonAt(next); n > 0 && (h <= 12 || noon == rolePM || !p.startsDay(next+n)) { // "18:15 am 20. Oktober" is German
		p.noon = noon
		next = p.past(next+n, roleHour)
	}
	p.clockEnd = next
	return next
}

// startsDay tells whether token i is a number or a weekday.
func (p *parser) startsDay(i int) bool {
	t := p.at(i)
	return t.width > 0 || t.name.is(roleWeekday)
}

// noonAt tells whether token i says before or after noon, and in how many tokens: am, p.m., a glued
// p.
func (p *parser) noonAt(i int) (noon role, n int) {
	t, u := p.at(i), p.at(i+1)
	if t.width > 0 || t.text == "" {
		return roleSkip, 0
	}
	noon = roleAM
	if t.name.is(rolePM) || t.text[0]|0x20 == 'p' {
		noon = rolePM
	}
	switch {
	case t.name.is(roleAM) || t.name.is(rolePM):
		return noon, 1
	case len(t.text) != 1 || t.text[0]|0x20 != 'a' && t.text[0]|0x20 != 'p':
		return roleSkip, 0
	case len(u.text) == 1 && u.text[0]|0x20 == 'm':
		return noon, 2
	case t.glued && t.sep == 0:
		return noon, 1
	}
	return roleSkip, 0
}

// isNoon tells whether token i says before or after noon.
func (p *parser) isNoon(i int) bool {
	_, n := p.noonAt(i)
	return n > 0
}

// marked takes a number with a mark behind it: 2006年, 10月, 20日.
func (p *parser) marked(i int) int {
	t, u := p.at(i), p.at(i+1)
	part := &p.year
	switch {
	case u.width > 0:
		return 0
	case u.name.is(roleYear):
	case u.name.is(roleMonthMark):
		part = &p.month
	case u.name.is(roleDay):
		part = &p.day
	default:
		return 0
	}
	if *part != 0 || t.n == 0 {
		return 0
	}
	*part = t.n
	return i + 2
}

// offset takes +0200, +02:00, +02 or +2 at token i. A day without a clock has no use for it.
func (p *parser) offset(i int) int {
	t, next := p.at(i), i+1
	h, m := t.n, 0
	switch u := p.at(i + 1); {
	case t.width == 4:
		h, m = t.n/100, t.n%100
	case t.width > 2:
		return 0
	case u.width == 2 && u.glued && u.sep == ':':
		m = u.n
		next++
	}
	east, ok := offset(t.sep, h, m)
	if !ok || p.numeric {
		return 0
	}
	p.zone, p.numeric, p.zoneEnd, p.unknown = name{isZone: true, east: east}, true, next, ""
	return next
}

// word takes the word at token i and gives the token after it; 0 where it has no part in a date.
func (p *parser) word(i int) int {
	t := p.at(i)
	n := t.name
	switch {
	case n.month > 0 && p.monthName(n):
	case n.isZone && p.zoneEnd == 0 && (p.hasClock || t.upper()):
		p.zone, p.zoneEnd = *n, i+1
	case !p.hasClock && p.noon == roleSkip && (n.is(rolePM) || n.is(roleAM) && t.text[0] >= utf8.RuneSelf): // 下午6:15, but not "am 20. Oktober"
		p.noon, _ = p.noonAt(i)
	case n.isZone && p.zoneEnd == i, n.roles&(1<<roleSkip|1<<roleWeekday|1<<roleAM) != 0 && (n.month == 0 || n.is(roleWeekday)):
	case n.is(roleDay), n.is(roleMonthMark): // (日) and (月) are weekdays too
		if !t.inside {
			return 0
		}
	case p.numeric && i == p.zoneEnd && t.isZoneName(): // the offset says it all
	case i != p.clockEnd || !p.hasClock || p.zoneEnd > 0 || !t.isZoneName():
		return 0
	default:
		p.unknown, p.zoneEnd = t.text, i+1
	}
	return i + 1
}

// monthName takes a month by name; false where it must be something else.
func (p *parser) monthName(n *name) bool {
	if p.month > 0 && !p.mayBeWeekday {
		return false
	}
	p.month, p.mayBeWeekday = int(n.month), n.is(roleWeekday)
	return true
}

// isZoneName tells whether a word looks like the name of a zone that is in no list. One counts
// right behind the clock.
func (t *token) isZoneName() bool {
	return !t.known && len(t.text) >= 2 && len(t.text) <= 5 && t.upper()
}

// upper tells whether a word is in ASCII capitals.
func (t *token) upper() bool {
	for i := range len(t.text) {
		if t.text[i] < 'A' || t.text[i] > 'Z' {
			return false
		}
	}
	return true
}
