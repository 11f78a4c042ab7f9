package index

import (
	"os"
	"testing"
)

// TestSizes prints what the sections of an index take: DEDUP_INDEX=DIR go test -run TestSizes -v
func TestSizes(t *testing.T) {
	dir := os.Getenv("DEDUP_INDEX")
	if dir == "" {
		t.Skip("DEDUP_INDEX names no index")
	}
	x, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sizes, rest := map[string]int64{}, int64(0)
	for _, s := range x.segments {
		add := func(name string, list []block) {
			for _, b := range list {
				sizes[name] += int64(b.size)
				rest -= int64(b.size)
			}
		}
		rest += s.part.size
		add("stripes", s.stripes)
		add("words", s.words)
		for c := range s.columns {
			add(columnNames[c], s.columns[c])
		}
		for i := range s.seeds.pages {
			add("seeds", []block{s.seeds.pages[i].block})
		}
		for i := range s.ids.pages {
			add("ids", []block{s.ids.pages[i].block})
		}
	}
	sizes["contents"] = rest
	for name, n := range sizes {
		t.Logf("%-9s %8.2f bytes an entry", name, float64(n)/float64(x.Len()))
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
