package index

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"dedup/internal/cluster/near"
	"dedup/internal/shingle"
)

// A look-up has three steps. All shingles of all articles, sorted, are joined with the seeds of
// each segment, page by page. Entries that share enough seeds with an article to be a
// near-duplicate of it (need.go) are read, once each, in the order of the file, and compared
// exactly. Of the other entries, the few are listed that together hold all shared seeds, because
// one of these has whatever passage was copied.
//
// A seed is hot if more than listed entries of a segment have it. It is joined with the first of
// these only. An article with several hot seeds has its candidates chosen by its other seeds; if it
// has few others, the entries of all its seeds are counted (need.go, dense.go).
//
// Cost, on a busy machine: 6 µs a shingle of one article alone, nearly half of it in the kernel
// (its page is read). Of thousands of articles, which meet all pages: 6 ns a pair of the pages and
// 20 ns a hit. Reading and comparing an entry costs 5 µs.
const (
	listed     = 128          // entries of a seed that are listed, for each segment
	listedOne  = 32           // of an article that is longer than all that are looked up together may be
	nearMost   = 256          // near-duplicates of an article that are given
	othersMost = 64           // others that are given
	coverTimes = 3            // others that have one seed
	lookWords  = 1 << 21      // words of articles that are looked up at a time, at most
	lookBits   = 64 - keyBits // of the number of an article among those: with a key it fills a word
	hitBytes   = 2 * 8        // of a hit: where it is found, and where it is put in order
	pieceLooks = 1 << 10      // looks that are worth a goroutine
)

// LookupOptions say what counts as found. Near is the definition of near-duplicates, that of a run
// (only Threshold and Containment are read).
type LookupOptions struct {
	Near   near.Options
	Others bool // also list the entries that share text without being near-duplicates
}

// lookArticles is how many articles are looked up at a time, at most.
const lookArticles = 1 << lookBits

// leastShare is the share of the smaller set down to which near-duplicates are looked for: a
// threshold of 0.5.
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
	if x.Len() == 0 {
		return found, nil
	}
	for from := 0; from < len(words); {
		to, n := from, 0
		for to < len(words) && to-from < lookArticles && (to == from || n+len(words[to]) <= lookWords) {
			n += len(words[to])
			to++
		}
		l := lookup{x: x, rule: rule{judge}, words: words[from:to], found: found[from:to], others: opt.Others}
		if err := l.run(ctx); err != nil {
			return nil, x.named(err)
		}
		from = to
	}
	return found, nil
}

// lookup is the state for some articles.
type lookup struct {
	x        *Index
	rule     rule
	words    [][]uint64
	found    []Found
	others   bool
	articles []article
	looks    []look  // by key, then article
	hot      []bool  // of looks: not all entries are listed
	hits     []hit   // by article, then place, then look
	spanned  []int32 // where the hits of each article begin, and the end
}

// look is a shingle of an article, as its key.
type look struct {
	key     uint64
	article int32
}

// hit is an entry that has the seed of a look: the place of its row among those of all segments,
// and the number of the look.
type hit uint64

func hitOf(place uint32, look int) hit { return hit(place)<<32 | hit(uint32(look)) }

func (h hit) place() uint32 { return uint32(h >> 32) }
func (h hit) look() uint32  { return uint32(h) }

// errCrowded says that articles have more hits than memory is for.
var errCrowded = errors.New("too many hits")

// run looks the articles up. Where they have too many hits, each half is looked up by itself.
func (l *lookup) run(ctx context.Context) error {
	l.prepare()
	err := l.search(ctx)
	if half := len(l.words) / 2; errors.Is(err, errCrowded) && half > 0 {
		for _, h := range []lookup{{words: l.words[:half], found: l.found[:half]}, {words: l.words[half:], found: l.found[half:]}} {
			h.x, h.rule, h.others = l.x, l.rule, l.others
			l.looks, l.hits, l.articles = nil, nil, nil
			if err := h.run(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	if err := l.verify(ctx); err != nil {
		return err
	}
	if l.others {
		l.cover()
	}
	return nil
}

// prepare fills articles and looks.
func (l *lookup) prepare() {
	workers := l.x.opt.Workers
	l.articles = make([]article, len(l.words))
	parts := make([][]uint64, workers)
	var wait sync.WaitGroup
	for g := range workers {
		wait.Go(func() {
			for i := g; i < len(l.words); i += workers {
				a := &l.articles[i]
				s := shingle.AppendHashes(nil, l.words[i], shingleWords)
				a.set = shingle.Set(slices.Clone(s))
				a.windows = disjoint(s, len(a.set))
				for k, h := range a.set {
					if k > 0 && keyOf(h) == keyOf(a.set[k-1]) {
						a.double++
						continue
					}
					parts[g] = append(parts[g], keyOf(h)<<lookBits|uint64(i))
				}
				a.least = l.rule.leastOf(a, l.rule.need)
			}
		})
	}
	wait.Wait()
	sorted := shingle.Set(slices.Concat(parts...)) // no two are the same
	l.looks = make([]look, len(sorted))
	for k, x := range sorted {
		l.looks[k] = look{x >> lookBits, int32(x & (lookArticles - 1))}
	}
}

// search joins the looks with the seeds, in pieces side by side, and sorts what it hits.
func (l *lookup) search(ctx context.Context) error {
	workers := l.x.opt.Workers
	pieces := make([]joining, min(4*workers, 1+len(l.looks)/pieceLooks))
	l.hot = make([]bool, len(l.looks))
	most := max(int(l.x.opt.Memory/8/hitBytes)/len(pieces), 1<<10)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for p := range pieces {
		from, to := l.boundary(p*len(l.looks)/len(pieces)), l.boundary((p+1)*len(l.looks)/len(pieces))
		g.Go(func() error {
			pieces[p].most, pieces[p].listed = most, listed
			if len(l.words) == 1 {
				pieces[p].most, pieces[p].listed = listed*len(l.looks), max(listedOne, min(listed, int(l.x.opt.Memory/16/hitBytes)/(1+len(l.looks))))
			}
			return l.join(ctx, &pieces[p], from, to)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for p := range pieces {
		for _, k := range pieces[p].capped {
			l.hot[k] = true
			a := &l.articles[l.looks[k].article]
			if a.hot == nil {
				a.hot = map[uint64]bool{}
			}
			a.hot[l.looks[k].key] = true
		}
	}
	for i := range l.articles {
		l.rule.choose(&l.articles[i], l.words[i])
	}
	l.sortHits(pieces)
	return nil
}

// sortHits puts the hits of all pieces in order of article, place and look, and fills spanned: a
// count of those of each article, and a sort for each.
func (l *lookup) sortHits(pieces []joining) {
	l.spanned = make([]int32, len(l.words)+1)
	for _, p := range pieces {
		for _, h := range p.hits {
			l.spanned[l.looks[h.look()].article+1]++
		}
	}
	for i := range l.words {
		l.spanned[i+1] += l.spanned[i]
	}
	l.hits = make([]hit, l.spanned[len(l.words)])
	next := slices.Clone(l.spanned)
	for p := range pieces {
		for _, h := range pieces[p].hits {
			at := &next[l.looks[h.look()].article]
			l.hits[*at] = h
			*at++
		}
		pieces[p].hits = nil
	}
	l.byArticle(func(i int) { slices.Sort(l.hits[l.spanned[i]:l.spanned[i+1]]) })
}

// byArticle calls do for every article, side by side.
func (l *lookup) byArticle(do func(i int)) {
	var wait sync.WaitGroup
	workers := min(l.x.opt.Workers, len(l.words))
	for g := range workers {
		wait.Go(func() {
			for i := g; i < len(l.words); i += workers {
				do(i)
			}
		})
	}
	wait.Wait()
}

// boundary moves a place in looks to the first look of a key.
func (l *lookup) boundary(i int) int {
	for i > 0 && i < len(l.looks) && l.looks[i].key == l.looks[i-1].key {
		i++
	}
	return i
}

// joining is what a piece of the looks hits.
type joining struct {
	hits   []hit
	capped []int32 // looks that have more entries than are listed
	most   int     // hits
	listed int
}

// join joins looks[from:to] with the seeds of all segments.
func (l *lookup) join(ctx context.Context, out *joining, from, to int) error {
	readers, at := make([]*pageReader, len(l.x.segments)), make([]int, len(l.x.segments))
	for k, s := range l.x.segments {
		readers[k] = s.pages(&s.seeds)
	}
	for i := from; i < to; {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		key, j, more := l.looks[i].key, i+1, false
		for j < to && l.looks[j].key == key {
			j++
		}
		for k, r := range readers {
			at[k] = r.seek(at[k], key)
			n := 0
			err := r.findFrom(at[k], key, func(row uint32) bool {
				if r.s.gone.has(row) {
					return true
				}
				if n++; n > out.listed {
					more = true
					return false
				}
				for q := i; q < j; q++ {
					out.hits = append(out.hits, hitOf(r.s.base+row, q))
				}
				return true
			})
			if err != nil {
				return err
			}
		}
		for q := i; more && q < j; q++ {
			out.capped = append(out.capped, int32(q))
		}
		if len(out.hits) > out.most {
			return errCrowded
		}
		i = j
	}
	return nil
}
