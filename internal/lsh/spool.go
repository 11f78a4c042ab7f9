// Package lsh turns sketches into candidate pairs.
//
// AppendBlocks gives the buckets of a fingerprint: two fingerprints within a distance share one. A
// Spool sorts the buckets of all articles in bounded memory, and Pairs gives the articles that
// share a bucket. Seen does the same for a stream, with signatures.
package lsh

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
	"sync"
	"unsafe"

	"dedup/internal/spill"
	"dedup/internal/work"
)

// Record is a bucket key and who is in the bucket. 16 bytes.
type Record struct {
	Key uint64
	ID  uint32
	Tag uint32 // the caller's
}

// Spool groups records by key in bounded memory: an external distribution sort (Knuth, TAOCP 3,
// 5.4.7: one pass suffices while a part fits memory). Records are dealt out to parts by the top
// bits of their keys; a part is a list of chunks, in memory up to the budget and then in a
// temporary file; one part at a time and goroutine is read back and sorted. Keys are hashes or
// otherwise spread evenly, so parts are even.
//
// Invariant: every record added comes back once, with all others of its key. Cost: each record is
// written once and read once, in pieces of 16 KiB, and sorted by one scatter and short insertion
// sorts, ~30 ns; memory is the budget, 4 MiB a writer, and two parts a goroutine.
type Spool struct {
	shift  uint
	budget int64 // bytes of chunks to keep in memory

	mu    sync.Mutex
	held  int64
	file  *spill.File
	parts [spoolParts][]chunk
}

const (
	spoolParts = 256
	spoolChunk = 1024 // records
)

// chunk is a piece of a part.
type chunk struct {
	records []Record // nil: in the file
	off     int64
	n       int
}

// NewSpool makes a spool for keys below 1<<keyBits. Past memory bytes, records go to a file in tmp
// (empty: the system's directory).
func NewSpool(tmp string, memory int64, keyBits int) *Spool {
	return &Spool{file: spill.New(tmp, "records"), shift: uint(max(keyBits-8, 0)), budget: memory}
}

// Writer collects the records of one goroutine.
type Writer struct {
	spool *Spool
	parts [spoolParts][]Record
}

// Writer returns a new writer; Flush must be called when all is added.
func (s *Spool) Writer() *Writer { return &Writer{spool: s} }

// Writers are the writers of as many goroutines.
type Writers []*Writer

// Writers gives a writer to each of so many goroutines.
func (s *Spool) Writers(workers int) Writers {
	w := make(Writers, workers)
	for g := range w {
		w[g] = s.Writer()
	}
	return w
}

// Flush flushes all.
func (w Writers) Flush() error {
	for _, one := range w {
		if err := one.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// Add adds a record. It fails only where the file cannot be written.
func (w *Writer) Add(r Record) error {
	p := &w.parts[min(r.Key>>w.spool.shift, spoolParts-1)]
	if *p == nil {
		*p = make([]Record, 0, spoolChunk)
	}
	*p = append(*p, r)
	if len(*p) < spoolChunk {
		return nil
	}
	rest, err := w.spool.take(int(min(r.Key>>w.spool.shift, spoolParts-1)), *p)
	*p = rest
	return err
}

// Flush hands over what is left. The writer can be used again.
func (w *Writer) Flush() error {
	for i, p := range w.parts {
		if len(p) > 0 {
			if _, err := w.spool.take(i, p); err != nil {
				return err
			}
		}
		w.parts[i] = nil
	}
	return nil
}

// take stores a chunk and returns an empty one.
func (s *Spool) take(part int, records []Record) ([]Record, error) {
	size := int64(len(records)) * int64(unsafe.Sizeof(Record{}))
	s.mu.Lock()
	if s.held+size <= s.budget {
		s.held += size
		s.parts[part] = append(s.parts[part], chunk{records: records, n: len(records)})
		s.mu.Unlock()
		return nil, nil
	}
	s.mu.Unlock()
	off, err := s.file.Append(spill.Bytes(records))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[part] = append(s.parts[part], chunk{off: off, n: len(records)})
	return records[:0], nil
}

// Groups calls fn with all records of each key, ordered by id, on several goroutines: g is the
// number of the goroutine, part (0..255) grows with the key, and the groups of one part come in
// order of key, from one goroutine. It may be called once, after the Flush of all writers.
func (s *Spool) Groups(ctx context.Context, workers int, fn func(g, part int, group []Record) error) error {
	return work.Start(ctx, workers, spoolParts, func(g int) func(part int) error {
		var b sorter
		return func(part int) error { return s.group(&b, g, part, fn) }
	})
}

// Parts is how many parts the records are dealt out to.
const Parts = spoolParts

// Range calls fn with all records of each key in parts [from, to), in order of key. Ranges that do
// not meet may be read side by side; each part once, in place of Groups.
func (s *Spool) Range(ctx context.Context, from, to int, fn func(group []Record) error) error {
	var b sorter
	for part := from; part < to; part++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.group(&b, 0, part, func(_, _ int, group []Record) error { return fn(group) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Spool) group(b *sorter, g, part int, fn func(g, part int, group []Record) error) error {
	n := 0
	for _, c := range s.parts[part] {
		n += c.n
	}
	in := b.room(n)
	at := 0
	for _, c := range s.parts[part] {
		if c.records != nil {
			copy(in[at:], c.records)
		} else if err := s.file.Read(spill.Bytes(in[at:at+c.n]), c.off); err != nil {
			return err
		}
		at += c.n
	}
	s.parts[part] = nil
	out := b.sort(s.shift)
	for len(out) > 0 {
		k := 1
		for k < len(out) && out[k].Key == out[0].Key {
			k++
		}
		if err := fn(g, part, out[:k:k]); err != nil {
			return err
		}
		out = out[k:]
	}
	return nil
}

// Close gives the file back.
func (s *Spool) Close() error {
	s.parts = [spoolParts][]chunk{}
	return s.file.Close()
}

// sorter sorts the records of a part.
type sorter struct {
	in, out []Record
	ends    []uint32
}

func (b *sorter) room(n int) []Record {
	if cap(b.in) < n {
		b.in, b.out = make([]Record, n+n/8), make([]Record, n+n/8)
	}
	b.in = b.in[:n]
	return b.in
}

// sort orders b.in by key and id, where keys agree above the low shift bits: one scatter into
// buckets of two or so, and insertion sort. Buckets that a frequent key has filled are sorted by
// comparison.
func (b *sorter) sort(shift uint) []Record {
	n := len(b.in)
	out := b.out[:n]
	k := uint(max(bits.Len(uint(n))-1, 1))
	k = min(k, shift)
	if cap(b.ends) < 1<<k {
		b.ends = make([]uint32, 1<<k)
	}
	ends := b.ends[:1<<k]
	clear(ends)
	down, mask := shift-k, uint64(1)<<k-1
	for i := range b.in {
		ends[b.in[i].Key>>down&mask]++
	}
	at := uint32(0)
	for i, c := range ends {
		ends[i] = at
		at += c
	}
	for i := range b.in {
		e := &ends[b.in[i].Key>>down&mask]
		out[*e] = b.in[i]
		*e++
	}
	from := uint32(0)
	for _, to := range ends {
		if to-from > 1 {
			sortBucket(out[from:to])
		}
		from = to
	}
	return out
}

func sortBucket(r []Record) {
	if len(r) > 24 {
		slices.SortFunc(r, compareRecords)
		return
	}
	for i := 1; i < len(r); i++ {
		x, j := r[i], i
		for j > 0 && (r[j-1].Key > x.Key || r[j-1].Key == x.Key && r[j-1].ID > x.ID) {
			r[j] = r[j-1]
			j--
		}
		r[j] = x
	}
}

func compareRecords(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
}
