package index

import (
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/text"
)

// TestScreenTurnsNothingFoundAway: an article that does not pass is found by no look-up.
func TestScreenTurnsNothingFoundAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var articles, drop [][]uint64
		for range rapid.IntRange(1, 8).Draw(t, "articles") {
			articles = append(articles, drawText(t, "entry"))
			drop = append(drop, drawText(t, "article"), relate(t, "related", articles[len(articles)-1]))
		}
		x := memoryIndex(t, articles)
		screen, err := x.Screen(ctx)
		if err != nil || screen == nil {
			t.Fatal(screen, err)
		}
		found, err := x.Lookup(ctx, drop, LookupOptions{Others: true})
		if err != nil {
			t.Fatal(err)
		}
		var scratch []uint64
		for i, words := range drop {
			toks := make([]text.Token, len(words))
			for k, h := range words {
				toks[k].Hash = h
			}
			var passes bool
			passes, scratch = screen.Passes(toks, scratch)
			if f := &found[i]; !passes && len(f.Near)+len(f.Superseded)+len(f.Others) > 0 {
				t.Fatalf("article %d of %d words does not pass, and shares with %v", i, len(words), f)
			}
		}
	})
}

// TestLargeIndexHasNoScreen: what does not fit into a quarter of the memory is not made, and lets
// all through.
func TestLargeIndexHasNoScreen(t *testing.T) {
	r := newRand(1)
	var articles [][]uint64
	for range 300 {
		articles = append(articles, story(r, 300))
	}
	x := open(t, build(t, testOptions(t), articles, 1))
	x.opt.Memory = 1 << 20
	screen, err := x.Screen(ctx)
	if err != nil || screen != nil {
		t.Fatal(screen, err)
	}
	if passes, _ := screen.Passes(nil, nil); !passes {
		t.Error("no screen turns an article away")
	}
}
