package known

import (
	"context"

	"dedup/internal/article"
	"dedup/internal/corpus"
	"dedup/internal/index"
	"dedup/internal/text"
)

// Screen notes, while a corpus is read and its tokens are at hand, which articles may have something
// in common with a small index (index.Screen): the others need no look-up.
type Screen struct {
	of      *index.Screen
	column  corpus.Column[bool]
	workers []screenWorker
	passed  []bool // by article, once the corpus was read; nil: all
}

type screenWorker struct {
	passed   []bool // of the batch at hand
	toks     []text.Token
	shingles []uint64
}

// NewScreen prepares for a corpus that is read by so many workers.
func NewScreen(ctx context.Context, x *index.Index, workers int) (*Screen, error) {
	of, err := x.Screen(ctx)
	return &Screen{of: of, workers: make([]screenWorker, workers)}, err
}

// Visit is told of every article, as corpus.Visit is.
func (s *Screen) Visit(worker int, b *article.Batch, i int, toks []text.Token) (kept int64) {
	if s.of == nil {
		return 0
	}
	w := &s.workers[worker]
	if i == 0 {
		w.passed = s.column.Batch(b.Seq, len(b.Articles))
	}
	w.toks = text.Once(append(w.toks[:0], toks...), b.Articles[i].Text)
	w.passed[i], w.shingles = s.of.Passes(w.toks, w.shingles)
	return 1
}

// Read ends the noting: the corpus was read.
func (s *Screen) Read() {
	if s.of != nil {
		s.passed = s.column.All()
	}
}

// Skip tells that article i need not be looked up.
func (s *Screen) Skip(i int) bool { return s.passed != nil && !s.passed[i] }
