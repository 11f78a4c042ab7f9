package gate

// About is what a rule is called and means.
type About struct {
	One, Many string // "3 near-duplicates"
	Short     string // one line, a sentence
	Full      string // what counts, and why it matters
	Help      string // what to do about it
}

// About tells people about the rule.
func (r Rule) About() About { return about[r] }

var about = map[Rule]About{
	NearDuplicate: {
		One: "near-duplicate", Many: "near-duplicates",
		Short: "The article is a near-duplicate of another article of the drop.",
		Full: "Resemblance or containment of the two articles, compared exactly over the sets of their 5-word shingles, reaches the threshold. Copies weigh " +
			"a text more than once in whatever is made of the corpus.",
		Help: "Leave the article out (dedup clean does), or accept it: dedup check --update-baseline.",
	},
	InCorpus: {
		One: "article already in the corpus", Many: "articles already in the corpus",
		Short: "The article is a near-duplicate of an article of the corpus index.",
		Full:  "The same as near-duplicate, held against the articles of the index: the text came in with an earlier drop.",
		Help:  "Leave the article out, or accept it: dedup check --update-baseline.",
	},
	Supersedes: {
		One: "superseding article", Many: "superseding articles",
		Short: "The article contains an article of the corpus index, which is the shorter one.",
		Full: "A brief or a first take came in with an earlier drop, and this is the full text. It is no duplicate: leaving it out would lose what the corpus does " +
			"not have. There is no limit by default.",
		Help: "Let it in, and take the shorter one out of the corpus (dedup index remove).",
	},
	CopiedPassage: {
		One: "copied passage", Many: "copied passages",
		Short: "A passage of the article stands in an article of the corpus index.",
		Full:  "The passage is aligned word by word with the article of the index, a few changed words bridged; the articles as a whole are no near-duplicates.",
		Help:  "Look at both places. Agency text that is meant to be there belongs in the baseline.",
	},
	Repeat: {
		One: "repeat", Many: "repeats",
		Short: "A passage stands more than once in the article.",
		Full:  "Each copy after the first is one finding. Most come from page extraction: a headline that is printed twice, a teaser before the text.",
		Help:  "Cut the copy (dedup clean does), or mend the extraction.",
	},
	Furniture: {
		One: "page leftover", Many: "page leftovers",
		Short: "The article holds a page leftover: a share bar, a list of links, a reaction widget.",
		Full:  "Leftovers of the page are no part of the article, and stand in every article of their site.",
		Help:  "Cut it (dedup clean does), or mend the extraction.",
	},
	Boilerplate: {
		One: "piece of boilerplate", Many: "pieces of boilerplate",
		Short: "The article holds a passage that its source repeats across unrelated stories.",
		Full:  "Each occurrence is one finding: notices, calls to subscribe, closing lines. They say nothing about the story and tie unrelated articles together.",
		Help:  "Cut it (dedup clean does), or accept it: dedup check --update-baseline.",
	},
	Empty: {
		One: "empty article", Many: "empty articles",
		Short: "The record has no text.",
		Full:  "A record without text is most often a download or an extraction that failed.",
		Help:  "Leave the record out, or get its text again.",
	},
	Tiny: {
		One: "tiny article", Many: "tiny articles",
		Short: "The article has very few words.",
		Full:  "Fewer words than --tiny: error pages, cookie notices and captions pass for articles.",
		Help:  "Leave the article out, or lower --tiny.",
	},
}
