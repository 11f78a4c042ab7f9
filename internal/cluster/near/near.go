// Package near finds the near-duplicates of a corpus, all of them, and says which copy of each to
// keep. docs/algorithms/near.md has the theorem and its proof.
//
// In: the tokens of every article, from several goroutines. Out: verified pairs (Pairs), or
// clusters around canonicals (Clusters). On the way:
//
//	feed.go      an article → its words, coded, and its sample of shingles
//	words.go     words in two bytes each, for verifying
//	records.go   the sample as records: which article has which shingle
//	store.go     where words and records lie: in memory, past the budget in a file
//	find.go      which articles may be near-duplicates: the rounds, and why no pair is lost
//	round.go     one round: records → buckets → candidate pairs
//	odd.go       articles that the sample says too little of
//	scan.go      a pass over the words of all articles, side by side
//	join.go      candidates → edges, in the order of the keep policy
//	group.go     what of a batch of the join can be decided side by side
//	verify.go    two articles → the exact sizes of their sets and what these share
//	table.go     which articles that stay have a hot bucket
//	judge.go     whether that makes them near-duplicates, and which may go for the other
//	keep.go      edges → who stays, and who goes for whom
//	pairs.go     edges → pairs in order, identical articles as one meanwhile
//	simhash.go   the other way to candidates, by fingerprints
package near

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// Rule names why two articles are near-duplicates.
type Rule uint8

const (
	RuleCanonical   Rule = iota // the member is the canonical itself
	RuleResemblance             // |A∩B|/|A∪B| reaches the threshold
	RuleContainment             // nearly all of the shorter article stands in the longer one
)

// String is the name that reports print.
func (r Rule) String() string {
	return [...]string{"canonical", "resemblance", "containment"}[r]
}

// Member is one article of a cluster and how it verified against the canonical.
type Member struct {
	Article     int32
	Resemblance float64
	Containment float64 // of the shorter one in the longer one
	Rule        Rule
}

// Cluster is the versions of one text, the canonical first, the others by rank.
type Cluster struct{ Members []Member }

// ShingleWords is how many words a shingle has where nothing else is asked for.
const ShingleWords = 5

// Options says what a near-duplicate is and what the search may use. The zero value of a field
// means its default.
type Options struct {
	Threshold   float64 // least resemblance of an edge; 0.7
	Containment float64 // least containment of the shorter article; 0.9; above 1: containment makes no edge
	Shingle     int     // tokens a shingle; 5
	Memory      int64   // bytes; past it sets go to Tmp; 2 GiB
	Tmp         string  // directory for spilled sets; os.TempDir()
	Workers     int     // goroutines of Pairs and Clusters; GOMAXPROCS
	Simhash     bool    // find candidates by fingerprints (simhash.go), not all of them

	// Progress is told how much of a pass over the articles is done; passes follow one another. One
	// goroutine calls it at a time.
	Progress func(done, total int64)
}

// Finder finds the near-duplicates of the articles that its workers were fed.
type Finder struct {
	opt     Options
	judge   Judge
	mu      sync.Mutex // of workers and Progress
	workers []*Worker
	pool    pool
	code    code
	rate    sampleRate // of the sample
	short   int        // shortLength; tests set another one
	hot     int        // hotArticles; tests set another one
	common  int        // commonGram; tests set another one
	batch   int        // batchArticles; tests set another one
	chunk   int        // chunkRecords; tests set another one
	runs    []*run
	n       int
	sizes   []int32 // different shingles of each article, 0 until they are counted
	found   *search
}

// New checks the options and returns an empty engine.
func New(opt Options) (*Finder, error) {
	judge, err := opt.Judge()
	if err != nil {
		return nil, err
	}
	opt.Shingle = cmp.Or(opt.Shingle, ShingleWords)
	opt.Memory = cmp.Or(opt.Memory, 2<<30)
	opt.Workers = cmp.Or(opt.Workers, runtime.GOMAXPROCS(0))
	switch {
	case opt.Shingle < 1 || opt.Shingle > 63:
		return nil, fmt.Errorf("near-duplicates: shingles of %d tokens; 1 to 63 can be", opt.Shingle)
	case opt.Memory < 0 || opt.Workers < 0:
		return nil, fmt.Errorf("near-duplicates: memory %d and workers %d must not be negative", opt.Memory, opt.Workers)
	}
	n := &Finder{opt: opt, judge: judge, code: newCode(), rate: newSampleRate(judge.share()), short: shortLength, hot: hotArticles, common: commonGram, batch: batchArticles, chunk: chunkRecords}
	words := int(opt.Memory / 8)
	n.pool = pool{tmp: opt.Tmp, budget: words / 4, slab: max(64, min(hugePage, words/64))}
	return n, nil
}

// Close gives back memory and temporary files. Pairs and Clusters must not be called after it.
func (n *Finder) Close() error {
	n.workers, n.found = nil, nil
	return n.pool.close()
}

// tell reports progress: of total units one more is done.
func (n *Finder) tell(done *int64, total int) {
	if n.opt.Progress != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		*done++
		n.opt.Progress(*done, int64(total))
	}
}

// Find finds candidates, once: what Pairs and Clusters begin with, for callers that have something
// else to do meanwhile.
func (n *Finder) Find(ctx context.Context) error {
	if n.found != nil {
		return nil
	}
	if err := n.number(); err != nil {
		return err
	}
	find := n.search
	if n.opt.Simhash {
		find = n.fingerprinted
	}
	s, err := find(ctx)
	if err == nil {
		n.found = s
	}
	return err
}

// Clusters groups the articles around canonicals. rank[i] is the place of article i in the order of
// the keep policy (a permutation; nil: as fed). Which article is canonical is said in keep.go:
// every member verifies against its canonical and may go for it, and no canonical may go for
// another one. Clusters of one are left out; the others come in the order of their first article by
// number, members by rank.
func (n *Finder) Clusters(ctx context.Context, rank []int32) ([]Cluster, error) {
	if err := n.Find(ctx); err != nil {
		return nil, err
	}
	if rank != nil && len(rank) != n.n {
		return nil, fmt.Errorf("near-duplicates: ranks of %d articles, of which there are %d", len(rank), n.n)
	}
	order, rank := inOrder(rank, n.n)
	k := newKeeper(n.judge, rank, n.opt.Workers)
	var apart flags // articles that stayed to the end of a round: none of them goes for another
	for next := order; next != nil; {
		if err := n.join(ctx, next, k.stays, apart, k.take); err != nil {
			return nil, err
		}
		apart = slices.Clone(k.stays)
		next = k.next(next)
	}
	return k.clusters(), nil
}
