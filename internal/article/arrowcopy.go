package article

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// An Arrow stream or file that is written again with other rows. Messages are copied byte for byte:
// the schema with its metadata, dictionaries, and batches of which nothing goes. A batch that
// changes keeps its metadata, in which lengths and places are overwritten, its compression, and the
// alignment of its buffers; one that loses all rows stays as a batch without rows. So the index of
// a file keeps its blocks too, and their places are overwritten there.
//
// Memory: a batch as it comes, unpacked, and made again; of a file 40 bytes a message.

// ArrowCopy is such a stream. Next goes to the next batch; Keep, Put and End write it.
type ArrowCopy struct {
	in      *bufio.Reader
	w       io.Writer
	same    io.Writer // gets what is copied and is neither rows nor places
	file    bool      // it has an index at its end
	at, to  int64     // bytes read and written
	moved   map[int64]arrowBlock
	columns []*arrowVector // of the batch that is read
	made    []*arrowVector // of the one that is written
	texts   []*arrowVector // columns of texts, those inside structs too
	message arrowMessage
	body    []byte
	rows    int // of the batch that is read
	kept    int // of these, from the first on, while nothing else was done
	put     int // rows of the batch that is written
	changed bool
}

// The index of a file: numbers of its fields, and the bytes of a block of it.
const (
	footerDictionaries = 2
	footerRows         = 3
	footerBlock        = 24
)

// arrowBlock is where a message came to stand, and its bytes.
type arrowBlock struct{ at, head, body int64 }

// CopyArrow reads the schema of an Arrow stream or file and writes it to w. To same goes what of
// the stream is copied and is no row: it is equal on both sides of a copy.
func CopyArrow(r io.Reader, w, same io.Writer) (*ArrowCopy, error) {
	c := &ArrowCopy{in: bufio.NewReaderSize(r, 256<<10), w: w, same: same}
	if head, err := c.in.Peek(8); err == nil && string(head[:6]) == arrowMagic {
		c.file, c.moved = true, map[int64]arrowBlock{}
		_, _ = c.in.Discard(8) // they are there
		if err := c.write([]byte(arrowMagic + "\x00\x00")); err != nil {
			return nil, err
		}
		c.at = 8
	}
	if err := c.next(); err != nil {
		return nil, brokenArrow(err)
	}
	if c.message.kind != arrowSchemaMessage {
		return nil, brokenArrow(errors.New("it does not start with a schema"))
	}
	fields, err := arrowSchema(c.message.header)
	if err != nil {
		return nil, brokenArrow(err)
	}
	if c.columns, err = arrowVectors(fields); err != nil {
		return nil, brokenArrow(err)
	}
	if c.made, err = arrowVectors(fields); err != nil {
		return nil, brokenArrow(err)
	}
	c.addTexts(c.columns)
	return c, c.pass()
}

func brokenArrow(err error) error {
	return fmt.Errorf("broken Arrow data: %s\nhint: get the file again, or leave it out", arrowCause(err))
}

func arrowVectors(fields []*arrowField) (out []*arrowVector, err error) {
	number := 0
	for _, f := range fields {
		v, err := newArrowVector(f, &number)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (c *ArrowCopy) addTexts(vectors []*arrowVector) {
	for _, v := range vectors {
		switch v.shape {
		case shapeBytes, shapeView:
			c.texts = append(c.texts, v)
		case shapeStruct:
			c.addTexts(v.children)
		}
	}
}

// next reads a message with its body.
func (c *ArrowCopy) next() (err error) {
	if c.message, err = readArrowMessage(c.in); err != nil {
		return err
	}
	c.body, err = readAtMost(c.body, c.in, c.message.body)
	return err
}

func (c *ArrowCopy) write(p []byte) error {
	c.to += int64(len(p))
	_, err := c.w.Write(p)
	return err
}

// pass copies the message that was read.
func (c *ArrowCopy) pass() error {
	if c.message.kind != arrowRows {
		_, _ = c.same.Write(c.message.table.b) // a hash takes everything
		_, _ = c.same.Write(c.body)
	}
	return c.emit(c.body)
}

// emit writes the message that was read with this body, and notes where it stands.
func (c *ArrowCopy) emit(body []byte) error {
	m := &c.message
	if c.file {
		c.moved[c.at] = arrowBlock{c.to, int64(len(m.head) + len(m.table.b)), int64(len(body))}
	}
	c.at += int64(len(m.head)+len(m.table.b)) + m.body
	for _, p := range [][]byte{m.head, m.table.b, body} {
		if err := c.write(p); err != nil {
			return err
		}
	}
	return nil
}

// Next goes to the next batch of rows, and gives how many it has; io.EOF at the end, behind which
// everything was copied.
func (c *ArrowCopy) Next() (rows int, err error) {
	for {
		err := c.next()
		if err == io.EOF {
			return 0, c.end()
		}
		if err != nil {
			return 0, brokenArrow(err)
		}
		if c.message.kind == arrowRows {
			break
		}
		if err := c.pass(); err != nil {
			return 0, err
		}
	}
	b := newArrowBatch(c.message.header, c.body)
	if b.err != nil {
		return 0, brokenArrow(b.err)
	}
	for _, v := range c.columns {
		if err := v.load(b); err != nil {
			return 0, brokenArrow(err)
		}
		if v.rows != b.rows {
			return 0, brokenArrow(fmt.Errorf("column %q has another number of rows than its batch", short(v.field.name)))
		}
	}
	if len(b.nodes)+len(b.buffers)+len(b.variadic) > 0 {
		return 0, brokenArrow(errors.New("a batch has more buffers than its columns need"))
	}
	c.rows, c.kept, c.put, c.changed = b.rows, 0, 0, false
	return b.rows, nil
}

// AppendRow appends the values of row i of the batch, column by column (arrowvalues.go).
func (c *ArrowCopy) AppendRow(dst []byte, i int) []byte {
	for _, v := range c.columns {
		dst = v.appendValues(dst, i, 1)
	}
	return dst
}

// Text finds the first column of texts whose value in row i is ok; -1: there is none.
func (c *ArrowCopy) Text(i int, ok func(column int, value []byte) bool) (column int, value []byte) {
	for _, v := range c.texts {
		if b := v.text(i); v.has(i) && ok(v.number, b) {
			return v.number, b
		}
	}
	return -1, nil
}

// AppendRowWith appends row i with another value in a column that Text gave.
func (c *ArrowCopy) AppendRowWith(dst []byte, i, column int, value []byte) []byte {
	for _, v := range c.texts {
		if v.number == column {
			v.swap = value
			if value == nil {
				v.swap = []byte{}
			}
			dst = c.AppendRow(dst, i)
			v.swap = nil
		}
	}
	return dst
}

// Keep writes row i of the batch as it is.
func (c *ArrowCopy) Keep(i int) error {
	if !c.changed && i == c.kept {
		c.kept++
		c.put++
		return nil
	}
	return c.Put(c.AppendRow(nil, i))
}

// Put writes a row that AppendRow gave.
func (c *ArrowCopy) Put(row []byte) error {
	if !c.changed {
		c.change()
	}
	b := &valueBytes{b: row}
	for _, v := range c.made {
		if err := v.take(b, 1); err != nil {
			return err
		}
	}
	if b.bad || len(b.b) > 0 {
		return errors.New("a row that does not fit the schema")
	}
	c.put++
	return nil
}

// change begins a batch of other rows, with those that were kept so far.
func (c *ArrowCopy) change() {
	c.changed = true
	for i, v := range c.made {
		v.like(c.columns[i])
		v.empty()
	}
	var b valueBytes
	for i := range c.kept {
		b.b = c.AppendRow(b.b[:0], i)
		for _, v := range c.made {
			_ = v.take(&b, 1) // they had room in the batch that they are from
		}
	}
}

// like gives a vector the form of the buffers that another has.
func (v *arrowVector) like(o *arrowVector) {
	v.bits, v.more = o.bits, make([][]byte, len(o.more))
	for i, c := range v.children {
		c.like(o.children[i])
	}
}

// End writes the batch.
func (c *ArrowCopy) End() error {
	if c.kept == c.rows && !c.changed {
		return c.pass()
	}
	if !c.changed {
		c.change()
	}
	m := &c.message
	b := newArrowBatch(m.header, c.body) // Next used the first up
	out := arrowOut{codec: b.codec, align: 8}
	if aligned(b.buffers, 64) {
		out.align = 64
	}
	for _, v := range c.made {
		if err := v.emit(&out); err != nil {
			return err
		}
	}
	ok := m.header.put(0, int64(c.put)) && m.header.putPairs(1, out.nodes) && m.header.putPairs(2, out.places) && m.table.put(3, int64(len(out.body)))
	if !ok {
		return errors.New("a batch whose metadata have no room for other lengths\nhint: write the file again with pyarrow, or as Parquet")
	}
	return c.emit(out.body)
}

func aligned(places [][2]int64, n int64) bool {
	for _, p := range places {
		if p[0]%n != 0 {
			return false
		}
	}
	return true
}

// end copies what stands behind the last batch: the mark of the end, and the index of a file.
func (c *ArrowCopy) end() error {
	if err := c.write(c.message.head); err != nil {
		return err
	}
	rest, err := io.ReadAll(io.LimitReader(c.in, maxArrowMessage+1))
	if err != nil {
		return brokenArrow(err)
	}
	if len(rest) > maxArrowMessage {
		return brokenArrow(errors.New("what stands behind its end is out of range"))
	}
	if err := c.index(rest); err != nil {
		return err
	}
	if err := c.write(rest); err != nil {
		return err
	}
	return io.EOF
}

// index puts into the index of a file where its messages stand now. Their places are no part of
// what is the same on both sides.
func (c *ArrowCopy) index(b []byte) error {
	if !c.file {
		_, _ = c.same.Write(b)
		return nil
	}
	footer, ok := bytes.CutSuffix(b, []byte(arrowMagic))
	size := len(footer) - 4
	if !ok || size < 0 || int64(binary.LittleEndian.Uint32(footer[size:])) > int64(size) {
		return brokenArrow(errors.New("it has no index at its end"))
	}
	t := flatRoot(footer[size-int(binary.LittleEndian.Uint32(footer[size:])) : size])
	var blocks []arrowBlock
	var places [][]byte
	for _, field := range []int{footerDictionaries, footerRows} {
		at, n := t.vector(field, footerBlock)
		for i := range n {
			p := t.b[at+footerBlock*i:][:footerBlock]
			to, ok := c.moved[int64(binary.LittleEndian.Uint64(p))]
			if !ok {
				return brokenArrow(errors.New("its index names a place where no message stands"))
			}
			blocks, places = append(blocks, to), append(places, p)
			clear(p)
		}
	}
	_, _ = c.same.Write(b)
	for i, p := range places {
		binary.LittleEndian.PutUint64(p, uint64(blocks[i].at))
		binary.LittleEndian.PutUint32(p[8:], uint32(blocks[i].head))
		binary.LittleEndian.PutUint64(p[16:], uint64(blocks[i].body))
	}
	return nil
}
