package story

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeebo/xxh3"

	"dedup/internal/background"
)

// Article is what finding stories needs of an article.
type Article struct {
	Title     string    // empty: unknown
	Text      string    // the body
	Published time.Time // zero: unknown
	Near      int32     // its near-duplicate cluster, -1: none
}

// Story is the articles of one event.
type Story struct {
	Articles []int    // ascending
	Keywords []string // up to six, as articles write them
	Headline string   // of the most central article
}

// Options says how stories are found. The zero value of a field means its default.
type Options struct {
	Window   time.Duration           // articles further apart than this are never linked to each other; 0: no limit
	NoLabels bool                    // leave Keywords and Headline empty; they take half of the time where most articles are alone
	Workers  int                     // goroutines; GOMAXPROCS
	Progress func(done, total int64) // is told how far the search is, one call at a time; nil: nobody
}

// Stories groups n articles into stories: every article is in one, a lone one in a story of one. at
// gives article i; it is called concurrently and more than once, and must give the same each time.
// Stories come in order of their first article. The result does not depend on the number of
// workers, nor on the order of articles but for ties between articles of the very same text.
//
// Method, in three passes: term vectors (vector.go), the links between articles that share telling
// terms (graph.go), average-link merging of the sparse graph (link.go). Near-duplicates count as
// one article. Cost: linear in articles; the lists of a term and of a neighbourhood are capped.
func Find(ctx context.Context, n int, at func(i int) Article, bg *background.Model, opt Options) ([]Story, error) {
	return find(ctx, n, at, bg, opt, defaults)
}

func find(ctx context.Context, n int, at func(i int) Article, bg *background.Model, opt Options, par params) ([]Story, error) {
	if n == 0 {
		return nil, ctx.Err()
	}
	opt.Workers = cmp.Or(opt.Workers, runtime.GOMAXPROCS(0))
	s := &run{ctx: ctx, n: n, at: at, bg: bg, opt: opt, par: par}
	edges, err := s.edges()
	if err != nil {
		return nil, err
	}
	group, err := link(ctx, len(s.units), edges, par)
	if err != nil {
		return nil, err
	}
	return s.stories(group)
}

// run is one search.
type run struct {
	ctx context.Context
	n   int
	at  func(i int) Article
	bg  *background.Model
	opt Options
	par params

	units   []unit
	bags    []bag    // one a worker
	counts  []uint32 // units a term, by the term's low bits
	vectors []vector

	progress sync.Mutex
	done     atomic.Int64
}

// unit is what is linked: an article, or a cluster of near-duplicates under one of them.
type unit struct {
	key      uint64 // of the content
	article  int    // the one that stands for all: the longest
	articles []int  // ascending
	day      float64
	dated    bool
}

// passes is how often each sees all articles.
const passes = 5

// edges runs everything up to the merging.
func (s *run) edges() ([]edge, error) {
	if err := s.findUnits(); err != nil {
		return nil, err
	}
	s.bags = make([]bag, s.opt.Workers)
	if err := s.countTerms(); err != nil {
		return nil, err
	}
	if err := s.makeVectors(); err != nil {
		return nil, err
	}
	s.counts = nil // a quarter of a gigabyte for 100,000 articles
	return s.findEdges()
}

// findUnits puts near-duplicates together and orders the units by date and content, so that nothing
// that follows depends on the order of articles, and neighbours in time are neighbours in every
// list.
func (s *run) findUnits() error {
	type brief struct {
		key  uint64
		near int32
		size int
		at   time.Time
	}
	list := make([]brief, s.n)
	err := s.each(s.n, func(_, i int) {
		a := s.at(i)
		list[i] = brief{xxh3.HashString(a.Title) ^ xxh3.HashStringSeed(a.Text, 1), a.Near, len(a.Text), a.Published}
	})
	if err != nil {
		return err
	}
	byNear := map[int32]int{}
	for i, b := range list {
		if b.near >= 0 {
			if at, ok := byNear[b.near]; ok {
				v := &s.units[at]
				v.articles = append(v.articles, i)
				if old := list[v.article]; cmp.Or(cmp.Compare(b.size, old.size), cmp.Compare(old.key, b.key)) > 0 {
					v.key, v.article = b.key, i
				}
				continue
			}
			byNear[b.near] = len(s.units)
		}
		s.units = append(s.units, unit{key: b.key, article: i, articles: []int{i}})
	}
	for k := range s.units {
		u := &s.units[k]
		if t := list[u.article].at; !t.IsZero() {
			u.day, u.dated = float64(t.Unix())/86400, true
		}
	}
	slices.SortFunc(s.units, func(a, b unit) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.key, b.key), cmp.Compare(a.article, b.article))
	})
	return nil
}

// each calls f(worker, i) for every i in [0, n) from opt.Workers goroutines.
func (s *run) each(n int, f func(worker, i int)) error {
	const step = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range min(s.opt.Workers, (n+step-1)/step) {
		wg.Go(func() {
			for s.ctx.Err() == nil {
				end := int(next.Add(step))
				if end-step >= n {
					return
				}
				for i := end - step; i < min(end, n); i++ {
					f(w, i)
				}
				s.tick(min(step, n-(end-step)))
			}
		})
	}
	wg.Wait()
	return s.ctx.Err()
}

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

// stories turns the groups of units into stories.
func (s *run) stories(group []int32) ([]Story, error) {
	members := make([][]int, len(s.units))
	for u, g := range group {
		members[g] = append(members[g], u)
	}
	members = slices.DeleteFunc(members, func(units []int) bool { return units == nil })
	out := make([]Story, len(members))
	err := s.each(len(members), func(w, k int) {
		for _, u := range members[k] {
			out[k].Articles = append(out[k].Articles, s.units[u].articles...)
		}
		slices.Sort(out[k].Articles)
		if !s.opt.NoLabels {
			s.label(&s.bags[w], &out[k], members[k])
		}
	})
	slices.SortFunc(out, func(a, b Story) int { return cmp.Compare(a.Articles[0], b.Articles[0]) })
	return out, err
}
