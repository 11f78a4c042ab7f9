package story

import (
	"cmp"
	"slices"

	"dedup/internal/forest"
)

// Names that stay. In: the groups that linking the window anew gives, and the names that its units
// had. Out: groups with names. What is linked anew depends on nothing that was decided when less
// was known, so it is as good as one run. Names go to the groups that have most of their units, the
// largest share first: a group keeps one name at most, and a name goes to one group.
//
// A name that no group keeps was merged into the group that has most of its units. A group without
// a name that has units of old was split off; one without such was opened. Ties go to the older
// name.
//
// Invariant: where nothing but new units changes, names stay.

// Assigned is where articles are.
type Assigned struct {
	Event, Story    []int32 // of each article, in the order of Add: a place in Events, in Stories; -1 where another one stands for it
	Events, Stories []Group
}

// Group is an event, or a story of events.
type Group struct {
	Name     uint32   // 0: it has none yet
	Split    uint32   // without a name: the one that most of its old articles were in; 0: it is all new
	Merged   []uint32 // names that are this group's from now on, ascending
	Strength float64  // mean weight between the two parts that merged last; 0: nothing merged
}

// settle leaves units where they were whose groups, and those of all that they share a unit with,
// have nothing new. Where the window is not all of the corpus, linking it gives other groups than
// the linking that they come from, of another window, without any news.
func (t *tree) settle(seats []seat) {
	p := forest.Of[int32](nil).Alone(len(seats))
	events, stories := map[uint32]int32{}, map[uint32]int32{}
	for i, s := range seats {
		p.Join(int32(i), t.story[i])
		together(p, events, s.event, int32(i))
		together(p, stories, s.story, int32(i))
	}
	news := map[int32]bool{}
	for i, s := range seats {
		if s.event == 0 {
			news[p.Root(int32(i))] = true
		}
	}
	for i, s := range seats {
		if !news[p.Root(int32(i))] {
			t.event[i], t.story[i] = events[s.event], stories[s.story]
		}
	}
}

// together joins a unit with the first one of its name.
func together(p forest.Of[int32], first map[uint32]int32, name uint32, i int32) {
	if at, ok := first[name]; ok && name != 0 {
		p.Join(at, i)
	} else if name != 0 {
		first[name] = i
	}
}

// assigned names the groups of the tree.
func (l *Living) assigned(t *tree, seats []seat) *Assigned {
	a := &Assigned{Event: slices.Repeat([]int32{-1}, len(l.units)), Story: slices.Repeat([]int32{-1}, len(l.units))}
	events, numbers := named(t.event, t.eventStrength, seats, func(s seat) uint32 { return s.event })
	a.Events = events
	for i, u := range l.s.units {
		a.Event[u.article] = numbers[i]
	}
	stories, numbers := named(t.story, t.storyStrength, seats, func(s seat) uint32 { return s.story })
	a.Stories = stories
	for i, u := range l.s.units {
		a.Story[u.article] = numbers[i]
	}
	return a
}

// share is how many units of a name a group has.
type share struct {
	group int32
	name  uint32
	units int
}

// named gives names to groups, which are told by their first units, and numbers them.
func named(of []int32, strength []float32, seats []seat, name func(seat) uint32) ([]Group, []int32) {
	var groups []Group
	numbers, known := make([]int32, len(of)), map[int32]int32{}
	counts := map[share]int{}
	for i, first := range of {
		k, ok := known[first]
		if !ok {
			k = int32(len(groups))
			known[first] = k
			groups = append(groups, Group{Strength: float64(strength[first])})
		}
		numbers[i] = k
		if n := name(seats[i]); n != 0 {
			counts[share{group: k, name: n}]++
		}
	}
	list := make([]share, 0, len(counts))
	for s, n := range counts {
		s.units = n
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.units, a.units), cmp.Compare(a.name, b.name), cmp.Compare(a.group, b.group))
	})
	kept := map[uint32]bool{}
	for _, s := range list {
		if g := &groups[s.group]; g.Name == 0 && !kept[s.name] {
			g.Name, kept[s.name] = s.name, true
		}
	}
	for _, s := range list {
		switch g := &groups[s.group]; {
		case !kept[s.name]: // the first is the group that has most of it
			g.Merged, kept[s.name] = append(g.Merged, s.name), true
		case g.Name == 0 && g.Split == 0:
			g.Split = s.name
		}
	}
	for k := range groups {
		slices.Sort(groups[k].Merged)
	}
	return groups, numbers
}
