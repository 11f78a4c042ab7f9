package dedup

import (
	"io"
	"time"

	"dedup/internal/background"
	"dedup/internal/corpus"
)

// Options say how articles are read, what counts as a near-duplicate, a story or a passage, and what
// may be used. The zero value means the defaults.
type Options struct {
	// Only names the questions that will be asked; none named means any of them. What they do not
	// need is not derived: texts are not kept for clusters alone. A question that was not named may
	// fail with [ErrNotKept].
	Only Parts

	// For Open: the format of all inputs instead of looking (text, jsonl, json, csv, tsv or parquet);
	// where records have their fields; how large an article may be in bytes (0: 64 MiB); and what
	// the path "-" reads (nil: os.Stdin).
	Format     string
	Fields     Fields
	MaxArticle int64
	Stdin      io.Reader

	// Two articles are near-duplicates from this resemblance on (0: 0.7), or when this share of the
	// shorter one's shingles is contained in the longer one (0: 0.9; above 1: never).
	Threshold, Containment float64

	// Simhash finds candidates by the Hamming distance of fingerprints: it misses many pairs.
	// Otherwise all pairs there are found.
	Simhash bool

	// Keep says which of near-duplicates is canonical: "earliest" (or ""), "latest", "longest",
	// "first", or "source=a,b,c", best first.
	Keep string

	// Granularity is which of two nested levels stories are: "event" (or ""), or "story", a running
	// story of several events.
	Granularity string

	Window    time.Duration // articles further apart than this are never linked to one story; 0: no limit
	MinTokens int           // words of the shortest passage; 0: 10

	// Background is a model that "dedup background build" wrote: how common words are. Nil is the
	// one that is built in.
	Background []byte

	NoFingerprints bool // leave fingerprints out: distances are -1 then
	NoLabels       bool // leave keywords and headlines of stories out, which take half the time of stories

	Workers int    // goroutines; 0: one a processor. Results do not depend on it
	Memory  int64  // bytes to stay within; 0: 2 GiB. What needs more goes to Tmp
	Tmp     string // directory for temporary files; empty: the system's

	// Skipped is told what Open could not read, as far as it is left out or changed, in input order.
	// The rest is read on. Nil: nobody is told, but [Summary] counts.
	Skipped func(error)

	// Learned is told, once, of the languages that the model of how common words are lacks, and which
	// were learned from the articles themselves. Nil: nobody is told.
	Learned func([]Learned)

	// Progress is told how far a stage is: done of total, 0 for unknown. "reading" counts bytes, and
	// says how many articles have been read. Calls do not overlap. Nil: nobody is told.
	Progress func(stage string, done, total int64, articles int)
}

// Parts are the questions that a corpus may be asked: [Corpus.Clusters] and [Corpus.Pairs];
// [Corpus.Stories]; [Corpus.Passages], [Corpus.Repeats] and [Corpus.Furniture]; [Corpus.Phrases];
// [Corpus.Matches].
type Parts = struct{ Clusters, Stories, Passages, Phrases, Matches bool }

// AllParts asks everything.
var AllParts = Parts{true, true, true, true, true}

// Fields names the fields of records to read articles from; empty: found by its usual names. A name
// may be a path into nested objects, "meta.source".
type Fields = struct{ ID, Text, Title, Source, Published, URL string }

// Learned is a language that the built-in model lacks: its name, how many articles are in it, and
// whether these were too few to learn from.
type Learned = background.Learned

// ErrNotKept is the outcome of a question that [Options.Only] did not name, where what it needs was
// not kept while the articles were read.
var ErrNotKept = corpus.ErrNotKept

// ErrNothing is the outcome of Open where the paths hold no article at all.
var ErrNothing = corpus.ErrNothing
