package index

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"

	"github.com/zeebo/xxh3"
)

// Postings say which rows of a segment have a key: pairs of a key (keyBits bits of a hash) and a
// row, sorted, each once. They lie in pages of up to pagePairs pairs:
//
//	k             1 byte, of the Rice codes (bits.go)
//	differences   of each key to the one before, but of the first, in Rice codes; the last byte is filled with zeros
//	rows          in as many bits as the number of rows needs; the last byte is filled with zeros
//
// What an index of pages must know is in the table of contents: the first key, the number of pairs,
// the place, size and checksum of each page. It is read when the segment is opened: 12 bytes for
// 256 pairs, 40 in memory. A look-up reads one page, of 1 kB.
const pagePairs = 256

// pair says that a row has a key.
type pair struct {
	key uint64
	row uint32
}

// page is what is known of a page.
type page struct {
	block
	first uint64 // key
}

// postings are the pages of one kind of keys.
type postings struct {
	pages   []page
	rowBits uint
	pairs   uint64
}

// postingsWriter writes pairs that come sorted.
type postingsWriter struct {
	w    *segmentWriter
	to   *postings
	page []pair
	buf  []byte
}

func (p *postingsWriter) add(key uint64, row uint32) error {
	if n := len(p.page); n > 0 && p.page[n-1] == (pair{key, row}) {
		return nil // two shingles of an entry have this key
	}
	p.page = append(p.page, pair{key, row})
	if len(p.page) < pagePairs {
		return nil
	}
	return p.flush()
}

// flush writes a page.
func (p *postingsWriter) flush() error {
	n := len(p.page)
	if n == 0 {
		return nil
	}
	first := p.page[0].key
	mean := (p.page[n-1].key - first) / uint64(n)
	k := uint(max(bits.Len64(mean)-1, 0))
	b := newBitWriter(append(p.buf[:0], byte(k)))
	for i := 1; i < n; i++ {
		b.rice(p.page[i].key-p.page[i-1].key, k)
	}
	b = newBitWriter(b.end())
	for _, x := range p.page {
		b.put(uint64(x.row), p.to.rowBits)
	}
	p.buf = b.end()
	at, err := p.w.block(p.buf, n)
	p.to.pages = append(p.to.pages, page{at, first})
	p.to.pairs += uint64(n)
	p.page = p.page[:0]
	return err
}

// pageReader reads pages of one segment. It keeps the last one, of which it knows the first n keys.
type pageReader struct {
	s    *segment
	of   *postings
	at   int // page that is held; -1 for none
	n    int // keys that are known
	k    uint
	pos  int // place of the next key, in bits
	buf  []byte
	keys [pagePairs]uint64
	rows int // place of the rows, in bits

	last  int    // page that was read last
	ahead int    // how many pages are read at a time: more and more of them while pages follow one another
	some  []byte // of the pages from
	from  int
	to    int
}

// readAhead is how many pages are read at a time, at most: 64 kB.
const readAhead = 64

func (s *segment) pages(of *postings) *pageReader {
	return &pageReader{s: s, of: of, at: -1, last: -readAhead}
}

// allKeys has load find all keys of a page.
const allKeys = 1 << keyBits

// load has page i at hand, and its keys up to one that is above most.
func (r *pageReader) load(i int, most uint64) error {
	if r.at != i {
		r.at = -1
		if err := r.read(i); err != nil {
			return err
		}
		p := &r.of.pages[i]
		r.rows = 8 * (p.size - (p.n*int(r.of.rowBits)+7)/8)
		if p.n < 1 || p.n > pagePairs || r.rows < 8 || r.buf[0] > keyBits {
			return r.wrong()
		}
		r.k, r.pos, r.n, r.keys[0] = uint(r.buf[0]), 8, 1, p.first
		r.at = i
	}
	return r.upTo(most)
}

func (r *pageReader) wrong() error {
	r.at = -1
	return r.s.damaged("a page of its keys does not hold what it should")
}

// upTo goes on with the keys of the page, to the first above most. Cost: 3 ns a key.
func (r *pageReader) upTo(most uint64) error {
	p := &r.of.pages[r.at]
	key, n, pos, k := r.keys[r.n-1], r.n, r.pos, r.k
	for ; n < p.n && key <= most; n++ {
		if pos >= r.rows {
			return r.wrong()
		}
		var d uint64
		d, pos = riceAt(r.buf, pos, k)
		key += d
		r.keys[n] = key
	}
	r.n, r.pos = n, pos
	if n == p.n && ((pos+7)&^7 != r.rows || key>>keyBits != 0 || r.at+1 < len(r.of.pages) && key > r.of.pages[r.at+1].first) {
		return r.wrong()
	}
	return nil
}

// read reads page i, and the next ones with it where the pages before it were read too.
func (r *pageReader) read(i int) (err error) {
	p := &r.of.pages[i]
	if i < r.from || i >= r.to {
		if gap := i - r.last; gap > 0 && gap <= 4 {
			r.ahead = min(2*max(r.ahead, 1), readAhead)
		} else {
			r.ahead = 1
		}
		r.from, r.to = i, i
		end, size := p.off, 0
		for r.to < len(r.of.pages) && r.to < i+r.ahead && r.of.pages[r.to].off == end && size <= readAhead<<11 {
			size += r.of.pages[r.to].size
			end = p.off + int64(size)
			r.to++
		}
		r.last = r.to - 1
		if r.to-r.from == 1 {
			r.from, r.to = 0, 0
			r.buf, err = r.s.read(r.buf, p.block, bitPadding)
			return err
		}
		r.some = slices.Grow(r.some[:0], size)[:size]
		if err := r.s.at(r.some, p.off); err != nil {
			r.from, r.to = 0, 0
			return err
		}
	}
	at := p.off - r.of.pages[r.from].off
	r.buf = append(append(r.buf[:0], r.some[at:at+int64(p.size)]...), make([]byte, bitPadding)...)
	if sumOf(r.buf[:p.size]) != p.sum {
		return r.s.damaged("a checksum in it is wrong")
	}
	return nil
}

// row is the row of pair i.
func (r *pageReader) row(i int) uint32 {
	if r.of.rowBits == 0 {
		return 0
	}
	return uint32(peek(r.buf, r.rows+i*int(r.of.rowBits)) >> (64 - r.of.rowBits))
}

// find calls fn with the rows that have a key, in order, until it says no.
func (r *pageReader) find(key uint64, fn func(row uint32) bool) error {
	return r.findFrom(r.seek(0, key), key, fn)
}

// seek gives the first page that may have a key: the last one that begins before it, or else page
// at. No page before at has the key. Keys are parts of hashes, so a page is near the place that its
// share of all keys gives; the search goes from there by steps that double.
func (r *pageReader) seek(at int, key uint64) int {
	pages := r.of.pages
	from, to := at, len(pages) // of page at nothing is known; page to, where there is one, begins at the key or after it
	for i, step := max(at+1, int(key*uint64(len(pages))>>keyBits)), 1; i > from && i < to; step *= 2 {
		if pages[i].first < key {
			from, i = i, min(i+step, to)
		} else {
			to, i = i, max(i-step, from)
		}
	}
	return from + sort.Search(to-from-1, func(i int) bool { return pages[from+1+i].first >= key })
}

// findFrom is find where no page before i has the key.
func (r *pageReader) findFrom(i int, key uint64, fn func(row uint32) bool) error {
	for ; i < len(r.of.pages) && r.of.pages[i].first <= key; i++ {
		if i+1 < len(r.of.pages) && r.of.pages[i+1].first < key {
			continue
		}
		if err := r.load(i, key); err != nil {
			return err
		}
		keys := r.keys[:r.n]
		j, ok := slices.BinarySearch(keys, key)
		for ; ok && j < len(keys) && keys[j] == key; j++ {
			if row := r.row(j); int(row) < r.s.rows && !fn(row) {
				return nil
			}
		}
	}
	return nil
}

// each calls fn with all pairs, in order.
func (r *pageReader) each(ctx context.Context, fn func(key uint64, row uint32) error) error {
	for i := range r.of.pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.load(i, allKeys); err != nil {
			return err
		}
		for j, k := range r.keys[:r.n] {
			if err := fn(k, r.row(j)); err != nil {
				return err
			}
		}
	}
	return nil
}

// cursor goes through all pairs of postings, for merging.
type cursor struct {
	r    *pageReader
	i, j int
	pair
	renumber func(row uint32) (uint32, bool) // of the row; false where it is gone
}

// next goes to the next pair that is not gone; false at the end.
func (c *cursor) next() (bool, error) {
	for {
		for c.r.at != c.i || c.j == c.r.n {
			if c.r.at == c.i {
				c.i, c.j = c.i+1, 0
			}
			if c.i == len(c.r.of.pages) {
				return false, nil
			}
			if err := c.r.load(c.i, allKeys); err != nil {
				return false, err
			}
		}
		row := c.r.row(c.j)
		c.key = c.r.keys[c.j]
		c.j++
		if int(row) >= c.r.s.rows {
			return false, c.r.s.damaged("a key belongs to a row that is not there")
		}
		var ok bool
		if c.row, ok = c.renumber(row); ok {
			return true, nil
		}
	}
}

// less orders cursors by their pairs.
func (c *cursor) less(o *cursor) bool { return c.key < o.key || c.key == o.key && c.row < o.row }

// mergePairs calls fn with the pairs of all cursors, sorted. Cost: 20 ns a pair and a step for each
// doubling of the cursors.
func mergePairs(ctx context.Context, cursors []*cursor, fn func(key uint64, row uint32) error) error {
	var heap []*cursor
	for _, c := range cursors {
		ok, err := c.next()
		if err != nil {
			return err
		}
		if ok {
			heap = append(heap, c)
		}
	}
	slices.SortFunc(heap, func(a, b *cursor) int {
		if a.less(b) {
			return -1
		}
		return 1
	})
	for n := 0; len(heap) > 0; n++ {
		if n&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		top := heap[0]
		if err := fn(top.key, top.row); err != nil {
			return err
		}
		ok, err := top.next()
		if err != nil {
			return err
		}
		if !ok {
			heap[0] = heap[len(heap)-1]
			heap = heap[:len(heap)-1]
		}
		sink(heap)
	}
	return nil
}

// sink puts the first of a heap in its place.
func sink(heap []*cursor) {
	for i := 0; ; {
		k := 2*i + 1
		if k >= len(heap) {
			return
		}
		if k+1 < len(heap) && heap[k+1].less(heap[k]) {
			k++
		}
		if !heap[k].less(heap[i]) {
			return
		}
		heap[i], heap[k] = heap[k], heap[i]
		i = k
	}
}

// block is where something stands in a segment, and how many rows or pairs it holds.
type block struct {
	off  int64
	size int
	n    int
	sum  uint32
}

func sumOf(p []byte) uint32 { return uint32(xxh3.Hash(p)) }

// appendBlocks writes blocks for the table of contents.
func appendBlocks(dst []byte, count int, at func(i int) block) []byte {
	dst = binary.AppendUvarint(dst, uint64(count))
	end := int64(0)
	for i := range count {
		b := at(i)
		dst = binary.AppendUvarint(dst, uint64(b.off-end))
		dst = binary.AppendUvarint(dst, uint64(b.size))
		dst = binary.AppendUvarint(dst, uint64(b.n))
		dst = binary.BigEndian.AppendUint32(dst, b.sum)
		end = b.off + int64(b.size)
	}
	return dst
}

// blocks reads what appendBlocks wrote.
func (f *fields) blocks() []block {
	n := f.size()
	if n > len(f.b)/7 { // the least that a block takes
		f.err = errShort
		return nil
	}
	list := make([]block, 0, n)
	end := int64(0)
	for range n {
		b := block{off: end + int64(f.size64()), size: f.size(), n: f.size(), sum: f.fixed32()}
		end = b.off + int64(b.size)
		list = append(list, b)
	}
	return list
}
