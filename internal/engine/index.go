package engine

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"

	"dedup/internal/article"
	"dedup/internal/index"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// AddToIndex reads the articles of cfg.Paths and adds them to an index in input order, as far as
// whole batches; the last one is the caller's to commit. It returns how many inputs were skipped.
//
// Readers make tokens side by side; the articles of a batch of the reader go on in its turn. What
// waits for its turn is a batch or two a worker.
func AddToIndex(ctx context.Context, cfg Config, add *index.Add) (skipped int, err error) {
	cfg.setDefaults()
	var count atomic.Int64
	inputs, opt := cfg.reading(&skipped, &count)
	free := make(chan *indexed, 4*cfg.Workers)
	q := newInOrder(func(b *indexed) error {
		for i := range b.entries {
			if err := add.Article(ctx, b.entries[i], b.article(i)); err != nil {
				return err
			}
		}
		if cap(b.words) > 1<<21 { // what one huge article took is given back
			return nil
		}
		select {
		case free <- b:
		default:
		}
		return nil
	})
	err = cfg.read(ctx, inputs, opt, &count, func(_ int, b *article.Batch) error {
		var out *indexed
		select {
		case out = <-free:
		default:
			out = &indexed{}
		}
		out.fill(b)
		count.Add(int64(len(b.Articles)))
		return q.put(b.Seq, out)
	})
	return skipped, err
}

// indexed is a batch of the reader on its way into an index.
type indexed struct {
	entries []index.Entry
	words   []uint64
	ends    []int
	toks    []text.Token
}

func (x *indexed) article(i int) []uint64 {
	if i == 0 {
		return x.words[:x.ends[0]]
	}
	return x.words[x.ends[i-1]:x.ends[i]]
}

// fill takes over what an index keeps of the articles of b.
func (x *indexed) fill(b *article.Batch) {
	x.entries, x.words, x.ends = x.entries[:0], x.words[:0], x.ends[:0]
	path := ""
	for i := range b.Articles {
		a := &b.Articles[i]
		if a.Path != path {
			path = strings.Clone(a.Path)
		}
		x.toks = text.AppendTokens(x.toks[:0], a.Text)
		e := index.Entry{
			ID: strings.Clone(a.ID), Path: path, Line: a.Line, Source: strings.Clone(a.Source), Title: strings.Clone(titleOf(a)), Published: a.Published, DateOnly: a.DateOnly,
			Bytes: len(a.Text), Tokens: len(x.toks),
		}
		toks := text.Once(x.toks, a.Text)
		for _, t := range toks {
			x.words = append(x.words, t.Hash)
		}
		x.ends = append(x.ends, len(x.words))
		x.entries = append(x.entries, e)
	}
}

// IndexSketches calls yield with the sketch of every entry of an index, by number, words included:
// what dedup sketch --pipe prints of the articles.
func IndexSketches(ctx context.Context, x *index.Index, yield func(Sketch) error) error {
	sketcher := sketch.NewSketcher(sketch.Default)
	var toks []text.Token
	var values []uint32
	return x.EachWithWords(ctx, func(e *index.Entry, words []uint64) error {
		toks = appendTokens(toks[:0], words)
		k := Sketch{ID: e.ID, Source: e.Source, Published: e.Published, Bytes: e.Bytes, Words: words}
		k.Sketch, values = sketcher.AppendSketch(values[:0], toks)
		return yield(k)
	})
}

// IndexEntries calls yield with every entry of an index, by number, and its fingerprint, which
// follows from its words. The entry is only lent.
func IndexEntries(ctx context.Context, x *index.Index, yield func(e *index.Entry, fingerprint uint64, has bool) error) error {
	sketcher := sketch.NewSketcher(sketch.Default)
	var toks []text.Token
	return x.EachWithWords(ctx, func(e *index.Entry, words []uint64) error {
		toks = appendTokens(toks[:0], words)
		fingerprint, has := sketcher.Fingerprint(toks)
		return yield(e, fingerprint, has)
	})
}

// BuildIndex makes an index in a directory beside dir and puts it in the place of dir when all is
// in it: dir is there whole or not at all.
func BuildIndex(ctx context.Context, cfg Config, dir, origin string, opt index.Options) (added index.Added, skipped int, err error) {
	n, err := index.NewPending(dir, opt)
	if err != nil {
		return added, 0, err
	}
	add := n.NewAdd(origin)
	if skipped, err = AddToIndex(ctx, cfg, add); err == nil {
		if added, err = add.Commit(ctx); err == nil {
			if err = n.Publish(); err == nil {
				return added, skipped, nil
			}
			return index.Added{}, skipped, err
		}
	}
	return index.Added{}, skipped, errors.Join(err, add.Discard(), n.Abandon())
}

// ExtendIndex adds articles to an index that is there. When it is interrupted, the batches that are
// whole stay.
func ExtendIndex(ctx context.Context, cfg Config, dir, origin string, opt index.Options) (added index.Added, skipped int, err error) {
	w, err := index.OpenWriter(dir, opt)
	if err != nil {
		return added, 0, err
	}
	add := w.NewAdd(origin)
	skipped, err = AddToIndex(ctx, cfg, add)
	if err == nil {
		added, err = add.Commit(ctx)
	} else {
		added = add.Added()
		err = errors.Join(err, add.Discard())
	}
	return added, skipped, errors.Join(err, w.Close())
}
