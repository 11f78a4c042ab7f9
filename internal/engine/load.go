package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"dedup/internal/article"
	"dedup/internal/cluster/near"
	"dedup/internal/cluster/story"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// run is one run over a corpus.
type run struct {
	cfg     Config
	store   *store
	lean    *lean        // instead of the store, for clusters and pairs
	near    *near.Finder // nil unless near-duplicates are looked for
	skipped int

	clusters []near.Cluster
	nearOf   []int32 // near-duplicate cluster of each article, -1 for none
	stories  []story.Story
	storyOf  []int32

	leftovers []leftovers // of each article, nil until looked for
	agency    []string    // that each article credits; empty: none
	shared    []float64   // share of each article's text that stands in other sources of its story
}

// wants says what load has to do for the stages that follow.
type wants struct {
	text        bool // keep the texts
	lean        bool // keep only what clusters and pairs need
	near        bool // feed the near-duplicate engine
	fingerprint bool
	clean       *CleanOptions                      // find what Clean leaves out
	words       bool                               // of sketches: the words too
	none        bool                               // no article at all is no error
	sketch      func(seq int, rows []Sketch) error // full sketches, batch by batch, in any order
}

// load reads every article once: tokens are made, used and forgotten.
func load(ctx context.Context, cfg Config, want wants) (_ *run, err error) {
	cfg.setDefaults()
	r := &run{cfg: cfg, store: newStore(want.text, cfg.Memory/2, cfg.Tmp)}
	r.store.state = newTally(cfg.Memory)
	if want.lean {
		r.lean = newLean(want.fingerprint)
	}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	var count atomic.Int64
	inputs, opt := cfg.reading(&r.skipped, &count)
	if want.near {
		if r.near, err = near.New(r.nearOptions()); err != nil {
			return nil, err
		}
	}
	readers := make([]reader, cfg.Workers)
	for i := range readers {
		readers[i] = reader{run: r, want: want, count: &count}
		if want.near {
			readers[i].near = r.near.Worker()
		}
		if want.fingerprint || want.sketch != nil {
			readers[i].sketcher = sketch.NewSketcher(cfg.Scheme)
		}
	}
	err = r.cfg.read(ctx, inputs, opt, &count, func(worker int, b *article.Batch) error { return readers[worker].batch(b) })
	if err != nil && !(want.none && errors.Is(err, ErrNothing)) {
		return nil, err
	}
	if want.lean {
		r.lean.seal()
		return r, nil
	}
	return r, r.store.seal()
}

// reading finds the inputs and says how article.Read is to read them. What is skipped is told and
// counted; count holds the articles read so far, for progress.
func (c *Config) reading(skipped *int, count *atomic.Int64) ([]article.Input, article.Options) {
	bad := func(b article.Bad) {
		if !b.Kept {
			*skipped++
		}
		c.Bad(b)
	}
	inputs := article.Expand(c.Paths, bad)
	var total, done int64
	for _, in := range inputs {
		total += in.Size
	}
	opt := c.Article
	opt.Workers, opt.Tmp, opt.Bad, opt.Dates = c.Workers, c.Tmp, bad, c.Dates
	opt.Progress = func(n int64) {
		done += n
		c.Progress(Progress{Stage: "reading", Done: done, Total: total, Bytes: true, Articles: count.Load()})
	}
	return inputs, opt
}

// ErrNothing is the outcome of a run that found no article, nor whatever else could have stood for
// one.
var ErrNothing = errors.New("nothing could be read, there are no articles\nhint: look at the paths, and at what is said of each above")

// errNoText is ErrNothing where records were read, none of which has a field for its text.
type errNoText struct{ what string }

func (e errNoText) Error() string {
	return e.what + "\nhint: name the field that holds the text, for example --field text=NAME"
}

func (errNoText) Is(target error) bool { return target == ErrNothing }

// read is article.Read for every command: where paths were given and nothing in them is an article,
// it fails. Count is how many articles fn was given.
func (c *Config) read(ctx context.Context, inputs []article.Input, opt article.Options, count *atomic.Int64, fn func(worker int, b *article.Batch) error) error {
	var census article.Census
	opt.Census = &census
	if err := article.Read(ctx, inputs, opt, fn); err != nil {
		return err
	}
	if what := census.NoText(opt.Fields); what != "" {
		return errNoText{what}
	}
	if len(c.Paths) > 0 && count.Load() == 0 {
		return ErrNothing
	}
	for _, b := range census.Unused(opt.Fields) {
		c.Bad(b)
	}
	return nil
}

func (r *run) close() error {
	var err error
	if r.near != nil {
		err = r.near.Close()
	}
	if e := r.store.close(); err == nil {
		err = e
	}
	return err
}

func (r *run) nearOptions() near.Options {
	o := r.cfg.Near
	o.Memory, o.Tmp, o.Workers, o.Progress = r.cfg.Memory/2, r.cfg.Tmp, r.cfg.Workers, r.stage("finding near-duplicates")
	return o
}

// stage gives the progress callback of a stage that counts up to total.
func (r *run) stage(name string) func(done, total int64) {
	return func(done, total int64) { r.cfg.Progress(Progress{Stage: name, Done: done, Total: total}) }
}

// reader is one worker's scratch.
type reader struct {
	run      *run
	want     wants
	count    *atomic.Int64
	toks     []text.Token
	near     *near.Worker
	sketcher *sketch.Sketcher
}

// batch derives what is wanted from the articles of b and stores them.
func (rd *reader) batch(b *article.Batch) error {
	var rows []Sketch
	var values []uint32 // of all signatures
	if rd.want.sketch != nil {
		values = make([]uint32, 0, len(b.Articles)*rd.run.cfg.Scheme.Slots)
	}
	derive := func(i int, m *Meta) {
		a := &b.Articles[i]
		rd.toks = text.AppendTokens(rd.toks[:0], a.Text)
		m.Tokens, m.Empty = len(rd.toks), a.Empty()
		if c := rd.want.clean; c != nil {
			m.clean = &cleanMeta{raw: a.Raw}
			m.clean.leftovers(a.Text, rd.toks, c.KeepBoilerplate)
			if c.DryRun && !rd.want.text {
				m.Title = titleOf(a)
			}
		}
		toks := text.Once(rd.toks, a.Text)
		if rd.near != nil {
			rd.near.Add(b.Seq, toks)
		}
		if rd.want.sketch != nil {
			k := Sketch{ID: strings.Clone(m.ID), Source: strings.Clone(m.Source), Published: m.Published, Bytes: m.Bytes}
			k.Sketch, values = rd.sketcher.AppendSketch(values, toks)
			if rd.want.words {
				k.Words = hashes(toks)
			}
			rows = append(rows, k)
		} else if rd.sketcher != nil {
			m.Fingerprint, m.HasFingerprint = rd.sketcher.Fingerprint(toks)
		}
	}
	if rd.want.lean {
		rd.run.lean.add(b, derive)
	} else if rd.want.sketch != nil { // they are passed on, and nothing stays
		for i := range b.Articles {
			a := &b.Articles[i]
			derive(i, &Meta{ID: a.ID, Source: a.Source, Published: a.Published, Bytes: len(a.Text)})
		}
	} else if err := rd.run.store.add(b, derive); err != nil {
		return err
	}
	rd.count.Add(int64(len(b.Articles)))
	if rd.want.sketch != nil {
		return rd.want.sketch(b.Seq, rows)
	}
	return nil
}

// titleOf is what title gives, for a run that keeps neither texts nor, otherwise, titles.
func titleOf(a *article.Article) string {
	if span, ok := text.Headline(a.Text); ok && a.Title == "" {
		return excerpt(a.Text[span.Start:span.End])
	}
	return excerpt(a.Title)
}

// wrap says which stage an error belongs to.
func wrap(stage string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", stage, err)
}
