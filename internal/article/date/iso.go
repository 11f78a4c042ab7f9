package date

import "time"

// parseISO reads what most corpora have: 2006-01-02, 2006-01-02T15:04:05Z, a blank for the T,
// without seconds, with a fraction, with an offset. It reads nothing otherwise than the rest of the
// package does, only sooner (a property test holds that).
func parseISO(s string) (d Date, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return d, false
	}
	y, ok1 := figures(s[:4])
	m, ok2 := figures(s[5:7])
	n, ok3 := figures(s[8:10])
	if !ok1 || !ok2 || !ok3 {
		return d, false
	}
	if d.Time, ok = day(y, m, n); !ok || len(s) == 10 {
		d.DayOnly = ok
		return d, ok
	}
	if len(s) < 16 || s[10] != 'T' && s[10] != ' ' || s[13] != ':' {
		return d, false
	}
	h, ok1 := figures(s[11:13])
	minute, ok2 := figures(s[14:16])
	second, nanos, rest, ok3 := isoSeconds(s[16:])
	since, ok4 := clock(h, minute, second, nanos)
	offset, ok5 := isoOffset(rest)
	d.Time = d.Time.Add(since - offset)
	return d, ok1 && ok2 && ok3 && ok4 && ok5
}

// isoSeconds reads ":05.123" where it is there.
func isoSeconds(s string) (second, nanos int, rest string, ok bool) {
	if len(s) == 0 || s[0] != ':' {
		return 0, 0, s, true
	}
	if len(s) < 3 {
		return 0, 0, s, false
	}
	second, ok = figures(s[1:3])
	s = s[3:]
	if len(s) > 1 && s[0] == '.' && s[1] >= '0' && s[1] <= '9' {
		n := 1
		for unit := int(time.Second) / 10; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
			nanos += int(s[n]-'0') * unit
			unit /= 10
		}
		s = s[n:]
	}
	return second, nanos, s, ok
}

// isoOffset reads Z, +01:00, +0100 or nothing.
func isoOffset(s string) (time.Duration, bool) {
	switch {
	case s == "" || s == "Z":
		return 0, true
	case len(s) == 6 && s[3] == ':', len(s) == 5:
		h, ok1 := figures(s[1:3])
		m, ok2 := figures(s[len(s)-2:])
		if !ok1 || !ok2 {
			return 0, false
		}
		return offset(s[0], h, m)
	}
	return 0, false
}

// offset is the distance of a zone from UTC.
func offset(sign byte, h, m int) (time.Duration, bool) {
	east := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if sign == '-' {
		east = -east
	}
	return east, h <= 14 && m <= 59 && (sign == '+' || sign == '-')
}

// figures is a number in decimal digits, and nothing else.
func figures(s string) (n int, ok bool) {
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, len(s) > 0 && len(s) < 20 && n >= 0
}
