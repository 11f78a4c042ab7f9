package passage

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"dedup/internal/article"
	"dedup/internal/text"
)

// What somebody says is content: it is neither furniture nor boilerplate, however often it is
// printed. It is told by quotation marks of any script, by a dash that opens a line of speech, and
// by the verb beside it. Titles stand in quotation marks too, of a column or an application, so a
// few quoted words inside a line do not count.

const (
	spokenWords = 4  // in quotation marks are more than a title
	spokenReach = 25 // words that a verb of speech speaks for: a list of headlines has one here and there
)

//go:embed speech.txt
var speechList string

// speechVerbs are the hashes of the words of speech.txt.
var speechVerbs = func() map[uint64]bool {
	verbs := map[uint64]bool{}
	for line := range strings.Lines(speechList) {
		if !strings.HasPrefix(line, "#") {
			verbs[firstToken(line)] = true
		}
	}
	return verbs
}()

// Spoken tells whether s, a line or a passage, is or holds what somebody says: it quotes
// spokenWords words or more, is all quotation, opens or closes one that another line closes or
// opens, has a verb of speech for every spokenReach words, or begins as a line of speech does.
func Spoken(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return false
	}
	if strings.HasPrefix(s, "— ") || strings.HasPrefix(s, "― ") {
		return true
	}
	toks := text.AppendTokens(nil, s)
	verbs := 0
	for _, t := range toks {
		if speechVerbs[t.Hash] {
			verbs++
		}
	}
	if verbs > 0 && len(toks) <= spokenReach*verbs {
		return true
	}
	opened, closed := false, false // by the first and the last quotation of s itself
	for _, q := range text.AppendQuotations(nil, s) {
		n := countTokens(toks, q)
		if n >= spokenWords || n == len(toks) {
			return true
		}
		opened = opened || !strings.ContainsFunc(s[:q.Start], word)
		closed = closed || !strings.ContainsFunc(s[q.End:], word)
	}
	return !opened && opensQuoted(s) || !closed && closesQuoted(s)
}

// opensQuoted tells whether a text begins with a quotation mark, behind marks of a list or
// brackets; a single one must open a word.
func opensQuoted(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !quotationMark(r) && !word(r) })
	r, n := utf8.DecodeRuneInString(s)
	next, _ := utf8.DecodeRuneInString(s[n:])
	switch {
	case r == '»' || r == '›': // a list mark, or a quotation of the Danes and some Germans, which the other mark closes
		return unicode.IsLetter(next) && strings.ContainsAny(s, "«‹")
	case r == '\'' || r == '’': // 'Tis, ’90s
		return unicode.IsLetter(next) && strings.ContainsRune(s[n:], r)
	}
	return quotationMark(r) && n < len(s) && !unicode.IsSpace(next)
}

// closesQuoted tells whether a text ends with a quotation mark that is no apostrophe.
func closesQuoted(s string) bool {
	s = strings.TrimRightFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".,;:!?…。！？)", r) })
	r, n := utf8.DecodeLastRuneInString(s)
	before, _ := utf8.DecodeLastRuneInString(s[:len(s)-n])
	inches := r == '"' && unicode.IsDigit(before)
	return quotationMark(r) && r != '\'' && r != '’' && r != '»' && r != '›' && !inches || (r == '»' || r == '›') && strings.ContainsAny(s, "«‹")
}

func quotationMark(r rune) bool { return unicode.Is(unicode.Quotation_Mark, r) || r == '`' }

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func countTokens(toks []text.Token, s article.Span) (n int) {
	for _, t := range toks {
		if int(t.Start) >= s.Start && int(t.End) <= s.End {
			n++
		}
	}
	return n
}
