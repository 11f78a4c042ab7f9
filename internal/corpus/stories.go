package corpus

import (
	"cmp"
	"fmt"
	"slices"

	"dedup/internal/background"
	"dedup/internal/cluster/story"
	"dedup/internal/nearest"
)

// Granularity is which of the two nested levels the stories of a corpus are.
type Granularity string

// Events are the default: what people label as one story is most often one event, and two events
// that are taken for one cannot be told apart afterwards, while the events of a running story can
// be read together.
const (
	Events  Granularity = "event"
	Running Granularity = "story"
)

// ParseGranularity reads event or story; empty is event.
func ParseGranularity(s string) (Granularity, error) {
	switch g := Granularity(s); g {
	case "":
		return Events, nil
	case Events, Running:
		return g, nil
	}
	return "", fmt.Errorf("unknown granularity %q: use event or story%s", s, nearest.Hint(s, string(Events), string(Running)))
}

// Stories are the stories by size, then by their first article, and the story of each article, -1
// for none.
type Stories struct {
	List []story.Story
	Of   []int32
	Told *story.Result // both levels, in order of their first article
	At   []int32       // place in List of each story of that level of Told
}

// Stories finds the stories.
func (c *Corpus) Stories() (Stories, error) {
	return c.stories.get(func() (Stories, error) {
		told, err := c.storiesOf(c.n, func(k int) int { return k }, c.Options.NoLabels || !c.Options.Only.Stories)
		if err != nil {
			return Stories{}, err
		}
		list := told.Events
		if c.granularity == Running {
			list = told.Stories
		}
		return bySize(c.n, told, list), nil
	})
}

// bySize puts the stories of n articles in order.
func bySize(n int, told *story.Result, list []story.Story) Stories {
	order := make([]int, len(list))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(list[b].Articles), len(list[a].Articles)), cmp.Compare(a, b))
	})
	s := Stories{List: make([]story.Story, len(list)), Told: told, At: make([]int32, len(list))}
	for k, from := range order {
		s.List[k], s.At[from] = list[from], int32(k)
	}
	s.Of = storyOf(n, s.List)
	return s
}

// RunningStories are the stories of several events, where stories are events: the one of most
// events first.
func (s *Stories) RunningStories() []story.Story {
	var list []story.Story
	for k := range s.Told.Stories {
		if len(s.Told.Stories[k].Events) > 1 {
			list = append(list, s.Told.Stories[k])
		}
	}
	slices.SortStableFunc(list, func(a, b story.Story) int { return cmp.Compare(len(b.Events), len(a.Events)) })
	return list
}

// StoriesAmong finds the events that some articles would be in if there were no others; all others
// are in none.
func (c *Corpus) StoriesAmong(articles []int) (Stories, error) {
	told, err := c.storiesOf(len(articles), func(k int) int { return articles[k] }, true)
	if err != nil {
		return Stories{}, err
	}
	list := told.Events
	for _, s := range list {
		for k := range s.Articles {
			s.Articles[k] = articles[s.Articles[k]]
		}
	}
	return Stories{List: list, Of: storyOf(c.n, list)}, nil
}

// storiesOf finds the stories of n articles, of which at(k) is the k-th.
func (c *Corpus) storiesOf(n int, at func(k int) int, noLabels bool) (*story.Result, error) {
	clusters, err := c.Clusters()
	if err != nil {
		return nil, err
	}
	if c.texts == nil {
		return nil, ErrNotKept
	}
	bg, err := c.speakingOf(n, at)
	if err != nil {
		return nil, err
	}
	lent := c.budget.take()
	defer c.budget.give(lent)
	o := &c.Options
	opt := story.Options{
		Window: o.Window, NoLabels: noLabels, Workers: o.Workers, Memory: max(lent, 1), Tmp: o.Tmp, Progress: o.Stage("finding stories"),
	}
	if opt.Keywords = story.OfEvents; c.granularity == Running {
		opt.Keywords = story.OfStories
	}
	told, err := story.Find(c.ctx, n, func(k int) story.Article {
		i := at(k)
		a := c.At(i)
		return story.Article{Title: a.Title, Text: a.Text, Source: a.Source, Published: a.Published, Near: clusters.Of[i]}
	}, bg, opt)
	return told, Wrap("find stories", err)
}

// storiesAlone is what the memory of texts is divided by: two where stories are all that is asked for.
// These look at a text three times, and what they make of it takes more memory than it.
func (o *Options) storiesAlone() int64 {
	if o.Only == (Parts{Stories: true}) {
		return 2
	}
	return 1
}

// speaking is the model with what it lacks of the languages that the articles are in.
func (c *Corpus) speaking() (*background.Model, error) {
	return c.learned.get(func() (*background.Model, error) { return c.learn(c.n, func(k int) int { return k }) })
}

// speakingOf is speaking for some articles. Where they are ownLanguage or more, languages are learned
// of them alone: to tell one by trigrams takes half a millisecond an article.
func (c *Corpus) speakingOf(n int, at func(k int) int) (*background.Model, error) {
	if n == c.n || n < ownLanguage {
		return c.speaking()
	}
	return c.learn(n, at)
}

// ownLanguage is ten times as many articles as a language is learned of at least.
const ownLanguage = 200

// learn makes the model for n articles, of which at(k) is the k-th. A near-duplicate says nothing new.
func (c *Corpus) learn(n int, at func(k int) int) (*background.Model, error) {
	clusters, err := c.Clusters()
	if err != nil {
		return nil, err
	}
	seen := map[int32]bool{}
	again := make([]bool, n)
	for k := range again {
		near := clusters.Of[at(k)]
		again[k] = near >= 0 && seen[near]
		seen[near] = true
	}
	bg, learned, err := c.model.Learn(c.ctx, n, c.Options.Workers, func(k int) (string, bool) { return c.Text(at(k)), !again[k] })
	if len(learned) > 0 {
		c.Options.Learned(learned)
	}
	return bg, Wrap("tell the languages", err)
}

func storyOf(n int, list []story.Story) []int32 {
	of := make([]int32, n)
	for i := range of {
		of[i] = -1
	}
	for k := range list {
		for _, i := range list[k].Articles {
			of[i] = int32(k)
		}
	}
	return of
}

// several is how many stories have two articles or more; those come first.
func (s *Stories) several() int {
	n, _ := slices.BinarySearchFunc(s.List, 1, func(s story.Story, one int) int { return cmp.Compare(one, len(s.Articles)) })
	return n
}
