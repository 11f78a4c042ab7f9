// Package index keeps what a corpus contains between runs: of every article its words as hashes, its fingerprint, its seeds and where it came
// from. Articles are looked up in it by the text they share with entries, and verified exactly.
package index

import (
	"context"
	"errors"
	"time"

	"dedup/internal/cluster"
)

// Entry is an article of the index.
type Entry struct {
	Number         uint32 // in the order of adding, never given twice
	Batch          uint32
	ID             string
	Path           string // of the file it came from
	Line           int    // where it stands there
	Source         string
	Published      time.Time // zero: unknown
	DateOnly       bool
	Bytes, Tokens  int // of the text
	Fingerprint    uint64
	HasFingerprint bool
}

// Options say what an index may use. The zero value means the defaults.
type Options struct {
	Memory   int64  // bytes; 0: 1 GiB
	Tmp      string // directory for what does not fit; empty: os.TempDir
	Workers  int    // goroutines; 0: GOMAXPROCS
	Progress func(done, total int64)
}

// Index is an index open for reading: the state when it was opened, whatever is written meanwhile. Its methods may be called side by side.
type Index struct{}

// Open opens an index for reading. Any number of readers may, also beside a writer.
func Open(dir string, opt Options) (*Index, error) { return nil, errors.New("not yet") }

// Close lets go of the index.
func (x *Index) Close() error { return nil }

// Len is how many articles are in the index.
func (x *Index) Len() int { return 0 }

// LookupOptions say what counts as found. Near is the definition of near-duplicates, that of a run (only Threshold and Containment are read).
type LookupOptions struct {
	Near   cluster.NearOptions
	Others bool // also list the entries that share text without being near-duplicates
}

// Found is what is in the index of one article.
type Found struct {
	Near   []Near   // verified near-duplicates, the one with the highest resemblance first, then by number
	Others []uint32 // numbers of entries that share a seed and are no near-duplicates, those with the most seeds in common first; at most 64
}

// Near is a verified near-duplicate.
type Near struct {
	Entry                                           uint32
	Resemblance, ContainmentQuery, ContainmentEntry float64
	Rule                                            cluster.Rule
}

// Lookup finds articles in the index: words are the hashes of their words, with lines that repeat at once left out (text.Once). All are looked
// up in sorted order together, so many at a time cost less: hand over some thousands. The slices are read, not kept.
func (x *Index) Lookup(ctx context.Context, words [][]uint64, opt LookupOptions) ([]Found, error) {
	return nil, errors.New("not yet")
}

// Entries calls fn with the entries of the given numbers, in the order given; i counts the calls.
func (x *Index) Entries(ctx context.Context, numbers []uint32, fn func(i int, e *Entry) error) error {
	return errors.New("not yet")
}

// Words calls fn with the hashes of the words of the given entries, in the order given. The slice is only lent.
func (x *Index) Words(ctx context.Context, numbers []uint32, fn func(i int, words []uint64) error) error {
	return errors.New("not yet")
}
