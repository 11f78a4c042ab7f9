package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
)

// maxQuotation is the longest quotation in bytes: a mark that finds no partner must not swallow the
// article.
const maxQuotation = 2000

// closers gives the marks that end a quotation which starts with the key.
var closers = map[rune]string{'“': "”", '„': "“”‟", '«': "»", '»': "«", '「': "」", '『': "』", '"': `"`, '‘': "’", '\'': "'", '‚': "‘’", '‹': "›"}

// marks are the ASCII characters that may begin or end a quotation.
var marks = [utf8.RuneSelf]bool{'"': true, '\'': true, '`': true}

// AppendQuotations appends the spans between quotation marks, without the marks, in order.
// Quotations inside quotations are not told apart. Marks must look like what they do: the opening
// one stands before a word, the closing one behind; an apostrophe never closes inside a word. A
// quotation that its paragraph does not close counts only when the next paragraph opens again.
func AppendQuotations(dst []article.Span, s string) []article.Span {
	open, start := rune(0), 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && !marks[c] && (open == 0 || c != '\n' && i-start <= maxQuotation) {
			i++ // nothing to look at
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case open != 0 && i-start > maxQuotation:
			open = 0
		case open == '`' && strings.HasPrefix(s[i:], "''"), open != 0 && open != '`' && strings.ContainsRune(closers[open], r) && closes(s, i, n, r):
			if i > start {
				dst = append(dst, article.Span{Start: start, End: i})
			}
			open = 0
		case open != 0 && r == '\n':
			if rest := strings.TrimLeftFunc(s[i:], unicode.IsSpace); strings.HasPrefix(rest, string(open)) && i > start {
				dst = append(dst, article.Span{Start: start, End: i})
				open = 0
			} else if paragraphEnds(s[i:]) {
				open = 0
			}
		case r == '`' && strings.HasPrefix(s[i:], "``"): // of typewriters and tokenised corpora, closed by ''
			n = 2
			open, start = r, i+n
		case r < 0x80 && r != '"' && r != '\'':
		case closers[r] != "" && (open == 0 || r == open) && opens(s, i, n, r):
			open, start = r, i+n
		}
		i += n
	}
	return dst
}

func paragraphEnds(rest string) bool {
	rest = strings.TrimLeft(rest[1:], " \t\r")
	return strings.HasPrefix(rest, "\n")
}

// opens says whether the mark of n bytes at i looks like an opening one.
func opens(s string, i, n int, r rune) bool {
	next, _ := utf8.DecodeRuneInString(s[i+n:])
	if i+n >= len(s) || unicode.IsSpace(next) {
		return false
	}
	if r != '"' && r != '\'' && r != '»' && r != '‘' {
		return true
	}
	if rest := s[i+n:]; r != '"' && len(rest) > 2 && rest[2] == 's' && unicode.IsDigit(next) { // the '90s
		return false
	}
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	return i == 0 || !(unicode.IsLetter(prev) || unicode.IsDigit(prev) || strings.ContainsRune(".,!?", prev))
}

// closes says whether the mark of n bytes at i looks like a closing one.
func closes(s string, i, n int, r rune) bool {
	prev, _ := utf8.DecodeLastRuneInString(s[:i])
	next, _ := utf8.DecodeRuneInString(s[i+n:])
	word := i+n < len(s) && (unicode.IsLetter(next) || unicode.IsDigit(next))
	switch r {
	case '\'', '’':
		return !word && !unicode.IsSpace(prev)
	case '"':
		return !unicode.IsSpace(prev) || !word
	}
	return true
}
