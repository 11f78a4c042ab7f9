// Package index keeps what a corpus contains between runs.
//
// For every article it keeps the words as hashes, the seeds (shingles that it is found by), and
// where it came from; not the text. An article that is looked up meets the entries that share seeds
// with it (lookup.go). These are compared exactly, by their words. docs/algorithms/index.md says
// why no near-duplicate is missed.
//
//	segment.go    a file of entries that never changes: columns, words, seeds
//	manifest.go   which segments there are; replacing it is how a batch appears
//	seeds.go      which shingles of an entry are seeds, and what that proves
//	lookup.go     seeds that are shared → candidates → verified near-duplicates and passages
//	need.go       how many seeds a near-duplicate must share
//	dense.go      articles whose seeds are nearly all common
//	merge.go      small segments become larger ones
//	placing.go    the event and the story of each article of a batch
package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"
)

// Entry is an article of the index.
type Entry struct {
	Number        uint32 // in the order of adding, never given twice
	Batch         uint32
	ID            string
	Path          string // of the file it came from
	Line          int    // where it stands there
	Source        string
	Title         string    // empty: unknown
	Published     time.Time // zero: unknown
	DateOnly      bool
	Bytes, Tokens int // of the text

	Profile string // what stories need of it besides its words (story.AppendProfile); empty: the index has no stories, or it is not known
	Seat
}

// Options say what an index may use. The zero value means the defaults.
type Options struct {
	Memory   int64  // bytes; 0: 1 GiB
	Tmp      string // directory for what does not fit; empty: os.TempDir
	Workers  int    // goroutines; 0: GOMAXPROCS
	Batch    int    // articles that are added together at most; 0: a million
	Now      func() time.Time
	Program  string                  // version, for the provenance of what is written
	Context  context.Context         // ends opening for writing; nil: nothing does
	Progress func(done, total int64) // of Check, Remove and Merge: entries; nil: nobody
	Stories  bool                    // of Create and NewPending: keep what stories need, and which each article is in
	Placed   func(Placement)         // is told where an Add puts articles, batch by batch, once they are there; nil: nobody

	disk disk
}

// Index is an index open for reading: the state when it was opened, whatever is written meanwhile.
// Its methods may be called side by side.
type Index struct {
	state
	opt Options
}

// state is the open segments of an index.
type state struct {
	dir      string
	segments []*segment
	articles int
	bytes    int64
	tokens   int64
	next     uint32          // number of the next entry
	moved    map[uint32]Seat // entries that are not where their row says
}

const openTries = 10

// Open opens an index for reading. Any number of readers may, also beside a writer. Cost: 3 ms for
// a million entries.
func Open(dir string, opt Options) (*Index, error) {
	opt.setDefaults()
	x := &Index{state{dir: dir}, opt}
	before := ""
	for try := range openTries {
		m, err := readManifest(dir, opt.disk)
		if err != nil {
			return nil, of(dir, err)
		}
		// A writer may remove a file between these two steps. Then there is a new manifest.
		if err = x.open(opt.disk, m, nil); err == nil {
			return x, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || m.String() == before {
			return nil, of(dir, err)
		}
		before = m.String()
		time.Sleep(time.Duration(try*try) * time.Millisecond)
	}
	return nil, of(dir, errors.New("it is written to again and again while it is being opened\nhint: try again"))
}

// open opens the segments that a manifest names; those of old that are named are kept.
func (x *state) open(d disk, m *manifest, old []*segment) error {
	var list []*segment
	var err error
	base := uint32(0)
	for _, p := range m.parts {
		var s *segment
		if i := slices.IndexFunc(old, func(s *segment) bool { return s.part == p }); i >= 0 {
			s = old[i].share()
		} else if s, err = openSegment(x.dir, d, p); err != nil {
			break
		}
		s.base = base
		base += uint32(s.rows)
		list = append(list, s)
	}
	if err != nil {
		err = missing(err)
	} else if !ordered(list, m) {
		err = &damage{manifestFile, "its segments do not follow one another"}
	}
	if err != nil {
		for _, s := range list {
			err = errors.Join(err, s.close())
		}
		return err
	}
	for _, s := range old {
		_ = s.close() // it was only read
	}
	x.segments, x.next = list, m.nextEntry
	x.articles, x.bytes, x.tokens = m.articles()
	x.moved = movedIn(list)
	return nil
}

// missing says which file of an index is gone.
func missing(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing%s%w", filepath.Base(path.Path), hintDamaged, silent{err})
	}
	return err
}

// silent stands behind a message that has said it already.
type silent struct{ error }

func (silent) Error() string { return "" }

func (e silent) Unwrap() error { return e.error }

// ordered tells whether numbers rise from segment to segment, below the next ones.
func ordered(list []*segment, m *manifest) bool {
	entry, batch := uint64(0), uint64(0)
	for _, s := range list {
		for _, b := range s.batches {
			if uint64(b.First) < entry || uint64(b.Number) < batch {
				return false
			}
			entry, batch = uint64(b.First)+uint64(b.Added), uint64(b.Number)+1
		}
	}
	return entry <= uint64(m.nextEntry) && batch <= uint64(m.nextBatch)
}

func (x *state) close() error {
	var err error
	for _, s := range x.segments {
		err = errors.Join(err, s.close())
	}
	x.segments = nil
	return err
}

// Close lets go of the index.
func (x *Index) Close() error { return x.state.close() }

// Len is how many articles are in the index.
func (x *state) Len() int { return x.articles }

// named says which index an error is of.
func (x *state) named(err error) error { return of(x.dir, err) }

// Info is what is known of an index as a whole.
type Info struct {
	Format   int
	Scheme   string
	Articles int
	Bytes    int64 // of text
	Tokens   int64
	Disk     int64 // bytes of the directory
	Batches  []Batch
}

// Info gives the counts and the batches, by number.
func (x *Index) Info() (Info, error) {
	m, err := readManifest(x.dir, x.opt.disk)
	if err != nil {
		return Info{}, x.named(err)
	}
	i := Info{Format: Format, Scheme: m.scheme.String(), Articles: x.articles, Bytes: x.bytes, Tokens: x.tokens}
	if i.Batches, err = x.Batches(); err != nil {
		return i, err
	}
	err = filepath.WalkDir(x.dir, func(_ string, d fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil && !d.IsDir() {
			if info, err = d.Info(); err == nil {
				i.Disk += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a writer has just removed it
		}
		return err
	})
	return i, err
}

// Batches lists the batches, by number.
func (x *Index) Batches() ([]Batch, error) {
	var list []Batch
	for _, s := range x.segments {
		list = append(list, s.lists()...)
	}
	return list, nil
}

// lists gives the batches of a segment, with how many entries of each were removed.
func (s *segment) lists() []Batch {
	list, row := slices.Clone(s.batches), uint32(0)
	for i := range list {
		b := &list[i]
		b.Removed = b.Added - b.rows
		for end := row + uint32(b.rows); row < end; row++ {
			if s.gone.has(row) {
				b.Removed++
			}
		}
	}
	return list
}

// each calls fn with every row that is left.
func (s *segment) each(ctx context.Context, fn func(row uint32) error) error {
	for row := range uint32(s.rows) {
		if row%columnRows == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !s.gone.has(row) {
			if err := fn(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// Each calls fn with every entry, by number. The entry is only lent.
func (x *Index) Each(ctx context.Context, fn func(e *Entry) error) error {
	for _, s := range x.segments {
		r := x.reader(s)
		var e Entry
		err := s.each(ctx, func(row uint32) error {
			if err := r.entry(row, &e); err != nil {
				return x.named(err)
			}
			return fn(&e)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// EachWithWords calls fn with every entry and the hashes of its words, by number. Both are only
// lent.
func (x *Index) EachWithWords(ctx context.Context, fn func(e *Entry, words []uint64) error) error {
	done := int64(0)
	for _, s := range x.segments {
		r := x.reader(s)
		var e Entry
		var words []uint64
		err := s.each(ctx, func(row uint32) (err error) {
			if err = r.entry(row, &e); err == nil {
				words, err = r.words(words[:0], row)
			}
			if err != nil {
				return x.named(err)
			}
			if done++; done%1024 == 0 {
				x.opt.Progress(done, int64(x.articles))
			}
			return fn(&e, words)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Entries calls fn with the entries of the given numbers, in the order given; i counts the calls.
func (x *Index) Entries(ctx context.Context, numbers []uint32, fn func(i int, e *Entry) error) error {
	return x.those(ctx, numbers, func(i int, r *rowReader, row uint32) error {
		var e Entry
		if err := r.entry(row, &e); err != nil {
			return x.named(err)
		}
		return fn(i, &e)
	})
}

// Words calls fn with the hashes of the words of the given entries, in the order given. The slice
// is only lent.
func (x *Index) Words(ctx context.Context, numbers []uint32, fn func(i int, words []uint64) error) error {
	var words []uint64
	return x.those(ctx, numbers, func(i int, r *rowReader, row uint32) (err error) {
		if words, err = r.words(words[:0], row); err != nil {
			return x.named(err)
		}
		return fn(i, words)
	})
}

// those calls fn with the rows of entries.
func (x *Index) those(ctx context.Context, numbers []uint32, fn func(i int, r *rowReader, row uint32) error) error {
	readers := make([]*rowReader, len(x.segments))
	for i, n := range numbers {
		if err := ctx.Err(); err != nil {
			return err
		}
		k, row, ok := x.rowOf(n)
		if !ok {
			return x.named(fmt.Errorf("there is no entry %d\nhint: dedup index check says what is wrong with the index", n))
		}
		if readers[k] == nil {
			readers[k] = x.reader(x.segments[k])
		}
		if err := fn(i, readers[k], row); err != nil {
			return err
		}
	}
	return nil
}

// rowOf finds the entry with a number.
func (x *state) rowOf(number uint32) (k int, row uint32, ok bool) {
	for k = len(x.segments) - 1; k >= 0; k-- {
		if row, ok = x.segments[k].rowOf(number); ok {
			return k, row, true
		}
	}
	return 0, 0, false
}
