package index

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// A column holds one value a row, in blocks of up to columnRows rows. A block is a byte that says
// whether what follows is as it is (0) or a frame of zstd (1), and the values one after another:
//
//	texts     how many bytes it has in common with the value before, how many follow, and those
//	numbers   the difference to the value before
const columnRows = 256

// columnMost is how large a block may become when its frame is read: no value is longer than 2 GiB,
// and a segment that says otherwise must not take the memory.
const columnMost = 1 << 31

// The columns of a segment. Names are part of the format; a new one may be added to the end.
const (
	columnID = iota
	columnPath
	columnSource
	columnTitle
	columnDate
	columnLine
	columnBytes
	columnTokens
	columnProfile // from here on only where the index has stories (stories.go)
	columnUnit    // in every segment but those of earlier versions without stories (links.go)
	columnEvent
	columnStory
	columns
)

// has tells whether the segment has a column.
func (s *segment) has(column int) bool {
	return column < columnProfile || s.stories || column == columnUnit && s.linked
}

var columnNames = [columns]string{"id", "path", "source", "title", "date", "line", "bytes", "tokens", "profile", "unit", "event", "story"}

// textual tells whether a column holds texts.
func textual(column int) bool { return column < columnLine || column == columnProfile }

var (
	pack   = must(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(false)))
	unpack = must(zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(columnMost)))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // the options are constants
	}
	return v
}

// columnWriter collects the values of a block.
type columnWriter struct {
	buf, packed []byte
	n           int
	text        []byte // the value before
	number      int64
	blocks      []block
}

func (c *columnWriter) addText(v string) {
	same, most := 0, min(len(v), len(c.text))
	for same < most && v[same] == c.text[same] {
		same++
	}
	c.buf = binary.AppendUvarint(c.buf, uint64(same))
	c.buf = appendString(c.buf, v[same:])
	c.text = append(c.text[:same], v[same:]...)
	c.n++
}

func (c *columnWriter) addNumber(v int64) {
	c.buf = binary.AppendVarint(c.buf, v-c.number)
	c.number = v
	c.n++
}

// flush writes the block.
func (c *columnWriter) flush(w *segmentWriter) error {
	if c.n == 0 {
		return nil
	}
	c.packed = pack.EncodeAll(c.buf, append(c.packed[:0], 1))
	if len(c.packed) > len(c.buf) {
		c.packed = append(append(c.packed[:0], 0), c.buf...)
	}
	b, err := w.block(c.packed, c.n)
	c.blocks = append(c.blocks, b)
	c.buf, c.n, c.text, c.number = c.buf[:0], 0, c.text[:0], 0
	return err
}

// columnReader reads values of a column. It keeps the last block.
type columnReader struct {
	at        int // block that is held; -1 for none
	raw, data []byte
	packed    []byte // what a frame of zstd has given
	ends      []int  // of texts, in data
	numbers   []int64
}

// load has block i of a column at hand.
func (c *columnReader) load(s *segment, column, i int) error {
	if c.at == i {
		return nil
	}
	c.at = -1
	b := s.columns[column][i]
	var err error
	if c.raw, err = s.read(c.raw, b, 0); err != nil {
		return err
	}
	f := fields{b: c.raw[min(1, len(c.raw)):]}
	switch {
	case len(c.raw) > 0 && c.raw[0] == 0:
	case len(c.raw) > 0 && c.raw[0] == 1:
		if c.packed, err = unpack.DecodeAll(f.b, c.packed[:0]); err != nil {
			return s.damaged("a block of column " + columnNames[column] + " cannot be unpacked")
		}
		f.b = c.packed
	default:
		f.err = errShort
	}
	if textual(column) {
		c.texts(&f, b.n)
	} else {
		c.numbers = c.numbers[:0]
		v := int64(0)
		for range b.n {
			v += f.int()
			c.numbers = append(c.numbers, v)
		}
	}
	if f.end() != nil {
		return s.damaged("a block of column " + columnNames[column] + " does not hold what it should")
	}
	c.at = i
	return nil
}

// texts reads n values into data.
func (c *columnReader) texts(f *fields, n int) {
	c.data, c.ends = c.data[:0], c.ends[:0]
	from := 0 // of the value before
	for range n {
		same := f.size()
		rest := f.bytes()
		start := len(c.data)
		if same > start-from || len(c.data)+same+len(rest) > math.MaxInt32 {
			f.b, f.err = nil, errShort
			return
		}
		c.data = append(c.data, c.data[from:from+same]...)
		c.data = append(c.data, rest...)
		c.ends = append(c.ends, len(c.data))
		from = start
	}
}

// text is value i of the block, which is only lent.
func (c *columnReader) text(i int) []byte {
	if i == 0 {
		return c.data[:c.ends[0]]
	}
	return c.data[c.ends[i-1]:c.ends[i]]
}

// blockOf finds the block that a row is in, by the first rows of all, and its place there.
func blockOf(first []uint32, row uint32) (i, place int) {
	i, ok := slices.BinarySearch(first, row)
	if !ok {
		i--
	}
	return i, int(row - first[i])
}
