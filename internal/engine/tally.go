package engine

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"dedup/internal/clean"
	"dedup/internal/cluster/story"
	"dedup/internal/gate"
	"dedup/internal/passage"
	"dedup/internal/report"
)

// tally counts what a run keeps in memory that cannot be spilled: what is known of each article
// besides its text, and what was found. Where that is more than the run may use, the run ends with
// an error; else the kernel would end it.
type tally struct {
	memory int64 // what the run may use; 0: any
	held   *atomic.Int64
}

// leastMemory is what a run may use whatever it is told: the smallest --memory.
const leastMemory = 64 << 20

func newTally(memory int64) tally { return tally{max(memory, leastMemory), new(atomic.Int64)} }

// errMemory is the outcome of a run whose state does not fit into its memory.
type errMemory struct{ memory int64 }

func (e errMemory) Error() string {
	return fmt.Sprintf("what must be known of the articles, and what was found in them, needs more than --memory %dMiB\nhint: allow more, or split the input", e.memory>>20)
}

// add counts n more bytes. Safe for concurrent use.
func (t tally) add(n int64) error {
	if t.memory > 0 && t.held.Add(n) > t.memory*3/4 {
		return errMemory{t.memory}
	}
	return nil
}

// err is the error that add gave, if it gave any: for callers in the middle of what cannot fail.
func (t tally) err() error { return t.add(0) }

// Bytes that one of each takes, texts excepted.
const (
	metaSize    = int64(unsafe.Sizeof(Meta{}))
	markSize    = int64(unsafe.Sizeof(mark{}))
	findingSize = int64(unsafe.Sizeof(gate.Finding{}))
	wholeSize   = int64(unsafe.Sizeof(clean.Reason{})+unsafe.Sizeof(clean.Place{})) + 32 // and its place in a map
	rowSize     = int64(unsafe.Sizeof(report.Article{}) + unsafe.Sizeof(report.Story{}) + unsafe.Sizeof(story.Story{}))
)

// size is the memory of what Clean keeps of an article.
func (m *cleanMeta) size() int64 {
	if m == nil {
		return 0
	}
	return int64(unsafe.Sizeof(*m)) + int64(cap(m.cuts))*int64(unsafe.Sizeof(clean.Cut{})) + int64(cap(m.tails))*int64(unsafe.Sizeof(passage.TailLine{}))
}
