// Package gate decides whether a drop of articles may go into a corpus: findings, the limits they
// are held against, the baseline of those that are known already, and the verdict. What stands in
// check*.go reads a drop and finds; all else is plain data.
package gate

import (
	"slices"
	"strings"
)

// Schema names the contract of the result; fields are only ever added to it.
const Schema = "dedup.check/1"

// Rule names what a finding is about.
type Rule string

const (
	NearDuplicate Rule = "near-duplicate" // of another article of the drop
	InCorpus      Rule = "in-corpus"      // near-duplicate of an article of the index
	Supersedes    Rule = "supersedes"     // contains an article of the index, which is the shorter one
	CopiedPassage Rule = "copied-passage" // from an article of the index
	Repeat        Rule = "repeat"         // a passage that stands more than once in the article; one finding for each copy after the first
	Furniture     Rule = "furniture"      // page leftovers
	Boilerplate   Rule = "boilerplate"    // a passage that the source repeats across unrelated stories; one finding an occurrence
	Empty         Rule = "empty"          // a record without text
	Tiny          Rule = "tiny"           // an article of a few words
)

// Drop is what was looked at and what was found in it.
type Drop struct {
	Articles      int            // with text: what shares are of
	Empty         int            // articles without text
	Skipped       int            // inputs that could not be read
	Dated         int            // articles, with text or without, whose date is known
	NotUnderstood int            // articles with something in the field of the date that is none
	Sources       map[string]int // articles with text by source; "" for unknown
	Rules         []Rule         // that were looked for; nil: all
	Findings      []Finding      // by article in input order, then by place
	Omitted       [][]Brief      // those that come after Findings, some at a time, where all do not fit into memory
	Reading       Reading

	About func(article int) (id, source string) // of the articles of Omitted; nil where there are none
}

// Reading is how articles were read, for the commands that show a finding.
type Reading struct {
	Flags []string // without which other articles, or none, would be read
	Paths []string
}

// rules are the rules that were looked for, in the order of Rules.
func (d *Drop) rules() []Rule {
	if d.Rules == nil {
		return Rules
	}
	return slices.DeleteFunc(slices.Clone(Rules), func(r Rule) bool { return !slices.Contains(d.Rules, r) })
}

// Unnumbered takes the number off an id that several articles have, all but the first of which are
// told apart by one: "#2", "#3" ….
func Unnumbered(id string) (shared string, numbered bool) {
	at := strings.LastIndexByte(id, '#')
	if at < 0 || at+1 == len(id) || strings.Trim(id[at+1:], "0123456789") != "" {
		return id, false
	}
	return id[:at], true
}

// Byline is what people know an article by; what is unknown is empty.
type Byline struct{ Title, Source, Published string } // Published: RFC 3339, or the date alone where no time is known

// Byline is that of the article that the finding is in.
func (f *Finding) Byline() Byline { return Byline{f.Title, f.Source, f.Published} }

// Brief is what a verdict needs of a finding, in 24 bytes.
type Brief struct {
	Key     uint64
	Article int32 // that it is in, by number
	Matched int32 // that it is a near-duplicate of; -1 for other rules
	Rule    uint8 // its place in Rules
}

// brief is the same of any finding; the fields are those of Finding.
type brief struct {
	Rule                     Rule
	Article, Source, Matched string
	Key                      uint64
}

// each calls fn for every finding, in the order of the drop.
func (d *Drop) each(fn func(i int, f brief)) {
	for i := range d.Findings {
		f := &d.Findings[i]
		fn(i, brief{f.Rule, f.Article, f.Source, f.Matched, f.Key})
	}
	i := len(d.Findings)
	for _, list := range d.Omitted {
		for _, o := range list {
			f := brief{Rule: Rules[o.Rule], Key: o.Key}
			f.Article, f.Source = d.About(int(o.Article))
			if o.Matched >= 0 {
				f.Matched, _ = d.About(int(o.Matched))
			}
			fn(i, f)
			i++
		}
	}
}

// Unlisted is how many findings there are besides Findings.
func (d *Drop) Unlisted() (n int) {
	for _, list := range d.Omitted {
		n += len(list)
	}
	return n
}

// Finding is one thing found in one article.
type Finding struct {
	Rule    Rule
	Article string // id
	Path    string // of the file it is in; "-" for standard input
	Record  int    // line in Path where the article starts, 1-based; 1 for an article a file; record number in Parquet
	Source  string

	Title, Published string // of the article, as Byline has them

	// Where in the article's text; all zero when the whole article is meant. Lines and columns are
	// 1-based; columns count Unicode code points.
	Start, End         int // bytes, half-open
	Line, Column       int
	EndLine, EndColumn int  // of the first character after
	InFile             bool // the article is the whole file at Path, so that Line and Column are those of the file

	Text    string // what was found, as it stands in the article; cut to 400 bytes on a character
	Tokens  int
	Matched string // id of the article that this one duplicates, or that the passage was copied from; empty: none
	Where   string // path and line of Matched, "corpus/2024.jsonl:17"; empty: unknown
	About   Byline // of Matched

	Resemblance float64 // with Matched
	Containment float64 // of the shorter one in the longer one
	How         string  // "resemblance" or "containment": the rule of near-duplicates that was met

	Share float64 // of the words of the article, that a copied passage is

	Key uint64 // the same for the same rule and words, whatever their article, place and layout: what a baseline knows a finding by
}
