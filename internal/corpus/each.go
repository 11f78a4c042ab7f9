package corpus

import (
	"context"
	"iter"
	"strings"
	"sync"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/cluster/story"
	"dedup/internal/sketch"
	"dedup/internal/text"
	"dedup/internal/work"
)

// Worded is an article with what its words gave: all that pairs are found and verified by, and all
// that an index keeps of it.
type Worded struct {
	Article            // its text is not kept
	Words     []uint64 // hashes of its words in order, lines that repeat at once left out
	Signature []uint32 // nil unless it was asked for
	Profile   string   // what stories need of it besides its words, where it was asked for (story.AppendProfile)
}

// Each reads articles and calls yield with each in input order: with its sketch, or else with its
// title. What it is given is only lent. What
// waits for its turn is a batch or two a worker.
func Each(ctx context.Context, cfg Config, sketches bool, yield func(*Worded) error) (counts Counts, err error) {
	cfg.Options = cfg.Defaults()
	return counts, cfg.read(ctx, &cfg, &counts, worded(cfg.Workers, derived{sketches: sketches, profiles: cfg.Want.Profiles}, yield))
}

// EachOf is Each for articles that the program has, with their profiles where these are wanted.
func EachOf(ctx context.Context, articles iter.Seq2[article.Article, error], workers int, profiles bool, yield func(*Worded) error) error {
	return work.Feed(ctx, workers, batches(articles), worded(workers, derived{profiles: profiles}, yield))
}

// derived is what is made of articles besides words.
type derived struct{ sketches, profiles bool }

// worded gives what a worker does with a batch, so that yield gets every article in order.
func worded(workers int, what derived, yield func(*Worded) error) func(worker int, b *article.Batch) error {
	pool := sync.Pool{New: func() any { return &wordedBatch{} }}
	queue := work.NewInOrder(func(b *wordedBatch) error {
		for i := range b.list {
			if err := yield(&b.list[i]); err != nil {
				return err
			}
		}
		if cap(b.words) < 1<<21 { // what one huge article took is given back
			pool.Put(b)
		}
		return nil
	})
	sketchers := make([]*sketch.Sketcher, max(workers, 1))
	for i := range sketchers {
		sketchers[i] = sketch.NewSketcher(scheme)
	}
	return func(worker int, b *article.Batch) error {
		out := pool.Get().(*wordedBatch)
		out.fill(sketchers[worker], b, what)
		return queue.Put(b.Seq, out)
	}
}

// wordedBatch is a batch on its way to its turn.
type wordedBatch struct {
	list   []Worded
	words  []uint64
	values []uint32 // of all signatures
	toks   []text.Token
	firsts story.Firsts
}

// fill takes over what is kept of the articles of b.
func (x *wordedBatch) fill(k *sketch.Sketcher, b *article.Batch, what derived) {
	x.list, x.words, x.values = x.list[:0], x.words[:0], x.values[:0]
	ends, path := make([]int, 0, len(b.Articles)), ""
	for i := range b.Articles {
		a := &b.Articles[i]
		if a.Path != path {
			path = strings.Clone(a.Path)
		}
		x.toks = text.AppendTokens(x.toks[:0], a.Text)
		row := Worded{Article: recordOf(a, len(x.toks))}
		row.ID, row.Path, row.Source, row.Title, row.Text = strings.Clone(a.ID), path, strings.Clone(a.Source), "", ""
		toks := text.Once(x.toks, a.Text)
		if what.sketches {
			var s sketch.Sketch
			s, x.values = k.AppendSketch(x.values, toks)
			row.Fingerprint, row.HasFingerprint, row.Signature = s.Fingerprint, s.Has, s.Signature
		} else {
			row.Title = strings.Clone(Title(a.Title, a.Text))
		}
		if what.profiles {
			row.Profile = string(story.AppendProfile(nil, a.Title, a.Text, toks, background.Default(), &x.firsts))
		}
		for _, t := range toks {
			x.words = append(x.words, t.Hash)
		}
		ends = append(ends, len(x.words))
		x.list = append(x.list, row)
	}
	from := 0
	for i, end := range ends {
		x.list[i].Words = x.words[from:end:end]
		from = end
	}
}

// Sketch fills in the signature and the fingerprint that words give.
func (w *Worded) Sketch(k *sketch.Sketcher) {
	s, _ := k.AppendSketch(w.Signature[:0], appendTokens(nil, w.Words))
	w.Fingerprint, w.HasFingerprint, w.Signature = s.Fingerprint, s.Has, s.Signature
}

// appendTokens appends tokens of which only the hashes are left.
func appendTokens(dst []text.Token, hashes []uint64) []text.Token {
	for _, h := range hashes {
		dst = append(dst, text.Token{Hash: h})
	}
	return dst
}

// OfWords makes a corpus of articles of which only the words are left. each calls its argument with
// every article, in input order. It answers for near-duplicates.
func OfWords(ctx context.Context, o Options, each func(func(*Worded) error) error) (*Corpus, error) {
	c, err := newCorpus(ctx, o, Want{Near: true})
	if err != nil {
		return nil, err
	}
	p := c.newPass(&Config{Want: Want{Near: true}})
	w := &p.workers[0]
	seq := 0
	flush := func() error {
		err := c.add(seq, w.rows)
		seq, w.rows = seq+1, w.rows[:0]
		return err
	}
	err = each(func(a *Worded) error {
		w.toks = appendTokens(w.toks[:0], a.Words)
		w.near.Add(0, w.toks)
		w.counts.add(&a.Article)
		w.counts.One(&article.Article{Published: a.Published})
		w.rows = append(w.rows, a.Article)
		if len(w.rows) < batchArticles {
			return ctx.Err()
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return c.read(p, err, true)
}

// OfRecords makes a corpus of nothing but records, in input order: it answers for their ranks.
func OfRecords(ctx context.Context, o Options, records []Article) (*Corpus, error) {
	c, err := newCorpus(ctx, o, Want{})
	if err != nil {
		return nil, err
	}
	for i := range records {
		c.Counts.One(&article.Article{Published: records[i].Published})
	}
	return c.read(&pass{}, c.add(0, records), true)
}

// Batches makes something of every batch of articles, and yields it in input order. part makes it; it
// is called by all workers at once. What comes before its turn waits in memory; there are at most a
// few of them, one a worker.
func Batches[T any](ctx context.Context, cfg Config, part func(articles []article.Article) T, yield func(T) error) (counts Counts, err error) {
	cfg.Options = cfg.Defaults()
	queue := work.NewInOrder(yield)
	err = cfg.read(ctx, &cfg, &counts, func(_ int, b *article.Batch) error {
		return queue.Put(b.Seq, part(b.Articles))
	})
	return counts, err
}

// BuildBackground counts the articles of cfg.Paths into a background model. The builder's tables
// depend on the order of articles, so one worker reads.
func BuildBackground(ctx context.Context, cfg Config) (m *background.Model, counts Counts, err error) {
	cfg.Workers = 1
	cfg.Options = cfg.Defaults()
	b := background.NewBuilder(background.Options{})
	var toks []text.Token
	err = cfg.read(ctx, &cfg, &counts, func(_ int, batch *article.Batch) error {
		for i := range batch.Articles {
			s := batch.Articles[i].Text
			toks = text.AppendTokens(toks[:0], s)
			b.Add(s, text.Once(toks, s))
		}
		return nil
	})
	if err != nil {
		return nil, counts, err
	}
	m, err = b.Model()
	return m, counts, Wrap("build the background model", err)
}
