package dedup

import (
	"io"
	"time"

	"dedup/internal/background"
	"dedup/internal/corpus"
)

// Options say how articles are read, what counts as a near-duplicate, a story or a passage, and
// what may be used. The zero value means the defaults.
type Options struct {
	// Only names the questions that will be asked; if none is named, any may be. Data that these do
	// not need is not kept: no texts, for example, if only Clusters is named. A question that was
	// not named may fail with [ErrNotKept].
	Only Parts

	// For Open: the format of all inputs, such as "jsonl", instead of finding it out; the names of
	// the fields of records; the size in bytes that an article may have (0: 64 MiB); and what the
	// path "-" reads (nil: os.Stdin).
	Format     string
	Fields     Fields
	MaxArticle int64
	Stdin      io.Reader

	// Two articles are near-duplicates if their resemblance is at least Threshold (0: 0.7), or if
	// the share of the shorter one's shingles that the longer one contains is at least Containment
	// (0:
	// 0.9; above 1: never).
	Threshold, Containment float64

	// Simhash finds candidates by the Hamming distance of fingerprints, which misses many pairs.
	// Without it, every pair of near-duplicates is found.
	Simhash bool

	// Keep says which article of a cluster is canonical: "earliest" (or ""), "latest", "longest",
	// "first", or "source=a,b,c", best first.
	Keep string

	// Granularity is the level of stories: "event" (or ""), or "story", a running story of several
	// events.
	Granularity string

	Window    time.Duration // articles further apart than this are never linked to one story; 0: no limit
	MinTokens int           // words of the shortest passage; 0: 10

	// Background is a model of how common words are, which "dedup background build" wrote. Nil
	// means the built-in one.
	Background []byte

	NoFingerprints bool // leave fingerprints out: distances are -1 then
	NoLabels       bool // leave keywords and headlines of stories out, which take half the time of stories

	Workers int    // goroutines; 0: one a processor. Results do not depend on it
	Memory  int64  // bytes to stay within; 0: 2 GiB. What needs more goes to Tmp
	Tmp     string // directory for temporary files; empty: the system's

	// Skipped is called for each input or record that Open leaves out or changes because it cannot
	// be read, in input order. Reading goes on. [Summary] counts them even if Skipped is nil.
	Skipped func(error)

	// Learned is called once with the languages that the built-in model lacks and that were learned
	// from the articles. It may be nil.
	Learned func([]Learned)

	// Progress is called as a stage goes on, with the work done and the total; a total of 0 is not
	// known. The stage "reading" counts bytes, and articles is the number that have been read.
	// Calls do not overlap. Progress may be nil.
	Progress func(stage string, done, total int64, articles int)
}

// Parts are the questions that a corpus may be asked: [Corpus.Clusters] and [Corpus.Pairs];
// [Corpus.Stories]; [Corpus.Passages], [Corpus.Repeats] and [Corpus.Furniture]; [Corpus.Phrases];
// [Corpus.Matches].
type Parts = struct{ Clusters, Stories, Passages, Phrases, Matches bool }

// AllParts names all questions.
var AllParts = Parts{true, true, true, true, true}

// Fields names the fields of records to read articles from; empty: found by its usual names. A name
// may be a path into nested objects, "meta.source".
type Fields = struct{ ID, Text, Title, Source, Published, URL string }

// Learned is a language that the built-in model lacks: its name, how many articles are in it, and
// whether these were too few to learn from.
type Learned = background.Learned

// ErrNotKept is returned for a question that [Options.Only] did not name, if its data was not kept
// while the articles were read.
var ErrNotKept = corpus.ErrNotKept

// ErrNothing is returned by [Open] and [PlanClean] if the paths hold no article.
var ErrNothing = corpus.ErrNothing
