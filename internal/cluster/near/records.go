package near

import (
	"encoding/binary"
	"math"
	"math/bits"

	"dedup/internal/spill"
)

// Records: which article has which shingle. In: shingles of articles, from several goroutines. Out:
// all records of one part of the shingles at a time.
//
// A record is 32 bits of the shingle and the number of the article: 8 bytes while it is worked on,
// 5 while it lies. The part that it is in stands for 8 or more further bits of the shingle. Two
// shingles that agree in all these are one shingle here. That makes candidates that verifying
// drops, and loses none.

const chunkRecords = 512 // that are packed together

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

// deal takes the records of one goroutine. Those of a part are kept open, 8 bytes each, until there
// are chunk of them; then they are packed.
type deal struct {
	rate   sampleRate
	chunk  int
	arena  arena
	open   []uint64 // chunk a part
	fill   []uint32
	packed [][]packed // of each part
	ids    []int32    // numbers of articles among all by those in the records; nil: they are the same
}

func (n *Finder) newDeal(rate sampleRate) *deal {
	return &deal{rate: rate, chunk: n.chunk, arena: arena{pool: &n.pool}, open: make([]uint64, rate.parts*n.chunk), fill: make([]uint32, rate.parts), packed: make([][]packed, rate.parts)}
}

// add deals out the shingles of an article.
func (d *deal) add(shingles []uint64, article uint32) error {
	for _, h := range shingles {
		p := int(h >> d.rate.shift)
		at := d.fill[p]
		d.open[p*d.chunk+int(at)] = h<<32 | uint64(article)
		if d.fill[p] = at + 1; int(at)+1 == d.chunk {
			if err := d.flush(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// packed is n records in 5 bytes each: the shingles, four bytes each, and then of each the step
// from the article before.
type packed struct {
	place    place
	first, n uint32 // the first article
}

// packedWords is how many words n records take.
func packedWords(n int) int { return (5*n + 7) / 8 }

// flush packs what is open of a part. Records are in the order of articles, mostly a few apart;
// where one is more than 255 further, or lower, another row begins.
func (d *deal) flush(p int) error {
	for records := d.open[p*d.chunk : p*d.chunk+int(d.fill[p])]; len(records) > 0; {
		room, err := d.arena.room(packedWords(len(records)), 0)
		if err != nil {
			return err
		}
		n := pack(spill.Bytes(room), records)
		d.packed[p] = append(d.packed[p], packed{d.arena.used(packedWords(n)), uint32(records[0]), uint32(n)})
		records = records[n:]
	}
	d.fill[p] = 0
	return nil
}

// pack packs as many records as make a row, and returns how many these are.
func pack(room []byte, records []uint64) int {
	n, old := 1, uint32(records[0])
	for ; n < len(records); n++ {
		article := uint32(records[n])
		if article-old > math.MaxUint8 {
			break
		}
		old = article
	}
	steps := room[4*n:][:n]
	old = uint32(records[0])
	for i, r := range records[:n] {
		binary.LittleEndian.PutUint32(room[4*i:], uint32(r>>32))
		steps[i] = byte(uint32(r) - old)
		old = uint32(r)
	}
	return n
}

// size is the number of records of a part.
func (d *deal) size(p int) int {
	n := int(d.fill[p])
	for _, row := range d.packed[p] {
		n += int(row.n)
	}
	return n
}

// part appends the records of a part to dst, which has room, but those of dead articles.
func (d *deal) part(dst []uint64, p int, dead flags, buf *[]uint64) ([]uint64, error) {
	for _, row := range d.packed[p] {
		words, err := d.arena.list(row.place, packedWords(int(row.n)), buf)
		if err != nil {
			return nil, err
		}
		dst = d.unpack(dst, row, spill.Bytes(words), dead)
	}
	for _, r := range d.open[p*d.chunk : p*d.chunk+int(d.fill[p])] {
		dst = d.append(dst, r>>32, uint32(r), dead)
	}
	return dst, nil
}

// unpack appends the records of a row.
func (d *deal) unpack(dst []uint64, row packed, bytes []byte, dead flags) []uint64 {
	shingles, steps, article := bytes[:4*row.n], bytes[4*row.n:], row.first
	for i, step := range steps[:row.n] {
		article += uint32(step)
		dst = d.append(dst, uint64(binary.LittleEndian.Uint32(shingles[4*i:])), article, dead)
	}
	return dst
}

// append appends a record with the number that the article has among all. dst has room.
func (d *deal) append(dst []uint64, shingle uint64, article uint32, dead flags) []uint64 {
	if d.ids != nil {
		article = uint32(d.ids[article])
	}
	n := len(dst)
	dst = dst[:n+1]
	dst[n] = shingle<<32 | uint64(article)
	if dead != nil {
		return dst[:n+int(^dead[article>>6]>>(article&63)&1)]
	}
	return dst
}

func (d *deal) release() {
	d.arena.release()
	d.open, d.packed, d.ids = nil, nil, nil
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
