package article

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The values of a column of Arrow, of any type, read and made again. Values go from one batch into
// another as bytes (arrowvalues.go): a row of them is what a manifest keeps.
//
//  1. load takes the buffers of a batch and holds each against the number of rows: what a vector
//     holds can be read without more checks than Go's own.
//  2. appendValues writes some of the values; take adds them to another vector of the same field.
//  3. emit gives the buffers of a vector in the order of the format.
//
// Cost: a copy of each value each way.

// arrowShape says how the values of a type lie in buffers.
type arrowShape uint8

const (
	shapeNothing   arrowShape = iota // of the type null
	shapeFixed                       // so many bytes each; also the places of a dictionary
	shapeBits                        // a bit each
	shapeBytes                       // offsets into bytes
	shapeView                        // 16 bytes each, and bytes elsewhere
	shapeList                        // offsets into a child
	shapeListView                    // offsets and sizes
	shapeFixedList                   // so many of a child each
	shapeStruct
	shapeSparse // a union
	shapeDense
	shapeRuns // ends of runs, and a value each
)

const (
	viewSize   = 16
	viewInside = 12 // bytes that a view holds itself
)

// shape of a field, and whether its offsets have 64 bits.
func (f *arrowField) shape() (s arrowShape, wide bool) {
	if f.coded {
		return shapeFixed, false
	}
	switch f.kind {
	case arrowNull:
		return shapeNothing, false
	case arrowBool:
		return shapeBits, false
	case arrowText, arrowBinary, arrowLargeText, arrowLargeBinary:
		return shapeBytes, f.kind == arrowLargeText || f.kind == arrowLargeBinary
	case arrowTextView, arrowBinaryView:
		return shapeView, false
	case arrowList, arrowMap, arrowLargeList:
		return shapeList, f.kind == arrowLargeList
	case arrowListView, arrowLargeListView:
		return shapeListView, f.kind == arrowLargeListView
	case arrowFixedList:
		return shapeFixedList, false
	case arrowStruct:
		return shapeStruct, false
	case arrowUnion:
		if f.dense {
			return shapeDense, false
		}
		return shapeSparse, false
	case arrowRunEnds:
		return shapeRuns, false
	}
	return shapeFixed, false
}

// arrowVector holds values of a field.
type arrowVector struct {
	field    *arrowField
	number   int // of the field in the schema, those inside others behind them
	shape    arrowShape
	wide     bool // offsets have 64 bits
	size     int  // bytes of a value, or items of one
	rows     int
	nulls    int
	valid    []byte // a bit a value; nil: all are there
	bits     bool   // the bits are written where all are there, too
	types    []byte // of a union
	places   []byte // offsets
	sizes    []byte // of a list view
	data     []byte
	more     [][]byte // what views point into
	children []*arrowVector
	swap     []byte // stands for the text that is written; nil: it is the vector's own
}

// newArrowVector makes an empty vector of a field.
func newArrowVector(f *arrowField, number *int) (*arrowVector, error) {
	v := &arrowVector{field: f, number: *number, size: f.size}
	v.shape, v.wide = f.shape()
	*number++
	if f.coded {
		v.size = f.index.size
	}
	if v.shape == shapeFixed && v.size == 0 && f.kind != arrowFixedBinary {
		return nil, fmt.Errorf("field %q has values of a size that is not known", short(f.name))
	}
	want := -1 // children
	switch v.shape {
	case shapeList, shapeListView, shapeFixedList:
		want = 1
	case shapeRuns:
		want = 2
	}
	if want >= 0 && want != len(f.children) {
		return nil, fmt.Errorf("field %q has %d fields inside it, not %d", short(f.name), len(f.children), want)
	}
	if f.coded {
		return v, nil
	}
	for _, c := range f.children {
		child, err := newArrowVector(c, number)
		if err != nil {
			return nil, err
		}
		v.children = append(v.children, child)
	}
	if v.shape == shapeRuns && (v.children[0].shape != shapeFixed || v.children[0].size > 8) {
		return nil, fmt.Errorf("field %q has ends of runs that are no numbers", short(f.name))
	}
	return v, nil
}

// empty takes the values out; what the batch says of the form of its buffers stays.
func (v *arrowVector) empty() {
	v.rows, v.nulls, v.swap = 0, 0, nil
	v.valid, v.types, v.places, v.sizes, v.data = nil, nil, nil, nil, nil
	if v.shape == shapeBytes || v.shape == shapeList {
		v.places = appendPlace(nil, 0, v.wide)
	}
	for i := range v.more {
		v.more[i] = nil
	}
	for _, c := range v.children {
		c.empty()
	}
}

// nullable tells whether the values have bits that say which are there.
func (v *arrowVector) nullable() bool {
	switch v.shape {
	case shapeNothing, shapeSparse, shapeDense, shapeRuns:
		return false
	}
	return true
}

// load takes the next buffers of a batch.
func (v *arrowVector) load(b *arrowBatch) error {
	if len(b.nodes) == 0 {
		return errors.New("a batch has fewer columns than the schema")
	}
	node := b.nodes[0]
	b.nodes = b.nodes[1:]
	if node[0] < 0 || node[0] > math.MaxInt32 {
		return errors.New("the number of values is out of range")
	}
	v.rows, v.valid, v.bits = int(node[0]), nil, false
	if v.nullable() {
		bits := b.take(1, true)
		if b.err != nil {
			return b.err
		}
		v.bits = len(bits[0]) > 0
		if v.bits && node[1] != 0 {
			v.valid = bits[0]
		}
	}
	if err := v.loadValues(b); err != nil {
		return err
	}
	for _, c := range v.children {
		if err := c.load(b); err != nil {
			return err
		}
	}
	if !v.whole() {
		return fmt.Errorf("column %q has fewer bytes than its rows need", short(v.field.name))
	}
	v.nulls = 0
	for i := range v.rows {
		if !v.has(i) {
			v.nulls++
		}
	}
	return nil
}

// loadValues takes the buffers behind the bits.
func (v *arrowVector) loadValues(b *arrowBatch) error {
	into := v.buffers()
	if v.shape == shapeView {
		if len(b.variadic) == 0 {
			return errors.New("a column of views does not say how many buffers it has")
		}
		n := b.variadic[0]
		b.variadic = b.variadic[1:]
		if n < 0 || n > len(b.buffers) {
			return errors.New("a batch has fewer buffers than its columns need")
		}
		v.more = make([][]byte, n)
	}
	got := b.take(len(into)+len(v.more), true)
	if b.err != nil {
		return b.err
	}
	for i, p := range into {
		*p = got[i]
	}
	copy(v.more, got[len(into):])
	return nil
}

// buffers are what a vector has behind the bits, in order, without those that views point into.
func (v *arrowVector) buffers() []*[]byte {
	switch v.shape {
	case shapeFixed, shapeBits, shapeView:
		return []*[]byte{&v.data}
	case shapeBytes:
		return []*[]byte{&v.places, &v.data}
	case shapeList:
		return []*[]byte{&v.places}
	case shapeListView:
		return []*[]byte{&v.places, &v.sizes}
	case shapeSparse:
		return []*[]byte{&v.types}
	case shapeDense:
		return []*[]byte{&v.types, &v.places}
	}
	return nil
}

// whole tells whether all values lie within the buffers and the children.
func (v *arrowVector) whole() bool {
	if v.valid != nil && len(v.valid)*8 < v.rows {
		return false
	}
	switch v.shape {
	case shapeFixed:
		return v.size == 0 || len(v.data)/v.size >= v.rows
	case shapeBits:
		return len(v.data)*8 >= v.rows
	case shapeBytes:
		return v.ascending(len(v.data))
	case shapeList:
		return v.ascending(v.children[0].rows)
	case shapeView:
		return len(v.data)/viewSize >= v.rows && v.each(func(i int) bool { _, ok := v.viewed(i); return ok })
	case shapeListView:
		n := v.placeSize()
		return len(v.places)/n >= v.rows && len(v.sizes)/n >= v.rows && v.each(func(i int) bool {
			at, k := place(v.places, i, v.wide), place(v.sizes, i, v.wide)
			return !v.has(i) || at >= 0 && k >= 0 && k <= int64(v.children[0].rows) && at <= int64(v.children[0].rows)-k
		})
	case shapeFixedList:
		return v.size == 0 || v.children[0].rows/v.size >= v.rows
	case shapeStruct:
		return v.covered()
	case shapeSparse:
		return len(v.types) >= v.rows && v.covered() && v.each(func(i int) bool { return v.child(i) != nil })
	case shapeDense:
		return len(v.types) >= v.rows && len(v.places)/4 >= v.rows && v.each(func(i int) bool {
			c, at := v.child(i), place(v.places, i, false)
			return c != nil && at >= 0 && at < int64(c.rows)
		})
	case shapeRuns:
		return v.runs()
	}
	return true
}

func (v *arrowVector) each(ok func(i int) bool) bool {
	for i := range v.rows {
		if !ok(i) {
			return false
		}
	}
	return true
}

// covered tells whether every child has a value a row.
func (v *arrowVector) covered() bool {
	for _, c := range v.children {
		if c.rows < v.rows {
			return false
		}
	}
	return true
}

// ascending tells whether offsets never go back and stay within limit.
func (v *arrowVector) ascending(limit int) bool {
	if v.rows == 0 {
		return true
	}
	if len(v.places)/v.placeSize() < v.rows+1 {
		return false
	}
	from := int64(0)
	for i := range v.rows + 1 {
		at := place(v.places, i, v.wide)
		if at < from || at > int64(limit) {
			return false
		}
		from = at
	}
	return true
}

// runs tells whether the ends of runs ascend and reach the last row.
func (v *arrowVector) runs() bool {
	ends, last := v.children[0], int64(0)
	if v.children[1].rows < ends.rows {
		return false
	}
	for i := range ends.rows {
		end := whole64(ends.data, i, ends.size, false)
		if end <= last {
			return false
		}
		last = end
	}
	return last >= int64(v.rows)
}

// placeSize is the bytes of an offset.
func (v *arrowVector) placeSize() int {
	if v.wide {
		return 8
	}
	return 4
}

// place is offset i.
func place(b []byte, i int, wide bool) int64 {
	if wide {
		return int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return int64(int32(binary.LittleEndian.Uint32(b[4*i:])))
}

func appendPlace(dst []byte, at int64, wide bool) []byte {
	if wide {
		return binary.LittleEndian.AppendUint64(dst, uint64(at))
	}
	return binary.LittleEndian.AppendUint32(dst, uint32(at))
}

// has tells whether value i is there.
func (v *arrowVector) has(i int) bool { return v.valid == nil || v.valid[i>>3]>>(i&7)&1 == 1 }

// child is what value i of a union is a value of; nil: its type is not known.
func (v *arrowVector) child(i int) *arrowVector {
	t := int8(v.types[i])
	if v.field.types == nil {
		if t < 0 || int(t) >= len(v.children) {
			return nil
		}
		return v.children[t]
	}
	for k, n := range v.field.types {
		if n == t && k < len(v.children) {
			return v.children[k]
		}
	}
	return nil
}

// viewed is the text of view i; false: it lies outside the buffers.
func (v *arrowVector) viewed(i int) ([]byte, bool) {
	if !v.has(i) {
		return nil, true
	}
	b := v.data[viewSize*i:][:viewSize]
	n := int64(int32(binary.LittleEndian.Uint32(b)))
	if n >= 0 && n <= viewInside {
		return b[4 : 4+n], true
	}
	k, at := int(int32(binary.LittleEndian.Uint32(b[8:]))), int64(int32(binary.LittleEndian.Uint32(b[12:])))
	if n < 0 || k < 0 || k >= len(v.more) || at < 0 || at+n > int64(len(v.more[k])) {
		return nil, false
	}
	return v.more[k][at : at+n], true
}
