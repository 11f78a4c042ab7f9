// Package indexing connects an index with the reading of articles: it adds articles that are read
// to an index, and gives the entries of an index out again as articles.
package indexing

import (
	"context"
	"errors"
	"iter"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/sketch"
	"dedup/internal/text"
)

// add adds the articles that cfg reads, in input order, as far as whole batches; the last one is
// the caller's to commit.
func add(ctx context.Context, to *index.Add, cfg corpus.Config, stories bool) (corpus.Counts, error) {
	cfg.Want.Profiles = stories
	return corpus.Each(ctx, cfg, false, adder(ctx, to))
}

// Into adds the articles that cfg reads; the caller commits. change may alter what the index knows
// of an article before it is added.
func Into(ctx context.Context, cfg corpus.Config, to *index.Add, change func(*corpus.Worded)) (corpus.Counts, error) {
	put := adder(ctx, to)
	return corpus.Each(ctx, cfg, false, func(w *corpus.Worded) error {
		change(w)
		return put(w)
	})
}

// Left counts articles of a corpus that stay out of the index (index.Add.Left), which follow those
// that were added. c must have kept its texts.
func Left(ctx context.Context, c *corpus.Corpus, out func(i int) bool, to *index.Add) error {
	var toks []text.Token
	for i := range c.Len() {
		if !out(i) {
			continue
		}
		a := c.At(i)
		toks = text.AppendTokens(toks[:0], a.Text)
		w := corpus.Worded{Article: a, Words: text.Hashes(text.Once(toks, a.Text))}
		if err := to.Left(ctx, entryOf(&w), w.Words); err != nil {
			return err
		}
	}
	return nil
}

func adder(ctx context.Context, to *index.Add) func(*corpus.Worded) error {
	return func(w *corpus.Worded) error {
		return to.Article(ctx, entryOf(w), w.Words)
	}
}

// Place says where articles would be in an index that has stories, if they were added now.
func Place(ctx context.Context, cfg corpus.Config, x *index.Index) (list []index.Placement, counts corpus.Counts, err error) {
	cfg.Want.Profiles = true
	list, err = x.Place(ctx, func(add func(index.Entry, []uint64) error) (err error) {
		counts, err = corpus.Each(ctx, cfg, false, func(w *corpus.Worded) error { return add(entryOf(w), w.Words) })
		return err
	})
	return list, counts, err
}

// PlaceOf is Place for articles that the program has.
func PlaceOf(ctx context.Context, articles iter.Seq2[article.Article, error], workers int, x *index.Index) ([]index.Placement, error) {
	return x.Place(ctx, func(add func(index.Entry, []uint64) error) error {
		return corpus.EachOf(ctx, articles, workers, true, func(w *corpus.Worded) error { return add(entryOf(w), w.Words) })
	})
}

func entryOf(w *corpus.Worded) index.Entry {
	return index.Entry{
		ID: w.ID, Path: w.Path, Line: w.Line, Source: w.Source, Title: w.Title, Published: w.Published, DateOnly: w.DateOnly,
		Bytes: w.Bytes, Tokens: w.Tokens, Profile: w.Profile,
	}
}

// Add adds articles that the program has to an index that is there, in whole batches.
func Add(ctx context.Context, articles iter.Seq2[article.Article, error], dir, origin string, opt index.Options) (index.Added, error) {
	w, err := index.OpenWriter(dir, opt)
	if err != nil {
		return index.Added{}, err
	}
	to := w.NewAdd(origin)
	err = corpus.EachOf(ctx, articles, opt.Workers, w.HasStories(), adder(ctx, to))
	added, err := ended(ctx, to, err)
	return added, errors.Join(err, w.Close())
}

// ended commits what was added. After an error the batches that are whole stay.
func ended(ctx context.Context, to *index.Add, err error) (index.Added, error) {
	if err == nil {
		return to.Commit(ctx)
	}
	return to.Added(), errors.Join(err, to.Discard())
}

// Build makes an index in a directory beside dir and puts it in the place of dir when all is in it:
// dir is there whole or not at all.
func Build(ctx context.Context, cfg corpus.Config, dir, origin string, opt index.Options) (added index.Added, counts corpus.Counts, err error) {
	n, err := index.NewPending(dir, opt)
	if err != nil {
		return added, counts, err
	}
	to := n.NewAdd(origin)
	if counts, err = add(ctx, to, cfg, opt.Stories); err == nil {
		if added, err = to.Commit(ctx); err == nil {
			if err = n.Publish(); err == nil {
				return added, counts, nil
			}
			return index.Added{}, counts, err
		}
	}
	return index.Added{}, counts, errors.Join(err, to.Discard(), n.Abandon())
}

// Extend adds articles to an index that is there. When it is interrupted, the batches that are
// whole stay.
func Extend(ctx context.Context, cfg corpus.Config, dir, origin string, opt index.Options) (added index.Added, counts corpus.Counts, err error) {
	w, err := index.OpenWriter(dir, opt)
	if err != nil {
		return added, counts, err
	}
	to := w.NewAdd(origin)
	counts, err = add(ctx, to, cfg, w.HasStories())
	added, err = ended(ctx, to, err)
	return added, counts, errors.Join(err, w.Close())
}

// Entries calls yield with every entry of an index, by number, and its fingerprint, which follows
// from its words. The entry is only lent.
func Entries(ctx context.Context, x *index.Index, yield func(e *index.Entry, fingerprint uint64, has bool) error) error {
	sketcher := sketch.NewSketcher(sketch.Default)
	var w corpus.Worded
	return x.EachWithWords(ctx, func(e *index.Entry, words []uint64) error {
		w.Words = words
		w.Sketch(sketcher)
		return yield(e, w.Fingerprint, w.HasFingerprint)
	})
}

// Worded calls yield with every entry as an article with its words and its signature, by number.
// What it is given is only lent.
func Worded(ctx context.Context, x *index.Index, yield func(*corpus.Worded) error) error {
	sketcher := sketch.NewSketcher(sketch.Default)
	var w corpus.Worded
	return x.EachWithWords(ctx, func(e *index.Entry, words []uint64) error {
		w.Article = corpus.Article{ID: e.ID, Source: e.Source, Published: e.Published, Bytes: e.Bytes}
		w.Words = words
		w.Sketch(sketcher)
		return yield(&w)
	})
}
