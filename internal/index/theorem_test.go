package index

import (
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// drawText draws a text of a hostile kind: of few words, periodic, of sentences in any order, one
// that repeats itself with changes, or as texts are.
func drawText(t *rapid.T, name string) []uint64 {
	n := rapid.IntRange(1, 700).Draw(t, name+" words")
	r := newRand(rapid.Uint64().Draw(t, name))
	words := make([]uint64, 0, n)
	switch rapid.IntRange(0, 4).Draw(t, name+" kind") {
	case 0:
		few := 2 + r.Uint64N(6)
		for range n {
			words = append(words, shingle.Mix(r.Uint64N(few)))
		}
	case 1:
		period := story(r, 1+r.IntN(40))
		for len(words) < n {
			words = append(words, period...)
		}
	case 2:
		var sentences [][]uint64
		for range 1 + r.IntN(12) {
			sentences = append(sentences, story(r, 1+r.IntN(30)))
		}
		for len(words) < n {
			words = append(words, sentences[r.IntN(len(sentences))]...)
		}
	case 3:
		part := story(r, 1+r.IntN(120))
		for len(words) < n {
			words = append(words, edited(r, part, 0.05)...)
		}
	default:
		words = story(r, n)
	}
	return words
}

// relate makes another text of one: edited, cut, put into a longer one, or its parts in another
// order.
func relate(t *rapid.T, name string, s []uint64) []uint64 {
	r := newRand(rapid.Uint64().Draw(t, name))
	switch rapid.IntRange(0, 5).Draw(t, name+" kind") {
	case 0:
		return slices.Clone(s)
	case 1:
		return edited(r, s, 0.08*r.Float64())
	case 2:
		return s[:1+r.IntN(len(s))]
	case 3:
		return slices.Concat(story(r, r.IntN(60)), s, story(r, r.IntN(300)))
	case 4: // sentences of one length, in any order
		var parts [][]uint64
		size := 5 + r.IntN(60)
		for i := 0; i < len(s); i += size {
			parts = append(parts, s[i:min(i+size, len(s))])
		}
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		return slices.Concat(parts...)
	}
	return edited(r, slices.Concat(s, s[:len(s)/2]), 0.02)
}

// TestAnyFiveHaveASeed walks through a text's own shingles in ways that the text does not: of any
// five that follow one another, one is a seed (the first invariant of seeds.go).
func TestAnyFiveHaveASeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawText(t, "text")
		if rapid.Bool().Draw(t, "joined") {
			s = relate(t, "other", s)
		}
		shingles := shingle.AppendHashes(nil, s, shingleWords)
		if len(shingles) < seedStep {
			return
		}
		nodes := shingle.AppendHashes(nil, s, shingleWords-1)
		next := map[uint64][]int{}
		for i := range shingles {
			next[nodes[i]] = append(next[nodes[i]], i)
		}
		var seeder seeder
		keys, different := seeder.seeds(s)
		if want := len(shingle.Set(slices.Clone(shingles))); different != want || len(keys) < leastSeeds(different) {
			t.Fatalf("%d different shingles of %d, %d seeds", different, want, len(keys))
		}
		r := newRand(rapid.Uint64().Draw(t, "walk"))
		for range 200 {
			at, seeds := r.IntN(len(shingles)), 0
			for step := range seedStep {
				if _, ok := slices.BinarySearch(keys, keyOf(shingles[at])); ok {
					seeds++
				}
				ways := next[nodes[at+1]]
				if len(ways) == 0 { // the end
					if step < seedStep-1 {
						seeds++
					}
					break
				}
				at = ways[r.IntN(len(ways))]
			}
			if seeds == 0 {
				t.Fatal("five shingles that follow one another have no seed")
			}
		}
	})
}

// TestHostileLookupsAreThoseOfBruteForce looks texts up that repeat themselves, jump, or stand in
// others, at several thresholds: what is found are all near-duplicates.
func TestHostileLookupsAreThoseOfBruteForce(t *testing.T) {
	unproved := 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 14).Draw(t, "articles")
		var articles, drop [][]uint64
		for i := range n {
			s := drawText(t, "text")
			if i > 0 && rapid.Bool().Draw(t, "related") {
				s = relate(t, "entry", articles[rapid.IntRange(0, i-1).Draw(t, "to")])
			}
			articles = append(articles, s)
			drop = append(drop, relate(t, "article", s))
		}
		rule := rapid.SampledFrom([]near.Options{{}, {Threshold: 0.7, Containment: 2}, {Threshold: 0.8}, {Threshold: 0.9, Containment: 0.95}, {Threshold: 1, Containment: 1}}).Draw(t, "rule")
		unproved += holdAgainstBruteForce(t, articles, drop, rule)
	})
	t.Logf("%d near-duplicates for which the count of windows proves nothing", unproved)
}

func holdAgainstBruteForce(t *rapid.T, articles, drop [][]uint64, opt near.Options) (unproved int) {
	x := memoryIndex(t, articles)
	judge, err := LookupOptions{Near: opt}.Judge()
	if err != nil {
		t.Fatal(err)
	}
	found, err := x.Lookup(ctx, drop, LookupOptions{Near: opt})
	if err != nil {
		t.Fatal(err)
	}
	for q := range drop {
		shingles := shingle.AppendHashes(nil, drop[q], shingleWords)
		set := shingle.Set(slices.Clone(shingles))
		got := map[uint32]bool{}
		for _, n := range slices.Concat(found[q].Near, found[q].Superseded) {
			got[n.Entry] = true
		}
		for i := range articles {
			other := shingle.Set(shingle.AppendHashes(nil, articles[i], shingleWords))
			e := near.Edge{NA: int32(len(set)), NB: int32(len(other)), Shared: int32(shingle.Shared(set, other))}
			_, want := judge.Near(e)
			if want == got[uint32(i)] {
				continue
			}
			m, _ := judge.MissingOf(min(len(set), len(other)), max(len(set), len(other)))
			if want && len(set) <= len(other) && len(other) > seedAll && disjoint(shingles, len(set)) <= m {
				unproved++ // stated in docs/algorithms/index.md
				continue
			}
			t.Fatalf("article %d of %d words and entry %d of %d: %+v, near is %v, found is %v", q, len(drop[q]), i, len(articles[i]), e, want, got[uint32(i)])
		}
	}
	return unproved
}

// memoryIndex makes an index of articles, in two segments.
func memoryIndex(t *rapid.T, articles [][]uint64) *Index {
	dir := tempDir(t)
	opt := Options{Workers: 2, Memory: 8 << 20, Tmp: dir}
	w, err := Create(dir+"/x", opt)
	if err == nil {
		half := len(articles) / 2
		err = joined(addAll(w, articles[:half], 0), addAll(w, articles[half:], half), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open(dir+"/x", opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// tempDir is a directory that goes when the case of a property is over.
func tempDir(t *rapid.T) string {
	dir, err := os.MkdirTemp("", "dedup-index-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
