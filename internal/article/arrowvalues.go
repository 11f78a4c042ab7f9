package article

import (
	"encoding/binary"
	"errors"
	"math"
	"sort"
)

// The bytes of values. Before values that may be missing stands 1 (all are there), 0 (none is), or
// 2 and a byte each. Then, by shape: numbers as they lie in their buffer; a byte a bit; texts
// behind their lengths; lists as their lengths, and the items of each; structs field by field; of
// unions the numbers of the types, and the values. Lengths are varints. Invariant: what take reads,
// appendValues writes with the same bytes.

const (
	valuesMissing = 0
	valuesThere   = 1
	valuesMixed   = 2

	mostBits = 1 << 20 // values without a byte of their own
)

// appendValues appends values [from, from+n).
func (v *arrowVector) appendValues(dst []byte, from, n int) []byte {
	if v.nullable() {
		dst = v.appendValid(dst, from, n)
	}
	switch v.shape {
	case shapeFixed:
		return append(dst, v.data[from*v.size:(from+n)*v.size]...)
	case shapeBits:
		for i := from; i < from+n; i++ {
			dst = append(dst, v.data[i>>3]>>(i&7)&1)
		}
	case shapeBytes, shapeView:
		for i := from; i < from+n; i++ {
			b := v.text(i)
			dst = binary.AppendUvarint(dst, uint64(len(b)))
			dst = append(dst, b...)
		}
	case shapeList, shapeListView:
		for i := from; i < from+n; i++ {
			at, k := v.items(i)
			dst = binary.AppendUvarint(dst, uint64(k))
			dst = v.children[0].appendValues(dst, at, k)
		}
	case shapeFixedList:
		dst = v.children[0].appendValues(dst, from*v.size, n*v.size)
	case shapeSparse, shapeStruct:
		if v.shape == shapeSparse {
			dst = append(dst, v.types[from:from+n]...)
		}
		for _, c := range v.children {
			dst = c.appendValues(dst, from, n)
		}
	case shapeDense:
		for i := from; i < from+n; i++ {
			dst = append(dst, v.types[i])
			dst = v.child(i).appendValues(dst, int(place(v.places, i, false)), 1)
		}
	case shapeRuns:
		ends := v.children[0]
		for i := from; i < from+n; i++ {
			run := sort.Search(ends.rows, func(k int) bool { return whole64(ends.data, k, ends.size, false) > int64(i) })
			dst = v.children[1].appendValues(dst, run, 1)
		}
	}
	return dst
}

// appendValid appends which of the values are there.
func (v *arrowVector) appendValid(dst []byte, from, n int) []byte {
	there := 0
	for i := from; i < from+n; i++ {
		if v.has(i) {
			there++
		}
	}
	switch there {
	case n:
		return append(dst, valuesThere)
	case 0:
		return append(dst, valuesMissing)
	}
	dst = append(dst, valuesMixed)
	for i := from; i < from+n; i++ {
		b := byte(0)
		if v.has(i) {
			b = 1
		}
		dst = append(dst, b)
	}
	return dst
}

// text is value i of a column of texts; nothing where it is missing.
func (v *arrowVector) text(i int) []byte {
	switch {
	case v.swap != nil:
		return v.swap
	case !v.has(i):
		return nil
	case v.shape == shapeView:
		b, _ := v.viewed(i)
		return b
	}
	return v.data[place(v.places, i, v.wide):place(v.places, i+1, v.wide)]
}

// items is where the items of list i start, and how many there are; none where it is missing.
func (v *arrowVector) items(i int) (at, n int) {
	switch {
	case !v.has(i):
		return 0, 0
	case v.shape == shapeListView:
		return int(place(v.places, i, v.wide)), int(place(v.sizes, i, v.wide))
	}
	at = int(place(v.places, i, v.wide))
	return at, int(place(v.places, i+1, v.wide)) - at
}

// valueBytes are bytes of values that are being read; bad: they were not written by appendValues.
type valueBytes struct {
	b   []byte
	bad bool
}

func (b *valueBytes) next(n int) []byte {
	if b.bad || n < 0 || n > len(b.b) {
		b.bad = true
		return nil
	}
	p := b.b[:n]
	b.b = b.b[n:]
	return p
}

func (b *valueBytes) byte() byte {
	if p := b.next(1); p != nil {
		return p[0]
	}
	return 0
}

func (b *valueBytes) count() int {
	n, k := binary.Uvarint(b.b)
	if k <= 0 || n > math.MaxInt32 {
		b.bad = true
		return 0
	}
	b.b = b.b[k:]
	return int(n)
}

var errArrowFull = errors.New("a column of a batch would have more than 2 GiB of text")

// take adds n values.
func (v *arrowVector) take(b *valueBytes, n int) error {
	if b.bad || v.rows > math.MaxInt32-n {
		b.bad = true
		return nil
	}
	if v.nullable() {
		v.takeValid(b, n)
	}
	var err error
	switch v.shape {
	case shapeFixed:
		v.data = append(v.data, b.next(n*v.size)...)
	case shapeBits:
		for i, bit := range b.next(n) {
			v.data = setBit(v.data, v.rows+i, bit != 0)
		}
	case shapeBytes, shapeView:
		for i := 0; i < n && !b.bad && err == nil; i++ {
			err = v.takeText(b.next(b.count()), b)
		}
	case shapeList, shapeListView:
		for i := 0; i < n && !b.bad && err == nil; i++ {
			err = v.takeList(b)
		}
	case shapeFixedList:
		err = v.children[0].take(b, n*v.size)
	case shapeSparse, shapeStruct:
		if v.shape == shapeSparse {
			v.types = append(v.types, b.next(n)...)
		}
		for _, c := range v.children {
			err = errors.Join(err, c.take(b, n))
		}
	case shapeDense:
		for i := 0; i < n && !b.bad && err == nil; i++ {
			err = v.takeUnion(b)
		}
	case shapeRuns:
		for i := 0; i < n && !b.bad && err == nil; i++ {
			err = v.children[1].take(b, 1)
			v.children[0].endRun(int64(v.rows + i + 1))
		}
	}
	v.rows += n
	return err
}

// takeValid adds which of n values are there.
func (v *arrowVector) takeValid(b *valueBytes, n int) {
	mode := b.byte()
	if mode == valuesThere && v.valid == nil {
		return
	}
	var each []byte
	switch {
	case mode > valuesMixed:
		b.bad = true
	case mode == valuesMixed:
		each = b.next(n)
	case n > max(len(b.b), mostBits): // most values have a byte at least
		b.bad = true
	}
	if b.bad {
		return
	}
	if v.valid == nil {
		for i := range v.rows {
			v.valid = setBit(v.valid, i, true)
		}
	}
	for i := range n {
		there := mode == valuesThere || mode == valuesMixed && each[i] != 0
		v.valid = setBit(v.valid, v.rows+i, there)
		if !there {
			v.nulls++
		}
	}
}

func setBit(b []byte, i int, on bool) []byte {
	if i>>3 >= len(b) {
		b = append(b, 0)
	}
	if on {
		b[i>>3] |= 1 << (i & 7)
	}
	return b
}

func (v *arrowVector) takeText(p []byte, b *valueBytes) error {
	if v.shape == shapeBytes {
		v.data = append(v.data, p...)
		if !v.wide && len(v.data) > math.MaxInt32 {
			return errArrowFull
		}
		v.places = appendPlace(v.places, int64(len(v.data)), v.wide)
		return nil
	}
	var view [viewSize]byte
	binary.LittleEndian.PutUint32(view[:], uint32(len(p)))
	copy(view[4:8], p)
	switch {
	case len(p) <= viewInside:
		copy(view[4:], p)
	case len(v.more) == 0:
		b.bad = true
	default:
		binary.LittleEndian.PutUint32(view[12:], uint32(len(v.more[0])))
		v.more[0] = append(v.more[0], p...)
		if len(v.more[0]) > math.MaxInt32 {
			return errArrowFull
		}
	}
	v.data = append(v.data, view[:]...)
	return nil
}

func (v *arrowVector) takeList(b *valueBytes) error {
	n := b.count()
	at := int64(v.children[0].rows)
	if err := v.children[0].take(b, n); err != nil || b.bad {
		return err
	}
	if v.shape == shapeListView {
		v.places, v.sizes = appendPlace(v.places, at, v.wide), appendPlace(v.sizes, int64(n), v.wide)
		return nil
	}
	v.places = appendPlace(v.places, at+int64(n), v.wide)
	return nil
}

func (v *arrowVector) takeUnion(b *valueBytes) error {
	v.types = append(v.types, b.byte())
	c := v.child(len(v.types) - 1)
	if c == nil {
		b.bad = true
		return nil
	}
	v.places = appendPlace(v.places, int64(c.rows), false)
	return c.take(b, 1)
}

// endRun adds the end of a run.
func (v *arrowVector) endRun(end int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(end))
	v.data = append(v.data, b[:v.size]...)
	v.rows++
}
