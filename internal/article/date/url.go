package date

// FromURL reads the date that the path of a news article's address has: 2014/04/25, 2014/apr/25,
// 2014-04-25, 2014-04/25 or 20140425, between characters that are neither letters nor digits. Years
// are 1990 to 2099. A month without a day is no date. Cost: one pass over the address, nothing is
// allocated.
func FromURL(url string) (Date, bool) {
	at := pathOf(url)
	for i := at; i+8 <= len(url); i++ {
		if i > at && plain(url[i-1]) || url[i] != '1' && url[i] != '2' {
			continue
		}
		if d, ok := urlDay(url[i:]); ok {
			return d, true
		}
	}
	return Date{}, false
}

// pathOf is where the path of an address begins, its length where it has none.
func pathOf(url string) int {
	i := 0
	for ; i+1 < len(url); i++ {
		if url[i] == '/' && url[i+1] == '/' {
			i += 2
			break
		}
	}
	for ; i < len(url); i++ {
		if url[i] == '/' {
			return i
		}
	}
	return len(url)
}

// plain tells whether a byte is a letter or digit of ASCII.
func plain(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// urlDay reads the day that s begins with.
func urlDay(s string) (Date, bool) {
	y, s, ok := urlNumber(s, 4, 4)
	if !ok || y < 1990 || y > 2099 {
		return Date{}, false
	}
	var m, d int
	if s[0] >= '0' && s[0] <= '9' {
		if m, s, ok = urlNumber(s, 2, 2); ok {
			d, s, ok = urlNumber(s, 2, 2)
		}
	} else {
		if m, s, ok = urlMonth(s[1:], s[0]); ok && s != "" && separates(s[0]) {
			d, s, ok = urlNumber(s[1:], 1, 2)
		} else {
			ok = false
		}
	}
	if !ok || s != "" && plain(s[0]) {
		return Date{}, false
	}
	t, ok := day(y, m, d)
	return Date{Time: t, DayOnly: true}, ok
}

// urlMonth reads a month in figures, or in three letters of English, that stands behind a
// separator.
func urlMonth(s string, separator byte) (month int, rest string, ok bool) {
	if !separates(separator) || s == "" {
		return 0, s, false
	}
	if s[0] >= '0' && s[0] <= '9' {
		return urlNumber(s, 1, 2)
	}
	if len(s) < 3 {
		return 0, s, false
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	for m := range 12 {
		if name := names[3*m:]; s[0]|0x20 == name[0] && s[1]|0x20 == name[1] && s[2]|0x20 == name[2] {
			return m + 1, s[3:], true
		}
	}
	return 0, s, false
}

func separates(c byte) bool { return c == '/' || c == '-' || c == '_' }

// urlNumber reads a number of least to most digits that s begins with.
func urlNumber(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for ; i < len(s) && i < most && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n, s[i:], i >= least
}
