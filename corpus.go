package dedup

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/cluster/story"
	"dedup/internal/corpus"
	"dedup/internal/flow"
	"dedup/internal/passage"
	"dedup/internal/text"
)

// Corpus is a set of articles that were read. Its methods may be called in any order, by one
// goroutine at a time. A question that is asked again is not searched again, except for
// [Corpus.Pairs] and [Corpus.Matches]. Results stay valid when the corpus is closed.
type Corpus struct{ c *corpus.Corpus }

// Close frees memory and removes temporary files. No question may be asked after it.
func (c *Corpus) Close() error { return c.c.Close() }

// Len returns the number of articles in the corpus.
func (c *Corpus) Len() int { return c.c.Len() }

// ID returns the id of article i, counted from 0 in the order of reading.
func (c *Corpus) ID(i int) string { return c.c.ID(i) }

// Text returns the text of article i, counted from 0 in the order of reading. The string is valid
// until the corpus is closed. It is empty if texts were not kept (see [Options.Only]).
func (c *Corpus) Text(i int) string { return c.c.Text(i) }

// Summary counts what was read. The numbers of clusters, stories and other answers are 0 in it;
// [Corpus.Report] counts them.
func (c *Corpus) Summary() Summary {
	n := &c.c.Counts
	return Summary{Articles: c.c.Len(), Skipped: n.Skipped, Empty: n.Empty, Bytes: n.Bytes, Tokens: n.Tokens, Dated: n.Dated, NotUnderstood: n.NotUnderstood}
}

// Articles yields the articles in the order of reading, with what is known of each by itself. Text,
// Cluster, Story, Agency and Shared are left empty.
func (c *Corpus) Articles() iter.Seq[Article] {
	return func(yield func(Article) bool) {
		for i := range c.c.Len() {
			if !yield(c.article(i)) {
				return
			}
		}
	}
}

func (c *Corpus) article(i int) Article {
	a := c.c.At(i)
	out := Article{
		ID: a.ID, Path: a.Path, Source: a.Source, Title: c.c.Title(i), Published: corpus.Published(a.Published, a.DateOnly), URL: strings.Clone(a.URL),
		Bytes: a.Bytes, Tokens: a.Tokens, Empty: a.Empty,
	}
	if out.Title == "" {
		out.Opening = c.c.Opening(i)
	}
	if a.HasFingerprint {
		out.Fingerprint = fmt.Sprintf("%016x", a.Fingerprint)
	}
	return out
}

// Pair is a pair of near-duplicates. A and B are ids of articles.
type Pair struct {
	A, B         string
	Resemblance  float64 // |A∩B|/|A∪B| of their shingles
	ContainmentA float64 // how much of A is contained in B: |A∩B|/|A|
	ContainmentB float64
	Distance     int // Hamming distance of the fingerprints, -1 where one has none
}

// Pairs yields every pair of near-duplicates, verified, in the order of reading. There may be many,
// so they are not kept: each call searches again. An error is yielded last.
func (c *Corpus) Pairs() iter.Seq2[Pair, error] {
	return func(yield func(Pair, error) bool) {
		err := c.c.Pairs(func(e near.Edge) error {
			a, b := int(e.A), int(e.B)
			p := Pair{c.c.ID(a), c.c.ID(b), e.Resemblance(), e.ContainmentA(), e.ContainmentB(), c.c.Distance(a, b)}
			if !yield(p, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Pair{}, err)
		}
	}
}

// errEnough ends a search whose caller wants no more.
var errEnough = fmt.Errorf("enough")

// Clusters returns the near-duplicate clusters in the order of their first article, the canonical
// of each first. [Options.Keep] says which article is canonical. But a longer article is never left
// out for a shorter one that it contains. An article without a near-duplicate is in no cluster.
func (c *Corpus) Clusters() ([]Cluster, error) {
	found, err := c.c.Clusters()
	if err != nil {
		return nil, err
	}
	out := make([]Cluster, 0, len(found.List))
	for k := range found.List {
		members := found.List[k].Members
		canonical := int(members[0].Article)
		cl := Cluster{ID: clusterID(k), Canonical: c.c.ID(canonical), Members: make([]Member, len(members))}
		for j, m := range members {
			i := int(m.Article)
			cl.Members[j] = Member{Article: c.c.ID(i), Resemblance: m.Resemblance, Containment: m.Containment, Distance: c.c.Distance(canonical, i), Rule: m.Rule.String()}
		}
		out = append(out, cl)
	}
	return out, nil
}

func clusterID(k int) string { return "c" + strconv.Itoa(k+1) }

func storyID(k int) string { return "s" + strconv.Itoa(k+1) }

// Stories returns the stories, the largest first, then by their first article, at the level of
// [Options.Granularity]. Every article is in one story; it may be the only one there.
func (c *Corpus) Stories() ([]Story, error) {
	found, err := c.c.Stories()
	if err != nil {
		return nil, err
	}
	out := make([]Story, len(found.List))
	for k := range found.List {
		s := &found.List[k]
		out[k] = Story{ID: storyID(k), Headline: strings.Clone(s.Headline), Keywords: make([]string, len(s.Keywords)), Articles: c.ids(s.Articles), StoryTime: storyTime(s)}
		for j, w := range s.Keywords {
			out[k].Keywords[j] = strings.Clone(w)
		}
		if len(s.Events) > 1 {
			for _, e := range s.Events {
				e := &found.Told.Events[e]
				out[k].Events = append(out[k].Events, Event{strings.Clone(e.Headline), c.ids(e.Articles), storyTime(e)})
			}
		}
	}
	for r, s := range c.running(&found) {
		for _, e := range s.Events {
			out[found.At[e]].Running = runningID(r)
		}
	}
	return out, nil
}

// Running returns the running stories of two or more events, the one of most events first. It
// returns none if [Options.Granularity] is "story": then Stories returns them.
func (c *Corpus) Running() (out []Running, err error) {
	found, err := c.c.Stories()
	if err != nil {
		return nil, err
	}
	for r, s := range c.running(&found) {
		run := Running{ID: runningID(r), Headline: strings.Clone(s.Headline), StoryTime: storyTime(&s)}
		for _, e := range s.Events {
			run.Stories = append(run.Stories, storyID(int(found.At[e])))
		}
		out = append(out, run)
	}
	return out, nil
}

// running are the running stories; none where stories are running ones.
func (c *Corpus) running(found *corpus.Stories) []story.Story {
	if corpus.Granularity(c.c.Options.Granularity) == corpus.Running {
		return nil
	}
	return found.RunningStories()
}

func runningID(k int) string { return "r" + strconv.Itoa(k+1) }

// ids are the ids of articles.
func (c *Corpus) ids(articles []int) []string {
	ids := make([]string, len(articles))
	for j, i := range articles {
		ids[j] = c.c.ID(i)
	}
	return ids
}

// storyTime is how strong a story is, and when it was told.
func storyTime(s *story.Story) StoryTime {
	day := func(t time.Time) string { return corpus.Published(t, true) }
	return StoryTime{Strength: corpus.Ratio(s.Strength), First: day(s.First), Last: day(s.Last)}
}

// Passages returns the passages that two articles or more have in common, in the order of their
// first occurrence, with the article or agency that each most likely came from. Whether a passage
// was copied or is boilerplate is decided by the stories that it stands in.
func (c *Corpus) Passages() ([]Passage, error) {
	found, err := c.c.Passages()
	if err != nil {
		return nil, err
	}
	origins, err := c.c.Origins()
	if err != nil {
		return nil, err
	}
	places := c.placers()
	out := make([]Passage, 0, len(found))
	for k := range found {
		p := &found[k]
		np := Passage{
			ID: "p" + strconv.Itoa(k+1), Text: strings.Clone(p.Text), Tokens: p.Tokens, Boilerplate: p.Boilerplate, NearDuplicates: p.Near,
			Occurrences: make([]Occurrence, 0, len(p.Occurrences)),
		}
		for _, o := range p.Occurrences {
			np.Occurrences = append(np.Occurrences, Occurrence{c.c.ID(o.Article), places(o.Article).place(o.Span)})
		}
		if !p.Boilerplate {
			np.Origin = c.origin(&origins.Of[k])
		}
		out = append(out, np)
	}
	return out, nil
}

// origin says where a passage most likely came from.
func (c *Corpus) origin(o *flow.Origin) *Origin {
	out := &Origin{Agency: strings.Clone(o.Agency), By: o.By}
	if o.Article >= 0 {
		out.Article = c.c.ID(o.Article)
	}
	return out
}

// Match is a passage that two articles share: bytes [AStart, AEnd) of the text of A and [BStart,
// BEnd) of the text of B. A and B are ids of articles.
type Match struct {
	A            string
	AStart, AEnd int
	B            string
	BStart, BEnd int
	Tokens       int // words of the longer side
	Matched      int // words that are the same on both sides, in the same order
}

// Matches yields every passage that two articles share, pair by pair, in the order of reading. It
// costs less than Passages, since it needs neither near-duplicates nor stories. Matches are not
// kept: each call searches again. An error is yielded last.
func (c *Corpus) Matches() iter.Seq2[Match, error] {
	return func(yield func(Match, error) bool) {
		err := c.c.Matches(func(m passage.Match) error {
			if !yield(Match{c.c.ID(m.A), m.ASpan.Start, m.ASpan.End, c.c.ID(m.B), m.BSpan.Start, m.BSpan.End, m.Tokens, m.Matched}, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(Match{}, err)
		}
	}
}

// Repeats returns the passages that stand more than once in one article, article by article.
func (c *Corpus) Repeats() ([]Repeat, error) {
	repeats, _, err := c.leftovers()
	return repeats, err
}

// Furniture returns what web pages left in the text of articles: share bars, lists of links,
// reaction widgets.
func (c *Corpus) Furniture() ([]Furniture, error) {
	_, furniture, err := c.leftovers()
	return furniture, err
}

func (c *Corpus) leftovers() ([]Repeat, []Furniture, error) {
	found, err := c.c.Leftovers()
	if err != nil {
		return nil, nil, err
	}
	repeats, furniture := []Repeat{}, []Furniture{}
	for i := range found {
		l := &found[i]
		if len(l.Repeats)+len(l.Furniture) == 0 {
			continue
		}
		id, s := c.c.ID(i), c.c.Text(i)
		places := placer{text.NewLines(s)}
		for _, r := range l.Repeats {
			first := r.Spans[0]
			out := Repeat{Article: id, Text: strings.Clone(s[first.Start:first.End]), Tokens: r.Tokens}
			for _, o := range r.Spans {
				out.Occurrences = append(out.Occurrences, places.place(o))
			}
			repeats = append(repeats, out)
		}
		for _, f := range l.Furniture {
			furniture = append(furniture, Furniture{Article: id, Text: strings.Clone(s[f.Start:f.End]), Place: places.place(f)})
		}
	}
	return repeats, furniture, nil
}

// Phrases returns the phrases that independent sources of a story share, story by story, the most
// surprising of each story first.
func (c *Corpus) Phrases() ([]Phrase, error) {
	found, err := c.c.Phrases()
	if err != nil {
		return nil, err
	}
	stories, err := c.c.Stories()
	if err != nil {
		return nil, err
	}
	out := []Phrase{}
	for k := range found {
		places := c.placers()
		for _, p := range found[k] {
			np := Phrase{Text: strings.Clone(p.Text), Tokens: p.Tokens, Bits: math.Round(p.Bits*10) / 10, Kind: p.Kind, Story: storyID(k)}
			for _, o := range p.Occurrences {
				i := stories.List[k].Articles[o.Voice]
				np.Occurrences = append(np.Occurrences, Occurrence{c.c.ID(i), places(i).place(o.Span)})
			}
			out = append(out, np)
		}
	}
	return out, nil
}

// placer turns spans of one article into places; it counts the lines of the text once.
type placer struct{ lines *text.Lines }

func (p placer) place(s article.Span) Place {
	line, column := p.lines.Position(s.Start)
	return Place{Start: s.Start, End: s.End, Line: line, Column: column}
}

// placersKept is how many articles' line counts are kept, some 300 bytes each.
const placersKept = 1 << 14

// placers keeps the line counts of the articles it was asked for last.
func (c *Corpus) placers() func(i int) placer {
	known := map[int]placer{}
	return func(i int) placer {
		p, ok := known[i]
		if !ok {
			if len(known) == placersKept {
				clear(known)
			}
			p = placer{text.NewLines(c.c.Text(i))}
			known[i] = p
		}
		return p
	}
}
