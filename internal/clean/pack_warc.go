package clean

import (
	"bytes"
	"io"
	"strconv"

	"github.com/klauspost/compress/gzip"
)

// A web archive is packed with a gzip member for each record, so that an index of places in the
// compressed file can lead to a record. What is written here passes through once; a record ends
// with its length and two line ends. Where the bytes are no records (a damaged archive, another
// file), all that follows goes into one member.

const maxPackedHead = 64 << 10 // bytes of the head of a record

// recordGzip packs a stream: a web archive record by record, anything else as one.
type recordGzip struct {
	w     io.Writer
	z     *gzip.Writer
	head  []byte // of the record, as far as it came
	left  int64  // bytes of the record that are to come behind its head
	plain bool   // the stream is no archive
	open  bool   // the member has content
}

func newRecordGzip(w io.Writer) *recordGzip { return &recordGzip{w: w, z: gzip.NewWriter(w)} }

var warcStart = []byte("WARC/")

func (p *recordGzip) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if p.plain || p.left > 0 {
			k := len(b)
			if !p.plain {
				k = int(min(int64(k), p.left))
				p.left -= int64(k)
			}
			if _, err := p.z.Write(b[:k]); err != nil {
				return 0, err
			}
			b = b[k:]
			continue
		}
		k, err := p.start(b)
		if err != nil {
			return 0, err
		}
		b = b[k:]
	}
	return n, nil
}

// start takes bytes of the head of a record, and gives how many.
func (p *recordGzip) start(b []byte) (int, error) {
	from := len(p.head)
	p.head = append(p.head, b...)
	end, gap := bytes.Index(p.head, []byte("\r\n\r\n")), 4
	if lf := bytes.Index(p.head, []byte("\n\n")); lf >= 0 && (end < 0 || lf < end) {
		end, gap = lf, 2 // written by hand
	}
	n := min(len(p.head), len(warcStart))
	switch {
	case !bytes.Equal(p.head[:n], warcStart[:n]) || end < 0 && len(p.head) > maxPackedHead:
		p.plain = true
		return len(b), p.flushHead()
	case end < 0:
		return len(b), nil
	}
	end += gap
	size, ok := contentLength(p.head[:end])
	if !ok {
		p.plain = true
		return len(b), p.flushHead()
	}
	p.head = p.head[:end]
	if p.open {
		if err := p.member(); err != nil {
			return 0, err
		}
	}
	p.left = size + int64(gap)
	return end - from, p.flushHead()
}

// member ends a member and starts another.
func (p *recordGzip) member() error {
	if err := p.z.Close(); err != nil {
		return err
	}
	p.z.Reset(p.w)
	return nil
}

func (p *recordGzip) flushHead() error {
	p.open = true
	_, err := p.z.Write(p.head)
	p.head = p.head[:0]
	return err
}

// contentLength finds the length of a record in its head.
func contentLength(head []byte) (int64, bool) {
	for line := range bytes.Lines(head) {
		if name, value, ok := bytes.Cut(line, []byte{':'}); ok && bytes.EqualFold(name, []byte("content-length")) {
			n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 62)
			return n, err == nil && n >= 0
		}
	}
	return 0, false
}

func (p *recordGzip) Close() error {
	if len(p.head) > 0 {
		if err := p.flushHead(); err != nil {
			return err
		}
	}
	return p.z.Close()
}
