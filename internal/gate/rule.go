package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dedup/internal/nearest"
)

// About is what a rule is called and means.
type About struct {
	One, Many string // "3 near-duplicates"
	Says      string // a finding, in few words: {words} is how many, {matched} the other article, {met} how near it is, {share} how much of the article
	Short     string // one line, a sentence
	Full      string // what counts, and why it matters
	Help      string // what to do about it
}

// row is all that is said of a rule: a new one needs a row here, and a place in check*.go that marks
// what it finds.
type row struct {
	rule   Rule
	limit  string // its name; rules that share one are counted together
	of     func(l *Limits) *Limit
	corpus bool // it is about the corpus: there must be an index
	About
}

// rows are the rules, in the order of reports.
var rows = []row{
	{rule: NearDuplicate, limit: MaxDuplicates, of: func(l *Limits) *Limit { return &l.Duplicates }, About: About{
		One: "near-duplicate", Many: "near-duplicates", Says: "near-duplicate of {matched}{met}",
		Short: "The article is a near-duplicate of another article of the drop.",
		Full: "Resemblance or containment of the two articles, compared exactly over the sets of their 5-word shingles, reaches the threshold. Copies weigh " +
			"a text more than once in whatever is made of the corpus.",
		Help: "Leave the article out (dedup clean does), or accept it: dedup check --accept.",
	}},
	{rule: InCorpus, limit: MaxDuplicates, of: func(l *Limits) *Limit { return &l.Duplicates }, corpus: true, About: About{
		One: "article already in the corpus", Many: "articles already in the corpus", Says: "near-duplicate of {matched} in the corpus{met}",
		Short: "The article is a near-duplicate of an article of the corpus index.",
		Full:  "The same as near-duplicate, held against the articles of the index: the text came in with an earlier drop.",
		Help:  "Leave the article out, or accept it: dedup check --accept.",
	}},
	{rule: Supersedes, limit: MaxSuperseding, of: func(l *Limits) *Limit { return &l.Superseding }, corpus: true, About: About{
		One: "superseding article", Many: "superseding articles", Says: "supersedes {matched} in the corpus{met}",
		Short: "The article contains an article of the corpus index, which is the shorter one.",
		Full: "A brief or a first take came in with an earlier drop, and this is the full text. It is no duplicate: leaving it out would lose what the corpus does " +
			"not have. There is no limit by default.",
		Help: "Let it in, and take the shorter one out of the corpus (dedup index remove).",
	}},
	{rule: CopiedPassage, limit: MaxPassages, of: func(l *Limits) *Limit { return &l.Passages }, corpus: true, About: About{
		One: "copied passage", Many: "copied passages", Says: "{words} copied from {matched}{share}",
		Short: "A passage of the article stands in an article of the corpus index.",
		Full:  "The passage is aligned word by word with the article of the index, a few changed words bridged; the articles as a whole are no near-duplicates.",
		Help:  "Look at both places. Agency text that is meant to be there belongs in the baseline.",
	}},
	{rule: Repeat, limit: MaxRepeats, of: func(l *Limits) *Limit { return &l.Repeats }, About: About{
		One: "repeat", Many: "repeats", Says: "repeat of {words}",
		Short: "A passage stands more than once in the article.",
		Full:  "Each copy after the first is one finding. Most come from page extraction: a headline that is printed twice, a teaser before the text.",
		Help:  "Cut the copy (dedup clean does), or mend the extraction.",
	}},
	{rule: Furniture, limit: MaxFurniture, of: func(l *Limits) *Limit { return &l.Furniture }, About: About{
		One: "page leftover", Many: "page leftovers", Says: "page leftover",
		Short: "The article holds a page leftover: a share bar, a list of links, a reaction widget.",
		Full:  "Leftovers of the page are no part of the article, and stand in every article of their site.",
		Help:  "Cut it (dedup clean does), or mend the extraction.",
	}},
	{rule: Boilerplate, limit: MaxBoilerplate, of: func(l *Limits) *Limit { return &l.Boilerplate }, About: About{
		One: "piece of boilerplate", Many: "pieces of boilerplate", Says: "boilerplate of {words}",
		Short: "The article holds a passage that its source repeats across unrelated stories.",
		Full:  "Each occurrence is one finding: notices, calls to subscribe, closing lines. They say nothing about the story and tie unrelated articles together.",
		Help:  "Cut it (dedup clean does), or accept it: dedup check --accept.",
	}},
	{rule: Empty, limit: MaxEmpty, of: func(l *Limits) *Limit { return &l.Empty }, About: About{
		One: "empty article", Many: "empty articles", Says: "empty article",
		Short: "The record has no text.",
		Full:  "A record without text is most often a download or an extraction that failed.",
		Help:  "Leave the record out, or get its text again.",
	}},
	{rule: Tiny, limit: MaxTiny, of: func(l *Limits) *Limit { return &l.Tiny }, About: About{
		One: "tiny article", Many: "tiny articles", Says: "article of {words}",
		Short: "The article has very few words.",
		Full:  "Fewer words than --tiny: error pages, cookie notices and captions pass for articles.",
		Help:  "Leave the article out, or lower --tiny.",
	}},
}

// Rules are all rules, in the order of reports.
var Rules = func() []Rule {
	list := make([]Rule, len(rows))
	for i := range rows {
		list[i] = rows[i].rule
	}
	return list
}()

// row is what is said of the rule.
func (r Rule) row() *row {
	i := slices.Index(Rules, r)
	if i < 0 {
		panic(fmt.Sprintf("gate: the rule %q has no row", r))
	}
	return &rows[i]
}

// About tells people about the rule.
func (r Rule) About() About { return r.row().About }

// NeedsIndex tells whether the rule is about the corpus.
func (r Rule) NeedsIndex() bool { return r.row().corpus }

// CompareRules orders rules as reports do.
func CompareRules(a, b Rule) int { return cmp.Compare(slices.Index(Rules, a), slices.Index(Rules, b)) }

// RuleNames lists all rules, as flags have them.
func RuleNames() string { return strings.Join(ruleNames(), ",") }

func ruleNames() []string {
	names := make([]string, len(Rules))
	for i, r := range Rules {
		names[i] = string(r)
	}
	return names
}

// ParseRules reads the names of rules; an empty list is all of them.
func ParseRules(list []string) ([]Rule, error) {
	var rules []Rule
	for _, name := range list {
		r := Rule(strings.TrimSpace(name))
		if !slices.Contains(Rules, r) {
			names := ruleNames()
			hint := nearest.Hint(string(r), names...)
			if hint == "" {
				hint = "\nhint: the rules are " + strings.Join(names, ", ")
			}
			return nil, fmt.Errorf("unknown rule %q%s", name, hint)
		}
		rules = append(rules, r)
	}
	return rules, nil
}
