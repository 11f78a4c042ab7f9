package text

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"dedup/internal/article"
)

// AppendSentences appends the spans of the sentences of s to dst, without surrounding white space,
// with their closing quotes. A line break that ends a paragraph or a headline ends a sentence too.
//
// Method: the sentence boundaries of Unicode Standard Annex 29, less those after an abbreviation,
// before a lower-case letter, and at a line break inside a sentence. Cost: one pass of uax29 and a
// look at each boundary, 8 ns a byte.
func AppendSentences(dst []article.Span, s string) []article.Span {
	it := sentences.FromString(s)
	var p paragraph
	open := false
	for start, end := 0, 0; start < len(s); start = end {
		end = sentenceEnd(it, s, start)
		sp := trim(s, article.Span{Start: start, End: end})
		if sp.Start == sp.End {
			continue
		}
		if n := len(dst) - 1; open && p.goesOn(s, dst[n], sp.Start) {
			dst[n].End = sp.End
		} else {
			dst = append(dst, sp)
		}
		open = true
	}
	return dst
}

// sentenceEnd is where uax29 ends the sentence that begins at start. No sentence ends before the
// first mark that may end one, and what may end there depends on nothing before the letter or digit
// in front of the mark: so uax29 is asked from there on, and not from the start of the sentence.
func sentenceEnd(it *sentences.Iterator[string], s string, start int) int {
	from := start
	for i := start; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			if n := noEnd(s[i:]); n > 0 {
				i += n - 1
				continue
			}
		case !endMark[c]:
			if alnum[c] {
				from = i
			}
			continue
		}
		break
	}
	it.SetText(s[from:])
	it.Next()
	return from + it.End()
}

// endMark is the ASCII characters at which a sentence may end.
var endMark = [utf8.RuneSelf]bool{'.': true, '!': true, '?': true, '\n': true, '\r': true}

// noEnd is the length of the character outside ASCII at the start of s if it is a Latin letter, a
// dash or a quotation mark, at none of which a sentence ends; or 0.
func noEnd(s string) int {
	switch {
	case len(s) >= 2 && s[0] == 0xc3 && s[1]&0xc0 == 0x80:
		return 2
	case len(s) >= 3 && s[0] == 0xe2 && s[1] == 0x80 && s[2] >= 0x90 && s[2] <= 0x9f:
		return 3
	}
	return 0
}

// goesOn says whether the sentence sp goes on at next, where uax29 breaks it.
func (p *paragraph) goesOn(s string, sp article.Span, next int) bool {
	gap := s[sp.End:next]
	if lineBreaks(gap) > 1 {
		return false
	}
	sentence, rest := s[sp.Start:sp.End], s[next:]
	sameLine := lineBreaks(gap) == 0
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, ".."):
		return abbreviated(sentence, rest) && (sameLine || p.wrapped(s, next))
	case sameLine:
		return unicode.IsLower(r)
	case ended(sentence):
		return false
	case unicode.IsLower(r):
		return sp.End >= 20 && !strings.ContainsAny(s[sp.End-20:sp.End], "\r\n") // shorter lines are items of a list
	}
	return (unicode.In(r, unicode.L, unicode.N) || strings.ContainsRune("\"“‘'(", r)) && p.wrapped(s, next)
}

func lineBreaks(gap string) int {
	n := strings.Count(gap, "\n")
	if strings.ContainsAny(gap, "\u0085\u2028\u2029") {
		n += 2
	}
	if n == 0 && strings.Contains(gap, "\r") {
		n = 1
	}
	return n
}

// ended says whether s ends in a mark that ends a sentence, or announces something.
func ended(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(trimClosing(s))
	return strings.ContainsRune(".?!…:。．！？।", r)
}

// trimClosing takes closing quotes and brackets off the end of s.
func trimClosing(s string) string {
	return strings.TrimRightFunc(s, func(r rune) bool { return unicode.In(r, unicode.Pe, unicode.Pf) || r == '"' || r == '\'' })
}

//go:embed sentence.txt
var sentenceList string

// follower is what an abbreviation at the end of uax29's sentence means for the words behind it.
type follower int

const (
	always       follower = iota + 1 // the sentence goes on
	beforeNumber                     // it goes on with a number
	unlessStarts                     // it goes on but with a word that starts sentences
	beforeTime                       // it goes on with a day, a month or a time zone
)

var (
	abbreviations   = map[string]follower{}
	starters, times = map[string]bool{}, map[string]bool{}
)

var followers = map[string]follower{"always": always, "number": beforeNumber, "unless-starts": unlessStarts, "time": beforeTime}

func init() {
	if err := readSentenceWords(sentenceList); err != nil {
		panic(err) // it is embedded, and a test reads it
	}
}

// readSentenceWords takes in a role and a word a line; lines that start with # are comments.
func readSentenceWords(list string) error {
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		role, word, _ := strings.Cut(line, " ")
		f := followers[role]
		switch {
		case word == "" || word != strings.ToLower(word):
			return fmt.Errorf("words of sentences: %q: a role and a word in lower case", line)
		case f != 0:
			abbreviations[word] = f
		case role == "starter":
			starters[word] = true
		case role == "of-time":
			times[word] = true
		default:
			return fmt.Errorf("words of sentences: %q: no such role", line)
		}
	}
	return nil
}

// abbreviated says whether the full stop at the end of sentence belongs to an abbreviation, so that
// the sentence goes on with rest.
func abbreviated(sentence, rest string) bool {
	last := sentence[strings.LastIndexFunc(sentence, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("(\"“‘'[—–", r) })+1:]
	r, n := utf8.DecodeRuneInString(last)
	if n == 0 {
		return false
	}
	if last == sentence && digits(strings.TrimSuffix(last, ".")) {
		return true // the number of a list item
	}
	first := strings.ToLower(firstWord(rest))
	if n+1 == len(last) && unicode.IsUpper(r) {
		return !starters[first] // an initial
	}
	word := strings.ToLower(strings.ReplaceAll(last, ".", ""))
	f := abbreviations[word]
	if f == 0 && acronym(last) {
		f = unlessStarts
	}
	switch f {
	case always:
		return true
	case beforeNumber:
		return first != "" && first[0] >= '0' && first[0] <= '9'
	case unlessStarts:
		return !starters[first]
	case beforeTime:
		return times[first]
	}
	return false
}

// acronym says whether w is written like U.S. or e.g.: a letter, a full stop, and so on.
func acronym(w string) bool {
	letters := 0
	for w != "" {
		r, n := utf8.DecodeRuneInString(w)
		if !unicode.IsLetter(r) || !strings.HasPrefix(w[n:], ".") {
			return false
		}
		w = w[n+1:]
		letters++
	}
	return letters > 1
}

func digits(w string) bool { return w != "" && strings.Trim(w, "0123456789") == "" }

// firstWord is the run of letters and digits that s starts with, behind opening quotes and
// brackets.
func firstWord(s string) string {
	s = strings.TrimLeftFunc(s[:min(len(s), 80)], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if i := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); i >= 0 {
		s = s[:i]
	}
	return s
}

// paragraph remembers whether the lines between two blank ones are hard-wrapped.
type paragraph struct {
	end  int // of the paragraph looked at last
	hard bool
}

// wrapped says whether the paragraph around offset at is hard-wrapped: three lines or more, none
// longer than a screen is wide, and on two of three the first word of the next line would have
// found no room.
func (p *paragraph) wrapped(s string, at int) bool {
	if at < p.end {
		return p.hard
	}
	start := strings.LastIndex(s[:at], "\n\n") + 1
	p.end = len(s)
	if n := strings.Index(s[at:], "\n\n"); n >= 0 {
		p.end = at + n
	}
	lines := strings.Split(strings.TrimSpace(s[start:p.end]), "\n")
	width, full := 0, 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(strings.TrimSpace(l)))
	}
	for i, l := range lines[1:] {
		word, _, _ := strings.Cut(strings.TrimSpace(l), " ")
		if utf8.RuneCountInString(strings.TrimSpace(lines[i]))+1+utf8.RuneCountInString(word) > width {
			full++
		}
	}
	p.hard = len(lines) >= 3 && width <= 120 && 3*full >= 2*(len(lines)-1)
	return p.hard
}
