package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dedup/internal/article"
	"dedup/internal/gate"
	"dedup/internal/index"
	"dedup/internal/nearest"
)

// A drop is read once and held against itself and against the index. What each rule finds is a mark
// on an article; at the end, marks become findings, article by article. A rule finds the same
// whichever other rules are looked for, and work that none of them needs is not done.

// CheckOptions say what is looked for in a drop.
type CheckOptions struct {
	Rules []gate.Rule // empty: all, those about the corpus only with an index
	Index string      // directory of the corpus index; empty: none
	Tiny  int         // an article of fewer words is tiny
}

// NeedsIndex tells whether a rule is about the corpus.
func NeedsIndex(r gate.Rule) bool {
	return r == gate.InCorpus || r == gate.Supersedes || r == gate.CopiedPassage
}

// Check reads the articles of cfg.Paths and lists what the rules find in them.
func Check(ctx context.Context, cfg Config, opt CheckOptions) (_ *gate.Drop, err error) {
	cfg.setDefaults()
	c := &check{opt: opt, looksFor: map[gate.Rule]bool{}, boilerplate: map[int][]article.Span{}}
	for _, r := range gate.Rules {
		if len(opt.Rules) == 0 || slices.Contains(opt.Rules, r) {
			c.looksFor[r] = opt.Index != "" || !NeedsIndex(r)
		}
	}
	if slices.ContainsFunc(gate.Rules, func(r gate.Rule) bool { return c.looksFor[r] && NeedsIndex(r) }) {
		if _, err := (index.LookupOptions{Near: cfg.Near}).Judge(); err != nil {
			return nil, err
		}
		if c.index, err = index.Open(opt.Index, index.Options{Memory: cfg.Memory / 4, Tmp: cfg.Tmp, Workers: cfg.Workers}); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, c.index.Close()) }()
	}
	// Near-duplicates are no boilerplate of each other, and boilerplate is not copied.
	c.needsBoilerplate = c.looksFor[gate.Boilerplate] || c.looksFor[gate.CopiedPassage]
	if c.run, err = load(ctx, cfg, wants{text: true, near: c.looksFor[gate.NearDuplicate] || c.needsBoilerplate}); err != nil {
		return nil, wrap("no verdict", err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return c.drop(ctx)
}

// check is a run over a drop.
type check struct {
	*run
	opt              CheckOptions
	looksFor         map[gate.Rule]bool
	needsBoilerplate bool
	index            *index.Index
	marks            [][]mark               // by article
	boilerplate      map[int][]article.Span // by article, in order
}

// mark is something found in an article.
type mark struct {
	rule           gate.Rule
	span           article.Span // zero: the article as a whole
	matched, where string
	about          gate.Byline // of the article matched

	resemblance, containment float64
	how                      string
}

// mark marks article i. It may be called for different articles at once.
func (c *check) mark(i int, m mark) {
	if !c.looksFor[m.rule] {
		return
	}
	if c.store.state.add(markSize) == nil { // what does not fit is left out, and drop fails
		c.marks[i] = append(c.marks[i], m)
	}
}

// drop runs the stages.
func (c *check) drop(ctx context.Context) (*gate.Drop, error) {
	meta := c.store.Meta
	c.marks = make([][]mark, len(meta))
	d := &gate.Drop{Skipped: c.skipped, NotUnderstood: c.cfg.Dates.NotUnderstood, Sources: map[string]int{}}
	for i := range meta {
		if !meta[i].Published.IsZero() {
			d.Dated++
		}
		if meta[i].Empty {
			d.Empty++
			c.mark(i, mark{rule: gate.Empty})
			continue
		}
		d.Articles++
		d.Sources[strings.Clone(meta[i].Source)]++
		if meta[i].Tokens < c.opt.Tiny {
			c.mark(i, mark{rule: gate.Tiny})
		}
	}
	if err := c.store.state.err(); err != nil {
		return nil, err
	}
	for _, r := range gate.Rules {
		if c.looksFor[r] {
			d.Rules = append(d.Rules, r)
		}
	}
	if c.near != nil {
		if err := c.nearDuplicates(ctx); err != nil {
			return nil, err
		}
	}
	if c.needsBoilerplate {
		if err := c.findBoilerplate(ctx); err != nil {
			return nil, err
		}
	}
	if c.index != nil {
		if err := c.lookUp(ctx); err != nil {
			return nil, wrap("look articles up in the corpus index", err)
		}
	}
	if err := c.store.state.err(); err != nil {
		return nil, err
	}
	found, err := c.findings(ctx)
	d.Findings = slices.Concat(found...)
	return d, err
}

// nearDuplicates marks all members of a cluster but the canonical.
func (c *check) nearDuplicates(ctx context.Context) error {
	if err := c.findClusters(ctx); err != nil {
		return err
	}
	err := c.near.Close() // gives its memory back
	c.near = nil
	for _, k := range c.clusters {
		kept := &c.store.Meta[k.Members[0].Article]
		for _, m := range k.Members[1:] {
			c.mark(int(m.Article), mark{
				rule: gate.NearDuplicate, matched: kept.ID, where: where(kept.Path, kept.Line), about: c.byline(int(k.Members[0].Article)),
				resemblance: m.Resemblance, containment: m.Containment, how: m.Rule.String(),
			})
		}
	}
	return err
}

// byline is what people know article i by. Strings are copied: those of articles are gone when the
// run is.
func (r *run) byline(i int) gate.Byline {
	m := &r.store.Meta[i]
	return gate.Byline{Title: excerpt(r.title(i)), Source: strings.Clone(m.Source), Published: Published(m.Published, m.DateOnly)}
}

// entryByline is that of an entry of the index, which has no titles.
func entryByline(e *index.Entry) gate.Byline {
	return gate.Byline{Source: strings.Clone(e.Source), Published: Published(e.Published, e.DateOnly)}
}

// where names a place for people and editors.
func where(path string, line int) string {
	if path == "" || line == 0 {
		return strings.Clone(path)
	}
	return path + ":" + strconv.Itoa(line)
}

// ParseRules reads the names of rules; an empty list is all of them.
func ParseRules(list []string) ([]gate.Rule, error) {
	var rules []gate.Rule
	for _, name := range list {
		r := gate.Rule(strings.TrimSpace(name))
		if !slices.Contains(gate.Rules, r) {
			names := make([]string, len(gate.Rules))
			for i, known := range gate.Rules {
				names[i] = string(known)
			}
			hint := nearest.Hint(string(r), names...)
			if hint == "" {
				hint = "\nhint: the rules are " + strings.Join(names, ", ")
			}
			return nil, fmt.Errorf("unknown rule %q%s", name, hint)
		}
		rules = append(rules, r)
	}
	return rules, nil
}
