package article

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"io"
	"strings"
	"sync"
)

// packings are the compressions that are undone.
var packings = []struct {
	name string
	is   func(head []byte) bool
	open func(r io.Reader) (z io.Reader, done func(), err error)
}{
	{"gzip", func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x1f\x8b")) }, openGzip},
	{"zstd", func(b []byte) bool { return bytes.HasPrefix(b, []byte("\x28\xb5\x2f\xfd")) }, openZstd},
	{"bzip2", isBzip2, func(r io.Reader) (io.Reader, func(), error) { return bzip2.NewReader(r), func() {}, nil }},
}

// isBzip2 looks at the block mark too, as a text may well start with "BZh".
func isBzip2(b []byte) bool {
	return len(b) >= 10 && strings.HasPrefix(string(b[:3]), "BZh") && b[3] >= '1' && b[3] <= '9' &&
		(string(b[4:10]) == "1AY&SY" || string(b[4:10]) == "\x17rE8P\x90")
}

// Decoders are kept: a directory may hold many small compressed files, and making a decoder costs
// more than such a file.
var gzips, zstds sync.Pool

func openGzip(r io.Reader) (io.Reader, func(), error) {
	m, ok := gzips.Get().(*members)
	if !ok {
		m = &members{in: bufio.NewReaderSize(nil, gzipBuffer)}
	}
	m.in.Reset(r)
	m.alone, m.head = false, nil
	err := m.z.Reset(m.in)
	return m, func() { m.in.Reset(nil); gzips.Put(m) }, err
}

// unpack undoes compression, also of what is packed twice.
func (st *stream) unpack() (Bad, bool) {
	st.peek()
again:
	for _, p := range packings {
		if !p.is(st.carry) {
			continue
		}
		z, done, err := p.open(st.raw())
		if err != nil {
			b := Bad{Path: st.path, Reason: damage(p.name, err), Hint: "get the file again"}
			if e, ok := errors.AsType[*WindowError](err); ok {
				b.Hint = e.Hint()
			}
			return b, false
		}
		st.close_ = append(st.close_, done)
		st.r, st.packed, st.err, st.total = z, p.name, nil, 0
		st.carry = st.carry[:0]
		st.peek()
		goto again
	}
	if _, compressed := formatOfName(st.path); compressed && st.packed == "" && len(st.carry) > 0 {
		return Bad{Path: st.path, Reason: "not compressed, although its name says so", Hint: "give the file its right name"}, false
	}
	return Bad{}, true
}

// raw is the whole stream from its start: what was peeked, then the rest.
func (st *stream) raw() io.Reader {
	head := bytes.NewReader(bytes.Clone(st.carry))
	if st.err != nil {
		return io.MultiReader(head, failing{st.err})
	}
	return io.MultiReader(head, st.r)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// counted tells what is read.
type counted struct {
	r   io.Reader
	out *reporter
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.out.read(n)
	return n, err
}
