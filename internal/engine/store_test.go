package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/article"
)

// Texts come back the same and in input order, whether they stayed in memory or went to the spill
// file, however batches arrive.
func TestStoreKeepsTextsInOrder(t *testing.T) {
	tmp := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.String(), 0, 40).Draw(t, "texts")
		s := newStore(true, int64(rapid.IntRange(0, 200).Draw(t, "budget")), tmp)
		var batches []article.Batch
		for i := 0; i < len(texts); {
			n := min(rapid.IntRange(1, 5).Draw(t, "batch"), len(texts)-i)
			b := article.Batch{Seq: len(batches)}
			for _, x := range texts[i : i+n] {
				b.Articles = append(b.Articles, article.Article{ID: fmt.Sprint(len(batches), len(b.Articles)), Path: "p", Text: x})
			}
			batches = append(batches, b)
			i += n
		}
		for _, b := range rapid.Permutation(batches).Draw(t, "arrival") {
			if err := s.add(&b, func(int, *Meta) {}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.seal(); err != nil {
			t.Fatal(err)
		}
		for i, want := range texts {
			if got := s.text(i); got != want {
				t.Fatalf("text %d = %q, want %q", i, got, want)
			}
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestStoreCopiesWhatTheReaderReuses(t *testing.T) {
	s := newStore(true, 1<<20, t.TempDir())
	buf := []byte("first")
	b := article.Batch{Articles: []article.Article{{ID: string(buf), Text: string(buf), Source: "src", Title: "ttl"}}}
	if err := s.add(&b, func(int, *Meta) {}); err != nil {
		t.Fatal(err)
	}
	b.Articles[0] = article.Article{}
	if err := s.seal(); err != nil {
		t.Fatal(err)
	}
	m := s.Meta[0]
	if d := cmp.Diff([]string{"first", "src", "ttl", "first"}, []string{m.ID, m.Source, m.Title, s.text(0)}); d != "" {
		t.Error(d)
	}
}

func TestEqualIDsAreToldApart(t *testing.T) {
	s, l := newStore(false, 0, ""), newLean(false)
	b := article.Batch{}
	for _, id := range []string{"x", "x#2", "x", "y", "x", "y"} {
		b.Articles = append(b.Articles, article.Article{ID: id})
	}
	if err := s.add(&b, func(int, *Meta) {}); err != nil {
		t.Fatal(err)
	}
	if err := s.seal(); err != nil {
		t.Fatal(err)
	}
	l.add(&b, func(int, *Meta) {})
	l.seal()
	var got, lean []string
	for i, m := range s.Meta {
		got, lean = append(got, m.ID), append(lean, l.id(i))
	}
	const want = "x x#2 x#3 y x#4 y#2"
	if strings.Join(got, " ") != want || strings.Join(lean, " ") != want {
		t.Errorf("got %s and %s, want %s", strings.Join(got, " "), strings.Join(lean, " "), want)
	}
}

// lean says of every article what the store says, however batches arrive.
func TestLeanAgreesWithTheStore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, l := newStore(false, 0, ""), newLean(true)
		var batches []article.Batch
		for k := range rapid.IntRange(0, 5).Draw(t, "batches") {
			b := article.Batch{Seq: k}
			for j := range rapid.IntRange(0, 600).Draw(t, "articles") {
				a := article.Article{ID: fmt.Sprint(k, "-", j), Source: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "source"), Text: strings.Repeat("x", j%7)}
				if j%3 == 0 {
					a.Published = time.Unix(int64(j*k), 0).UTC()
				}
				b.Articles = append(b.Articles, a)
			}
			batches = append(batches, b)
		}
		for _, b := range rapid.Permutation(batches).Draw(t, "arrival") {
			derive := func(i int, m *Meta) { m.Fingerprint, m.HasFingerprint = uint64(i), i%2 == 0 }
			if err := s.add(&b, derive); err != nil {
				t.Fatal(err)
			}
			l.add(&b, derive)
		}
		if err := s.seal(); err != nil {
			t.Fatal(err)
		}
		l.seal()
		for i, m := range s.Meta {
			print, has := l.fingerprint(i)
			want := keepKey{id: m.ID, source: m.Source, date: unixOrNone(m.Published), bytes: m.Bytes}
			if l.key(i) != want || print != m.Fingerprint || has != m.HasFingerprint {
				t.Fatalf("article %d: %+v, %d, %t; want %+v, %d, %t", i, l.key(i), print, has, want, m.Fingerprint, m.HasFingerprint)
			}
		}
		keep := Keep{by: "longest"}
		if d := cmp.Diff(keep.rank(s.Meta), keep.rankOf(l.n, l.key)); d != "" {
			t.Fatal(d)
		}
	})
}

func TestKeepPolicies(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 5, d, 0, 0, 0, 0, time.UTC) }
	meta := []Meta{
		{ID: "d", Bytes: 10},
		{ID: "c", Bytes: 30, Source: "Wire", Published: day(3)},
		{ID: "b", Bytes: 20, Source: "Post", Published: day(2)},
		{ID: "a", Bytes: 30, Published: day(2)},
	}
	for policy, want := range map[string]string{
		"earliest": "a b c d", "latest": "c a b d", "longest": "a c b d", "first": "d c b a", "source=post,wire": "b c a d", "": "a b c d",
	} {
		k, err := ParseKeep(policy)
		if err != nil {
			t.Fatal(err)
		}
		order := make([]string, len(meta))
		for i, place := range k.rank(meta) {
			order[place] = meta[i].ID
		}
		if got := strings.Join(order, " "); got != want {
			t.Errorf("%q keeps in the order %s, want %s", policy, got, want)
		}
	}
	for _, bad := range []string{"newest", "source=", "source= ,"} {
		if _, err := ParseKeep(bad); err == nil {
			t.Errorf("ParseKeep(%q) gave no error", bad)
		}
	}
}
