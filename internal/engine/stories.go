package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dedup/internal/cluster/story"
	"dedup/internal/nearest"
	"dedup/internal/report"
)

// Granularity is which of the two nested levels the stories of a run are.
type Granularity string

// Events are the default: what people label as one story is most often one event, and two events
// that are taken for one cannot be told apart afterwards, while the events of a running story can
// be read together.
const (
	Events  Granularity = "event"
	Running Granularity = "story"
)

// ParseGranularity reads event or story.
func ParseGranularity(s string) (Granularity, error) {
	switch g := Granularity(s); g {
	case "", Events, Running:
		return g, nil
	}
	return "", fmt.Errorf("unknown granularity %q: use event or story%s", s, nearest.Hint(s, string(Events), string(Running)))
}

// findStories fills r.told, r.stories, those of the granularity that is asked for by size and then
// by their first article, and r.storyOf.
func (r *run) findStories(ctx context.Context) error {
	opt := r.cfg.Stories
	opt.Workers, opt.Memory, opt.Tmp, opt.Progress = r.cfg.Workers, r.cfg.Memory/4, r.cfg.Tmp, r.stage("finding stories")
	opt.NoLabels = opt.NoLabels || !r.cfg.Parts.Stories // nobody will see them
	at := func(i int) story.Article {
		m := &r.store.Meta[i]
		return story.Article{Title: m.Title, Text: r.store.text(i), Source: m.Source, Published: m.Published, Near: r.nearOf[i]}
	}
	told, err := story.Find(ctx, len(r.store.Meta), at, r.cfg.Background, opt)
	if err != nil {
		return wrap("find stories", err)
	}
	list := told.Events
	if r.cfg.Granularity == Running {
		list = told.Stories
	}
	order := make([]int, len(list))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(list[b].Articles), len(list[a].Articles)), cmp.Compare(a, b))
	})
	r.told, r.stories, r.storyAt = told, make([]story.Story, len(list)), make([]int32, len(list))
	r.storyOf = make([]int32, len(r.store.Meta))
	for k, from := range order {
		r.stories[k], r.storyAt[from] = list[from], int32(k)
		for _, i := range list[from].Articles {
			r.storyOf[i] = int32(k)
		}
	}
	return nil
}

func storyID(k int) string { return "s" + strconv.Itoa(k+1) }

// reportStories names the story of each article and, where stories were asked for, lists them.
func (r *run) reportStories(rep *report.Report, list bool) {
	for k := range r.stories {
		s := &r.stories[k]
		rs := report.Story{ID: storyID(k), Headline: strings.Clone(s.Headline), Keywords: []string{}, Articles: r.ids(s.Articles), StoryTime: storyTime(s)}
		for _, w := range s.Keywords {
			rs.Keywords = append(rs.Keywords, strings.Clone(w))
		}
		for _, i := range s.Articles {
			rep.Articles[i].Story = rs.ID
		}
		if !list {
			continue
		}
		rs.Events = r.events(s)
		rep.Stories = append(rep.Stories, rs)
		if len(s.Articles) > 1 {
			rep.Summary.Stories++
		}
	}
	if list && r.cfg.Granularity != Running {
		r.reportRunning(rep)
	}
}

// ids are the ids of articles.
func (r *run) ids(articles []int) []string {
	ids := make([]string, 0, len(articles))
	for _, i := range articles {
		ids = append(ids, r.store.Meta[i].ID)
	}
	return ids
}

// storyTime is how strong a story is, and when it was told.
func storyTime(s *story.Story) report.StoryTime {
	day := func(t time.Time) string { return Published(t, true) }
	return report.StoryTime{Strength: round(s.Strength), First: day(s.First), Last: day(s.Last)}
}

// round leaves four digits behind the point.
func round(x float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', 4, 64), 64)
	return v
}

// events are the events of a story of several, in order of time.
func (r *run) events(s *story.Story) (list []report.Event) {
	if len(s.Events) < 2 {
		return nil
	}
	for _, k := range s.Events {
		e := &r.told.Events[k]
		list = append(list, report.Event{Headline: strings.Clone(e.Headline), Articles: r.ids(e.Articles), StoryTime: storyTime(e)})
	}
	return list
}

// reportRunning lists the running stories that several of the stories, which are events, belong to:
// the one of most events first.
func (r *run) reportRunning(rep *report.Report) {
	var order []int
	for k := range r.told.Stories {
		if len(r.told.Stories[k].Events) > 1 {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(r.told.Stories[b].Events), len(r.told.Stories[a].Events))
	})
	for n, k := range order {
		s := &r.told.Stories[k]
		run := report.Running{ID: "r" + strconv.Itoa(n+1), Headline: strings.Clone(s.Headline), StoryTime: storyTime(s)}
		for _, e := range s.Events {
			at := r.storyAt[e]
			run.Stories = append(run.Stories, storyID(int(at)))
			rep.Stories[at].Running = run.ID
		}
		rep.Running = append(rep.Running, run)
	}
}
