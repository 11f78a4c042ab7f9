package article

import (
	"bufio"
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"
)

// A gzip file may have many members, one behind the other. Read in order they are one stream. Where
// each of them is a record of its own, as in web archives, damage of one leaves the others
// readable: reading goes on at the next place that starts a member which starts a record.

const gzipBuffer = 64 << 10

// members undoes gzip.
type members struct {
	z     gzip.Reader
	in    *bufio.Reader // what z reads: not a byte more than the members that it was at
	alone bool          // each member stands for itself
	head  []byte        // start of a member that was looked at
}

// lostMember says that a member is damaged, and that another one was found.
type lostMember struct{ err error }

func (e *lostMember) Error() string { return damage("gzip", e.err) }

// apart makes each member stand for itself. err is how reading ended so far: damage turns into a
// *lostMember where another member was found.
func (m *members) apart(err error) error {
	m.alone = true
	m.z.Multistream(false)
	switch err {
	case nil:
		return nil
	case io.EOF: // all of it was read as one stream
		return err
	}
	return m.next(err)
}

func (m *members) Read(p []byte) (int, error) {
	if len(m.head) > 0 {
		n := copy(p, m.head)
		m.head = m.head[n:]
		return n, nil
	}
	n, err := m.z.Read(p)
	if !m.alone || err == nil || n > 0 && err == io.EOF {
		return n, m.later(err)
	}
	if err == io.EOF {
		if err = m.z.Reset(m.in); err == nil {
			m.z.Multistream(false)
			return n, nil
		}
		if err == io.EOF {
			return n, err
		}
	}
	return n, m.next(err)
}

// later holds an end that came with bytes back until it comes alone.
func (m *members) later(err error) error {
	if m.alone && err == io.EOF {
		return nil
	}
	return err
}

var gzipMagic = []byte("\x1f\x8b\x08")

// next looks for the next member that starts a record, after one that failed.
func (m *members) next(err error) error {
	for {
		b, _ := m.in.Peek(len(gzipMagic))
		if len(b) < len(gzipMagic) {
			return err // nothing follows
		}
		if b, _ = m.in.Peek(m.in.Buffered()); !bytes.HasPrefix(b, gzipMagic) {
			n := bytes.Index(b, gzipMagic)
			if n < 0 {
				n = len(b) - len(gzipMagic) + 1
			}
			if _, e := m.in.Discard(n); e != nil {
				return e
			}
			continue
		}
		head := make([]byte, len("WARC/"))
		if m.z.Reset(m.in) == nil {
			m.z.Multistream(false)
			if _, e := io.ReadFull(&m.z, head); e == nil && string(head) == "WARC/" {
				m.head = head
				return &lostMember{err}
			}
		}
	}
}
