package index

import (
	"context"
	"encoding/binary"
	"slices"
	"strconv"
)

// An index keeps, of every entry, the difference from its number to that of the first of its
// near-duplicates, in the column "unit" (links.go). One that was built with stories has three more:
//
//	profile  what stories need of it besides its words and its title (story.AppendProfile)
//	event    one more than its number, less the name of the event that it is in
//	story    the name of that event, less the name of the story that the event is in
//
// An event is named by one more than the number of the entry that opened it; one that was split off
// by one more than a number that no entry has. So names are not given twice either.
//
// Segments do not change. When entries move, since events merged or came apart, the segment of the
// batch that made them lists them: number, event and story, as differences. The last one holds.
// Where segments are merged, rows are written as they are by then, and moves of those rows are
// dropped.

// seat is where an entry is: the first of its near-duplicates, and the names of its event and its
// story, 0 where the index has none.
type Seat struct{ Unit, Event, Story uint32 }

// Name is how an event ('e') or a story ('s') is called: by the number of the entry that opened it.
// 0 has no name.
func Name(letter byte, name uint32) string {
	if name == 0 {
		return ""
	}
	return string(letter) + strconv.FormatUint(uint64(name)-1, 10)
}

// move is an entry that is not where its row says.
type move struct{ entry, event, story uint32 }

func appendMoves(dst []byte, moves []move) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(moves)))
	last := move{}
	for _, m := range moves {
		for _, d := range []int64{int64(m.entry) - int64(last.entry), int64(m.event) - int64(last.event), int64(m.story) - int64(last.story)} {
			dst = binary.AppendVarint(dst, d)
		}
		last = m
	}
	return dst
}

func (f *fields) moves() []move {
	var list []move
	last := [3]int64{}
	for range f.count(3) {
		for k := range last {
			if last[k] += f.int(); last[k] != int64(uint32(last[k])) {
				f.err = errShort
				return nil
			}
		}
		list = append(list, move{uint32(last[0]), uint32(last[1]), uint32(last[2])})
	}
	return list
}

// movedIn are the moves of all segments, the last of each entry.
func movedIn(list []*segment) map[uint32]Seat {
	var moved map[uint32]Seat
	for _, s := range list {
		for _, m := range s.moves {
			if moved == nil {
				moved = map[uint32]Seat{}
			}
			moved[m.entry] = Seat{Event: m.event, Story: m.story}
		}
	}
	return moved
}

// reader reads rows of a segment as they are in this state.
func (x *state) reader(s *segment) *rowReader {
	r := s.reader()
	r.moved = x.moved
	return r
}

// HasStories tells whether the index keeps stories.
func (x *state) HasStories() bool {
	return slices.ContainsFunc(x.segments, func(s *segment) bool { return s.stories })
}

// seatOf is the seat that columns give.
func (r *rowReader) seatOf(number uint32, unit, event, story int64) Seat {
	e := int64(number) + 1 - event
	s := Seat{uint32(int64(number) - unit), uint32(e), uint32(e - story)}
	if m, ok := r.moved[number]; ok {
		s.Event, s.Story = m.Event, m.Story
	}
	return s
}

// seat reads the seat of a row and nothing else.
func (r *rowReader) seat(row uint32) (Seat, error) {
	var v [3]int64
	for k := range v {
		c := columnUnit + k
		i, place := blockOf(r.s.first[c], row)
		if err := r.columns[c].load(r.s, c, i); err != nil {
			return Seat{}, err
		}
		v[k] = r.columns[c].numbers[place]
	}
	return r.seatOf(r.s.number(row), v[0], v[1], v[2]), nil
}

// seat adds where an entry is to the columns.
func (w *segmentWriter) seat(number uint32, s Seat) {
	n := int64(number)
	w.columns[columnUnit].addNumber(n - int64(s.Unit))
	if w.s.stories {
		w.columns[columnEvent].addNumber(n + 1 - int64(s.Event))
		w.columns[columnStory].addNumber(int64(s.Event) - int64(s.Story))
	}
}

// writeSeats writes the columns of seats of all rows.
func (w *segmentWriter) writeSeats(seats []Seat) error {
	if err := w.flushColumns(); err != nil {
		return err
	}
	for row, s := range seats {
		w.seat(w.s.number(uint32(row)), s)
		if row%columnRows == columnRows-1 {
			if err := w.flushColumns(); err != nil {
				return err
			}
		}
	}
	return nil
}

// putMoves puts down the moves of entries before those of the segment.
func (w *segmentWriter) putMoves(moves []move) {
	at := map[uint32]int{}
	for _, m := range moves {
		if len(w.s.runs) > 0 && m.entry >= w.s.runs[0].number {
			continue // its row is here, or was
		}
		if k, ok := at[m.entry]; ok {
			w.s.moves[k] = m
			continue
		}
		at[m.entry] = len(w.s.moves)
		w.s.moves = append(w.s.moves, m)
	}
	slices.SortFunc(w.s.moves, func(a, b move) int { return int(int64(a.entry) - int64(b.entry)) })
}

// withStories gives an index that has nothing yet its first segment, without rows: what is added
// has stories from then on.
func (w *Writer) withStories() error {
	m := w.change()
	out, err := newSegment(w.dir, w.opt.disk, w.fileName(m, "seg"))
	if err != nil {
		return err
	}
	out.s.stories, out.s.linked = true, true
	p, err := out.finish()
	if err != nil {
		return err
	}
	m.parts = append(m.parts, p)
	return w.publish(m)
}

// Held is what of a story is in the index.
type Held struct {
	Entries int
	First   uint32 // number of one of them
}

// Held says what is in the index of events, or of running stories, by name, if what moved were
// where Place says. Cost: 0.2 µs an entry.
func (x *Index) Held(ctx context.Context, running bool, moved []Placement) (map[uint32]Held, error) {
	now := map[string]*Placement{}
	for i := range moved {
		now[moved[i].ID] = &moved[i]
	}
	out := map[uint32]Held{}
	err := x.each(ctx, func(r *rowReader, row uint32) error {
		s, err := r.seat(row)
		if err == nil && len(now) > 0 {
			id, e := r.id(row)
			if p := now[string(id)]; p != nil {
				s.Event, s.Story = p.Event, p.Story
			}
			err = e
		}
		if err != nil {
			return x.named(err)
		}
		name := s.Event
		if running {
			name = s.Story
		}
		h := out[name]
		if h.Entries++; h.Entries == 1 {
			h.First = r.s.number(row)
		}
		out[name] = h
		return nil
	})
	return out, err
}
