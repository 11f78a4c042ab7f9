package corpus

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
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

// The links of a million tiny articles took 2 GB that nobody counted.
func TestStoriesThatDoNotFit(t *testing.T) {
	var records []string
	rnd := rand.New(rand.NewPCG(14, 7))
	for range 3000 {
		words := make([]string, 8)
		for k := range words {
			words[k] = "w" + strconv.Itoa(rnd.IntN(300))
		}
		records = append(records, fmt.Sprintf(`{"text":%q}`, strings.Join(words, " ")))
	}
	in := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(in, []byte(strings.Join(records, "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, memory := range []int64{64 << 20, 256 << 20} {
		c, err := Open(t.Context(), Config{Paths: []string{in}, Options: Options{Memory: memory}, Want: Want{Near: true, Text: true}})
		if err != nil {
			t.Fatal(err)
		}
		before := c.budget.state.Load()
		if err := c.Keep(46<<20 - before); err != nil { // of 48 MiB
			t.Fatal(err)
		}
		_, err = c.Stories()
		if small := memory == 64<<20; errors.As(err, new(errMemory)) != small {
			t.Errorf("%d MiB: %v", memory>>20, err)
		}
		if held := c.budget.state.Load(); held != 46<<20 {
			t.Errorf("%d bytes stay counted", held-(46<<20))
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
