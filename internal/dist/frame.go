package dist

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"

	"dedup/internal/plural"
)

// A frame is what stages hand to each other, and what an engine shuffles by its key. It may come
// from a file that was cut off or from another program, so nothing in it is believed:
//
//	0   magic, version, kind, 0
//	4   key, 32 bits
//	8   length of the data, 32 bits
//	12  CRC-32 (IEEE) of the 12 bytes before and of the data
//	16  data
//
// All numbers are little-endian. A stream ends with a frame of kind End that holds the number of
// those before it, so that a stream that was cut off is told from a whole one.

// Frame is data of a kind, with the key by which it is brought together with others.
type Frame struct {
	Kind byte
	Key  uint32
	Data []byte
}

const (
	magic    = 0xdf
	version  = 1
	headSize = 16

	// End is the kind of the last frame of a stream.
	End = 'Z'

	// MaxFrame is the greatest length of a frame's data. Engines put a frame into one value.
	MaxFrame = 1 << 30
)

// AppendFrame appends the bytes of a frame to dst.
func AppendFrame(dst []byte, f Frame) []byte {
	at := len(dst)
	dst = append(dst, magic, version, f.Kind, 0)
	dst = binary.LittleEndian.AppendUint32(dst, f.Key)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(f.Data)))
	sum := crc32.Update(crc32.Checksum(dst[at:], crc32.IEEETable), crc32.IEEETable, f.Data)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return append(dst, f.Data...)
}

// Writer writes a stream of frames.
type Writer struct {
	w    *bufio.Writer
	head []byte
	n    uint64
}

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w: bufio.NewWriterSize(w, 1<<18)} }

// Write writes a frame.
func (w *Writer) Write(f Frame) error {
	if len(f.Data) > MaxFrame {
		return fmt.Errorf("a frame of %s; at most %d can be", plural.Count(len(f.Data), "byte"), MaxFrame)
	}
	w.n++
	w.head = AppendFrame(w.head[:0], f)
	_, err := w.w.Write(w.head)
	return err
}

// WriteNow writes a frame for a reader that waits for it.
func (w *Writer) WriteNow(f Frame) error {
	if err := w.Write(f); err != nil {
		return err
	}
	return w.w.Flush()
}

// Close ends the stream. It does not close what is written to.
func (w *Writer) Close() error {
	if err := w.Write(Frame{Kind: End, Data: binary.AppendUvarint(nil, w.n)}); err != nil {
		return err
	}
	return w.w.Flush()
}

// Read gives the frames of a stream, the last one excepted. Data is valid until the next frame.
func Read(r io.Reader) iter.Seq2[Frame, error] {
	return func(yield func(Frame, error) bool) {
		d := decoder{r: bufio.NewReaderSize(r, 1<<18)}
		for n := uint64(0); ; n++ {
			f, err := d.next()
			if err != nil {
				yield(Frame{}, fmt.Errorf("frame %d: %w", n, err))
				return
			}
			if f.Kind == End {
				if told, k := binary.Uvarint(f.Data); k <= 0 || told != n {
					yield(Frame{}, fmt.Errorf("a stream of %d frames says that it has %d", n, told))
				}
				return
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// decoder reads frames.
type decoder struct {
	r    *bufio.Reader
	head [headSize]byte
	data bytes.Buffer
}

var errCut = errors.New("the stream was cut off\nhint: run the stage that wrote it again")

// next reads a frame.
func (d *decoder) next() (f Frame, err error) {
	f, n, err := d.begin()
	if err != nil {
		return f, err
	}
	d.data.Reset()
	if _, err := io.CopyN(&d.data, d.r, n); err != nil { // grows with what comes, not with what is promised
		return f, cut(err)
	}
	f.Data = d.data.Bytes()
	sum := crc32.Update(crc32.Checksum(d.head[:12], crc32.IEEETable), crc32.IEEETable, f.Data)
	if sum != binary.LittleEndian.Uint32(d.head[12:]) {
		return f, errors.New("its checksum is not that of its bytes\nhint: run the stage that wrote it again")
	}
	return f, nil
}

// begin reads the head of a frame and gives the length of its data.
func (d *decoder) begin() (f Frame, n int64, err error) {
	if _, err := io.ReadFull(d.r, d.head[:]); err != nil {
		return f, 0, cut(err)
	}
	if d.head[0] != magic || d.head[1] != version {
		return f, 0, fmt.Errorf("starts with %x, not %x, or is of version %d, not %d\nhint: let one version of dedup run all stages", d.head[0], magic, d.head[1], version)
	}
	f.Kind, f.Key = d.head[2], binary.LittleEndian.Uint32(d.head[4:])
	if n = int64(binary.LittleEndian.Uint32(d.head[8:])); n > MaxFrame {
		return f, 0, fmt.Errorf("it says that it has %s; at most %d can be", plural.Count(n, "byte"), MaxFrame)
	}
	return f, n, nil
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// cursor reads the data of a frame. After the first fault all that it gives is zero.
type cursor struct {
	b   []byte
	err error
}

var errData = errors.New("the data of a frame is not what its kind says")

func (c *cursor) fail() {
	c.b = nil
	if c.err == nil {
		c.err = errData
	}
}

func (c *cursor) uint() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.fail()
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *cursor) int() int64 {
	v := c.uint()
	return int64(v>>1) ^ -int64(v&1)
}

// number is an unsigned number of 32 bits.
func (c *cursor) number() uint32 {
	v := c.uint()
	if v > 1<<32-1 {
		c.fail()
	}
	return uint32(v)
}

// count is a number of things that take at least size bytes each.
func (c *cursor) count(size int) int {
	n := c.uint()
	if n > uint64(len(c.b)/size) {
		c.fail()
		return 0
	}
	return int(n)
}

func (c *cursor) bytes(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.fail()
		return nil
	}
	b := c.b[:n:n]
	c.b = c.b[n:]
	return b
}

func (c *cursor) fixed() uint64 {
	if b := c.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (c *cursor) str() string { return string(c.bytes(c.count(1))) }

// more tells whether anything is left.
func (c *cursor) more() bool { return c.err == nil && len(c.b) > 0 }

// appendInt appends a number of either sign.
func appendInt(dst []byte, v int64) []byte {
	return binary.AppendUvarint(dst, uint64(v)<<1^uint64(v>>63))
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
