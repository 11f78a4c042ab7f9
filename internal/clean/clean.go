// Package clean writes a corpus again without what was decided to go, and a manifest from which the
// original can be rebuilt.
//
// The idea: a clean file is its original with ranges of bytes left out, nothing else. Records stay
// byte for byte; a record whose text is cut loses exactly the bytes that hold the cut, escapes and
// all. So a manifest of (offset, bytes) is enough to restore any text format, and restoring needs
// to know nothing about formats. Parquet, whose bytes mean nothing by themselves, has rows and
// values instead (parquet.go).
package clean

import (
	"iter"

	"dedup/internal/article"
	"dedup/internal/gate"
)

// Rule says why something goes.
type Rule string

const (
	RuleResemblance Rule = "resemblance" // an article: its resemblance to the kept one reaches the threshold
	RuleContainment Rule = "containment" // an article: nearly all of the shorter stands in the longer
	RuleStory       Rule = "story"       // an article: its story has as many better ones as may be kept
	RuleEmpty       Rule = "empty"       // an article: it has no text
	RuleRepeat      Rule = "repeat"      // a span: it stands earlier in the same article
	RuleFurniture   Rule = "furniture"   // a span: page furniture
	RuleBoilerplate Rule = "boilerplate" // a span: the source prints it under unrelated articles
	RulePassage     Rule = "passage"     // a span: it stands in a kept article too
)

// Place is an article, or a span of its text.
type Place struct {
	Article string `json:"article"`
	Path    string `json:"path"`
	Line    int    `json:"line"`            // where the record starts; its number in Parquet
	Offset  int64  `json:"offset"`          // where the record starts in the decompressed input; the row from 0 in Parquet
	Start   int    `json:"start,omitempty"` // bytes of the text; 0, 0: all of it
	End     int    `json:"end,omitempty"`
}

// Reason is why something goes: the rule with its figures, and what it matched.
type Reason struct {
	Rule        Rule    `json:"rule"`
	Resemblance float64 `json:"resemblance,omitempty"` // exact, to the matched article
	Containment float64 `json:"containment,omitempty"` // exact, of the shorter in the longer
	Articles    int     `json:"articles,omitempty"`    // boilerplate, passage: how many have it; story: how many tell it
	Matched     *Place  `json:"matched,omitempty"`     // the copy that is kept; for boilerplate, which goes everywhere, another article with it
	InIndex     bool    `json:"in_index,omitempty"`    // Matched is an entry of the corpus index: its file and its line there, and no offsets

	about *gate.Byline // of an entry of the index, for people
}

// Cut is a span of a text that goes.
type Cut struct {
	article.Span
	Reason
}

// Item is an article of which something goes.
type Item struct {
	Place
	Source string
	Raw    article.Raw
	Whole  *Reason // the article goes; Cuts is not looked at
	Cuts   []Cut   // in order, apart
	Sum    uint64  // xxh3 of the text that the cuts were found in
}

// File is one input with what goes from it.
type File struct {
	Path  string          // as given; "-" is standard input
	From  string          // where its bytes are: Path, or a copy of standard input
	Seen  article.Seen    // what it was when it was decided on
	AsIs  bool            // no article of it was read: its bytes are copied, compressed or not
	Out   string          // slash-separated name below the output directory; empty: the output is this file
	Items iter.Seq[*Item] // in the order of the input
}

// Counts is what was done.
type Counts struct {
	Files   int   `json:"files"`
	Removed int   `json:"removed"` // articles
	Cuts    int   `json:"cuts"`    // spans of articles that stay
	Whole   int   `json:"whole"`   // spans that could not be cut, in records that are not UTF-8 or whose text is a list or markup
	Bytes   int64 `json:"bytes"`   // of output, decompressed
	Gone    int64 `json:"gone"`    // bytes of input that are not in it
}
