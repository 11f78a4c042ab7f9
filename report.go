package dedup

import (
	"cmp"
	"strings"
	"unsafe"

	"dedup/internal/cluster/near"
	"dedup/internal/corpus"
)

// Schema names the contract of the JSON of a [Report]. Later versions only add fields to it.
const Schema = "dedup.report/1"

// Report is all that a run found. Articles stand in it by id. The order of its slices is fixed:
// articles as they were read, clusters and stories by their first article, passages and phrases by
// weight.
type Report struct {
	Schema    string      `json:"schema"`
	Summary   Summary     `json:"summary"`
	Articles  []Article   `json:"articles"`
	Clusters  []Cluster   `json:"clusters"`
	Stories   []Story     `json:"stories"`
	Passages  []Passage   `json:"passages"`
	Repeats   []Repeat    `json:"repeats"`
	Furniture []Furniture `json:"furniture"`
	Phrases   []Phrase    `json:"phrases"`
	Running   []Running   `json:"running,omitempty"` // where stories are events
	Flow      *Flow       `json:"flow,omitempty"`    // where passages were asked for
}

// Summary counts what was read and found.
type Summary struct {
	Articles      int     `json:"articles"`
	Skipped       int     `json:"skipped"`
	Empty         int     `json:"empty"` // articles without text
	Bytes         int64   `json:"bytes"` // of article text
	Tokens        int64   `json:"tokens"`
	Clusters      int     `json:"clusters"`
	Duplicates    int     `json:"duplicates"` // articles that are not the canonical of their cluster
	Stories       int     `json:"stories"`    // of two articles or more
	Passages      int     `json:"passages"`
	Repeats       int     `json:"repeats"`
	Phrases       int     `json:"phrases"`
	Dated         int     `json:"dated"`                // articles whose date is known
	NotUnderstood int     `json:"dates_not_understood"` // articles with something in the field of the date that is none
	Threshold     float64 `json:"threshold,omitempty"`  // resemblance from which articles are near-duplicates; 0: these were not asked for
	Seconds       float64 `json:"seconds,omitempty"`
}

// Article is what [Read] takes, and what a corpus knows of an article. Read needs Text; ID, Source,
// Title, Published and URL help if they are known. The corpus fills in the fields below URL.
//
// Fingerprint is empty for a text that is too short for one. Cluster and Story are ids; they are
// empty if the article is in none, or if the question was not asked.
type Article struct {
	Text        string  `json:"-"` // UTF-8; every offset counts bytes of it. Only Read looks at it: see Corpus.Text
	ID          string  `json:"id"`
	Path        string  `json:"path"`
	Source      string  `json:"source"`
	Title       string  `json:"title"`
	Opening     string  `json:"opening,omitempty"` // of an article without a title, the first words of its text
	Published   string  `json:"published"`         // RFC 3339, or the date alone where no time is known; empty: unknown. Read takes most forms
	URL         string  `json:"url,omitempty"`     // as the record gives it: hostile, and not always an address
	Bytes       int     `json:"bytes"`
	Tokens      int     `json:"tokens"`
	Empty       bool    `json:"empty,omitempty"` // it has no text, or only white space
	Fingerprint string  `json:"fingerprint"`     // "%016x"
	Cluster     string  `json:"cluster,omitempty"`
	Story       string  `json:"story,omitempty"`
	Agency      string  `json:"agency,omitempty"` // that the text credits: "Reuters", "AP"
	Shared      float64 `json:"shared,omitempty"` // share of the text that also stands in other sources of its story, 0 to 1
}

// Cluster is a near-duplicate cluster, its canonical first.
type Cluster struct {
	ID        string   `json:"id"`
	Canonical string   `json:"canonical"`
	Members   []Member `json:"members"`
}

// Member is one article of a cluster, and how much it resembles the canonical.
type Member struct {
	Article     string  `json:"article"`
	Resemblance float64 `json:"resemblance"` // |A∩B|/|A∪B| with the canonical
	Containment float64 `json:"containment"` // of the shorter one in the longer one
	Distance    int     `json:"distance"`    // Hamming distance of the fingerprints, -1 where one has none
	Rule        string  `json:"rule"`        // "canonical", "resemblance" or "containment"
}

// Story is a set of articles about one event; at the granularity of stories, about one running
// story.
type Story struct {
	ID       string   `json:"id"`
	Headline string   `json:"headline"`
	Keywords []string `json:"keywords"`
	Articles []string `json:"articles"`
	StoryTime
	Events  []Event `json:"events,omitempty"`  // of a story of two or more, in order of time
	Running string  `json:"running,omitempty"` // id of the running story that this event belongs to
}

// StoryTime says how closely the articles of a story are linked, and when it was told.
type StoryTime struct {
	// Strength is the mean weight, 0 to 1, between the two parts that merged last; left out where
	// nothing merged.
	Strength float64 `json:"strength,omitempty"`
	First    string  `json:"first,omitempty"` // earliest day that an article has; left out where none has one
	Last     string  `json:"last,omitempty"`
}

// Event is one event of a running story.
type Event struct {
	Headline string   `json:"headline"`
	Articles []string `json:"articles"`
	StoryTime
}

// Running is a running story of two or more events.
type Running struct {
	ID       string   `json:"id"`
	Headline string   `json:"headline"`
	Stories  []string `json:"stories"` // the events, in order of time
	StoryTime
}

// Place is a span of an article: bytes [Start, End) of its text, and the line and column of its
// start. Both count from 1; a column is a character.
type Place struct {
	Start  int `json:"start"`
	End    int `json:"end"`
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Occurrence is a place in an article.
type Occurrence struct {
	Article string `json:"article"`
	Place
}

// Passage is text that two articles or more have in common.
type Passage struct {
	ID             string       `json:"id"`
	Text           string       `json:"text"` // as it stands in the first occurrence
	Tokens         int          `json:"tokens"`
	Boilerplate    bool         `json:"boilerplate,omitempty"`     // a source repeats it across unrelated stories
	NearDuplicates bool         `json:"near_duplicates,omitempty"` // all its articles are in one near-duplicate cluster
	Origin         *Origin      `json:"origin,omitempty"`          // nil for boilerplate
	Occurrences    []Occurrence `json:"occurrences"`
}

// Origin is the article or agency that a passage most likely came from. Article is empty if it is
// none of the articles of the passage, or not known.
//
// By is the evidence: "agency" (half of the articles credit it, or the first one does), "date" (the
// article was published before the others, beyond doubt), "agreement" (the article has all that any
// two others agree on), "containment" (the others are excerpts of the article).
//
// If neither Article nor Agency is given, By is the reason: "quotation" (words that each author may
// have heard), "statement" (a press release or a written statement), "unseen" (three articles show
// that all copied a text that is not in the corpus), "same-day" (the first two were published on
// one day, or within ten minutes), "unknown". Later versions may add values.
type Origin struct {
	Article string `json:"article,omitempty"`
	Agency  string `json:"agency,omitempty"`
	By      string `json:"by"`
}

// Repeat is a passage that stands more than once in one article.
type Repeat struct {
	Article     string  `json:"article"`
	Text        string  `json:"text"`
	Tokens      int     `json:"tokens"`
	Occurrences []Place `json:"occurrences"`
}

// Furniture is something that a web page left in the text of an article.
type Furniture struct {
	Article string `json:"article"`
	Text    string `json:"text"`
	Place
}

// Phrase is a short span that independent sources of one story share.
type Phrase struct {
	Text        string       `json:"text"`
	Tokens      int          `json:"tokens"`
	Bits        float64      `json:"bits"` // surprise under the background model
	Kind        string       `json:"kind"` // "wire", "quote" or "name"
	Story       string       `json:"story"`
	Occurrences []Occurrence `json:"occurrences"`
}

// Report asks the questions of parts and collects the answers. Its lists are never nil, so that
// they print as [] in JSON.
func (c *Corpus) Report(parts Parts) (r *Report, err error) {
	r = &Report{
		Schema: Schema, Summary: c.Summary(), Articles: make([]Article, 0, c.Len()), Clusters: []Cluster{}, Stories: []Story{},
		Passages: []Passage{}, Repeats: []Repeat{}, Furniture: []Furniture{}, Phrases: []Phrase{},
	}
	if err := c.c.Keep(int64(c.Len()) * int64(unsafe.Sizeof(Article{})+unsafe.Sizeof(Story{}))); err != nil {
		return nil, err
	}
	for a := range c.Articles() {
		r.Articles = append(r.Articles, a)
	}
	for _, p := range []struct {
		asked bool
		add   func(*Report) error
	}{
		{parts.Clusters, c.reportClusters},
		{parts.Stories || parts.Phrases, func(r *Report) error { return c.reportStories(r, parts.Stories) }},
		{parts.Passages, c.reportPassages},
		{parts.Phrases, c.reportPhrases},
	} {
		if p.asked {
			if err := p.add(r); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func (c *Corpus) reportClusters(r *Report) (err error) {
	if r.Clusters, err = c.Clusters(); err != nil {
		return err
	}
	found, err := c.c.Clusters()
	for i, k := range found.Of {
		if k >= 0 {
			r.Articles[i].Cluster = r.Clusters[k].ID
			r.Summary.Duplicates++
		}
	}
	r.Summary.Clusters, r.Summary.Threshold = len(r.Clusters), cmp.Or(c.c.Options.Threshold, near.DefaultThreshold)
	r.Summary.Duplicates -= len(r.Clusters)
	return err
}

// reportStories names the story of each article and, where stories were asked for, lists them.
func (c *Corpus) reportStories(r *Report, list bool) error {
	stories, err := c.Stories()
	if err != nil {
		return err
	}
	found, err := c.c.Stories()
	for i, k := range found.Of {
		r.Articles[i].Story = stories[k].ID
	}
	if list {
		r.Stories = stories
		if r.Running, err = c.Running(); err != nil {
			return err
		}
		for k := range stories {
			if len(stories[k].Articles) > 1 {
				r.Summary.Stories++
			}
		}
	}
	return err
}

func (c *Corpus) reportPassages(r *Report) (err error) {
	if r.Repeats, r.Furniture, err = c.leftovers(); err != nil {
		return err
	}
	if r.Passages, err = c.Passages(); err != nil {
		return err
	}
	r.Flow, err = c.Flow()
	r.Summary.Repeats, r.Summary.Passages = len(r.Repeats), len(r.Passages)
	return err
}

// reportPhrases lists the phrases, and puts credits into the list of articles.
func (c *Corpus) reportPhrases(r *Report) error {
	credits, err := c.c.Credits()
	if err != nil {
		return err
	}
	for i := range credits {
		r.Articles[i].Agency = strings.Clone(credits[i].Agency)
		r.Articles[i].Shared = corpus.Ratio(credits[i].Shared)
	}
	r.Phrases, err = c.Phrases()
	r.Summary.Phrases = len(r.Phrases)
	return err
}
