package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dedup/internal/background"
	living "dedup/internal/cluster/story"
	"dedup/internal/text"
)

// told is an article of a planted event.
type told struct {
	entry Entry
	words []uint64
	event int
}

// plantEvents writes articles on events: of each, some words of its own among those that all have.
// They come in the order of time, articles of an event over four days.
func plantEvents(r *rand.Rand, events, each int) (list []told) {
	var firsts living.Firsts
	for e := range events {
		own := make([]string, 24)
		for i := range own {
			own[i] = fmt.Sprintf("Own%dx%d", e, i)
		}
		for k := range each {
			var b strings.Builder
			for range 60 {
				fmt.Fprintf(&b, "%s common%d any%d ", own[r.IntN(len(own))], r.IntN(40), r.IntN(9000))
			}
			s, title := b.String(), fmt.Sprintf("%s %s of %d", own[r.IntN(6)], own[r.IntN(6)], k)
			toks := text.Once(text.AppendTokens(nil, s), s)
			at := time.Date(2026, 1, 1+e/4+k%4, k, 0, 0, 0, time.UTC)
			list = append(list, told{event: e, words: text.Hashes(toks), entry: Entry{
				ID: fmt.Sprintf("e%d-%d", e, k), Source: fmt.Sprint("source", k%5), Title: title, Published: at, Bytes: len(s), Tokens: len(toks),
				Profile: string(living.AppendProfile(nil, title, s, toks, background.Default(), &firsts)),
			}})
		}
	}
	slices.SortStableFunc(list, func(a, b told) int { return a.entry.Published.Compare(b.entry.Published) })
	return list
}

func addTold(t testing.TB, dir string, opt Options, list []told) {
	t.Helper()
	err := writing(dir, opt, func(w *Writer) error {
		a := w.NewAdd("told")
		for _, x := range list {
			if err := a.Article(ctx, x.entry, x.words); err != nil {
				return err
			}
		}
		_, err := a.Commit(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seatsOf is the seat of every article by its id; the index must be whole.
func seatsOf(t testing.TB, dir string) map[string]Seat {
	t.Helper()
	x := open(t, dir)
	out := map[string]Seat{}
	if err := x.Each(ctx, func(e *Entry) error { out[strings.Clone(e.ID)] = e.Seat; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := x.Check(ctx, func(what string) { t.Error(what) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// wantPlanted wants every event to be one, by itself.
func wantPlanted(t *testing.T, list []told, seats map[string]Seat) {
	t.Helper()
	event, of := map[uint32]int{}, map[int]uint32{}
	for _, x := range list {
		s, ok := seats[x.entry.ID]
		if !ok {
			continue
		}
		if e, ok := event[s.Event]; ok && e != x.event {
			t.Fatalf("%s is in the event of %d", x.entry.ID, e)
		}
		if n, ok := of[x.event]; ok && n != s.Event {
			t.Fatalf("event %d is two: %d, %d", x.event, n, s.Event)
		}
		event[s.Event], of[x.event] = x.event, s.Event
	}
}

func storyOptions(t testing.TB) Options {
	opt := testOptions(t)
	opt.Stories = true
	return opt
}

// What is added by and by is where it would be, and stays there: in merged segments, when others
// are removed, and in an index that another one is merged into.
func TestStoriesStay(t *testing.T) {
	list := plantEvents(newRand(1), 30, 8)
	opt, dir := storyOptions(t), filepath.Join(t.TempDir(), "x")
	createEmpty(t, dir, opt)
	opt.Stories = false // the index knows
	var looked, placed []Placement
	opt.Placed = func(p Placement) { placed = append(placed, p) }
	for from := 0; from < len(list); from += 30 {
		batch := list[from:min(from+30, len(list))]
		var err error
		looked, err = open(t, dir).Place(ctx, func(add func(Entry, []uint64) error) error {
			for _, a := range batch {
				if err := add(a.entry, a.words); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		placed = nil
		addTold(t, dir, opt, batch)
		if !slices.Equal(looked, placed) {
			t.Fatalf("from %d: looking gives\n%v, adding\n%v", from, looked, placed)
		}
	}
	seats := seatsOf(t, dir)
	wantPlanted(t, list, seats)
	same := func(what string) {
		t.Helper()
		for id, s := range seatsOf(t, dir) {
			if s != seats[id] {
				t.Fatalf("%s: %s is in %v, not %v", what, id, s, seats[id])
			}
		}
	}
	if err := writing(dir, opt, func(w *Writer) error {
		_, err := w.Remove(ctx, func(e *Entry) bool { return e.Number%5 == 0 })
		return err
	}); err != nil {
		t.Fatal(err)
	}
	same("removed")
	if err := writing(dir, opt, func(w *Writer) error { return w.Compact(ctx) }); err != nil {
		t.Fatal(err)
	}
	same("packed")
	other := filepath.Join(t.TempDir(), "other")
	mergeInto(t, other, storyOptions(t), open(t, dir))
	wantPlanted(t, list, seatsOf(t, other))
}

// An entry of which only words are known, of an index without stories, is put into one too.
func TestStoriesOfWordsAlone(t *testing.T) {
	list := plantEvents(newRand(2), 12, 6)
	plain := filepath.Join(t.TempDir(), "plain")
	createEmpty(t, plain, testOptions(t))
	addTold(t, plain, testOptions(t), list)
	x := open(t, plain)
	if x.HasStories() {
		t.Error("an index that was built without stories has them")
	}
	if _, err := x.Place(ctx, nil); err == nil || !strings.Contains(err.Error(), "it has no stories\nhint: ") {
		t.Error(err)
	}
	dir := filepath.Join(t.TempDir(), "x")
	mergeInto(t, dir, storyOptions(t), x)
	wantPlanted(t, list, seatsOf(t, dir))
}

// Near-duplicates are one unit: the second copy is in the event of the first, whenever it comes.
func TestStoriesOfCopies(t *testing.T) {
	list := plantEvents(newRand(3), 8, 4)
	opt, dir := storyOptions(t), filepath.Join(t.TempDir(), "x")
	createEmpty(t, dir, opt)
	addTold(t, dir, opt, list)
	late := slices.Clone(list[:10])
	for i := range late {
		late[i].entry.ID += " again"
		late[i].entry.Published = late[i].entry.Published.AddDate(1, 0, 0)
	}
	addTold(t, dir, opt, slices.Concat(late, late[:0]))
	seats := seatsOf(t, dir)
	for _, x := range late {
		if a, b := seats[strings.TrimSuffix(x.entry.ID, " again")], seats[x.entry.ID]; a != b {
			t.Errorf("%s: %v, its copy %v", x.entry.ID, a, b)
		}
	}
}

// Moves come back as they were written, and hostile bytes are refused.
func FuzzMoves(f *testing.F) {
	f.Add(appendMoves(nil, []move{{3, 9, 1}, {4, 1, 1}, {1<<32 - 1, 0, 7}}))
	f.Add([]byte{1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := fields{b: b}
		list := r.moves()
		if r.end() != nil {
			return
		}
		again := fields{b: appendMoves(nil, list)}
		if got := again.moves(); again.end() != nil || !slices.Equal(got, list) {
			t.Errorf("%v comes back as %v", list, got)
		}
	})
}

// What an interrupted context leaves of a batch is nothing.
func TestStoriesInterrupted(t *testing.T) {
	list := plantEvents(newRand(4), 6, 4)
	opt, dir := storyOptions(t), filepath.Join(t.TempDir(), "x")
	w, err := Create(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	c, cancel := context.WithCancel(ctx)
	a := w.NewAdd("told")
	for _, x := range list {
		if err := a.Article(c, x.entry, x.words); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if _, err := a.Commit(c); err == nil {
		t.Error("a batch is added after the end")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if seats := seatsOf(t, dir); len(seats) != 0 {
		t.Error(seats)
	}
}
