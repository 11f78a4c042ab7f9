package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

var ctx = context.Background()

// day is the clock of the tests.
func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

func testOptions(t testing.TB) Options {
	return Options{Tmp: t.TempDir(), Memory: 8 << 20, Workers: 3, Now: func() time.Time { return day(1) }, Program: "test"}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// story draws an article of n words; few of them are common, as in any language.
func story(r *rand.Rand, n int) []uint64 {
	words := make([]uint64, n)
	for i := range words {
		rank := uint64(1 / (r.Float64() + 1e-4))
		words[i] = shingle.Mix(rank*31 + r.Uint64N(8))
	}
	return words
}

// edited changes about a share of the words.
func edited(r *rand.Rand, words []uint64, share float64) []uint64 {
	out := slices.Clone(words)
	for range int(share * float64(len(out))) {
		out[r.IntN(len(out))] = r.Uint64()
	}
	return out
}

// corpus is articles of every kind that a look-up must find, or must not.
func corpus(r *rand.Rand, n int) [][]uint64 {
	var list [][]uint64
	for len(list) < n {
		s := story(r, 1+r.IntN(300))
		list = append(list, s)
		for range r.IntN(3) {
			switch r.IntN(6) {
			case 0:
				list = append(list, slices.Clone(s))
			case 1:
				list = append(list, edited(r, s, 0.03*r.Float64()))
			case 2:
				list = append(list, s[:1+r.IntN(len(s))])
			case 3:
				list = append(list, slices.Concat(story(r, 40), s, story(r, 60)))
			case 4:
				k := r.IntN(len(s))
				list = append(list, slices.Concat(s[k:], s[:k]))
			case 5:
				list = append(list, edited(r, s, 0.3))
			}
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:n]
}

func entryOf(i int, words []uint64) Entry {
	e := Entry{
		ID: fmt.Sprintf("a%d", i), Path: "corpus.jsonl", Line: i + 1, Source: fmt.Sprintf("source %d", i%7), Published: day(1 + i%20), DateOnly: i%2 == 0,
		Bytes: 6 * len(words), Tokens: len(words),
	}
	if i%3 > 0 {
		e.Title = fmt.Sprintf("title of %d", i)
	}
	return e
}

// build makes an index of articles, batch by batch.
func build(t testing.TB, opt Options, articles [][]uint64, batches int) string {
	dir := filepath.Join(t.TempDir(), "x")
	w, err := Create(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	for b := range batches {
		a := w.NewAdd(fmt.Sprintf("batch %d", b))
		for i := b * len(articles) / batches; i < (b+1)*len(articles)/batches; i++ {
			if err := a.Article(ctx, entryOf(i, articles[i]), articles[i]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.Commit(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// createEmpty makes an index without entries.
func createEmpty(t testing.TB, dir string, opt Options) {
	t.Helper()
	w, err := Create(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// mergeInto makes an index of the entries of x.
func mergeInto(t testing.TB, dir string, opt Options, x *Index) {
	t.Helper()
	createEmpty(t, dir, opt)
	err := writing(dir, opt, func(w *Writer) error {
		_, err := w.Merge(ctx, x, "x")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string) *Index {
	x, err := Open(dir, testOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// sound wants Check to find nothing.
func sound(t testing.TB, x *Index) {
	t.Helper()
	if err := x.Check(ctx, func(p string) { t.Error("check:", p) }); err != nil {
		t.Fatal(err)
	}
}

func TestEntriesComeBack(t *testing.T) {
	r := newRand(1)
	articles := corpus(r, 700)
	x := open(t, build(t, testOptions(t), articles, 3))
	sound(t, x)
	if x.Len() != len(articles) {
		t.Fatalf("%d entries of %d articles", x.Len(), len(articles))
	}
	at := 0
	err := x.EachWithWords(ctx, func(e *Entry, words []uint64) error {
		want := entryOf(at, articles[at])
		want.Number, want.Batch, want.Seat = uint32(at), e.Batch, e.Seat
		if d := cmp.Diff(want, *e); d != "" {
			t.Error(d)
		}
		if !slices.Equal(words, articles[at]) {
			t.Errorf("entry %d has other words", at)
		}
		at++
		return nil
	})
	if err != nil || at != len(articles) {
		t.Fatal(at, err)
	}
	info, err := x.Info()
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Batches) != 3 || info.Batches[1].Origin != "batch 1" || !info.Batches[2].At.Equal(day(1)) || info.Disk == 0 {
		t.Errorf("%+v", info)
	}
}

// TestLookupIsBruteForce compares what is found with all pairs.
func TestLookupIsBruteForce(t *testing.T) {
	r := newRand(2)
	all := corpus(r, 1600)
	articles, drop := all[:1200], all[1200:]
	x := open(t, build(t, testOptions(t), articles, 4))
	for _, opt := range []near.Options{{}, {Threshold: 0.5}, {Threshold: 0.9, Containment: 2}} {
		judge, err := opt.Judge()
		if err != nil {
			t.Fatal(err)
		}
		sets := make([][]uint64, len(articles))
		for i := range articles {
			sets[i] = shingle.Set(shingle.AppendHashes(nil, articles[i], 5))
		}
		found, err := x.Lookup(ctx, drop, LookupOptions{Near: opt})
		if err != nil {
			t.Fatal(err)
		}
		pairs, missed := 0, 0
		for q := range drop {
			set := shingle.Set(shingle.AppendHashes(nil, drop[q], 5))
			got := map[uint32]Near{}
			for _, n := range slices.Concat(found[q].Near, found[q].Superseded) {
				got[n.Entry] = n
			}
			superseded := len(found[q].Superseded)
			for i := range sets {
				shared := shingle.Shared(set, sets[i])
				e := near.Edge{NA: int32(len(set)), NB: int32(len(sets[i])), Shared: int32(shared)}
				rule, near := judge.Near(e)
				if _, goes := judge.Goes(e); near && !goes {
					superseded--
				}
				n, ok := got[uint32(i)]
				delete(got, uint32(i))
				switch {
				case near:
					pairs++
					if !ok {
						missed++
						t.Logf("%+v: article %d (%d words) is missed in entry %d (%d words), which share %d shingles", opt, q, len(drop[q]), i, len(articles[i]), shared)
					} else if n.Rule != rule || n.Resemblance != float64(shared)/float64(len(set)+len(sets[i])-shared) {
						t.Errorf("%+v: %d shared, rule %v", n, shared, rule)
					}
				case ok:
					t.Errorf("article %d and entry %d are no near-duplicates", q, i)
				}
			}
			if superseded != 0 {
				t.Errorf("article %d: %+v are superseded, %d too many", q, found[q].Superseded, superseded)
			}
			if len(got) > 0 {
				t.Errorf("entries that there are not: %v", got)
			}
		}
		t.Logf("%+v: %d pairs, %d missed", opt, pairs, missed)
		if missed > 0 {
			t.Errorf("%+v: %d of %d pairs missed", opt, missed, pairs)
		}
	}
}

// TestOthersHoldEveryRun copies runs of 10 words or more out of entries: one of the entries that
// are listed has each run.
func TestOthersHoldEveryRun(t *testing.T) {
	r := newRand(3)
	articles := corpus(r, 600)
	x := open(t, build(t, testOptions(t), articles, 2))
	var drop, copied [][]uint64
	for len(drop) < 200 {
		s := articles[r.IntN(len(articles))]
		if len(s) < 12 {
			continue
		}
		n := 10 + r.IntN(min(20, len(s)-10))
		at := r.IntN(len(s) - n)
		copied = append(copied, s[at:at+n])
		drop = append(drop, slices.Concat(story(r, 300+r.IntN(200)), s[at:at+n], story(r, 300)))
	}
	found, err := x.Lookup(ctx, drop, LookupOptions{Others: true})
	if err != nil {
		t.Fatal(err)
	}
	for q, f := range found {
		holds := false
		numbers := f.Others
		for _, n := range slices.Concat(f.Near, f.Superseded) {
			numbers = append(numbers, n.Entry)
		}
		for _, n := range numbers {
			holds = holds || contains(articles[n], copied[q])
		}
		if !holds {
			t.Errorf("no entry with the %d words that article %d copied is among %v", len(copied[q]), q, numbers)
		}
	}
}

func contains(words, run []uint64) bool {
	for i := 0; i+len(run) <= len(words); i++ {
		if slices.Equal(words[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

// TestCopiesCostLinear looks up a page that is in the index 3,000 times.
func TestCopiesCostLinear(t *testing.T) {
	r := newRand(4)
	page := story(r, 200)
	articles := make([][]uint64, 3000)
	for i := range articles {
		articles[i] = edited(r, page, 0.01)
	}
	x := open(t, build(t, testOptions(t), articles, 2))
	drop := make([][]uint64, 500)
	for i := range drop {
		drop[i] = edited(r, page, 0.01)
	}
	found, err := x.Lookup(ctx, drop, LookupOptions{Others: true})
	if err != nil {
		t.Fatal(err)
	}
	for q, f := range found {
		if len(f.Near) == 0 {
			t.Errorf("article %d is not found", q)
		}
	}
}

func TestAddTwice(t *testing.T) {
	opt := testOptions(t)
	r := newRand(5)
	articles := corpus(r, 300)
	dir := build(t, opt, articles, 1)
	w, err := OpenWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	a := w.NewAdd("again")
	other := story(r, 50)
	for i := range articles {
		for _, words := range [][]uint64{articles[i], other} {
			e := entryOf(i, words)
			if err := a.Article(ctx, e, words); err != nil {
				t.Fatal(err)
			}
		}
		if i == 10 { // twice in one batch
			if err := a.Article(ctx, entryOf(i, other), other); err != nil {
				t.Fatal(err)
			}
		}
	}
	got, err := a.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Added{Articles: 300, Known: 301, Renamed: 300, Batches: 1}); got != want {
		t.Errorf("added %+v, want %+v", got, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir)
	sound(t, x)
	sum, ok, err := x.finder().sum("a10#2")
	if err != nil || !ok || sum != wordsSum(other) {
		t.Error(ok, err)
	}
}

func TestRemove(t *testing.T) {
	opt := testOptions(t)
	r := newRand(6)
	articles := corpus(r, 900)
	dir := build(t, opt, articles, 3)
	for _, most := range []int{3, 400} { // without and with compaction
		w, err := OpenWriter(dir, opt)
		if err != nil {
			t.Fatal(err)
		}
		before, n := w.Len(), 0
		removed, err := w.Remove(ctx, func(e *Entry) bool {
			gone := e.Number%3 == 1 && n < most
			if gone {
				n++
			}
			return gone
		})
		if err != nil || removed != n || w.Len() != before-n {
			t.Fatal(removed, n, w.Len(), err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sound(t, open(t, dir))
	}
	x := open(t, dir)
	found, err := x.Lookup(ctx, articles, LookupOptions{Others: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, n := range f.Near {
			if n.Entry%3 == 1 {
				t.Fatalf("entry %d was removed and is found", n.Entry)
			}
		}
	}
}

func TestMerge(t *testing.T) {
	opt := testOptions(t)
	r := newRand(7)
	articles := corpus(r, 400)
	a, b := build(t, opt, articles[:300], 2), build(t, opt, articles[:400], 1)
	w, err := OpenWriter(a, opt)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.Merge(ctx, open(t, b), "b")
	if err != nil {
		t.Fatal(err)
	}
	if want := (Added{Articles: 100, Known: 300, Batches: 1}); got != want {
		t.Errorf("added %+v, want %+v", got, want)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sound(t, open(t, a))
}

// TestReaderKeepsItsState adds, removes and compacts while a reader is open: it sees what it saw,
// and one that opens then sees the new state.
func TestReaderKeepsItsState(t *testing.T) {
	opt := testOptions(t)
	r := newRand(8)
	articles := corpus(r, 600)
	dir := build(t, opt, articles[:300], 2)
	old := open(t, dir)
	w, err := OpenWriter(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWriter(dir, opt); err == nil {
		t.Error("a second writer was let in")
	} else if want := fmt.Sprintf("process %d is writing", os.Getpid()); !strings.Contains(err.Error(), want) {
		t.Errorf("%q does not say %q", err, want)
	}
	a := w.NewAdd("more")
	for i := 300; i < 600; i++ {
		if err := a.Article(ctx, entryOf(i, articles[i]), articles[i]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Remove(ctx, func(e *Entry) bool { return e.Number < 100 }); err != nil {
		t.Fatal(err)
	}
	if err := w.Compact(ctx); err != nil {
		t.Fatal(err)
	}
	beside := open(t, dir)
	if beside.Len() != 500 || old.Len() != 300 {
		t.Errorf("the reader beside sees %d entries, the old one %d", beside.Len(), old.Len())
	}
	sound(t, beside)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sound(t, old)
	n := 0
	if err := old.Each(ctx, func(*Entry) error { n++; return nil }); err != nil || n != 300 {
		t.Error(n, err)
	}
}
