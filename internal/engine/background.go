package engine

import (
	"context"
	"sync/atomic"

	"dedup/internal/article"
	"dedup/internal/background"
	"dedup/internal/text"
)

// BuildBackground counts the articles of cfg.Paths into a background model and returns how many
// inputs were skipped. The builder's tables depend on the order of articles, so one worker reads.
func BuildBackground(ctx context.Context, cfg Config) (m *background.Model, skipped int, err error) {
	cfg.setDefaults()
	cfg.Workers = 1
	var count atomic.Int64
	inputs, opt := cfg.reading(&skipped, &count)
	b := background.NewBuilder(background.Options{})
	var toks []text.Token
	err = cfg.read(ctx, inputs, opt, &count, func(_ int, batch *article.Batch) error {
		for i := range batch.Articles {
			s := batch.Articles[i].Text
			toks = text.AppendTokens(toks[:0], s)
			b.Add(s, text.Once(toks, s))
		}
		count.Add(int64(len(batch.Articles)))
		return nil
	})
	if err != nil {
		return nil, skipped, err
	}
	m, err = b.Model()
	return m, skipped, wrap("build the background model", err)
}

// learnLanguages gives the embedded model what it lacks of the languages that the articles are in.
// A near-duplicate says nothing new.
func (r *run) learnLanguages(ctx context.Context) error {
	seen := map[int32]bool{}
	again := make([]bool, len(r.store.Meta))
	for i, near := range r.nearOf {
		again[i] = near >= 0 && seen[near]
		seen[near] = true
	}
	bg, learned, err := r.cfg.Background.Learn(ctx, len(again), r.cfg.Workers, func(i int) (string, bool) {
		return r.store.text(i), !again[i]
	})
	if err != nil {
		return wrap("tell the languages", err)
	}
	r.cfg.Background = bg
	if len(learned) > 0 {
		r.cfg.Learned(learned)
	}
	return nil
}
