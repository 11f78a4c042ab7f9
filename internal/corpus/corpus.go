// Package corpus reads articles in one pass and answers questions about them: which are
// near-duplicates, which tell one story, which share passages and phrases.
//
// The pass derives from every article, while its words are at hand, what Want names: its record,
// its text, what near-duplicates are found by, its fingerprint. Each question is a method that
// computes its answer once, with the answers that it needs: stories need near-duplicates, which
// count once; phrases and boilerplate need stories. Articles go by their number in the order of the
// input.
package corpus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/cluster/near"
	"dedup/internal/flow"
	"dedup/internal/passage"
	"dedup/internal/phrase"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Config says what is read, and what the pass over it derives.
type Config struct {
	Options
	Paths []string // files, directories, globs, "-"
	Want  Want
	None  bool // no article at all is no error

	From  map[string]string          // files that are read in place of these paths
	Seen  func(string, article.Seen) // is told what an input was
	Visit Visit                      // sees every article; nil: nobody
}

// Want says what the pass keeps for the questions that follow.
type Want struct {
	Text         bool // texts and titles
	Near         bool // what near-duplicates are found by
	Fingerprints bool
	Leftovers    bool // what articles repeat, and what pages left in them
	Profiles     bool // of Each: what stories need of articles besides their words
}

// Visit is called with article i of a batch and its tokens, by as many goroutines as there are
// workers, one a batch. Nothing that it is given may be kept or changed. It gives the bytes of what
// it keeps itself, for they count as memory of the corpus.
type Visit func(worker int, b *article.Batch, i int, toks []text.Token) (kept int64)

// Corpus is what was read.
type Corpus struct {
	table
	Options Options
	Counts  Counts

	ctx         context.Context // of Open, not of its reading alone: ends the stages too
	keep        Keep
	granularity Granularity
	model       *background.Model
	finder      *near.Finder // nil unless Want.Near, and once the near-duplicates of texts are known
	lent        int64        // of the budget, to the finder
	noted       Column[Leftovers]

	rank      lazy[[]int32]
	clusters  lazy[Clusters]
	stories   lazy[Stories]
	learned   lazy[*background.Model]
	leftovers lazy[[]Leftovers]
	credits   lazy[[]Credit]
	passages  lazy[[]passage.Passage]
	phrases   lazy[[][]phrase.Phrase]
	told      told // both, where one search found them
	origins   lazy[Origins]
	flow      lazy[*flow.Chart]
}

// lazy is an answer that is computed when it is asked for first.
type lazy[T any] struct {
	once sync.Once
	v    T
	err  error
}

func (l *lazy[T]) get(fn func() (T, error)) (T, error) {
	l.once.Do(func() { l.v, l.err = fn() })
	return l.v, l.err
}

// newCorpus makes a corpus that nothing was added to yet.
func newCorpus(ctx context.Context, o Options, want Want) (*Corpus, error) {
	o = o.Defaults()
	c := &Corpus{Options: o, ctx: ctx}
	var err error
	if c.keep, err = ParseKeep(o.Keep); err != nil {
		return nil, err
	}
	if c.granularity, err = ParseGranularity(o.Granularity); err != nil {
		return nil, err
	}
	if c.model, err = o.Model(); err != nil {
		return nil, err
	}
	c.table = table{budget: &budget{total: o.Memory}, sources: map[string]int32{}}
	if want.Text {
		c.texts = newTexts(c.budget.take()/o.storiesAlone(), o.Tmp)
	}
	if want.Near {
		err = c.openFinder()
	}
	return c, err
}

// openFinder begins a search for near-duplicates.
func (c *Corpus) openFinder() (err error) {
	o := &c.Options
	c.lent = c.budget.take()
	opt := o.Near()
	opt.Memory, opt.Tmp, opt.Workers, opt.Progress = c.lent, o.Tmp, o.Workers, o.Stage("finding near-duplicates")
	c.finder, err = near.New(opt)
	return err
}

// Keep counts n bytes that a caller keeps of what it found, and fails where all that must be kept
// does not fit into memory. It is safe for concurrent use.
func (c *Corpus) Keep(n int64) error { return c.budget.hold(n) }

// Context is what the corpus was opened with.
func (c *Corpus) Context() context.Context { return c.ctx }

// HasTexts tells whether texts were kept.
func (c *Corpus) HasTexts() bool { return c.texts != nil }

// Close gives back memory and temporary files. Texts are gone then.
func (c *Corpus) Close() error {
	err := c.closeFinder()
	if c.texts != nil {
		err = errors.Join(err, c.texts.close())
	}
	return err
}

func (c *Corpus) closeFinder() (err error) {
	if c.finder != nil {
		err = c.finder.Close()
		c.finder = nil
		c.budget.give(c.lent)
	}
	return err
}

// ErrNotKept is the outcome of a question whose material the pass was not asked to keep.
var ErrNotKept = errors.New("what this needs was not kept while the articles were read")

// Clusters are the near-duplicate clusters, and the cluster of each article, -1 for none.
type Clusters struct {
	List []near.Cluster
	Of   []int32
}

// Rank gives every article its place in the order in which copies are kept, 0 the best.
func (c *Corpus) Rank() []int32 {
	rank, _ := c.rank.get(func() ([]int32, error) { return c.keep.rank(&c.table), nil })
	return rank
}

// Clusters finds the near-duplicates.
func (c *Corpus) Clusters() (Clusters, error) {
	return c.clusters.get(func() (out Clusters, err error) {
		if c.finder == nil {
			return out, ErrNotKept
		}
		ranks := make(chan []int32, 1)
		go func() { ranks <- c.Rank() }() // while candidates are looked for
		err = c.finder.Find(c.ctx)
		rank := <-ranks // also after an error: nothing runs on
		if err == nil {
			out.List, err = c.finder.Clusters(c.ctx, rank)
		}
		if err != nil {
			return out, Wrap("find near-duplicates", err)
		}
		out.Of = make([]int32, c.n)
		for i := range out.Of {
			out.Of[i] = -1
		}
		for k := range out.List {
			for _, m := range out.List[k].Members {
				out.Of[m.Article] = int32(k)
			}
		}
		if c.texts == nil {
			return out, nil
		}
		return out, c.closeFinder() // texts feed another one, if pairs are asked for
	})
}

// ClustersAmong finds the near-duplicates among some articles, which are given in order, from their
// texts.
func (c *Corpus) ClustersAmong(articles []int) ([]near.Cluster, error) {
	if c.texts == nil {
		return nil, ErrNotKept
	}
	opt := c.Options.Near()
	opt.Memory, opt.Tmp, opt.Workers = c.budget.take(), c.Options.Tmp, c.Options.Workers
	defer c.budget.give(opt.Memory)
	f, err := near.New(opt)
	if err != nil {
		return nil, err
	}
	w := f.Worker()
	var toks []text.Token
	for k, i := range articles {
		toks = text.AppendTokens(toks[:0], c.Text(i))
		w.Add(k, text.Once(toks, c.Text(i)))
	}
	err = f.Find(c.ctx)
	var list []near.Cluster
	if err == nil {
		list, err = f.Clusters(c.ctx, places(c.Rank(), articles))
	}
	for _, k := range list {
		for j := range k.Members {
			k.Members[j].Article = int32(articles[k.Members[j].Article])
		}
	}
	return list, Wrap("find near-duplicates", errors.Join(err, f.Close()))
}

// places gives each of some articles its place among them, by rank.
func places(rank []int32, articles []int) []int32 {
	order := make([]int32, len(articles))
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(rank[articles[a]], rank[articles[b]]) })
	out := make([]int32, len(articles))
	for place, k := range order {
		out[k] = int32(place)
	}
	return out
}

// Pairs calls yield for every pair of near-duplicates in input order.
func (c *Corpus) Pairs(yield func(near.Edge) error) error {
	if c.finder == nil {
		if c.texts == nil {
			return ErrNotKept
		}
		if err := c.feedAgain(); err != nil {
			return err
		}
	}
	return c.finder.Pairs(c.ctx, yield)
}

// feedAgain begins a search for near-duplicates of the texts.
func (c *Corpus) feedAgain() error {
	if err := c.openFinder(); err != nil {
		return err
	}
	workers := make([]*near.Worker, c.Options.Workers)
	for w := range workers {
		workers[w] = c.finder.Worker()
	}
	toks := make([][]text.Token, len(workers))
	return work.Each(c.ctx, len(workers), c.n, func(w, i int) error {
		toks[w] = text.AppendTokens(toks[w][:0], c.Text(i))
		workers[w].Add(i, text.Once(toks[w], c.Text(i)))
		return nil
	})
}

// Wrap says which stage an error belongs to.
func Wrap(stage string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", stage, err)
}
