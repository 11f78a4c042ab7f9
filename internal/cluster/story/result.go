package story

import (
	"cmp"
	"slices"
)

// result turns the groups of units into events and stories.
func (s *run) result(t *tree) (*Result, error) {
	events, _ := members(t.event)
	stories, of := members(t.story)
	res := &Result{Events: make([]Story, len(events)), Stories: make([]Story, len(stories))}
	for k, units := range events {
		res.Events[k].Strength = float64(t.eventStrength[units[0]])
		res.Events[k].Of = int(of[units[0]])
	}
	for k, units := range stories {
		res.Stories[k].Strength = float64(t.storyStrength[units[0]])
	}
	for k := range res.Events {
		st := &res.Stories[res.Events[k].Of]
		st.Events = append(st.Events, k)
	}
	lone := func(e *Story) bool { return len(res.Stories[e.Of].Events) == 1 }
	if err := s.tell(res.Events, events, nil, func(e *Story) bool { return s.opt.Keywords != OfStories || lone(e) }); err != nil {
		return nil, err
	}
	if err := s.tell(res.Stories, stories, res.Events, func(*Story) bool { return s.opt.Keywords != OfEvents }); err != nil {
		return nil, err
	}
	res.sort()
	return res, s.ctx.Err()
}

// members lists the units of each group, in order of their first, and gives the number of the group
// of each unit.
func members(first []int32) (groups [][]int32, number []int32) {
	number = make([]int32, len(first))
	size := make([]int32, len(first))
	for _, f := range first {
		size[f]++
	}
	for u, f := range first {
		if int(f) == u {
			number[u] = int32(len(groups))
			groups = append(groups, make([]int32, 0, size[u]))
		}
		number[u] = number[f]
		groups[number[f]] = append(groups[number[f]], int32(u))
	}
	return groups, number
}

// tell fills in what stories say besides their strength. A story of one event says what that says.
func (s *run) tell(stories []Story, units [][]int32, events []Story, keywords func(*Story) bool) error {
	return s.each(len(stories), func(w, from, to int) error {
		for k := from; k < to; k++ {
			st := &stories[k]
			s.collect(st, units[k])
			if len(st.Events) == 1 {
				e := &events[st.Events[0]]
				st.Headline, st.Keywords = e.Headline, e.Keywords
			} else if !s.opt.NoLabels {
				if err := s.label(w, st, units[k], keywords(st)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// collect lists the articles of a story, and when they were published.
func (s *run) collect(st *Story, units []int32) {
	for _, u := range units {
		for _, i := range s.units[u].articles {
			st.Articles = append(st.Articles, int(i))
			at := s.at(int(i)).Published
			if at.IsZero() {
				continue
			}
			if st.First.IsZero() || at.Before(st.First) {
				st.First = at
			}
			if at.After(st.Last) {
				st.Last = at
			}
		}
	}
	slices.Sort(st.Articles)
}

// sort puts events and stories in order of their first article, and the events of a story in order
// of time.
func (r *Result) sort() {
	event, story := byArticle(r.Events), byArticle(r.Stories)
	for k := range r.Events {
		r.Events[k].Of = story[r.Events[k].Of]
	}
	for k := range r.Stories {
		list := r.Stories[k].Events
		for i := range list {
			list[i] = event[list[i]]
		}
		slices.SortFunc(list, func(a, b int) int {
			x, y := &r.Events[a], &r.Events[b]
			if x.First.IsZero() != y.First.IsZero() {
				if y.First.IsZero() {
					return -1
				}
				return 1
			}
			return cmp.Or(x.First.Compare(y.First), cmp.Compare(a, b))
		})
	}
}

// byArticle sorts stories by their first article and gives the new place of each.
func byArticle(list []Story) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(list[a].Articles[0], list[b].Articles[0]) })
	sorted, place := make([]Story, len(list)), make([]int, len(list))
	for to, from := range order {
		sorted[to], place[from] = list[from], to
	}
	copy(list, sorted)
	return place
}
