package article

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/pierrec/lz4/v4"

	"dedup/internal/plural"
)

// arrowBatch hands out the buffers of a batch, field by field in the order of the schema.
// Invariant: whatever a column holds was held against the number of its rows, so reading a value
// needs no more checks than Go's own.
type arrowBatch struct {
	rows     int
	body     []byte
	nodes    [][2]int64 // length and nulls of each field
	buffers  [][2]int64 // offset and length in the body
	variadic []int      // buffers of views
	codec    int        // -1: none; 0: LZ4 frames; 1: zstd
	unpacked int64      // bytes of the buffers that were unpacked
	err      error
}

// arrowColumn is a column of a batch that is read.
type arrowColumn struct {
	field   *arrowField
	targets []target

	rows    int
	valid   [][]byte // bits of the column and of the structs that it is in; nil: all are valid
	offsets []byte   // of texts and lists
	data    []byte
	more    [][]byte     // of views
	items   *arrowColumn // of a list
}

func newArrowBatch(t flatTable, body []byte) *arrowBatch {
	b := &arrowBatch{body: body, nodes: t.pairs(1), buffers: t.pairs(2), codec: -1}
	rows := t.number(0, 8, 0)
	if rows < 0 || rows > math.MaxInt32 {
		b.err = errors.New("the number of rows is out of range")
	}
	b.rows = int(rows)
	if c := t.table(3); c.at > 0 {
		b.codec = int(c.number(0, 1, 0))
	}
	if at, n := t.vector(4, 8); n > 0 {
		for i := range n {
			b.variadic = append(b.variadic, int(binary.LittleEndian.Uint64(t.b[at+8*i:])))
		}
	}
	return b
}

// columns fills the wanted columns among fields.
func (b *arrowBatch) columns(fields []*arrowField, wanted []*arrowColumn) error {
	of := make(map[*arrowField]*arrowColumn, len(wanted))
	for _, c := range wanted {
		of[c.field] = c
	}
	for _, f := range fields {
		b.field(f, of, nil)
	}
	return b.err
}

// field takes the node and the buffers of a field, and of its children.
func (b *arrowBatch) field(f *arrowField, of map[*arrowField]*arrowColumn, above [][]byte) {
	if b.err != nil {
		return
	}
	if len(b.nodes) == 0 {
		b.err = errors.New("a batch has fewer columns than the schema")
		return
	}
	rows, nulls := b.nodes[0][0], b.nodes[0][1]
	b.nodes = b.nodes[1:]
	if rows < 0 || rows > math.MaxInt32 {
		b.err = errors.New("the number of values is out of range")
		return
	}
	c := of[f]
	own := c != nil || f.kind == arrowStruct
	n := arrowBuffers[f.kind]
	switch {
	case f.coded:
		n = 2
	case f.dense:
		n = 2
	case f.kind == arrowTextView || f.kind == arrowBinaryView:
		if len(b.variadic) == 0 {
			b.err = errors.New("a column of views does not say how many buffers it has")
			return
		}
		n += b.variadic[0]
		b.variadic = b.variadic[1:]
	}
	buf := b.take(n, own)
	if b.err != nil {
		return
	}
	if own && len(buf) > 0 && nulls != 0 {
		if len(buf[0])*8 < int(rows) {
			b.short(f)
			return
		}
		above = append(above[:len(above):len(above)], buf[0])
	}
	if c != nil {
		b.fill(c, int(rows), above, buf)
	}
	if f.coded {
		return
	}
	for _, child := range f.children {
		if c != nil && (f.kind == arrowList || f.kind == arrowLargeList) {
			c.items = &arrowColumn{field: child}
			b.field(child, map[*arrowField]*arrowColumn{child: c.items}, nil)
			b.checkList(c)
			continue
		}
		b.field(child, of, above)
	}
}

func (b *arrowBatch) short(f *arrowField) {
	if b.err == nil {
		b.err = fmt.Errorf("column %q has fewer bytes than its rows need", short(f.name))
	}
}

// take gives the next n buffers; where they are not wanted, only their places are passed.
func (b *arrowBatch) take(n int, wanted bool) (out [][]byte) {
	if n < 0 || n > len(b.buffers) {
		b.err = errors.New("a batch has fewer buffers than its columns need")
		return nil
	}
	for _, p := range b.buffers[:n] {
		if !wanted {
			break
		}
		if p[0] < 0 || p[1] < 0 || p[0] > int64(len(b.body)) || p[1] > int64(len(b.body))-p[0] {
			b.err = errors.New("a buffer lies outside its batch")
			return nil
		}
		buf, err := b.unpack(b.body[p[0] : p[0]+p[1]])
		if err != nil {
			b.err = err
			return nil
		}
		out = append(out, buf)
	}
	b.buffers = b.buffers[n:]
	return out
}

// unpack undoes the compression of a buffer, which says its length first; -1: it has none.
func (b *arrowBatch) unpack(p []byte) ([]byte, error) {
	if b.codec < 0 || len(p) == 0 {
		return p, nil
	}
	if len(p) < 8 {
		return nil, errDamagedPage("compressed")
	}
	size := int64(binary.LittleEndian.Uint64(p))
	p = p[8:]
	if size == -1 {
		return p, nil
	}
	b.unpacked += max(size, 0)
	switch {
	case size < 0 || uint64(b.unpacked) > windowLimit():
		return nil, errors.New("columns of " + plural.Count(max(b.unpacked, size), "byte") + " are more than half of --memory")
	case b.codec == 1:
		return appendZstd(nil, int(size), p)
	case b.codec != 0:
		return nil, errors.New("its compression is not known")
	}
	var out bytes.Buffer
	_, err := io.CopyN(&out, lz4.NewReader(bytes.NewReader(p)), size)
	if err != nil {
		return nil, errDamagedPage("LZ4")
	}
	return out.Bytes(), nil
}

// fill holds the buffers of a column against its rows.
func (b *arrowBatch) fill(c *arrowColumn, rows int, above [][]byte, buf [][]byte) {
	f := c.field
	*c = arrowColumn{field: f, targets: c.targets, rows: rows, valid: above}
	for _, v := range above {
		if len(v)*8 < rows {
			b.short(f)
			return
		}
	}
	last := buf[len(buf)-1]
	ok := true
	switch {
	case f.coded:
		c.data, ok = last, f.index.size > 0 && f.index.size <= 8 && len(last) >= rows*f.index.size
	case f.kind == arrowText || f.kind == arrowBinary || f.kind == arrowList:
		c.offsets, c.data = buf[1], last
		ok = rows == 0 || len(c.offsets) >= 4*(rows+1)
	case f.kind == arrowLargeText || f.kind == arrowLargeBinary || f.kind == arrowLargeList:
		c.offsets, c.data = buf[1], last
		ok = rows == 0 || len(c.offsets) >= 8*(rows+1)
	case f.kind == arrowTextView || f.kind == arrowBinaryView:
		c.data, c.more = buf[1], buf[2:]
		ok = len(c.data) >= 16*rows
	default:
		c.data, ok = last, f.size > 0 && f.size <= 8 && len(last) >= rows*f.size
	}
	if ok && f.text() && !f.coded && c.offsets != nil && rows > 0 {
		ok = c.ascending(len(c.data))
	}
	if !ok {
		b.short(f)
	}
}

// checkList holds the places of lists against their items.
func (b *arrowBatch) checkList(c *arrowColumn) {
	if b.err == nil && c.rows > 0 && !c.ascending(c.items.rows) {
		b.short(c.field)
	}
}

// ascending tells whether offsets never go back and stay within limit.
func (c *arrowColumn) ascending(limit int) bool {
	from, _ := c.span(0)
	if from < 0 {
		return false
	}
	for i := range c.rows {
		a, z := c.span(i)
		if a < from || z < a || z > int64(limit) {
			return false
		}
		from = a
	}
	return true
}

// span is where value i lies.
func (c *arrowColumn) span(i int) (from, to int64) {
	switch c.field.kind {
	case arrowLargeText, arrowLargeBinary, arrowLargeList:
		return int64(binary.LittleEndian.Uint64(c.offsets[8*i:])), int64(binary.LittleEndian.Uint64(c.offsets[8*i+8:]))
	}
	return int64(int32(binary.LittleEndian.Uint32(c.offsets[4*i:]))), int64(int32(binary.LittleEndian.Uint32(c.offsets[4*i+4:])))
}

// value appends value i as text; false where it is null.
func (c *arrowColumn) value(dst []byte, i int, dicts map[int64][]*arrowColumn) ([]byte, bool) {
	if i >= c.rows {
		return dst, false
	}
	for _, v := range c.valid {
		if v[i>>3]>>(i&7)&1 == 0 {
			return dst, false
		}
	}
	f := c.field
	switch {
	case f.coded:
		n := whole64(c.data, i, f.index.size, f.index.unsigned)
		for _, d := range dicts[f.dict] {
			if n >= 0 && n < int64(d.rows) {
				return d.value(dst, int(n), nil)
			}
			n -= int64(d.rows)
		}
		return dst, false
	case f.kind == arrowTextView || f.kind == arrowBinaryView:
		return append(dst, c.view(i)...), true
	case f.text():
		from, to := c.span(i)
		return append(dst, c.data[from:to]...), true
	case c.items != nil:
		from, to := c.span(i)
		for k := from; k < to; k++ {
			if k > from {
				dst = append(dst, '\n')
			}
			dst, _ = c.items.value(dst, int(k), nil)
		}
		return dst, true
	}
	return f.print(dst, c.data, i), true
}

// view is the text of a view: in itself where it is short, else in a buffer.
func (c *arrowColumn) view(i int) []byte {
	v := c.data[16*i : 16*i+16]
	n := int(binary.LittleEndian.Uint32(v))
	if n <= 12 {
		return v[4 : 4+n]
	}
	buf, at := int(binary.LittleEndian.Uint32(v[8:])), int(binary.LittleEndian.Uint32(v[12:]))
	return c.more[buf][at : at+n]
}

// whole64 is number i of so many bytes each.
func whole64(b []byte, i, width int, unsigned bool) int64 {
	b = b[i*width:]
	switch width {
	case 1:
		if unsigned {
			return int64(b[0])
		}
		return int64(int8(b[0]))
	case 2:
		n := binary.LittleEndian.Uint16(b)
		if unsigned {
			return int64(n)
		}
		return int64(int16(n))
	case 4:
		n := binary.LittleEndian.Uint32(b)
		if unsigned {
			return int64(n)
		}
		return int64(int32(n))
	}
	return int64(binary.LittleEndian.Uint64(b))
}

// print appends a number or a time.
func (f *arrowField) print(dst, data []byte, i int) []byte {
	switch f.kind {
	case arrowFloat:
		if f.unit == 1 {
			return strconv.AppendFloat(dst, float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))), 'f', -1, 32)
		}
		return strconv.AppendFloat(dst, math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])), 'f', -1, 64)
	case arrowDate:
		n := whole64(data, i, f.size, false)
		if f.unit == 1 {
			n /= 86_400_000
		}
		return time.Unix(n*86_400, 0).UTC().AppendFormat(dst, time.DateOnly)
	case arrowTimestamp:
		n := whole64(data, i, 8, false)
		t := time.Unix(n, 0)
		switch f.unit {
		case 1:
			t = time.UnixMilli(n)
		case 2:
			t = time.UnixMicro(n)
		case 3:
			t = time.Unix(0, n)
		}
		return t.UTC().AppendFormat(dst, time.RFC3339Nano)
	}
	n := whole64(data, i, f.size, f.unsigned)
	if f.unsigned && f.size == 8 {
		return strconv.AppendUint(dst, uint64(n), 10)
	}
	return strconv.AppendInt(dst, n, 10)
}
