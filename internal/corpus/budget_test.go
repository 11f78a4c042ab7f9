package corpus

import (
	"path/filepath"
	"slices"
	"testing"

	"dedup/internal/cluster/near"
	"dedup/internal/passage"
)

// seeds and testdata, as paths from this package.
var inputs = []string{filepath.Join("..", "..", "seeds"), filepath.Join("..", "..", "testdata", "articles")}

// Texts, near-duplicates and passages were each given half of --memory, and held it at once.
func TestPartsStayWithinTheBudget(t *testing.T) {
	o := Options{Memory: 1 << 20, Tmp: t.TempDir(), Workers: 2}
	c, err := Open(t.Context(), Config{Options: o, Paths: inputs, Want: Want{Text: true, Near: true, Leftovers: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var pairs [2][]near.Edge
	ask := map[string]func() error{
		"matches":  func() error { return c.Matches(func(passage.Match) error { return nil }) },
		"passages": func() error { _, err := c.Passages(); return err },
		"phrases":  func() error { _, err := c.Phrases(); return err },
		"before":   func() error { return c.Pairs(func(e near.Edge) error { pairs[0] = append(pairs[0], e); return nil }) },
		"after":    func() error { return c.Pairs(func(e near.Edge) error { pairs[1] = append(pairs[1], e); return nil }) },
	}
	for _, name := range []string{"before", "matches", "passages", "phrases", "after"} {
		if err := ask[name](); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if b := c.budget; b.peak > b.total || b.peak < b.total/2 {
		t.Errorf("of %d bytes %d were given away at once", b.total, b.peak)
	}
	if len(pairs[0]) == 0 || !slices.Equal(pairs[0], pairs[1]) {
		t.Errorf("pairs %v, and %v when the near-duplicates were known", pairs[0], pairs[1])
	}
}
