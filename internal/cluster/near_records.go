package cluster

import (
	"math"
	"math/bits"
)

// Records: which article has which shingle. In: shingles of articles, from several goroutines. Out: all records of one part of the shingles at a time.
//
// A record is 8 bytes: 32 bits of the shingle and the number of the article. The top bits of the shingle, which its part stands for, make that 40 bits or
// more. Two shingles that agree in these are one shingle here: that makes candidates that verifying drops, and loses none.

const nearChunk = 512 // records that are kept together

// nearRate is a sample of shingles: those below a limit, dealt out to parts by their top bits.
type nearRate struct {
	limit uint64
	shift uint
	parts int
}

// newNearRate takes a share of all shingles, in 129 to 256 parts.
func newNearRate(share float64) nearRate {
	if share >= 1 {
		return nearRate{math.MaxUint64, 56, 256}
	}
	b := 8 + max(0, int(-math.Log2(share)))
	parts := min(int(math.Ceil(share*float64(int(1)<<b))), 1<<b-1)
	return nearRate{uint64(parts) << (64 - b), uint(64 - b), parts}
}

// whole tells whether no shingle is left out but one.
func (r nearRate) whole() bool { return r.limit == math.MaxUint64 }

// key is what records tell shingles apart by.
func (r nearRate) key(h uint64) uint64 { return h>>r.shift<<32 | h&math.MaxUint32 }

// nearDeal takes the records of one goroutine.
type nearDeal struct {
	rate   nearRate
	arena  nearArena
	open   []uint64 // nearChunk a part
	fill   []uint32
	chunks [][]nearPlace // of each part, nearChunk records each
	ids    []int32       // numbers of articles among all by those in the records; nil: they are the same
}

func newNearDeal(pool *nearPool, rate nearRate) *nearDeal {
	return &nearDeal{rate: rate, arena: nearArena{pool: pool}, open: make([]uint64, rate.parts*nearChunk), fill: make([]uint32, rate.parts), chunks: make([][]nearPlace, rate.parts)}
}

// add deals out the shingles of an article.
func (d *nearDeal) add(shingles []uint64, article uint32) error {
	for _, h := range shingles {
		p := int(h >> d.rate.shift)
		at := d.fill[p]
		d.open[p*nearChunk+int(at)] = h<<32 | uint64(article)
		if d.fill[p] = at + 1; at+1 == nearChunk {
			if err := d.flush(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *nearDeal) flush(p int) error {
	room, err := d.arena.room(nearChunk, 0)
	if err != nil {
		return err
	}
	copy(room, d.open[p*nearChunk:(p+1)*nearChunk])
	d.chunks[p] = append(d.chunks[p], d.arena.used(nearChunk))
	d.fill[p] = 0
	return nil
}

// size is the number of records of a part.
func (d *nearDeal) size(p int) int { return len(d.chunks[p])*nearChunk + int(d.fill[p]) }

// part appends the records of a part to dst, but those of dead articles.
func (d *nearDeal) part(dst []uint64, p int, dead nearFlags, buf *[]uint64) ([]uint64, error) {
	for _, c := range d.chunks[p] {
		records, err := d.arena.list(c, nearChunk, buf)
		if err != nil {
			return nil, err
		}
		dst = d.translate(dst, records, dead)
	}
	return d.translate(dst, d.open[p*nearChunk:p*nearChunk+int(d.fill[p])], dead), nil
}

// translate appends records with the numbers that articles have among all. dst has room.
func (d *nearDeal) translate(dst, records []uint64, dead nearFlags) []uint64 {
	n := len(dst)
	dst = dst[:n+len(records)]
	for _, r := range records {
		id := uint32(r)
		if d.ids != nil {
			id = uint32(d.ids[id])
		}
		dst[n] = r&^math.MaxUint32 | uint64(id)
		if dead != nil {
			n += int(^dead[id>>6] >> (id & 63) & 1)
		} else {
			n++
		}
	}
	return dst[:n]
}

func (d *nearDeal) release() {
	d.arena.release()
	d.open, d.chunks, d.ids = nil, nil, nil
}

// nearSieve drops records whose shingle no other record of the part has, but for some: two bits a cell (never, once, more), by shingle.
type nearSieve struct{ cells []uint64 }

// sift keeps, in place, the records that may have a fellow. With four cells a record one in five of those without stays.
func (s *nearSieve) sift(records []uint64) []uint64 {
	size := 1 << max(bits.Len(uint(len(records)))-3, 6) // words of 32 cells
	if cap(s.cells) < size {
		s.cells = make([]uint64, size)
	}
	cells, mask := s.cells[:size], uint64(size-1)
	clear(cells)
	for _, r := range records {
		p, c := &cells[r>>37&mask], r>>32&31<<1
		v := *p
		*p = v | (v>>c&1<<1|1)<<c
	}
	n := 0
	for _, r := range records {
		records[n] = r
		n += int(cells[r>>37&mask] >> (r >> 32 & 31 << 1) >> 1 & 1)
	}
	return records[:n]
}
