package phrase

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
)

// Where a credit can stand.
const (
	datelines   = 20  // lines from the top that may start with one
	bylines     = 6   // lines from the top
	endLines    = 8   // lines from the end that may name who contributed
	lineBytes   = 400 // of a line that are looked at
	placeBytes  = 90  // of a dateline before the agency
	bylineBytes = 120
)

// Credit finds the agency that an article credits, by its usual short name ("AP", "Reuters",
// "dpa"), and the place of that name. It knows datelines ("WASHINGTON (AP) —", "MOSCOW, May 5.
// /TASS/."), bylines ("By The Associated Press", "Xinhua | Updated: …") and lines at the end ("—
// Bloomberg", "The Associated Press contributed to this report."). An agency in running text ("told
// Reuters") or beside a picture ("Jim Bourg/Reuters") is no credit. A dateline goes before a
// byline, a byline before the end. Empty: none.
//
// Cost: the first 20 and the last 8 lines, up to 400 bytes of each.
func Credit(s string) (agency string, span article.Span) {
	c := findCredit(s)
	return c.agency, c.span
}

// credit is an agency, the place of its name, and all that serves to credit it: the dateline, or
// the line.
type credit struct {
	agency     string
	span, line article.Span
}

func findCredit(s string) credit {
	head := headLines(s, datelines)
	for _, l := range head {
		if a, sp := dateline(s[l.Start:l.End]); a != "" {
			sp = shift(sp, l.Start)
			return credit{a, sp, article.Span{Start: l.Start, End: sp.End}}
		}
	}
	for _, l := range head[:min(len(head), bylines)] {
		if a, sp := byline(s[l.Start:l.End]); a != "" {
			return credit{a, shift(sp, l.Start), l}
		}
		if s[l.End-1] == '.' { // the text has begun; a name alone credits a picture
			break
		}
	}
	for i, l := range tailLines(s, endLines) {
		if a, sp := endCredit(s[l.Start:l.End], i == 0); a != "" {
			c := credit{a, shift(sp, l.Start), l}
			if l.End-l.Start > lineBytes { // behind the last sentence of a paragraph
				c.line = c.span
			}
			return c
		}
	}
	return credit{}
}

func shift(sp article.Span, by int) article.Span {
	return article.Span{Start: sp.Start + by, End: sp.End + by}
}

// headLines is the first n lines of s that are not blank.
func headLines(s string, n int) []article.Span {
	var lines []article.Span
	for pos := 0; pos < len(s) && len(lines) < n; {
		end := len(s)
		if i := strings.IndexByte(s[pos:], '\n'); i >= 0 {
			end = pos + i
		}
		lines = appendLine(lines, s, pos, end)
		pos = end + 1
	}
	return lines
}

// tailLines is the last n lines of s that are not blank, the last one first. Of a long line it is
// the end.
func tailLines(s string, n int) []article.Span {
	var lines []article.Span
	for end := len(s); end > 0 && len(lines) < n; {
		start := strings.LastIndexByte(s[:end], '\n') + 1
		lines = appendLine(lines, s, start, end)
		end = start - 1
	}
	return lines
}

func appendLine(lines []article.Span, s string, start, end int) []article.Span {
	t := strings.TrimSpace(s[start:end])
	if t == "" {
		return lines
	}
	start += strings.Index(s[start:end], t)
	return append(lines, article.Span{Start: start, End: start + len(t)})
}

// dateline reads "PLACE (AGENCY) -", with the brackets or slashes of the house, or "PLACE, date —
// AGENCY.".
func dateline(line string) (string, article.Span) {
	head := line[:min(len(line), lineBytes)]
	if strings.HasPrefix(head, "新华社") && strings.Contains(head[:min(len(head), 90)], "电") {
		return "Xinhua", article.Span{Start: 0, End: len("新华社")}
	}
	for i, r := range head[:min(len(head), placeBytes)] {
		shut := closing(r)
		if shut == "" {
			continue
		}
		if r == '/' && i > 0 && head[i-1] != ' ' { // "Jim Bourg/AP/File"
			continue
		}
		start := i + utf8.RuneLen(r)
		n := strings.Index(head[start:], shut)
		if n < 0 {
			continue
		}
		name := strings.TrimSpace(head[start : start+n])
		agency := agencyOf[name]
		if agency == "" || !place(head[:i]) {
			continue
		}
		if shut != "." && !opensText(head[:i], head[start+n+len(shut):]) || shut == "." && i == 0 {
			continue
		}
		start += strings.Index(head[start:], name)
		return agency, article.Span{Start: start, End: start + len(name)}
	}
	return "", article.Span{}
}

// closing is what stands behind an agency that r stands before.
func closing(r rune) string {
	switch r {
	case '(':
		return ")"
	case '[':
		return "]"
	case '（':
		return "）"
	case '/':
		return "/"
	case '—', '–':
		return "."
	}
	return ""
}

// place says whether s, all that stands before the agency, looks like a place with or without a
// date: at most ten words, each capitalised or a number, or one of a few.
func place(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",.:;[]()-–—/", r) })
	if len(words) > 10 {
		return false
	}
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) && !smallInPlace[w] && !unicode.Is(unicode.Han, r) && !unicode.Is(unicode.Cyrillic, r) {
			return false
		}
	}
	return !strings.ContainsAny(s, "“”\"!?")
}

var smallInPlace = map[string]bool{"and": true, "of": true, "de": true, "the": true, "la": true, "al": true, "el": true, "on": true, "in": true, "near": true, "aboard": true,
	"janv": true, "mai": true, "juin": true, "sept": true, "oct": true, "nov": true, "enero": true, "may": true}

// opensText says whether what follows the agency starts an article: a dash, a colon or a full stop;
// words only behind a place in capitals or with a date, or behind none.
func opensText(before, after string) bool {
	t := strings.TrimLeft(after, " \u00a0.,:")
	if t != after && strings.ContainsAny(after[:len(after)-len(t)], ".:") {
		return true
	}
	if t == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(t)
	if strings.ContainsRune("-–—―_|−", r) {
		return true
	}
	return (unicode.IsUpper(r) || r == '"' || r == '“') && (strings.ToUpper(before) == before || strings.ContainsAny(before, "0123456789"))
}

// byline reads a short line that names the agency alone, or behind "By …", or in a field between
// bars.
func byline(line string) (string, article.Span) {
	if len(line) > bylineBytes {
		return "", article.Span{}
	}
	if a, sp := alone(line); a != "" {
		return a, sp
	}
	from := 0
	for part := range strings.SplitSeq(line, "|") {
		if len(part) < len(line) {
			if a, sp := alone(part); a != "" {
				return a, shift(sp, from)
			}
		}
		from += len(part) + 1
	}
	if name, start, end := firstAgency(line); start == 0 && len(line) <= 48 { // "Associated Press Writer", "AP Sports Writer"
		for _, w := range []string{"riter", "riters", "orrespondent", "eporter"} {
			if strings.HasSuffix(line, w) {
				return name, article.Span{Start: start, End: end}
			}
		}
	}
	if !strings.HasPrefix(line, "By ") && !strings.HasPrefix(line, "BY ") && !strings.HasPrefix(line, "by ") {
		return "", article.Span{}
	}
	for _, sep := range []string{", ", " of ", " - ", " – ", " — ", " for ", " (", "/", " and "} {
		i := strings.LastIndex(line, sep)
		if i < 0 {
			continue
		}
		if a, sp := alone(line[i+len(sep):]); a != "" {
			return a, shift(sp, i+len(sep))
		}
	}
	return "", article.Span{}
}

// leads are words that may stand before the agency where it stands alone.
var leads = []string{"By ", "BY ", "by ", "Source: ", "SOURCE: ", "Source - ", "From ", "Via ", "Contributing: ", "Credit: "}

// alone reads a text that is nothing but the agency, with brackets, dashes or a lead around it.
func alone(s string) (string, article.Span) {
	const around = " \t\u00a0()[]-–—―_.,:;*©"
	t := strings.TrimLeft(s, around)
	bracketed := strings.ContainsAny(s[:len(s)-len(t)], "([")
	for _, l := range leads {
		if u, ok := strings.CutPrefix(t, l); ok {
			t = strings.TrimLeft(u, around)
			break
		}
	}
	name := strings.TrimRight(t, around)
	a := agencyOf[name]
	if a == "" || inBrackets[name] && !bracketed {
		return "", article.Span{}
	}
	start := len(s) - len(t)
	return a, article.Span{Start: start, End: start + len(name)}
}

// formulas are what lines at the end say of those who contributed.
var formulas = []string{"contributed to this", "contributed reporting", "contributed from", "was used in this report", "were used in this report", "Contributing: ", "contributing: ",
	"dditional reporting by", "ith inputs from", "ith input from", "ith reporting from", "ith reporting by", "ith files from", "ith agencies", "nformation from The"}

// endCredit reads a line at the end: the agency alone, behind the last sentence in brackets or
// behind a dash, a copyright, or a formula that names it.
func endCredit(line string, last bool) (string, article.Span) {
	if a, sp := alone(line); a != "" && len(line) <= bylineBytes && (last || sp.Start > len("The ")) {
		return a, sp // inside the text a line with nothing but the name credits the picture above it
	}
	if last {
		if a, sp := behindLast(line); a != "" {
			return a, sp
		}
	}
	off := max(0, len(line)-lineBytes)
	for off < len(line) && !utf8.RuneStart(line[off]) {
		off++
	}
	tail := line[off:]
	name, start, end := firstAgency(tail)
	if start < 0 {
		return "", article.Span{}
	}
	found := strings.HasPrefix(line, "Copyright ") || strings.HasPrefix(line, "(Copyright ") || strings.HasPrefix(line, "©") || strings.HasPrefix(line, "(c) ")
	found = found && len(line) <= lineBytes
	for _, f := range formulas {
		found = found || strings.Contains(tail, f)
	}
	trimmed := strings.TrimLeft(strings.TrimLeft(tail[:start], "•-–—_ (["), " ")
	if name == "AP" && (trimmed == "" || trimmed == "The ") { // how that agency signs its own reports
		for _, w := range []string{" writer", " reporter", " correspondent", " Writer", " staff writer"} {
			found = found || strings.HasPrefix(tail[end:], w)
		}
	}
	if !found {
		return "", article.Span{}
	}
	return name, shift(article.Span{Start: start, End: end}, off)
}

// behindLast reads "… he said. (Reuters)", "… he said. — Bloomberg", "… he said.—AFP".
func behindLast(line string) (string, article.Span) {
	t := strings.TrimRight(line, " .")
	var i int
	if strings.HasSuffix(t, ")") || strings.HasSuffix(t, "]") {
		i = strings.LastIndexAny(t, "([")
	} else {
		i = max(strings.LastIndex(t, "—"), strings.LastIndex(t, "–"), strings.LastIndex(t, "-"))
	}
	if i < 1 {
		return "", article.Span{}
	}
	before := strings.TrimRight(t[:i], " -")
	r, _ := utf8.DecodeLastRuneInString(before)
	if !strings.ContainsRune(".!?\"”’'", r) {
		return "", article.Span{}
	}
	a, sp := alone(t[i:])
	return a, shift(sp, i)
}
