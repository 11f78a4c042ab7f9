package corpus

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// budget is the memory that the parts of a corpus may take, all of them together. State, which can't
// be spilled, comes first: what is known of each article besides its text, and what was found. Of
// what it leaves, texts, which stay, take half. The other half is that of the search that runs:
// near-duplicates give theirs back before passages are looked for.
type budget struct {
	mu                sync.Mutex
	total, held, peak int64
	state             atomic.Int64
}

// leastMemory is what a run may use whatever it is told: the smallest --memory.
const leastMemory = 64 << 20

// errMemory is the outcome of a run whose state does not fit into its memory. Without it, the kernel
// would end the run.
type errMemory struct{ total int64 }

func (e errMemory) Error() string {
	return fmt.Sprintf("what must be known of the articles, and what was found in them, needs more than --memory %dMiB\nhint: allow more, or split the input", e.total>>20)
}

// hold counts n more bytes of state. It is safe for concurrent use.
func (b *budget) hold(n int64) error {
	if b == nil { // a table by itself
		return nil
	}
	if total := max(b.total, leastMemory); b.state.Add(n) > total/4*3 {
		return errMemory{total}
	}
	return nil
}

// take gives one half of what state leaves, or what is left of that, to be given back. A search that
// gets little spills more.
func (b *budget) take() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	free := max(b.total-b.state.Load(), b.total/8)
	n := max(0, min(free/2, free-b.held))
	b.held += n
	b.peak = max(b.peak, b.held)
	return n
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held -= n
}
