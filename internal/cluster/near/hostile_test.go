package near

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"dedup/internal/text"
)

// hostileCorpus draws articles that make life hard for a sample: few words, texts that repeat
// themselves, sentences in another order, one text inside a long one, boilerplate that all have,
// versions of one page.
func hostileCorpus(t *rapid.T) [][]text.Token {
	words := rapid.SampledFrom([]uint64{2, 3, 5, 40, 400, 1 << 40}).Draw(t, "vocabulary")
	seed := rapid.Uint64().Draw(t, "seed")
	next := func() uint64 { // splitmix64: rapid's own draws are slow
		seed += 0x9e3779b97f4a7c15
		x := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		return (x ^ x>>27) * 0x94d049bb133111eb >> 3
	}
	// Words of which the top bits are 0, all or some, are kept in full.
	full := rapid.SampledFrom([]uint64{0, 0, 1, 2}).Draw(t, "words in full")
	word := func() text.Token {
		w := token(1 + next()%words)
		if full > 0 && w.Hash%full == 0 {
			w.Hash >>= codeBits
		}
		return w
	}
	run := func(n int) []text.Token {
		d := make([]text.Token, n)
		for i := range d {
			d[i] = word()
		}
		return d
	}
	below := func(n int) int { return int(next() % uint64(max(n, 1))) }
	part := rapid.SampledFrom([]int{8, 4, 8, 8, 1, 16, 8, 4}).Draw(t, "part of the length") // what is short is soon done
	long := func(n int) int { return below(n / part) }
	footer := run(long(80))
	docs := [][]text.Token{run(long(300))}
	pick := func() []text.Token { return docs[below(len(docs))] }
	kinds := rapid.SliceOfN(rapid.IntRange(0, 8), 1, 40).Draw(t, "kinds")
	for _, kind := range kinds {
		var d []text.Token
		switch old := pick(); kind {
		case 0:
			d = run(long(400))
		case 1: // edited
			d = slices.Clone(old)
			for range below(8) {
				if len(d) > 0 {
					d[below(len(d))] = word()
				}
			}
		case 2: // one inside another
			d = slices.Concat(run(long(200)), old, run(long(200)))
		case 3: // periodic
			d = slices.Repeat(run(1+below(9)), 1+long(80))
		case 4: // repeats what it holds
			d = slices.Concat(old, old[:below(len(old))], run(below(10)))
		case 5: // sentences in another order
			cut, end := below(len(old)), 0
			if cut < len(old) {
				end = cut + below(len(old)-cut)
			}
			d = slices.Concat(old[max(cut, end):], old[cut:max(cut, end)], old[:cut])
		case 6: // cut
			d = slices.Clone(old[below(len(old)/2):])
		case 7: // boilerplate
			d = slices.Concat(run(long(120)), footer)
		case 8: // the same again
			d = slices.Clone(old)
		}
		docs = append(docs, d[:min(len(d), 3000/part)])
	}
	return docs
}

// hostileNear draws an engine, with its limits so low that all of its ways are taken.
func hostileNear(rt *rapid.T, tmp string) *Finder {
	n, err := New(Options{
		Threshold:   rapid.SampledFrom([]float64{0.7, 0.2, 0.3, 0.5, 0.6, 0.8, 0.9, 1}).Draw(rt, "threshold"),
		Containment: rapid.SampledFrom([]float64{0.9, 0.1, 0.5, 0.7, 1, 2}).Draw(rt, "containment"),
		Shingle:     rapid.SampledFrom([]int{5, 1, 2, 3, 9}).Draw(rt, "shingle"),
		Workers:     rapid.SampledFrom([]int{1, 1, 2, 1, 4}).Draw(rt, "workers"),
		Memory:      rapid.SampledFrom([]int64{1 << 24, 0, 1 << 10, 1 << 24, 1 << 24, 1 << 16, 1 << 24, 1 << 24}).Draw(rt, "memory"),
		Tmp:         tmp,
	})
	if err != nil {
		rt.Fatal(err)
	}
	n.short = rapid.SampledFrom([]int{shortLength, 8, 30}).Draw(rt, "short")
	n.hot = rapid.SampledFrom([]int{hotArticles, 1, 2, 3, 5}).Draw(rt, "hot")
	n.common = rapid.SampledFrom([]int{commonGram, 1, 2}).Draw(rt, "common")
	n.chunk = rapid.SampledFrom([]int{2, 8, 4, 2, 32, chunkRecords}).Draw(rt, "chunk")
	n.batch = rapid.SampledFrom([]int{1, 2, 3, 8, batchArticles}).Draw(rt, "batch")
	if rate := rapid.SampledFrom([]float64{0, 0.05, 0.2, 0.5, 1}).Draw(rt, "rate"); rate > 0 {
		n.rate = newSampleRate(rate)
	}
	return n
}

// Whatever the texts, the sample and the limits: the pairs are those of brute force.
func hostilePairs(t testing.TB, tmp string) func(*rapid.T) {
	return func(rt *rapid.T) {
		n := hostileNear(rt, tmp)
		defer n.Close()
		docs := hostileCorpus(rt)
		feedInto(n, docs, n.opt.Workers, 3)
		if diff := cmp.Diff(bruteEdges(n, docs), pairs(t, n)); diff != "" {
			rt.Fatal(diff)
		}
	}
}

// Whatever the texts and the way they are found, clusters are those of the rule with all pairs at
// hand.
func hostileClusters(_ testing.TB, tmp string) func(*rapid.T) {
	return func(rt *rapid.T) {
		n := hostileNear(rt, tmp)
		defer n.Close()
		docs := hostileCorpus(rt)
		feedInto(n, docs, n.opt.Workers, 3)
		rank := make([]int32, len(docs))
		for i := range rank {
			rank[i] = int32(i)
		}
		slices.Reverse(rank)
		got, err := n.Clusters(context.Background(), rank)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(Of(n.judge, bruteEdges(n, docs), rank), got); diff != "" {
			rt.Fatal(diff)
		}
	}
}

func TestHostilePairsAreThoseOfBruteForce(t *testing.T) {
	rapid.Check(t, hostilePairs(t, t.TempDir()))
}

func TestHostileClustersAreThoseOfTheRule(t *testing.T) {
	rapid.Check(t, hostileClusters(t, t.TempDir()))
}

// TestHostileSoak goes on with other cases for as many as DEDUP_SOAK says (1000000), or as long
// (30m). A failure names the seed that repeats it.
func TestHostileSoak(t *testing.T) {
	env := os.Getenv("DEDUP_SOAK")
	if env == "" {
		t.Skip("DEDUP_SOAK is not set")
	}
	most, until := 1<<62, time.Time{}
	if d, err := time.ParseDuration(env); err == nil {
		until = time.Now().Add(d)
	} else if most, err = strconv.Atoi(env); err != nil {
		t.Fatalf("DEDUP_SOAK=%s: use a number of cases or a time such as 30m", env)
	}
	tmp, cases, said := t.TempDir(), 0, time.Now()
	for cases < most && (until.IsZero() || time.Now().Before(until)) {
		count := func(check func(*rapid.T)) func(*rapid.T) {
			return func(rt *rapid.T) { cases++; check(rt) }
		}
		rapid.Check(t, count(hostilePairs(t, tmp)))
		rapid.Check(t, count(hostileClusters(t, tmp)))
		if time.Since(said) > time.Minute {
			said = time.Now()
			t.Logf("%d cases", cases)
		}
	}
	t.Logf("%d cases, each like brute force", cases)
}
