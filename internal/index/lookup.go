package index

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// A look-up has three steps. Seeds of all articles, sorted, are looked up in the store, each at
// most seedCap times. Entries that share enough seeds with an article to be a near-duplicate of it
// are read, once each, and compared exactly. Of the others, as few are listed as hold all shared
// seeds: whatever passage was copied, one of them has it.
//
// Cost: 1 µs a seed, of which there are 60 in an article of 200 words, and 5 µs an entry that is
// compared. What would make it fail: more than seedCap entries that share a seed each, and of which
// only later ones resemble the article; such seeds count for all entries then.
const (
	seedCap    = 32      // entries of a seed that are looked at, the first
	nearMost   = 256     // near-duplicates of an article that are listed
	othersMost = 64      // others that are listed
	coverTimes = 3       // others that have one seed
	lookWords  = 1 << 21 // words of articles that are looked up at a time, at most
	lookMemory = 256     // bytes for each of them: seeds, and hits of text that is copied everywhere
	pieceLooks = 1 << 10 // looks that are worth a goroutine
)

// LookupOptions say what counts as found. Near is the definition of near-duplicates, that of a run
// (only Threshold and Containment are read).
type LookupOptions struct {
	Near   near.Options
	Others bool // also list the entries that share text without being near-duplicates
	All    bool // look every shingle up, not seeds alone: finds five words of an entry of twenty or fewer, at 3.5 times the look-ups
}

// leastShare is the share of the smaller set down to which seeds.go proves that near-duplicates
// share a seed: a threshold of 0.5.
const leastShare = 2.0 / 3

// Judge gives the definition of near-duplicates, or an error where an index would miss some.
func (o LookupOptions) Judge() (near.Judge, error) {
	judge, err := o.Near.Judge()
	if err == nil && judge.Share() < leastShare-1e-9 {
		err = fmt.Errorf("a corpus index finds near-duplicates down to a resemblance of 0.5 and a containment of 0.67, not %g and %g\nhint: raise --threshold and --containment, "+
			"or leave --index out and hand over both corpora as articles", judge.Threshold, judge.Containment)
	}
	return judge, err
}

// Found is what is in the index of one article.
type Found struct {
	Near       []Near   // verified near-duplicates that the article may go for, the one with the highest resemblance first, then by number; at most 256
	Superseded []Near   // verified near-duplicates that may go for the article, and not the other way: it contains them; same order, at most 256
	Others     []uint32 // numbers of entries that are no near-duplicates, so many that every seed that near-duplicates lack is in one; at most 64
}

// Near is a verified near-duplicate.
type Near struct {
	Entry                                           uint32
	Resemblance, ContainmentQuery, ContainmentEntry float64
	Rule                                            near.Rule
}

// Lookup finds articles in the index: words are the hashes of their words, with lines that repeat
// at once left out (text.Once). All are looked up in sorted order together, so many at a time cost
// less: hand over some thousands. The slices are read, not kept.
func (x *Index) Lookup(ctx context.Context, words [][]uint64, opt LookupOptions) ([]Found, error) {
	judge, err := opt.Judge()
	if err != nil {
		return nil, err
	}
	found := make([]Found, len(words))
	most := min(lookWords, int(x.opt.Memory/lookMemory))
	if x.Len() == 0 {
		return found, nil
	}
	for from := 0; from < len(words); {
		to, n := from, 0
		for to < len(words) && (to == from || n+len(words[to]) <= most) {
			n += len(words[to])
			to++
		}
		l := lookup{x: x, judge: judge, words: words[from:to], found: found[from:to], all: lookAll}
		if opt.All {
			l.all = math.MaxInt
		}
		if err := l.run(ctx, opt.Others); err != nil {
			return nil, x.named(err)
		}
		from = to
	}
	return found, nil
}

// lookup is the state for some articles.
type lookup struct {
	x       *Index
	judge   near.Judge
	words   [][]uint64
	found   []Found
	sets    [][]uint64 // of shingles, by article
	looks   []look     // by seed, then article
	capped  []int32    // seeds of each article that have more entries than are looked at
	hits    []hit      // by article, then entry
	all     int        // articles of so many shingles or fewer are looked up by all
	spanned []int32    // where the hits of each article begin, and the end
}

// look is a seed of an article.
type look struct {
	seed    uint64
	article int32
}

// hit is an entry that has the seed of a look.
type hit struct {
	article int32
	entry   uint32
	look    int32
}

func (l *lookup) run(ctx context.Context, others bool) error {
	l.seeds()
	if err := l.search(ctx); err != nil {
		return err
	}
	if err := l.verify(ctx); err != nil {
		return err
	}
	if others {
		l.cover()
	}
	return nil
}

// seeds fills sets and looks.
func (l *lookup) seeds() {
	workers := l.x.opt.Workers
	l.sets = make([][]uint64, len(l.words))
	l.capped = make([]int32, len(l.words))
	parts := make([][]look, workers)
	var wait sync.WaitGroup
	for g := range workers {
		wait.Go(func() {
			var own []uint64
			for i := g; i < len(l.words); i += workers {
				s := shingle.AppendHashes(nil, l.words[i], shingleWords)
				own = appendSeeds(own[:0], s, l.all)
				for _, seed := range own {
					parts[g] = append(parts[g], look{seed, int32(i)})
				}
				l.sets[i] = shingle.Set(s)
			}
		})
	}
	wait.Wait()
	l.looks = slices.Concat(parts...)
	slices.SortFunc(l.looks, func(a, b look) int {
		if a.seed != b.seed {
			return cmp.Compare(a.seed, b.seed)
		}
		return int(a.article - b.article)
	})
}

// search looks the seeds up, in pieces side by side, and sorts what it hits.
func (l *lookup) search(ctx context.Context) error {
	workers := l.x.opt.Workers
	type piece struct {
		hits   []hit
		capped []int32 // articles
	}
	pieces := make([]piece, min(4*workers, 1+len(l.looks)/pieceLooks))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for p := range pieces {
		from, to := l.boundary(p*len(l.looks)/len(pieces)), l.boundary((p+1)*len(l.looks)/len(pieces))
		g.Go(func() error {
			var err error
			pieces[p].hits, pieces[p].capped, err = l.searchPiece(ctx, from, to)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for p := range pieces {
		l.hits = append(l.hits, pieces[p].hits...)
		pieces[p].hits = nil
		for _, a := range pieces[p].capped {
			l.capped[a]++
		}
	}
	slices.SortFunc(l.hits, func(a, b hit) int {
		if a.article != b.article {
			return int(a.article - b.article)
		}
		if a.entry != b.entry {
			return cmp.Compare(a.entry, b.entry)
		}
		return int(a.look - b.look)
	})
	l.spanned = make([]int32, len(l.words)+1)
	at := 0
	for i := range l.words {
		l.spanned[i] = int32(at)
		for at < len(l.hits) && int(l.hits[at].article) == i {
			at++
		}
	}
	l.spanned[len(l.words)] = int32(at)
	return nil
}

// boundary moves a place in looks to the first look of a seed.
func (l *lookup) boundary(i int) int {
	for i > 0 && i < len(l.looks) && l.looks[i].seed == l.looks[i-1].seed {
		i++
	}
	return i
}

// searchPiece looks up looks[from:to].
func (l *lookup) searchPiece(ctx context.Context, from, to int) (hits []hit, capped []int32, err error) {
	it, err := l.x.db.NewIter(&pebble.IterOptions{LowerBound: []byte{keySeed}, UpperBound: []byte{keySeed + 1}})
	if err != nil {
		return nil, nil, fromStore(err)
	}
	defer func() { err = closing(err, it) }()
	var key []byte
	for i := from; i < to; {
		if i&1023 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		j := i + 1
		for j < to && l.looks[j].seed == l.looks[i].seed {
			j++
		}
		key = seedKey(key[:0], l.looks[i].seed, 0)
		n := 0
		for ok := it.SeekGE(key); ok; ok = it.Next() {
			k := it.Key()
			if string(k[:6]) != string(key[:6]) {
				break
			}
			if n++; n > seedCap {
				for _, at := range l.looks[i:j] {
					capped = append(capped, at.article)
				}
				break
			}
			number := numberOf(k)
			for at := i; at < j; at++ {
				hits = append(hits, hit{l.looks[at].article, number, int32(at)})
			}
		}
		if err := it.Error(); err != nil {
			return nil, nil, fromStore(err)
		}
		i = j
	}
	return hits, capped, nil
}
