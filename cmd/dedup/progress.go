package main

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"dedup/internal/plural"
)

// progress shows one bar a stage on stderr, where that is a terminal.
type progress struct {
	w     io.Writer
	mu    sync.Mutex
	stage string
	bar   *progressbar.ProgressBar
	ended bool
}

// newProgress gives nil, which shows nothing, for --quiet and where w is no terminal.
func newProgress(w io.Writer, quiet bool) *progress {
	s, ok := w.(*screen)
	if quiet || !ok || !isTerminal(s.w) {
		return nil
	}
	return &progress{w: drawing{s}}
}

// update is called by stages, from any goroutine.
func (p *progress) update(stage string, done, total int64, articles int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended { // what is printed now must not meet a bar
		return
	}
	if stage != p.stage {
		p.clear()
		p.stage = stage
		p.bar = p.newBar(stage, total)
	}
	if articles > 0 {
		p.bar.Describe(stage + ", " + plural.Count(articles, "article"))
	}
	// An error here could only say that the terminal went away; the work goes on.
	_ = p.bar.Set64(done)
}

func (p *progress) newBar(stage string, total int64) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1 // a spinner
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(stage),
		progressbar.OptionShowBytes(stage == "reading"),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(24),
		progressbar.OptionFullWidth(),
		progressbar.OptionUseANSICodes(true),
	)
}

// clear takes the bar off the screen.
func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Finish()
		_ = p.bar.Clear()
		p.bar = nil
	}
}

// done ends the last stage: no bar is shown any more; safe on nil.
func (p *progress) done() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.ended = true
}

// hook is what is told how far a stage is; nil shows nothing.
func (p *progress) hook() func(stage string, done, total int64, articles int) {
	if p == nil {
		return nil
	}
	return p.update
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
