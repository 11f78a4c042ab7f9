package index

import (
	"errors"
	"slices"
)

// rowReader reads entries and words of a segment; one goroutine has it. It keeps the last block of
// everything, so reading in the order of rows reads each block once.
type rowReader struct {
	s       *segment
	columns [columns]columnReader
	at      int // block of words that is held; -1 for none
	raw     []byte
	heads   []rowHead
	moved   map[uint32]Seat // of the state that reads
	places  []int           // of the codes
}

func (s *segment) reader() *rowReader {
	r := &rowReader{s: s, at: -1}
	for c := range r.columns {
		r.columns[c].at = -1
	}
	return r
}

// entry reads what is known of the article in a row. The strings are new.
func (r *rowReader) entry(row uint32, e *Entry) error {
	var places [columns]int
	for c := range r.columns {
		if !r.s.has(c) {
			continue
		}
		i, place := blockOf(r.s.first[c], row)
		if err := r.columns[c].load(r.s, c, i); err != nil {
			return err
		}
		places[c] = place
	}
	text := func(c int) string { return string(r.columns[c].text(places[c])) }
	number := func(c int) int { return int(r.columns[c].numbers[places[c]]) }
	f := fields{}
	*e = Entry{Number: r.s.number(row), ID: text(columnID), Source: text(columnSource), Title: text(columnTitle),
		Line: number(columnLine), Bytes: number(columnBytes), Tokens: number(columnTokens)}
	e.Path = text(columnPath)
	e.Published, e.DateOnly = timeOf(r.columns[columnDate].text(places[columnDate]), &f)
	batch, ok := r.s.batchOf(e.Number)
	if f.err != nil || !ok {
		return r.s.damaged("a date or a batch in it does not make sense")
	}
	e.Batch = batch.Number
	if e.Unit = e.Number; r.s.linked {
		e.Unit -= uint32(number(columnUnit))
	}
	if r.s.stories {
		e.Profile = text(columnProfile)
		e.Seat = r.seatOf(e.Number, int64(number(columnUnit)), int64(number(columnEvent)), int64(number(columnStory)))
	}
	return nil
}

// batchOf is the batch that an entry's number belongs to.
func (s *segment) batchOf(number uint32) (*Batch, bool) {
	i, ok := slices.BinarySearchFunc(s.batches, number, func(b Batch, n uint32) int {
		switch {
		case b.First > n:
			return 1
		case uint64(n) >= uint64(b.First)+uint64(b.Added):
			return -1
		}
		return 0
	})
	if !ok {
		return nil, false
	}
	return &s.batches[i], true
}

// id reads the id of a row, which is only lent.
func (r *rowReader) id(row uint32) ([]byte, error) {
	i, place := blockOf(r.s.first[columnID], row)
	if err := r.columns[columnID].load(r.s, columnID, i); err != nil {
		return nil, err
	}
	return r.columns[columnID].text(place), nil
}

// load has a block of words at hand.
func (r *rowReader) load(i int) error {
	if r.at == i {
		return nil
	}
	r.at = -1
	b := r.s.words[i]
	var err error
	if r.raw, err = r.s.read(r.raw, b, bitPadding); err != nil {
		return err
	}
	r.heads, r.places = r.heads[:0], r.places[:0]
	f := fields{b: r.raw[:b.size]}
	for range b.n {
		h := f.head()
		if f.err != nil {
			break
		}
		r.heads, r.places = append(r.heads, h), append(r.places, b.size-len(f.b))
		f.b = f.b[h.size:]
	}
	if f.end() != nil {
		return r.s.damaged("a block of words does not hold what it should")
	}
	r.at = i
	return nil
}

// head reads the numbers of a row.
func (r *rowReader) head(row uint32) (rowHead, error) {
	i, place := blockOf(r.s.first[columns], row)
	if err := r.load(i); err != nil {
		return rowHead{}, err
	}
	return r.heads[place], nil
}

// words appends the words of a row.
func (r *rowReader) words(dst []uint64, row uint32) ([]uint64, error) {
	i, place := blockOf(r.s.first[columns], row)
	if err := r.load(i); err != nil {
		return dst, err
	}
	stripe, _ := blockOf(r.s.firstStripes, row)
	d, err := r.s.dictionary(stripe)
	if err != nil {
		return dst, err
	}
	h := r.heads[place]
	// What stands behind the codes is other codes or the padding.
	if dst, err = d.decode(dst, r.raw[r.places[place]:], h.size, h.words); errors.Is(err, errShort) {
		err = r.s.damaged("the codes of words do not make sense")
	}
	return dst, err
}
