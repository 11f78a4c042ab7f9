package index

import (
	"encoding/binary"
	"time"

	"dedup/internal/shingle"
)

// Flags of an entry.
const (
	flagDateOnly = 1 << iota
	flagFingerprint
)

// entry is an Entry as it is stored: with a sum over its words in their order.
type entry struct {
	Entry
	words uint64
}

func (e *entry) append(dst []byte) []byte {
	flags := byte(0)
	if e.DateOnly {
		flags |= flagDateOnly
	}
	if e.HasFingerprint {
		flags |= flagFingerprint
	}
	dst = binary.AppendUvarint(append(dst, flags), uint64(e.Batch))
	dst = appendString(dst, e.ID)
	dst = appendString(dst, e.Path)
	dst = binary.AppendUvarint(dst, uint64(e.Line))
	dst = appendString(dst, e.Source)
	dst = appendTime(dst, e.Published)
	dst = binary.AppendUvarint(dst, uint64(e.Bytes))
	dst = binary.AppendUvarint(dst, uint64(e.Tokens))
	if e.HasFingerprint {
		dst = binary.BigEndian.AppendUint64(dst, e.Fingerprint)
	}
	return binary.BigEndian.AppendUint64(dst, e.words)
}

func (e *entry) read(number uint32, b []byte) error {
	if len(b) == 0 {
		return errShort
	}
	flags, f := b[0], fields{b: b[1:]}
	e.Number, e.DateOnly, e.HasFingerprint = number, flags&flagDateOnly != 0, flags&flagFingerprint != 0
	e.Batch = f.small()
	e.ID, e.Path = f.string(), f.string()
	e.Line = f.size()
	e.Source, e.Published = f.string(), f.time()
	e.Bytes, e.Tokens = f.size(), f.size()
	e.Fingerprint = 0
	if e.HasFingerprint {
		e.Fingerprint = f.fixed()
	}
	e.words = f.fixed()
	return f.end()
}

// readAt reads the entry that a key names.
func (e *entry) readAt(key, value []byte) error {
	err := errShort
	if len(key) == 5 {
		err = e.read(numberOf(key), value)
	}
	if err != nil {
		return broken("entry", numberOf(key), err)
	}
	return nil
}

// wordsSum is a hash over the words in their order.
func wordsSum(words []uint64) uint64 {
	h := uint64(len(words))
	for _, w := range words {
		h = shingle.Mix(h ^ w)
	}
	return h
}

// Batch is what was added together.
type Batch struct {
	Number  uint32
	First   uint32 // number of the first entry; they follow one another
	Added   int    // entries
	Removed int    // of them, since
	At      time.Time
	Program string // version that wrote it
	Origin  string // what was read: the paths, as the caller gave them

	sums sums // over what is left
}

// sums are over all keys of a batch, with wrapping addition.
type sums struct {
	entries, words, ids, seeds uint64
	seedCount                  uint64
}

func (s *sums) add(o sums) {
	s.entries += o.entries
	s.words += o.words
	s.ids += o.ids
	s.seeds += o.seeds
	s.seedCount += o.seedCount
}

func (s *sums) sub(o sums) {
	s.entries -= o.entries
	s.words -= o.words
	s.ids -= o.ids
	s.seeds -= o.seeds
	s.seedCount -= o.seedCount
}

func (b *Batch) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(b.First))
	dst = binary.AppendUvarint(dst, uint64(b.Added))
	dst = binary.AppendUvarint(dst, uint64(b.Removed))
	dst = appendTime(dst, b.At)
	dst = appendString(appendString(dst, b.Program), b.Origin)
	for _, s := range []uint64{b.sums.entries, b.sums.words, b.sums.ids, b.sums.seeds, b.sums.seedCount} {
		dst = binary.BigEndian.AppendUint64(dst, s)
	}
	return dst
}

func (b *Batch) read(number uint32, data []byte) error {
	f := fields{b: data}
	b.Number, b.First = number, f.small()
	b.Added, b.Removed = f.size(), f.size()
	b.At, b.Program, b.Origin = f.time(), f.string(), f.string()
	for _, s := range []*uint64{&b.sums.entries, &b.sums.words, &b.sums.ids, &b.sums.seeds, &b.sums.seedCount} {
		*s = f.fixed()
	}
	return f.end()
}

// totals are the counts of the whole index.
type totals struct {
	articles                             int
	bytes, tokens                        int64
	nextEntry, nextBatch, nextDictionary uint32
}

func (t *totals) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(t.articles))
	dst = binary.AppendUvarint(dst, uint64(t.bytes))
	dst = binary.AppendUvarint(dst, uint64(t.tokens))
	dst = binary.AppendUvarint(dst, uint64(t.nextEntry))
	dst = binary.AppendUvarint(dst, uint64(t.nextBatch))
	return binary.AppendUvarint(dst, uint64(t.nextDictionary))
}

func (t *totals) read(b []byte) error {
	f := fields{b: b}
	t.articles = int(f.uint())
	t.bytes, t.tokens = int64(f.uint()), int64(f.uint())
	t.nextEntry, t.nextBatch, t.nextDictionary = f.small(), f.small(), f.small()
	return f.end()
}
