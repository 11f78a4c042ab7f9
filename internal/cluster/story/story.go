// Package story groups articles into stories: which articles tell of one event, also where they
// share no sentence, and which events are of one running story.
//
// A tour, in the order of the work. What is true after each step stands behind the arrow.
//
//	unit.go       near-duplicates become one unit → units are in order of time, then of content
//	furniture.go  lines that a source repeats are learned → they count as no word of an article
//	terms.go      articles are tokenised → a bag of terms for every unit, and the units of a term
//	alike.go      is all of it one story? → the worth of the corpus' own counts, of no edge
//	weigh.go      bags are weighed → a vector for every unit, three channels in one
//	index.go      the most telling terms are indexed → at most 64 earlier units to weigh it against
//	graph.go      those pairs are weighed → edges between units that may tell one story
//	link.go       groups merge → events, and of events, stories
//	known.go      articles without their texts, for living.go: a corpus that grows
//	carry.go      names that stay, in a corpus that grows
//	label.go      central articles are read again → headline and keywords
//
// Bags and vectors are kept in a store (store.go) that goes to a file past its share of the memory.
// No step depends on how much memory there is, nor on the number of workers: sums are of whole
// numbers, and every choice among equals is by the order of the units.
package story

import (
	"cmp"
	"context"
	"errors"
	"math"
	"runtime"

	"sync"
	"sync/atomic"
	"time"

	"dedup/internal/background"
)

// Article is what finding stories needs of an article.
type Article struct {
	Title     string    // empty: unknown
	Text      string    // the body; empty: the title is all there is
	Source    string    // who published it; empty: unknown, and nothing of it is furniture
	Published time.Time // zero: unknown
	Near      int32     // its near-duplicate cluster, -1: none
}

// Story is the articles of one event, or of one running story of several events.
type Story struct {
	Articles []int    // ascending
	Keywords []string // up to six, as articles write them
	Headline string   // of the most central article

	// Strength is the mean weight between the two parts that merged last, from 0 to 1: the weakest
	// link. 0 where nothing merged: one article, or near-duplicates of one.
	Strength float64
	// First and Last are the earliest and the latest date of its articles; zero: none is known.
	First, Last time.Time
	// Events, of a story, are those of Result.Events that it is made of, in order of time: of their
	// first dates, and those without dates behind.
	Events []int
	// Of, of an event, is the one of Result.Stories that it belongs to.
	Of int
}

// Result is two partitions of the articles, one inside the other: every story is made of whole
// events. Both are in order of their first article.
type Result struct {
	Events, Stories []Story
}

// Level is one of the two levels, or both.
type Level int

// The levels.
const (
	OfBoth Level = iota
	OfEvents
	OfStories
)

// Options says how stories are found. The zero value of a field means its default.
type Options struct {
	Window      time.Duration           // articles further apart than this are never linked to each other; 0: no limit
	blockPlaces int                     // of a test: the size of a block
	NoLabels    bool                    // leave Keywords and Headline empty; they take half of the time where most articles are alone
	Keywords    Level                   // whose keywords are wanted; both
	Workers     int                     // goroutines; GOMAXPROCS
	Memory      int64                   // bytes to stay within, as far as articles are not very many: see Cost; 1 GiB
	Tmp         string                  // directory of temporary files; the system's
	Progress    func(done, total int64) // is told how far the search is, one call at a time; nil: nobody
}

// Find groups n articles into events and stories: every article is in one of each, a lone one in an
// event of one. at gives article i; it is called concurrently and more than once, and must give the
// same each time. The result depends neither on the number of workers nor on the memory, nor on the
// order of articles but for ties between articles of the very same text.
//
// Cost: linear in articles; the lists of a term and of a neighbourhood are capped. Bags, vectors,
// the index and edges stay within opt.Memory, as long as that is much more than 100 bytes an
// article. Merging takes 16 bytes an edge, after the index is gone.
func Find(ctx context.Context, n int, at func(i int) Article, bg *background.Model, opt Options) (*Result, error) {
	return find(ctx, n, at, bg, opt, defaults)
}

func find(ctx context.Context, n int, at func(i int) Article, bg *background.Model, opt Options, par params) (_ *Result, err error) {
	if n == 0 {
		return &Result{}, ctx.Err()
	}
	s := newRun(ctx, n, at, bg, opt, par)
	defer func() { err = errors.Join(err, s.close()) }()
	edges, err := s.edges()
	if err != nil {
		return nil, err
	}
	t, err := link(ctx, s.trusts(par.thin), nil, edges, s.par)
	if err = errors.Join(err, edges.close()); err != nil {
		return nil, err
	}
	return s.result(t)
}

// trusts is how much the cosines of each unit are to be trusted, up to 1. Among headlines, the
// pairs that merge first are close by luck.
func (s *run) trusts(thin float64) []float32 {
	out := make([]float32, len(s.units))
	for i := range out {
		out[i] = float32(math.Sqrt(min(1, float64(max(s.units[i].words, 1))/thin)))
	}
	return out
}

// run is one search.
type run struct {
	ctx context.Context
	n   int
	at  func(i int) Article
	bg  *background.Model
	opt Options
	par params

	units     []unit
	furniture *furniture
	workers   []worker
	counts    *counts
	bags      *store
	vectors   *store
	outside   outside // of a living corpus (living.go)
	own       float64 // what the corpus' own counts are worth, from 0 to 1: alike.go

	progress sync.Mutex
	done     atomic.Int64
}

// worker is the scratch of one goroutine.
type worker struct {
	bag     bag
	weigher weigher
	seeker  seeker
	found   []uint64 // of a store
	out     []uint64 // for a store
	words   *words
	center  center
	block   []uint64 // of a store
	counted []uint32 // of counts
}

// perArticle is what is held of an article besides bags, vectors and edges, in bytes.
const perArticle = 100

func newRun(ctx context.Context, n int, at func(i int) Article, bg *background.Model, opt Options, par params) *run {
	opt.Workers = cmp.Or(opt.Workers, runtime.GOMAXPROCS(0))
	opt.Memory = cmp.Or(opt.Memory, 1<<30)
	opt.Memory = max(opt.Memory-perArticle*int64(n), opt.Memory/4)
	return &run{own: 1, ctx: ctx, n: n, at: at, bg: bg, opt: opt, par: par, workers: make([]worker, opt.Workers)}
}

func (s *run) close() error { return errors.Join(s.bags.close(), s.vectors.close()) }

// passes is how often each sees all articles.
const passes = 6

// edges runs everything up to the merging.
func (s *run) edges() (*store, error) {
	for _, step := range []func() error{s.findUnits, s.findFurniture, s.makeBags, s.measureOwn, s.makeVectors, s.measureBase} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s.findEdges()
}

// each calls f(worker, from, to) for every stretch of units or articles [from, to) of [0, n), from
// opt.Workers goroutines. Stretches but the last are of step.
func (s *run) each(n int, f func(w, from, to int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, s.opt.Workers)
	for w := range min(s.opt.Workers, (n+step-1)/step) {
		wg.Go(func() {
			for s.ctx.Err() == nil && errs[w] == nil {
				to := int(next.Add(step))
				if to-step >= n {
					return
				}
				errs[w] = f(w, to-step, min(to, n))
				s.tick(min(to, n) - (to - step))
			}
		})
	}
	wg.Wait()
	return errors.Join(s.ctx.Err(), errors.Join(errs...))
}

// step is how many units a worker takes at a time, and how many a place of a store holds.
const step = 64

// tick says that a pass has done n more.
func (s *run) tick(n int) {
	s.done.Add(int64(n))
	if s.opt.Progress == nil {
		return
	}
	s.progress.Lock()
	defer s.progress.Unlock()
	total := int64(passes * s.n)
	s.opt.Progress(min(s.done.Load(), total), total)
}
