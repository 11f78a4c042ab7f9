package corpus

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newTable(t *texts) *table { return &table{texts: t, sources: map[string]int32{}} }

// tableOf is a table of records without texts.
func tableOf(t interface{ Fatal(...any) }, records []Article) *table {
	tab := newTable(nil)
	if err := tab.add(0, records); err != nil {
		t.Fatal(err)
	}
	if err := tab.seal(); err != nil {
		t.Fatal(err)
	}
	return tab
}

// Records come back the same and in input order, whether texts stayed in memory or went to the file,
// however batches arrive.
func TestTableKeepsRecordsInOrder(t *testing.T) {
	tmp := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		withTexts := rapid.Bool().Draw(t, "with texts")
		tab := newTable(nil)
		if withTexts {
			tab.texts = newTexts(int64(rapid.IntRange(0, 200).Draw(t, "budget")), tmp)
			defer tab.texts.close()
		}
		var all []Article
		var batches [][]Article
		for k := range rapid.IntRange(0, 5).Draw(t, "batches") {
			from := len(all)
			for j := range rapid.IntRange(0, 600).Draw(t, "articles") {
				a := Article{
					ID: fmt.Sprint(k, "-", j), Path: fmt.Sprint("p", j/100), Line: j, Source: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "source"),
					Tokens: j % 7, Empty: j%7 == 0, InFile: j%5 == 0, DateOnly: j%2 == 0, HasFingerprint: j%3 == 0,
				}
				text := strings.Repeat("x", j%7)
				if a.Bytes = len(text); withTexts {
					a.Title, a.Text = fmt.Sprint("t", j), text
				}
				if j%3 == 0 {
					a.Published, a.Fingerprint = time.Unix(int64(j*k), int64(j%2)).UTC(), uint64(j)
				}
				all = append(all, a)
			}
			batches = append(batches, all[from:len(all):len(all)])
		}
		for _, k := range rapid.Permutation(numbers(len(batches))).Draw(t, "arrival") {
			if err := tab.add(k, batches[k]); err != nil {
				t.Fatal(err)
			}
		}
		if err := tab.seal(); err != nil {
			t.Fatal(err)
		}
		if tab.Len() != len(all) {
			t.Fatalf("%d articles, not %d", tab.Len(), len(all))
		}
		for i, want := range all {
			if got := tab.At(i); got != want || tab.ID(i) != want.ID || tab.Text(i) != want.Text || tab.Source(i) != want.Source {
				t.Fatalf("article %d: %s", i, cmp.Diff(want, got))
			}
		}
	})
}

func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// What a batch says of its articles does not last: the reader takes its memory again.
func TestTableCopiesStrings(t *testing.T) {
	b := []byte("first src ttl body p")
	tab := newTable(newTexts(1<<20, t.TempDir()))
	str := func(from, to int) string { return unsafe.String(&b[from], to-from) }
	rows := []Article{{ID: str(0, 5), Source: str(6, 9), Title: str(10, 13), Text: str(14, 18), Path: str(19, 20), Bytes: 4}}
	if err := tab.add(0, rows); err != nil {
		t.Fatal(err)
	}
	want := Article{ID: "first", Source: "src", Title: "ttl", Text: "body", Path: "p", Bytes: 4}
	copy(b, strings.Repeat("x", len(b)))
	if err := tab.seal(); err != nil {
		t.Fatal(err)
	}
	if got := tab.At(0); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestEqualIDsAreToldApart(t *testing.T) {
	var records []Article
	for _, id := range []string{"x", "x#2", "x", "y", "x", "y"} {
		records = append(records, Article{ID: id})
	}
	tab := tableOf(t, records)
	var got []string
	for i := range records {
		got = append(got, tab.ID(i))
	}
	if want := "x x#2 x#3 y x#4 y#2"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
}

func TestKeepPolicies(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 5, d, 0, 0, 0, 0, time.UTC) }
	records := []Article{
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
		order := make([]string, len(records))
		for i, place := range k.rank(tableOf(t, records)) {
			order[place] = records[i].ID
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

// An article without a headline is known by the words that it opens with.
func TestOpening(t *testing.T) {
	long := strings.Repeat("word ", 20)
	for in, want := range map[string]string{
		"":                         "",
		" \n\nFirst line \nsecond": "First line",
		long:                       strings.TrimSpace(strings.Repeat("word ", 16)) + "…",
		strings.Repeat("字", 100):   strings.Repeat("字", 80) + "…",
	} {
		if got := opening(in); got != want {
			t.Errorf("%q opens with %q, want %q", in, got, want)
		}
	}
}
