package index

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"dedup/internal/cluster/near"
	"dedup/internal/text"
)

// sizesOf are the sizes of the clusters of all entries, by id.
func sizesOf(t *testing.T, x *Index) map[string]int {
	t.Helper()
	sizes, err := x.Sizes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	if err := x.Each(ctx, func(e *Entry) error { out[e.ID] = sizes.Of(e.Unit); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func cameOf(t *testing.T, x *Index) (sum Came) {
	t.Helper()
	list, err := x.Came()
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		sum.Add(&list[i])
	}
	return sum
}

// In one batch the clusters are those of a run.
func TestClusterSizesAreThoseOfARun(t *testing.T) {
	articles := corpus(newRand(81), 600)
	finder, err := near.New(near.Options{Tmp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer finder.Close()
	w, want := finder.Worker(), map[string]int{}
	for i, words := range articles {
		var toks []text.Token
		for _, h := range words {
			toks = append(toks, text.Token{Hash: h})
		}
		w.Add(0, toks)
		want[fmt.Sprint("a", i)] = 1
	}
	clusters, err := finder.Clusters(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	for _, c := range clusters {
		for _, m := range c.Members {
			want[fmt.Sprint("a", m.Article)] = len(c.Members)
		}
		again += len(c.Members) - 1
	}
	x := open(t, build(t, testOptions(t), articles, 1))
	if got := sizesOf(t, x); !maps.Equal(got, want) || again < 50 {
		t.Errorf("%d of a cluster before them; sizes %v, want %v", again, got, want)
	}
	if c := cameOf(t, x); c != (Came{Articles: 600, Known: again, Added: 600}) {
		t.Errorf("%+v, want %d known", c, again)
	}
}

// Segments that are merged have the sizes and the counts that they had, whatever was left out; what
// is removed counts no more, and has come.
func TestSizesOverManyBatches(t *testing.T) {
	articles := corpus(newRand(82), 900)
	dir, opt := filepath.Join(t.TempDir(), "x"), testOptions(t)
	w, err := Create(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for b := range 9 {
		a := w.NewAdd("batch")
		for i := 100 * b; i < 100*b+100; i++ {
			if i%10 < 9 {
				err = joined(err, a.Article(ctx, entryOf(i, articles[i]), articles[i]))
			}
		}
		for i := 100*b + 9; i < 100*b+100; i += 10 {
			left++
			err = joined(err, a.Left(ctx, entryOf(i, articles[i]), articles[i]))
		}
		if _, e := a.Commit(ctx); joined(err, e) != nil {
			t.Fatal(err, e)
		}
	}
	before, came := sizesOf(t, &Index{w.state, opt}), cameOf(t, &Index{w.state, opt})
	if came.Articles != 900 || came.Added != 900-left || came.Known == 0 || came.Known == 900 {
		t.Errorf("%+v", came)
	}
	if err := joined(w.Compact(ctx), w.Close()); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	sound(t, x)
	if got := sizesOf(t, x); !maps.Equal(got, before) {
		t.Errorf("sizes %v, before segments were merged %v", got, before)
	}
	if got := cameOf(t, x); got != came {
		t.Errorf("%+v came, before segments were merged %+v", got, came)
	}
	other := filepath.Join(t.TempDir(), "other")
	mergeInto(t, other, opt, x)
	if got, want := copiesIn(t, open(t, other)), copiesIn(t, x); got != want || want == 0 {
		t.Errorf("%d copies in an index that took another in, which has %d", got, want)
	}
	write(t, dir, opt, func(w *Writer) {
		if _, err := w.Remove(ctx, func(e *Entry) bool { return e.Number%2 == 0 }); err != nil {
			t.Fatal(err)
		}
	})
	y := open(t, dir)
	sound(t, y)
	if got := sizesOf(t, y); sum(got) >= sum(before)/2 {
		t.Errorf("sizes of half of the entries: %d, of all %d", sum(got), sum(before))
	}
	if got := cameOf(t, y); got != came {
		t.Errorf("%+v came, before entries were removed %+v", got, came)
	}
}

// copiesIn is how many copies of clusters were left out.
func copiesIn(t *testing.T, x *Index) (n int) {
	for _, s := range x.segments {
		list, err := s.copies()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			n += int(c.n)
		}
	}
	return n
}

func sum(of map[string]int) (n int) {
	for _, k := range slices.Collect(maps.Values(of)) {
		n += k
	}
	return n
}

// What is left out counts with the cluster of what it resembles, once; a batch of which nothing
// stays is counted too.
func TestLeftOutCopiesCount(t *testing.T) {
	r := newRand(83)
	words := story(r, 200)
	again := edited(r, words, 0.02)
	dir, opt := build(t, testOptions(t), [][]uint64{words}, 1), testOptions(t)
	add := func(kept [][]uint64, left ...Entry) {
		t.Helper()
		write(t, dir, opt, func(w *Writer) {
			a := w.NewAdd("more")
			for _, k := range kept {
				if err := a.Article(ctx, entryOf(7, k), k); err != nil {
					t.Fatal(err)
				}
			}
			for _, e := range left {
				if err := a.Left(ctx, e, again); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := a.Commit(ctx); err != nil {
				t.Fatal(err)
			}
		})
	}
	size := func(want int) {
		t.Helper()
		x := open(t, dir)
		sound(t, x)
		if got := sizesOf(t, x)["a0"]; got != want {
			t.Errorf("%d articles in the cluster, want %d", got, want)
		}
	}
	add(nil, Entry{ID: "copy", Source: "s"}, Entry{ID: "other", Source: "s"})
	size(3)
	add([][]uint64{again}, Entry{ID: "a7"}) // has the id and the words of what is added: it is that
	size(4)
	add(nil, Entry{ID: "a7"})
	size(4)
	x := open(t, dir)
	if c := cameOf(t, x); c != (Came{Articles: 4, Known: 3, Added: 2}) {
		t.Errorf("%+v", c)
	}
	write(t, dir, opt, func(w *Writer) {
		a := w.NewAdd("")
		if err := joined(a.Left(ctx, Entry{}, nil), a.Article(ctx, Entry{}, nil)); err == nil {
			t.Error("an article behind those that are left out is taken")
		}
		_ = a.Discard()
	})
}

// Whatever bytes stand where counts belong, they are read or refused.
func FuzzCame(f *testing.F) {
	c := cameCounts{list: []Came{{Source: "a", Month: "2026-03", Articles: 3, Known: 1, Added: 2}, {Source: "ab", Articles: 1}}}
	f.Add(c.append(nil, 7), appendCopies(nil, map[uint32]uint32{3: 1, 900: 7}))
	f.Fuzz(func(t *testing.T, came, copies []byte) {
		s := &segment{cameBytes: came, copiesBytes: copies}
		if list, err := s.came(); err == nil {
			for _, c := range list {
				if c.Articles < c.Known || c.Articles < c.Added || c.Known < 0 || c.Added < 0 {
					t.Errorf("%+v", c)
				}
			}
		}
		_, _ = s.copies()
	})
}
