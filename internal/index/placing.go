package index

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"dedup/internal/background"
	"dedup/internal/cluster/near"
	living "dedup/internal/cluster/story"
)

// Placing finds the event and the story of every article of a batch, in an index that has stories.
// In: entries and words, stripe by stripe. Then finish: near-duplicates are put together, the
// window is read, all is linked anew (living.Living), and names go on. Out: a seat for every row,
// and moves of entries that were there.
//
// The window is what the batch may belong to: entries published within windowDays of the batch, and
// the newest windowLeast of all, so that a small corpus is linked whole; windowMost of them at
// most, the newest. Of what lies outside, a sample is counted (living.SampleMost).
//
// Cost: 0.2 µs an entry of the index for its date, 100 µs an entry of the window.
const (
	windowDays  = 60
	windowLeast = 10_000
	windowMost  = 200_000
)

// Placement is where an article is: new ones, and those of the index that moved.
type Placement struct {
	ID                   string
	Event, Story         uint32 // names
	WasEvent, WasStory   uint32 // before; 0: the article is new
	OpensEvent           bool   // no article that was there before is in the event
	OpensStory           bool
	EventGone, StoryGone bool // the name it was under before is no name any more: it was merged
}

type placing struct {
	x     *state
	opt   *Options
	l     *living.Living
	rows  []placed
	dated bool
	from  time.Time // of the dates in the batch
	to    time.Time
}

// placed is a row of the batch.
type placed struct {
	id      string
	number  uint32
	article int // of l, that stands for it
	linked
}

func newPlacing(x *state, opt *Options) (*placing, error) {
	p := &placing{x: x, opt: opt}
	p.l = living.NewLiving(context.Background(), background.Default(), living.Options{Workers: opt.Workers, Memory: max(opt.Memory/4, 1), Tmp: opt.Tmp})
	return p, p.titles()
}

func (p *placing) close() error { return p.l.Close() }

// titles learns the titles of the newest entries.
func (p *placing) titles() error {
	skip := p.x.articles - windowMost/10
	return p.x.each(context.Background(), func(r *rowReader, row uint32) error {
		if skip--; skip >= 0 {
			return nil
		}
		var e Entry
		if err := r.entry(row, &e); err != nil {
			return err
		}
		p.l.Titles(e.Source, e.Title)
		return nil
	})
}

// each calls fn with every row that is left, by number.
func (x *state) each(ctx context.Context, fn func(r *rowReader, row uint32) error) error {
	for _, s := range x.segments {
		r := x.reader(s)
		if err := s.each(ctx, func(row uint32) error { return fn(r, row) }); err != nil {
			return err
		}
	}
	return nil
}

// stripe takes articles of the batch.
func (p *placing) stripe(entries []Entry, words [][]uint64) error {
	for i := range entries {
		e := &entries[i]
		p.rows = append(p.rows, placed{id: e.ID, number: e.Number, article: len(p.rows)})
		p.l.Titles(e.Source, e.Title)
		if at := e.Published; !at.IsZero() {
			if !p.dated || at.Before(p.from) {
				p.from = at
			}
			if !p.dated || at.After(p.to) {
				p.to = at
			}
			p.dated = true
		}
	}
	return p.l.Add(len(entries), func(_, i int, k *living.Known) error { *k = knownOf(&entries[i], words[i]); return nil })
}

// knownOf is an article as stories know it. An entry of which the profile is not known has the
// words alone.
func knownOf(e *Entry, words []uint64) living.Known {
	return living.Known{Title: e.Title, Source: e.Source, Words: words, Profile: e.Profile, Published: e.Published, Event: e.Event, Story: e.Story}
}

// units puts the near-duplicates of the batch together: the longest stands for all.
func (p *placing) units(l *links, clusters []near.Cluster) {
	for i := range p.rows { // what is left out stands behind them
		p.rows[i].linked = l.rows[i]
	}
	for _, c := range clusters {
		best := -1
		for _, m := range c.Members {
			if i := int(m.Article); i < len(p.rows) && (best < 0 || p.rows[i].words > p.rows[best].words || p.rows[i].words == p.rows[best].words && i < best) {
				best = i
			}
		}
		for _, m := range c.Members {
			if i := int(m.Article); i < len(p.rows) {
				if p.rows[i].article = best; i != best {
					p.l.Leave(i)
				}
			}
		}
	}
}

// old is an entry that may be in the window.
type old struct {
	place  uint32
	number uint32
	tokens int64
	seat   Seat
}

// window lists the entries of the index, of near-duplicates in the window the longest: those of the
// window, and a sample of the others, with how many it stands for.
func (p *placing) window(ctx context.Context) (in, sample []old, others int, err error) {
	since, until := p.from.AddDate(0, 0, -windowDays), p.to.AddDate(0, 0, windowDays)
	rank, units := 0, map[uint32]int{}
	every := max(1, p.x.articles/living.SampleMost)
	err = p.x.each(ctx, func(r *rowReader, row uint32) error {
		o := old{place: r.s.base + row, number: r.s.number(row)}
		at, tokens, err := r.when(row)
		if err == nil {
			o.seat, err = r.seat(row)
		}
		if err != nil {
			return err
		}
		o.tokens = tokens
		left := p.x.articles - rank
		rank++
		if left > windowMost || left > windowLeast && (!p.dated || at.IsZero() || at.Before(since) || at.After(until)) {
			if others++; rank%every == 0 {
				sample = append(sample, o)
			}
			return nil
		}
		if k, ok := units[o.seat.Unit]; !ok {
			units[o.seat.Unit] = len(in)
			in = append(in, o)
		} else if o.tokens > in[k].tokens {
			in[k] = o
		}
		return nil
	})
	return in, sample, others, err
}

// when reads the date and the number of words of a row, and nothing else.
func (r *rowReader) when(row uint32) (time.Time, int64, error) {
	for _, c := range []int{columnDate, columnTokens} {
		i, _ := blockOf(r.s.first[c], row)
		if err := r.columns[c].load(r.s, c, i); err != nil {
			return time.Time{}, 0, err
		}
	}
	f := fields{}
	_, at := blockOf(r.s.first[columnDate], row)
	when, _ := timeOf(r.columns[columnDate].text(at), &f)
	if f.err != nil {
		return when, 0, r.s.damaged("a date in it does not make sense")
	}
	_, at = blockOf(r.s.first[columnTokens], row)
	return when, r.columns[columnTokens].numbers[at], nil
}

// lend gives entries to stories; each worker has its own readers.
func (p *placing) lend(list []old) (int, func(worker, i int, k *living.Known) error) {
	readers := make([][]*rowReader, p.opt.Workers)
	words := make([][]uint64, p.opt.Workers)
	return len(list), func(w, i int, k *living.Known) error {
		if readers[w] == nil {
			readers[w] = make([]*rowReader, len(p.x.segments))
		}
		s, row := p.x.at(list[i].place)
		if readers[w][s] == nil {
			readers[w][s] = p.x.reader(p.x.segments[s])
		}
		r := readers[w][s]
		var e Entry
		err := r.entry(row, &e)
		if err == nil {
			words[w], err = r.words(words[w][:0], row)
		}
		if err == nil {
			*k = knownOf(&e, words[w])
			if living.CheckProfile(e.Profile, len(words[w])) != nil {
				err = r.s.damaged("what stories need of an article does not make sense")
			}
		}
		return err
	}
}

// names are those that end and what becomes of them.
type names map[uint32]uint32

// result is what placing gives.
type placedAll struct {
	seats []Seat // of the rows of the batch
	moves []move
	told  []Placement
	next  uint32 // numbers that were taken for names of what was split off end before it
}

// finish places the batch; next is the number that follows it.
func (p *placing) finish(ctx context.Context, l *links, clusters []near.Cluster, next uint32) (*placedAll, error) {
	p.units(l, clusters)
	in, sample, others, err := p.window(ctx)
	if err != nil {
		return nil, err
	}
	unitAt := map[uint32]int{} // of the window, and the article of l that stands for it
	for k, o := range in {
		unitAt[o.seat.Unit] = len(p.rows) + k
	}
	n, at := p.lend(in)
	if err := p.l.Add(n, at); err != nil {
		return nil, err
	}
	taken := map[uint32]int{} // units that are not in the window, by the row that stands for them
	for i := range p.rows {
		r := &p.rows[i]
		if !r.known {
			continue
		}
		if k, ok := unitAt[r.unit]; ok {
			p.l.Leave(i)
			r.article = k
		} else if first, ok := taken[r.unit]; ok && r.article != first {
			p.l.Leave(i)
			r.article = first
		} else if !ok {
			taken[r.unit] = r.article
			p.l.Sit(r.article, r.was.Event, r.was.Story)
		}
	}
	n, at = p.lend(sample)
	if err := p.l.Count(n, others, at); err != nil {
		return nil, err
	}
	a, err := p.l.Assign()
	if err != nil {
		return nil, err
	}
	return p.name(ctx, a, in, next)
}

// name gives names to groups that have none, and says who is where.
func (p *placing) name(ctx context.Context, a *living.Assigned, in []old, next uint32) (*placedAll, error) {
	out := &placedAll{next: next}
	opener := func(of []int32) func(k int) uint32 {
		first := map[int]uint32{}
		for i := range p.rows {
			if k := int(of[p.rows[i].article]); first[k] == 0 {
				first[k] = p.rows[i].number + 1
			}
		}
		return func(k int) uint32 { return first[k] }
	}
	events, opensEvent := out.baptise(a.Events, opener(a.Event))
	stories, opensStory := out.baptise(a.Stories, opener(a.Story))
	where := func(article int) Seat {
		return Seat{Event: a.Events[a.Event[article]].Name, Story: a.Stories[a.Story[article]].Name}
	}
	for _, r := range p.rows {
		s := where(r.article)
		s.Unit = r.unit
		out.seats = append(out.seats, s)
		out.told = append(out.told, Placement{ID: r.id, Event: s.Event, Story: s.Story, OpensEvent: opensEvent[s.Event], OpensStory: opensStory[s.Story]})
	}
	went := map[uint32]Seat{} // units of the window that are not where they were
	for k, o := range in {
		if s := where(len(p.rows) + k); s.Event != o.seat.Event || s.Story != o.seat.Story {
			went[o.seat.Unit] = s
		}
	}
	if len(went)+len(events)+len(stories) == 0 {
		return out, nil
	}
	return out, p.moves(ctx, out, went, events, stories)
}

// baptise gives names to groups. It says what becomes of names that end, and which names are of
// groups that were opened.
func (out *placedAll) baptise(groups []living.Group, opener func(k int) uint32) (ended names, opened map[uint32]bool) {
	ended, opened = names{}, map[uint32]bool{}
	for k := range groups {
		g := &groups[k]
		switch {
		case g.Name != 0:
		case g.Split == 0:
			g.Name = opener(k)
			opened[g.Name] = true
		default:
			out.next++
			g.Name = out.next
		}
		for _, m := range g.Merged {
			ended[m] = g.Name
		}
	}
	return ended, opened
}

// moves lists the entries that move: near-duplicates go with their unit, what lies outside of the
// window with the name it is under.
func (p *placing) moves(ctx context.Context, out *placedAll, went map[uint32]Seat, events, stories names) error {
	return p.x.each(ctx, func(r *rowReader, row uint32) error {
		s, err := r.seat(row)
		if err != nil {
			return err
		}
		now, ok := went[s.Unit]
		if !ok {
			now = Seat{Event: cmp.Or(events[s.Event], s.Event), Story: cmp.Or(stories[s.Story], s.Story)}
		}
		if now.Event == s.Event && now.Story == s.Story {
			return nil
		}
		id, err := r.id(row)
		if err != nil {
			return err
		}
		out.moves = append(out.moves, move{r.s.number(row), now.Event, now.Story})
		out.told = append(out.told, Placement{ID: string(id), Event: now.Event, Story: now.Story, WasEvent: s.Event, WasStory: s.Story,
			EventGone: events[s.Event] != 0, StoryGone: stories[s.Story] != 0})
		return nil
	})
}

// Place says where articles would be if they were added now, and keeps nothing. feed hands over
// entries and the hashes of their words, which are only lent. What follows from many is held in
// memory: some 100 bytes an article, and seldom more than --memory for all else.
func (x *Index) Place(ctx context.Context, feed func(add func(e Entry, words []uint64) error) error) (list []Placement, err error) {
	if !x.HasStories() {
		return nil, x.named(errNoStories)
	}
	l, err := newLinks(&x.state, &x.opt)
	if err != nil {
		return nil, x.named(err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	p, err := newPlacing(&x.state, &x.opt)
	if err != nil {
		return nil, x.named(err)
	}
	defer func() { err = errors.Join(err, p.close()) }()
	const stripe = 4096
	var entries []Entry
	var words [][]uint64
	var came []coming
	next := x.next
	flush := func() error {
		err := l.stripe(ctx, came, words)
		if err == nil {
			err = p.stripe(entries, words)
		}
		came, entries, words = came[:0], entries[:0], words[:0]
		return err
	}
	err = feed(func(e Entry, w []uint64) error {
		e.Number, next = next, next+1
		came, entries, words = append(came, coming{Entry: e}), append(entries, e), append(words, slices.Clone(w))
		if len(entries) < stripe {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return nil, x.named(err)
	}
	clusters, err := l.finish(ctx)
	if err != nil {
		return nil, x.named(err)
	}
	all, err := p.finish(ctx, l, clusters, next)
	if err != nil {
		return nil, x.named(err)
	}
	return all.told, nil
}

var errNoStories = errors.New("it has no stories\nhint: dedup index build --stories makes an index that has")
