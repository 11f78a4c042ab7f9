package gate

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/known"
)

// A drop is read once and held against itself and against the index. At the end each article gets
// its marks, which is what the rules say of it, and these become findings, article by article. A
// rule finds the same whichever other rules are looked for, and work that none of them needs is not
// done. Only what the index says is marked before the end: all else is known by the corpus.

// CheckOptions say what is looked for in a drop.
type CheckOptions struct {
	Rules []Rule // empty: all, those about the corpus only with an index
	Index string // directory of the corpus index; empty: none
	Tiny  int    // an article of fewer words is tiny

	Clustered func() // is called when near-duplicates are known, and the memory of their search was given back; nil: nothing is

	MinCopied float64 // share of an article's words that its copied passages make up at least, together, where they are findings
}

// Check reads the articles of cfg.Paths and lists what the rules find in them.
func Check(ctx context.Context, cfg corpus.Config, opt CheckOptions) (_ *Drop, err error) {
	cfg.Options = cfg.Defaults()
	c := &check{opt: opt, looksFor: map[Rule]bool{}}
	for _, r := range Rules {
		if len(opt.Rules) == 0 || slices.Contains(opt.Rules, r) {
			c.looksFor[r] = opt.Index != "" || !r.NeedsIndex()
		}
	}
	if slices.ContainsFunc(Rules, func(r Rule) bool { return c.looksFor[r] && r.NeedsIndex() }) {
		if _, err := (index.LookupOptions{Near: cfg.Near()}).Judge(); err != nil {
			return nil, err
		}
		lent := cfg.Memory / 4 // the rest is for the corpus
		cfg.Memory -= lent
		c.lent = lent
		if c.index, err = index.Open(opt.Index, index.Options{Memory: lent, Tmp: cfg.Tmp, Workers: cfg.Workers}); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, c.index.Close()) }()
	}
	near := c.looksFor[NearDuplicate] || c.looksFor[Boilerplate] // near-duplicates are no boilerplate of each other
	cfg.Want = corpus.Want{Text: true, Near: near, Leftovers: c.looksFor[Repeat] || c.looksFor[Furniture]}
	if c.index != nil {
		if c.screen, err = known.NewScreen(ctx, c.index, cfg.Workers); err != nil {
			return nil, err
		}
		cfg.Visit = c.screen.Visit
	}
	if c.Corpus, err = corpus.Open(ctx, cfg); err != nil {
		return nil, corpus.Wrap("no verdict", err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if c.index != nil {
		if err := c.Keep(int64(c.Len()) * int64(unsafe.Sizeof([]mark{}))); err != nil {
			return nil, err
		}
		c.marks = make([][]mark, c.Len())
	}
	if c.screen != nil {
		c.screen.Read()
	}
	return c.drop(ctx, near)
}

// check is a run over a drop.
type check struct {
	*corpus.Corpus
	opt         CheckOptions
	looksFor    map[Rule]bool
	index       *index.Index
	lent        int64 // memory, to the index
	screen      *known.Screen
	marks       [][]mark               // by article: what the index says of it
	clusters    corpus.Clusters        // empty, if they are not looked for
	leftovers   []corpus.Leftovers     // nil, if they are not looked for
	boilerplate map[int][]article.Span // by article, in order; nil, if that rule is not looked for
}

// mark is something found in an article.
type mark struct {
	rule           Rule
	span           article.Span // zero: the article as a whole
	of             int32        // the article of the drop that is matched, plus one; 0: the next three say what is
	matched, where string
	about          Byline

	resemblance, containment float64
	how                      string
}

// mark marks article i. It may be called for different articles at once. What does not fit into
// memory is left out, and drop fails.
func (c *check) mark(i int, m mark) {
	if c.looksFor[m.rule] && c.Keep(int64(unsafe.Sizeof(m))) == nil {
		c.marks[i] = append(c.marks[i], m)
	}
}

// drop runs the stages.
func (c *check) drop(ctx context.Context, near bool) (d *Drop, err error) {
	d = &Drop{
		Articles: c.Len() - c.Counts.Empty, Empty: c.Counts.Empty, Dated: c.Counts.Dated,
		Skipped: c.Counts.Skipped, NotUnderstood: c.Counts.NotUnderstood, Sources: map[string]int{},
	}
	for i := range c.Len() {
		if a := c.At(i); !a.Empty {
			d.Sources[a.Source]++
		}
	}
	for _, r := range Rules {
		if c.looksFor[r] {
			d.Rules = append(d.Rules, r)
		}
	}
	if near {
		if c.clusters, err = c.Clusters(); err != nil {
			return nil, err
		}
		if c.opt.Clustered != nil {
			c.opt.Clustered()
		}
	}
	if c.looksFor[Boilerplate] {
		if c.boilerplate, err = boilerplateOf(c.Corpus); err != nil {
			return nil, err
		}
	}
	if c.index != nil {
		if err := c.lookUp(ctx); err != nil {
			return nil, corpus.Wrap("look articles up in the corpus index", err)
		}
		if err := c.dropPrinted(ctx, d); err != nil {
			return nil, err
		}
	}
	if err := c.Keep(0); err != nil {
		return nil, err
	}
	if c.looksFor[Repeat] || c.looksFor[Furniture] {
		if c.leftovers, err = c.Leftovers(); err != nil {
			return nil, err
		}
	}
	return d, c.findings(ctx, d)
}

// BylineOf is what people know article i by.
func BylineOf(c *corpus.Corpus, i int) Byline {
	a := c.At(i)
	return Byline{Title: corpus.Excerpt(c.Title(i)), Source: a.Source, Published: corpus.Published(a.Published, a.DateOnly)}
}

// entryByline is that of an entry of the index.
func entryByline(e *index.Entry) Byline {
	return Byline{Title: corpus.Excerpt(e.Title), Source: strings.Clone(e.Source), Published: corpus.Published(e.Published, e.DateOnly)}
}

// where names a place for people and editors.
func where(path string, line int) string {
	if path == "" || line == 0 {
		return strings.Clone(path)
	}
	return path + ":" + strconv.Itoa(line)
}
