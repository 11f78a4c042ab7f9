package article

import (
	"errors"
	"fmt"
)

// arrowType is the number of a type in the metadata of Arrow.
type arrowType uint8

const (
	arrowNull            arrowType = 1
	arrowInt             arrowType = 2
	arrowFloat           arrowType = 3
	arrowBinary          arrowType = 4
	arrowText            arrowType = 5
	arrowBool            arrowType = 6
	arrowDecimal         arrowType = 7
	arrowDate            arrowType = 8
	arrowTime            arrowType = 9
	arrowTimestamp       arrowType = 10
	arrowInterval        arrowType = 11
	arrowList            arrowType = 12
	arrowStruct          arrowType = 13
	arrowUnion           arrowType = 14
	arrowFixedBinary     arrowType = 15
	arrowFixedList       arrowType = 16
	arrowMap             arrowType = 17
	arrowDuration        arrowType = 18
	arrowLargeBinary     arrowType = 19
	arrowLargeText       arrowType = 20
	arrowLargeList       arrowType = 21
	arrowRunEnds         arrowType = 22
	arrowBinaryView      arrowType = 23
	arrowTextView        arrowType = 24
	arrowListView        arrowType = 25
	arrowLargeListView   arrowType = 26
	arrowTypes           arrowType = 27
	maxArrowDepth                  = 64
	maxArrowFields                 = 100_000
	arrowDictionaryIndex           = 32 // bits, where the schema does not say
)

// arrowBuffers says how many buffers a field of a type has in a batch, without those of its
// children.
var arrowBuffers = [arrowTypes]int{
	arrowInt: 2, arrowFloat: 2, arrowBinary: 3, arrowText: 3, arrowBool: 2, arrowDecimal: 2, arrowDate: 2, arrowTime: 2, arrowTimestamp: 2, arrowInterval: 2,
	arrowList: 2, arrowStruct: 1, arrowUnion: 1, arrowFixedBinary: 2, arrowFixedList: 1, arrowMap: 2, arrowDuration: 2, arrowLargeBinary: 3, arrowLargeText: 3,
	arrowLargeList: 2, arrowBinaryView: 2, arrowTextView: 2, arrowListView: 3, arrowLargeListView: 3,
}

// arrowField is a field of the schema.
type arrowField struct {
	name     string
	kind     arrowType
	size     int // bytes of a value of a fixed length, items of a list of a fixed length; 0: it has none
	unsigned bool
	unit     int // of a date or time; precision of a float
	dense    bool
	types    []int8 // of a union: what stands for each child
	coded    bool   // values are in a dictionary
	dict     int64  // its id
	index    arrowIndex
	children []*arrowField
}

// arrowIndex is the number of a value in a dictionary: its bytes, and whether it has a sign.
type arrowIndex struct {
	size     int
	unsigned bool
}

var errArrowDeep = errors.New("its schema is nested too deep or too long")

// arrowSchema reads the fields of a schema.
func arrowSchema(t flatTable) ([]*arrowField, error) {
	if t.number(0, 2, 0) != 0 {
		return nil, errors.New("it is big-endian")
	}
	left := maxArrowFields
	return arrowFields(t.tables(1), maxArrowDepth, &left)
}

func arrowFields(tables []flatTable, depth int, left *int) (out []*arrowField, err error) {
	if *left -= len(tables); *left < 0 || depth == 0 {
		return nil, errArrowDeep
	}
	for _, t := range tables {
		f := &arrowField{name: t.text(0), kind: arrowType(t.number(2, 1, 0))}
		if f.kind == 0 || f.kind >= arrowTypes {
			return nil, fmt.Errorf("field %q has a type that is not known", short(f.name))
		}
		f.describe(t.table(3))
		if d := t.table(4); d.at > 0 {
			f.coded, f.dict = true, d.number(0, 8, 0)
			index := d.table(1)
			f.index = arrowIndex{bytesOf(index.number(0, 4, arrowDictionaryIndex)), index.at > 0 && index.number(1, 1, 0) == 0}
		}
		if f.children, err = arrowFields(t.tables(5), depth-1, left); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// describe reads what the type of a field says.
func (f *arrowField) describe(t flatTable) {
	switch f.kind {
	case arrowInt:
		f.size, f.unsigned = bytesOf(t.number(0, 4, 0)), t.number(1, 1, 0) == 0
	case arrowFloat:
		f.unit = int(t.number(0, 2, 0))
		f.size = []int{2, 4, 8}[min(max(f.unit, 0), 2)]
	case arrowDate:
		f.unit = int(t.number(0, 2, 1))
		f.size = 4 + 4*min(max(f.unit, 0), 1)
	case arrowTimestamp:
		f.unit, f.size = int(t.number(0, 2, 0)), 8
	case arrowTime:
		f.size = bytesOf(t.number(1, 4, 32))
	case arrowDuration:
		f.size = 8
	case arrowInterval:
		f.size = []int{4, 8, 16}[min(max(t.number(0, 2, 0), 0), 2)]
	case arrowDecimal:
		f.size = bytesOf(t.number(2, 4, 128))
	case arrowFixedBinary, arrowFixedList:
		f.size = int(max(t.number(0, 4, 0), 0))
	case arrowUnion:
		f.dense = t.number(0, 2, 0) == 1
		f.types = unionTypes(t)
	}
}

// bytesOf is the bytes of a number of so many bits; 0: there is none of so many.
func bytesOf(n int64) int {
	switch n {
	case 8, 16, 32, 64, 128, 256:
		return int(n / 8)
	}
	return 0
}

// unionTypes are the numbers that stand for the children of a union; nil: their places do.
func unionTypes(t flatTable) (out []int8) {
	at, n := t.vector(1, 4)
	for i := range n {
		out = append(out, int8(t.u32(at+4*i)))
	}
	return out
}

// text tells whether values of the field are bytes.
func (f *arrowField) text() bool {
	switch f.kind {
	case arrowText, arrowLargeText, arrowBinary, arrowLargeBinary, arrowTextView, arrowBinaryView:
		return true
	}
	return false
}

// readable tells whether a value of the field can be written as text.
func (f *arrowField) readable() bool {
	switch f.kind {
	case arrowFloat:
		return f.size > 2
	case arrowInt, arrowDate, arrowTimestamp:
		return true
	case arrowList, arrowLargeList:
		return !f.coded && len(f.children) == 1 && f.children[0].text() && !f.children[0].coded
	}
	return f.text()
}
