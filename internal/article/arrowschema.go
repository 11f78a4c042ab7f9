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
	bits     int // of a number, or of the index into a dictionary
	unsigned bool
	unit     int // of a date or time; precision of a float
	dense    bool
	coded    bool  // values are in a dictionary
	dict     int64 // its id
	children []*arrowField
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
			f.bits, f.unsigned = int(index.number(0, 4, arrowDictionaryIndex)), index.at > 0 && index.number(1, 1, 0) == 0
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
		f.bits, f.unsigned = int(t.number(0, 4, 0)), t.number(1, 1, 0) == 0
	case arrowFloat, arrowTimestamp, arrowUnion:
		f.unit = int(t.number(0, 2, 0))
		f.dense = f.kind == arrowUnion && f.unit == 1
	case arrowDate:
		f.unit = int(t.number(0, 2, 1))
	}
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
	case arrowInt, arrowFloat, arrowDate, arrowTimestamp:
		return true
	case arrowList, arrowLargeList:
		return !f.coded && len(f.children) == 1 && f.children[0].text() && !f.children[0].coded
	}
	return f.text()
}
