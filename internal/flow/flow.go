// Package flow says where shared text came from, and who copied from whom.
//
// In come articles (outlet, date, credit, text) and the passages that they share. Three steps:
//
//  1. Kin (kin.go): which other articles share text with the carriers of a passage. A client of an
//     agency is recognised by text that it shares with others and not with this carrier.
//  2. Origins (origin.go, rules.go): each passage gets the article or the agency that it came from,
//     or the reason why none is named: a shared quotation, a statement, a source that is not here,
//     one day, nothing known.
//  3. Chart (chart.go): outlets as nodes, copied text as arrows between them, and how much of each
//     outlet's text is its own.
//
// The argument of step 1 is that of textual criticism (Maas, "Textkritik", 1927): a witness that
// lacks what two others agree on is not their source.
package flow

import (
	"strings"
	"time"

	"dedup/internal/article"
)

// Article is what is known of one article.
type Article struct {
	Text      string
	Source    string // empty: unknown
	Agency    string // that the text credits; empty: none
	Published time.Time
	Shared    float64 // share of the text that also stands in other sources of its story, 0 to 1
	Tokens    int
}

// Occurrence is a place of a passage: bytes Span of the text of an article.
type Occurrence struct {
	Article int
	Span    article.Span
}

// Passage is text that two articles or more have in common, with its places by article.
type Passage struct {
	Tokens      int
	Boilerplate bool // has no origin
	Occurrences []Occurrence
}

// The values of Origin.By: why an origin is named, and why none is.
const (
	ByAgency      = "agency"      // half of the carriers or more credit one agency, or the first does
	ByDate        = "date"        // it was published before all others
	ByAgreement   = "agreement"   // whatever two others agree on stands in it
	ByContainment = "containment" // dates do not tell, and the others are made of what it has
	Quotation     = "quotation"   // a public quotation: each may have heard it
	Statement     = "statement"   // a press release or a statement: each may have got it
	Unseen        = "unseen"      // copied from a text that is not here: nobody has all that others agree on
	SameDay       = "same-day"    // the first two were published on one day, or within minutes
	Unknown       = "unknown"     // dates are missing, and nothing else tells
)

// Origin is where a passage most likely came from.
type Origin struct {
	Article int    // -1: none of its articles, or not known
	Agency  string // where it came from an agency
	By      string // ByAgency … Unknown; empty for boilerplate
}

// outlet is who published an article, in the form that is compared; empty: not known.
func outlet(source string) string { return strings.ToLower(strings.TrimSpace(source)) }
