package passage

import (
	"strings"
	"unicode"

	"github.com/zeebo/xxh3"

	"dedup/internal/article"
	"dedup/internal/text"
)

// Boilerplate without comparing texts: what stands under an article, in its last few lines, word
// for word under others of its source. Votes says whether it is boilerplate. Lines in the middle
// need a search, and stories: a paragraph of background in five reports on one trial is no
// boilerplate.
const (
	tailLines  = 4  // lines that are looked at
	tailLeast  = 4  // words of the shortest line
	tailShort  = 12 // words of the longest line that may go everywhere: credits, signatures and pointers, no sentence of a report
	creditMost = 8  // words of the longest line that says who spoke
)

// TailLine is one of the last lines of an article that may be boilerplate.
type TailLine struct {
	Hash  uint64
	Gap   int // where the white space before it starts
	Span  article.Span
	Short bool // no copy needs to stay: it says too little
}

// TailLines gives the last lines of s that are neither furniture nor what somebody says, the last
// first. furniture is in order.
func TailLines(s string, furniture []article.Span) (tails []TailLine) {
	end := len(s)
	for len(tails) < tailLines && end > 0 {
		start := strings.LastIndexByte(s[:end], '\n') + 1
		line := strings.TrimSpace(s[start:end])
		at := start + strings.Index(s[start:end], line)
		end = max(start-1, 0)
		if line == "" {
			continue
		}
		if float64(len(s)-at) > boilerplatePart*float64(len(s)) {
			break
		}
		for len(furniture) > 0 && furniture[len(furniture)-1].Start > at {
			furniture = furniture[:len(furniture)-1]
		}
		if n := len(furniture) - 1; n >= 0 && furniture[n].End > at {
			continue
		}
		n := len(text.AppendTokens(nil, line))
		if n < tailLeast || content(s[:at], line, n) {
			break // what stands above it is not under the article
		}
		gap := len(strings.TrimRightFunc(s[:at], unicode.IsSpace))
		tails = append(tails, TailLine{xxh3.HashString(line), gap, article.Span{Start: at, End: at + len(line)}, n <= tailShort})
	}
	return tails
}

// content tells whether a line of n words is a part of the report: what somebody says, who said
// what stands above it ("Jane Doe, mayor of Brill", "— Jane Doe"), or the place and the day that
// the next line opens with.
func content(above, line string, n int) bool {
	if Spoken(line) || strings.HasSuffix(line, "-") || strings.HasSuffix(line, "–") || strings.HasSuffix(line, "—") {
		return true
	}
	if n > creditMost || !titleLike(line) || strings.Contains(line, ":") || !strings.ContainsAny(line, ",，、—–") {
		return false
	}
	above = strings.TrimSpace(above)
	return closesQuoted(above[strings.LastIndexByte(above, '\n')+1:])
}
