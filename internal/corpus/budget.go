package corpus

import "sync"

// budget is the memory that the parts of a corpus may take, all of them together. Texts, which stay,
// take half of it. The other half is that of the search that runs: near-duplicates give theirs back
// before passages are looked for.
type budget struct {
	mu                sync.Mutex
	total, held, peak int64
}

// take gives one half or what is left of it, to be given back.
func (b *budget) take() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(b.total/2, b.total-b.held)
	b.held += n
	b.peak = max(b.peak, b.held)
	return n
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held -= n
}
