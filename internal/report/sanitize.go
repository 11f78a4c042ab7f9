package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// Plain makes text from an article safe for a terminal and fit for one line: runs of white space
// become one blank; control characters, escape sequences' introducers, bidirectional overrides and
// broken UTF-8 become U+FFFD.
func Plain(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		c := s[i]
		clean = c >= 0x20 && c < 0x7f && (c != ' ' || (i > 0 && s[i-1] != ' ' && i+1 < len(s)))
	}
	if clean {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := true // swallow leading white space
	for i, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !blank {
				b.WriteByte(' ')
			}
			blank = true
			continue
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n <= 1 {
				b.WriteRune(utf8.RuneError)
				blank = false
				continue
			}
			b.WriteRune(r)
		case unicode.IsControl(r) || dangerous(r):
			b.WriteRune(utf8.RuneError)
		case r == '\u00ad' || r != '\u200c' && r != '\u200d' && hidden(0, r, 0): // soft hyphen, zero-width blanks: nothing to see
			continue
		default:
			b.WriteRune(r)
		}
		blank = false
	}
	return strings.TrimSuffix(b.String(), " ")
}

// dangerous tells the characters that reorder what stands around them: Unicode's bidirectional
// embeddings, overrides and isolates, and the line separators of other worlds.
func dangerous(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029' || r >= 0xe0000 && r <= 0xe007f
}

// Width is the number of terminal cells that s takes.
func Width(s string) int { return displaywidth.String(s) }

// Truncate cuts s to at most width cells; where it cuts, at the end of a word if one is near, it
// puts "…".
func Truncate(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width <= 1 {
		return "…"
	}
	s = strings.TrimRight(takeWidth(s, width-1), " ")
	if i := strings.LastIndexByte(s, ' '); i > len(s)*3/4 {
		s = strings.TrimRight(s[:i], " ,;:–—-")
	}
	return s + "…"
}

// truncateMiddle cuts s to at most width cells out of its middle: for paths, whose ends say most.
func truncateMiddle(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width <= 3 {
		return takeWidth(s, width)
	}
	head := takeWidth(s, (width-1)/3)
	tail, left := s, Width(s)
	for g := displaywidth.StringGraphemes(s); left > width-1-Width(head) && g.Next(); {
		tail, left = tail[len(g.Value()):], left-g.Width()
	}
	return head + "…" + tail
}

// takeWidth is the longest prefix of whole graphemes of s that takes at most width cells.
func takeWidth(s string, width int) string {
	n, used := 0, 0
	for g := displaywidth.StringGraphemes(s); g.Next(); {
		w := g.Width()
		if used+w > width {
			break
		}
		used += w
		n += len(g.Value())
	}
	return s[:n]
}

// wrap breaks s, one line of words, into lines of at most width cells.
func wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		w := Width(word)
		if used > 0 && used+1+w > width {
			lines = append(lines, line)
			line, used = "", 0
		}
		for w > width { // a word longer than a line, and scripts without spaces
			head := takeWidth(word, width-used)
			if head == "" {
				if used == 0 {
					break
				}
				lines = append(lines, line)
				line, used = "", 0
				continue
			}
			lines = append(lines, line+head)
			word, line, used = word[len(head):], "", 0
			w = Width(word)
		}
		if word == "" {
			continue
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
