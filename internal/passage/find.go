// Package passage finds text that stands more than once: passages that articles share, exactly or
// with words changed; repeats inside one article; and the furniture that pages leave behind.
package passage

import (
	"context"
	"errors"
	"runtime"

	"dedup/internal/article"
)

// Article is what Find needs of one article. Story and Near are numbers of the story and of the
// near-duplicate cluster it is in, -1 for none or unknown.
type Article struct {
	Text   string
	Source string // empty: unknown
	Story  int32
	Near   int32

	Furniture []article.Span // as Furniture gives it, if Furnished
	Furnished bool           // Furniture is known, and not looked for again
}

// Options of Find and Matches. The zero value is the default.
type Options struct {
	MinTokens int                     // words that a passage must have in common at least; 0: DefaultMinTokens
	Workers   int                     // goroutines; 0: GOMAXPROCS
	Memory    int64                   // bytes to stay within, beside the texts and what Find gives; 0: DefaultMemory
	Tmp       string                  // directory for what does not fit; empty: os.TempDir
	Keep      func(bytes int64) error // is told what Find gives takes, before it is made; its error ends Find; nil: nobody is
	Progress  func(done, total int64) // called by one goroutine at a time, done in [0, total]; nil: none
}

// DefaultMinTokens is the shortest passage: shorter runs are mostly formulae of the language ("the
// president of the United States said on"), see docs/algorithms/passages.md for what it costs and
// gains.
const DefaultMinTokens = 10

// DefaultMemory is the memory that Find keeps to by default.
const DefaultMemory = 1 << 30

// Match is a passage that two articles share: bytes ASpan of article A and BSpan of B, A < B.
// Tokens is the length of the longer side, Matched the number of tokens that are equal on both in
// the same order.
type Match struct {
	A     int
	ASpan article.Span
	B     int
	BSpan article.Span

	Tokens, Matched int
}

// Occurrence is a place where a passage stands.
type Occurrence struct {
	Article int
	Span    article.Span

	edge edge
}

// Passage is a text that two articles or more have in common, with all its occurrences by article
// and place.
type Passage struct {
	Text        string // as it stands in the first occurrence
	Tokens      int    // of Text
	Occurrences []Occurrence
	Boilerplate bool // a source repeats it across unrelated stories; see boilerplate.go
	Near        bool // all its articles are in one near-duplicate cluster
}

// Find finds the passages of articles 0 to n-1: it groups the matches that concern one text into one
// passage, with all its occurrences. Passages are ordered by their first occurrence. at gives article
// i; it is called concurrently, and more than once for an article.
//
// The method is seed and extend (Altschul et al., "Basic local alignment search tool", 1990; for
// texts: Bloomfield's copyfind, and the text alignment task of PAN: Potthast et al. 2013): see
// seeds.go, extend.go, group.go, boilerplate.go. Articles with the same words are searched once.
// The result does not depend on Workers.
func Find(ctx context.Context, n int, at func(i int) Article, opt Options) (_ []Passage, err error) {
	f, err := newFinder(ctx, n, at, opt)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.spilled.close()) }()
	g := f.newGrouper()
	defer func() { err = errors.Join(err, g.sides.Close()) }()
	if err := f.hits(ctx, g.add); err != nil {
		return nil, err
	}
	if err := f.release(); err != nil {
		return nil, err
	}
	if err := g.join(); err != nil {
		return nil, err
	}
	found, err := g.cut(ctx)
	if err == nil {
		f.done.add(int64(n))
	}
	return found, err
}

// Matches finds the passages that articles 0 to n-1 share, pair by pair, as Find does without its
// grouping. yield takes them ordered by A, B and place; its error ends the search.
func Matches(ctx context.Context, n int, at func(i int) Article, opt Options, yield func(Match) error) (err error) {
	f, err := newFinder(ctx, n, at, opt)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.spilled.close()) }()
	p := f.newPairs()
	defer func() { err = errors.Join(err, p.close()) }()
	if err := f.hits(ctx, p.add); err != nil {
		return err
	}
	if err := f.release(); err != nil {
		return err
	}
	if err = p.cut(ctx, yield); err == nil {
		f.done.add(int64(n))
	}
	return err
}

// finder is the state of one search.
type finder struct {
	opt    Options
	at     func(i int) Article
	corpus *corpus
	done   progress
	spilled
}

// newFinder reads the articles; close it.
func newFinder(ctx context.Context, n int, at func(i int) Article, opt Options) (*finder, error) {
	if opt.MinTokens <= 0 {
		opt.MinTokens = DefaultMinTokens
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Memory <= 0 {
		opt.Memory = DefaultMemory
	}
	f := &finder{opt: opt, at: at, done: progress{report: opt.Progress, total: 4 * int64(n)}, spilled: newSpilled(opt.Tmp, opt.Memory)}
	var err error
	if f.corpus, err = readCorpus(ctx, n, at, opt.Workers, opt.Memory, &f.spilled, &f.done); err != nil {
		return nil, errors.Join(err, f.spilled.close())
	}
	return f, nil
}

// hits finds the matches of all pairs of different texts, in tokens, and has yield take them as extend
// does.
func (f *finder) hits(ctx context.Context, yield func([]hit) error) error {
	s, err := f.seed(ctx)
	if err != nil {
		return err
	}
	return f.extend(ctx, s, yield)
}

// release gives back all but how many tokens each article has, and which have the same.
func (f *finder) release() error {
	c := f.corpus
	c.toks, c.flags, c.find, c.toksIn, c.flagsIn = nil, nil, nil, ints[uint32]{}, ints[uint8]{}
	return f.spilled.close()
}
