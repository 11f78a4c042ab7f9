package near

import (
	"math"
	"math/bits"
)

// Records: which article has which shingle. In: shingles of articles, from several goroutines. Out:
// all records of one part of the shingles at a time.
//
// A record is 8 bytes: 32 bits of the shingle and the number of the article. The top bits of the
// shingle, which its part stands for, make that 40 bits or more. Two shingles that agree in these
// are one shingle here: that makes candidates that verifying drops, and loses none.

const chunk = 512 // records that are kept together

// sampleRate is a sample of shingles: those below a limit, dealt out to parts by their top bits.
type sampleRate struct {
	limit uint64
	shift uint
	parts int
}

// newSampleRate takes a share of all shingles, in 129 to 256 parts.
func newSampleRate(share float64) sampleRate {
	if share >= 1 {
		return sampleRate{math.MaxUint64, 56, 256}
	}
	b := 8 + max(0, int(-math.Log2(share)))
	parts := min(int(math.Ceil(share*float64(int(1)<<b))), 1<<b-1)
	return sampleRate{uint64(parts) << (64 - b), uint(64 - b), parts}
}

// whole tells whether no shingle is left out but one.
func (r sampleRate) whole() bool { return r.limit == math.MaxUint64 }

// key is what records tell shingles apart by.
func (r sampleRate) key(h uint64) uint64 { return h>>r.shift<<32 | h&math.MaxUint32 }

// deal takes the records of one goroutine.
type deal struct {
	rate   sampleRate
	arena  arena
	open   []uint64 // chunk a part
	fill   []uint32
	chunks [][]place // of each part, chunk records each
	ids    []int32   // numbers of articles among all by those in the records; nil: they are the same
}

func newDeal(pool *pool, rate sampleRate) *deal {
	return &deal{rate: rate, arena: arena{pool: pool}, open: make([]uint64, rate.parts*chunk), fill: make([]uint32, rate.parts), chunks: make([][]place, rate.parts)}
}

// add deals out the shingles of an article.
func (d *deal) add(shingles []uint64, article uint32) error {
	for _, h := range shingles {
		p := int(h >> d.rate.shift)
		at := d.fill[p]
		d.open[p*chunk+int(at)] = h<<32 | uint64(article)
		if d.fill[p] = at + 1; at+1 == chunk {
			if err := d.flush(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *deal) flush(p int) error {
	room, err := d.arena.room(chunk, 0)
	if err != nil {
		return err
	}
	copy(room, d.open[p*chunk:(p+1)*chunk])
	d.chunks[p] = append(d.chunks[p], d.arena.used(chunk))
	d.fill[p] = 0
	return nil
}

// size is the number of records of a part.
func (d *deal) size(p int) int { return len(d.chunks[p])*chunk + int(d.fill[p]) }

// part appends the records of a part to dst, but those of dead articles.
func (d *deal) part(dst []uint64, p int, dead flags, buf *[]uint64) ([]uint64, error) {
	for _, c := range d.chunks[p] {
		records, err := d.arena.list(c, chunk, buf)
		if err != nil {
			return nil, err
		}
		dst = d.translate(dst, records, dead)
	}
	return d.translate(dst, d.open[p*chunk:p*chunk+int(d.fill[p])], dead), nil
}

// translate appends records with the numbers that articles have among all. dst has room.
func (d *deal) translate(dst, records []uint64, dead flags) []uint64 {
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

func (d *deal) release() {
	d.arena.release()
	d.open, d.chunks, d.ids = nil, nil, nil
}

// sieve drops records whose shingle no other record of the part has, but for some: two bits a cell
// (never, once, more), by shingle.
type sieve struct{ cells []uint64 }

// sift keeps, in place, the records that may have a fellow. With four cells a record one in five of
// those without stays.
func (s *sieve) sift(records []uint64) []uint64 {
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
