package index

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"
)

// A segment is a file that never changes: some batches of entries. It is
//
//	"dedup segment 2\n"
//	blocks        one after another, in the order in which they were made
//	contents      the table of contents
//	footer        32 bytes: place, size and xxh3 of the contents, "dsegment"; numbers big-endian
//
// Every byte between the first line and the footer is in one block or in the contents, and each
// has a checksum: of a block the low half of its xxh3, in the contents. The footer's own bytes must
// be those that follow from the file's size and the manifest, which has the checksum of the
// contents too.
//
// The contents are the number of rows, and sections: a name, a length and as many bytes. Numbers
// are varints. A list of blocks (appendBlocks) has of each the distance from the end of the one
// before, size, rows or pairs, and checksum.
//
//	batches   of each number, first entry, entries added, rows here, time, program, origin
//	numbers   runs of rows whose entries' numbers follow one another: row and number of the first, as differences
//	stripes   a list of blocks, the dictionaries (words.go); n is how many rows are written by each
//	words     a list of blocks: of each row how many words, different shingles, seeds and bytes it has (rowHead), then codes
//	id, path, source, title, date, line, bytes, tokens
//	          a list of blocks each (column.go)
//	seeds     bits of a row; the first key of each page; a list of blocks (postings.go)
//	ids       the same, of the hashes of ids
//	unit      a list of blocks: which cluster each entry is in (links.go)
//	came      what came in each batch (came.go)
//	copies    of which clusters copies were left out, the same
//	profile, event, story
//	          lists of blocks, where the index has stories (seats.go)
//	moves     the same: entries of segments before, and where they went
//
// A reader passes over a section that it does not know. A writer refuses a segment that has one,
// because it would lose it when it merges.
const (
	segmentMagic = "dedup segment 2\n"
	footerMagic  = "dsegment"
	footerSize   = 32
)

// wordsRows is how many rows a block of words has at most: 9 kB of planted articles.
const wordsRows = 32

// wordsMost is how large a block of words may become before it has wordsRows rows.
const wordsMost = 32 << 10

// numberRun is a row from which on numbers follow one another.
type numberRun struct{ row, number uint32 }

// segment is an open segment. Its methods may be called side by side; those of its readers may not.
type segment struct {
	part    part // what the manifest says of it
	file    *file
	rows    int
	batches []Batch
	runs    []numberRun
	stripes []block
	words   []block
	columns [columns][]block
	seeds   postings
	ids     postings
	stories bool     // it has the columns of stories
	moves   []move   // what became of entries of segments before, when this one was written (seats.go)
	linked  bool     // it has the column of units
	strange []string // sections that this program does not know
	gone    *bitmap  // rows that were removed; nil for none
	base    uint32   // place of the first row among those of all segments

	cameBytes, copiesBytes []byte // what came (came.go)

	first        [columns + 1][]uint32 // rows of the blocks of each column, of words and
	firstStripes []uint32              // of stripes
	mu           sync.Mutex
	dictionaries []*dictionary
	refs         atomic.Int32 // of those who have it open
}

func (s *segment) damaged(what string) error { return &damage{s.part.name, what} }

// read reads a block into buf, which is grown, with more bytes of zero behind it, and holds it
// against its checksum.
func (s *segment) read(buf []byte, b block, more int) ([]byte, error) {
	buf = slices.Grow(buf[:0], b.size+more)[:b.size+more]
	if err := s.at(buf[:b.size], b.off); err != nil {
		return buf, err
	}
	if sumOf(buf[:b.size]) != b.sum {
		return buf, s.damaged("a checksum in it is wrong")
	}
	clear(buf[b.size:])
	return buf, nil
}

// at fills buf from a place on.
func (s *segment) at(buf []byte, off int64) error {
	_, err := s.file.ReadAt(buf, off)
	if errors.Is(err, io.EOF) {
		return s.damaged("it is shorter than when it was written")
	}
	return err
}

// openSegment opens a segment that the manifest names and holds it against what that says.
func openSegment(dir string, d disk, p part) (_ *segment, err error) {
	s := &segment{part: p}
	if s.file, err = d.open(filepath.Join(dir, p.name)); err != nil {
		return nil, err
	}
	s.refs.Store(1)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	info, err := s.file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() != p.size {
		return nil, s.damaged("it is longer or shorter than when it was written")
	}
	if err := s.contents(); err != nil {
		return nil, err
	}
	if p.removed != "" {
		if s.gone, err = readBitmap(dir, d, p, s.rows); err != nil {
			return nil, err
		}
	}
	if s.rows-s.gone.count() != p.live {
		return nil, s.damaged("it does not have as many entries as the manifest says")
	}
	return s, nil
}

// open has one more user of the segment.
func (s *segment) share() *segment {
	s.refs.Add(1)
	return s
}

// close gives the segment back; the last user closes the file.
func (s *segment) close() error {
	if s.refs.Add(-1) > 0 {
		return nil
	}
	return s.file.Close()
}

// footerOf is the footer of a segment.
func footerOf(off int64, size int, sum uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(off))
	b = binary.BigEndian.AppendUint64(b, uint64(size))
	return append(binary.BigEndian.AppendUint64(b, sum), footerMagic...)
}

// contents reads the first line, the footer and the table of contents.
func (s *segment) contents() error {
	ends := make([]byte, len(segmentMagic)+footerSize)
	if s.part.size < int64(len(ends)) {
		return s.damaged("it is too short for a segment")
	}
	err := s.at(ends[:len(segmentMagic)], 0)
	if err == nil {
		err = s.at(ends[len(segmentMagic):], s.part.size-footerSize)
	}
	if err != nil {
		return err
	}
	footer := ends[len(segmentMagic):]
	off, size := binary.BigEndian.Uint64(footer), binary.BigEndian.Uint64(footer[8:])
	if string(ends[:len(segmentMagic)]) != segmentMagic || size > uint64(s.part.size) || off != uint64(s.part.size)-footerSize-size ||
		string(footer) != string(footerOf(int64(off), int(size), s.part.sum)) {
		return s.damaged("its first or last bytes are not those of a segment of this index")
	}
	b := make([]byte, size)
	if err := s.at(b, int64(off)); err != nil {
		return err
	}
	if xxh3.Hash(b) != s.part.sum {
		return s.damaged("the checksum of its table of contents is wrong")
	}
	if err := s.parse(b); err != nil {
		return s.damaged("its table of contents does not hold what it should")
	}
	return nil
}

// parse reads the table of contents.
func (s *segment) parse(b []byte) error {
	f := fields{b: b}
	s.rows = f.size()
	for f.err == nil && len(f.b) > 0 {
		name := f.string()
		body := fields{b: f.bytes()}
		if f.err == nil {
			s.section(name, &body)
			f.err = body.end()
		}
	}
	if f.err != nil {
		return f.err
	}
	for c := range s.columns {
		if !s.has(c) {
			if s.columns[c] != nil {
				return errShort
			}
			continue
		}
		if s.first[c] = s.firstRows(s.columns[c], columnRows); s.first[c] == nil {
			return errShort
		}
	}
	s.first[columns] = s.firstRows(s.words, wordsRows)
	s.firstStripes = s.firstRows(s.stripes, s.rows)
	s.dictionaries = make([]*dictionary, len(s.stripes))
	if s.first[columns] == nil || s.firstStripes == nil || !s.numbersFit() {
		return errShort
	}
	return s.within()
}

func (s *segment) section(name string, f *fields) {
	switch k := slices.Index(columnNames[:], name); {
	case k >= 0:
		s.columns[k] = f.blocks()
		s.linked = s.linked || k == columnUnit
	case name == "came":
		s.cameBytes, f.b = slices.Clone(f.b), nil
	case name == "copies":
		s.copiesBytes, f.b = slices.Clone(f.b), nil
	case name == "batches":
		for range f.count(10) {
			s.batches = append(s.batches, f.batch())
		}
	case name == "numbers":
		last := numberRun{}
		for range f.count(2) {
			last.row, last.number = last.row+f.small(), last.number+f.small()
			s.runs = append(s.runs, last)
		}
	case name == "stripes":
		s.stripes = f.blocks()
	case name == "words":
		s.words = f.blocks()
	case name == "seeds":
		s.seeds = f.postings()
	case name == "ids":
		s.ids = f.postings()
	case name == "moves":
		s.stories, s.moves = true, f.moves()
	default:
		s.strange = append(s.strange, name)
		f.b = nil
	}
}

// count is how many things follow that take so many bytes at least.
func (f *fields) count(least int) int {
	n := f.size()
	if n > len(f.b)/least {
		f.err = errShort
		return 0
	}
	return n
}

func (f *fields) postings() postings {
	p := postings{rowBits: uint(f.size())}
	n, key := f.count(1), uint64(0)
	for range n {
		key += f.uint()
		p.pages = append(p.pages, page{first: key})
	}
	list := f.blocks()
	if len(list) != n || p.rowBits > 32 || key>>keyBits != 0 {
		f.err = errShort
		return postings{}
	}
	for i, b := range list {
		p.pages[i].block = b
		p.pairs += uint64(b.n)
	}
	return p
}

func (p *postings) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(p.rowBits))
	dst = binary.AppendUvarint(dst, uint64(len(p.pages)))
	key := uint64(0)
	for i := range p.pages {
		dst = binary.AppendUvarint(dst, p.pages[i].first-key)
		key = p.pages[i].first
	}
	return appendBlocks(dst, len(p.pages), func(i int) block { return p.pages[i].block })
}

// firstRows adds up the rows of blocks; nil where they are not those of the segment. A segment of
// which all was removed has none: it keeps the batches.
func (s *segment) firstRows(list []block, most int) []uint32 {
	first, at := make([]uint32, 0, len(list)), 0
	for _, b := range list {
		if b.n < 1 || b.n > most {
			return nil
		}
		first = append(first, uint32(at))
		at += b.n
	}
	if at != s.rows {
		return nil
	}
	return first
}

// numbersFit tells whether batches and runs are those of all rows.
func (s *segment) numbersFit() bool {
	rows := 0
	for i, b := range s.batches {
		rows += b.rows
		if i > 0 && uint64(b.First) < uint64(s.batches[i-1].First)+uint64(s.batches[i-1].Added) || uint64(b.First)+uint64(b.Added) > 1<<32-1 {
			return false
		}
	}
	for i, r := range s.runs {
		if i > 0 && (r.row <= s.runs[i-1].row || uint64(r.number) < uint64(s.runs[i-1].number)+uint64(r.row-s.runs[i-1].row)) || int(r.row) >= s.rows {
			return false
		}
	}
	return rows == s.rows && (rows == 0 || len(s.runs) > 0 && s.runs[0].row == 0)
}

// blocks gives all blocks, in order of place.
func (s *segment) blocks() []block {
	list := slices.Concat(s.stripes, s.words)
	for c := range s.columns {
		list = append(list, s.columns[c]...)
	}
	for _, p := range []*postings{&s.seeds, &s.ids} {
		for i := range p.pages {
			list = append(list, p.pages[i].block)
		}
	}
	slices.SortFunc(list, func(a, b block) int { return cmp.Compare(a.off, b.off) })
	return list
}

// within wants the blocks to stand one after another up to the contents: no byte is in none, and
// none is in two. Where there are sections that this program does not know, there may be gaps.
func (s *segment) within() error {
	end := int64(len(segmentMagic))
	for _, b := range s.blocks() {
		if b.off < end || b.off > end && s.strange == nil {
			return errShort
		}
		end = b.off + int64(b.size)
	}
	if most := s.part.size - footerSize; end > most {
		return errShort
	}
	return nil
}

// verify reads all blocks and holds them against their checksums: 0.1 s a GB that is in memory.
func (s *segment) verify(ctx context.Context, workers int) error {
	if s.strange != nil {
		return fmt.Errorf("%s has sections that this program does not know: %s\nhint: use the program that made it", s.part.name, strings.Join(s.strange, ", "))
	}
	const step = 1 << 20 // bytes that are read at a time
	list := s.blocks()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for w := range workers {
		from, to := w*len(list)/workers, (w+1)*len(list)/workers
		g.Go(func() error {
			var buf []byte
			for from < to {
				n, size := from, 0
				for n < to && (n == from || size+list[n].size <= step) {
					size += list[n].size
					n++
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				buf = slices.Grow(buf[:0], size)[:size]
				if err := s.at(buf, list[from].off); err != nil {
					return err
				}
				at := 0
				for _, b := range list[from:n] {
					if sumOf(buf[at:at+b.size]) != b.sum {
						return s.damaged("a checksum in it is wrong")
					}
					at += b.size
				}
				from = n
			}
			return nil
		})
	}
	return g.Wait()
}

// dictionary gives that of a stripe.
func (s *segment) dictionary(stripe int) (*dictionary, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.dictionaries[stripe]; d != nil {
		return d, nil
	}
	b, err := s.read(nil, s.stripes[stripe], 0)
	if err != nil {
		return nil, err
	}
	d, err := readDictionary(b)
	if err != nil {
		return nil, s.damaged("a dictionary does not hold what it should")
	}
	s.dictionaries[stripe] = d
	return d, nil
}

// number is the number of the entry in a row.
func (s *segment) number(row uint32) uint32 {
	i, ok := slices.BinarySearchFunc(s.runs, row, func(r numberRun, row uint32) int { return cmp.Compare(r.row, row) })
	if !ok {
		i--
	}
	return s.runs[i].number + row - s.runs[i].row
}

// rowOf is the row of an entry's number.
func (s *segment) rowOf(number uint32) (row uint32, ok bool) {
	i, ok := slices.BinarySearchFunc(s.runs, number, func(r numberRun, n uint32) int { return cmp.Compare(r.number, n) })
	if !ok {
		i--
	}
	if i < 0 {
		return 0, false
	}
	end := uint64(s.rows)
	if i+1 < len(s.runs) {
		end = uint64(s.runs[i+1].row)
	}
	if at := uint64(s.runs[i].row) + uint64(number-s.runs[i].number); at < end && !s.gone.has(uint32(at)) {
		return uint32(at), true
	}
	return 0, false
}
