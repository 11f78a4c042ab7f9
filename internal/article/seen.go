package article

import (
	"io"

	"github.com/zeebo/xxh3"
)

// Seen is what an input was when it was read, to tell whether it is the same when it is read again.
type Seen struct {
	Whole bool   // it was read in order, to its end: Bytes and Sum are set
	Bytes int64  // as they came, compressed ones
	Sum   uint64 // XXH3 of these
	Rows  int64  // of Parquet
}

// Same tells whether a second reading found what the first one did, as far as both know.
func (s Seen) Same(t Seen) bool {
	return (!s.Whole || !t.Whole || s.Bytes == t.Bytes && s.Sum == t.Sum) && (s.Rows == 0 || t.Rows == 0 || s.Rows == t.Rows)
}

// summed counts and hashes what is read through it.
type summed struct {
	r   io.Reader
	h   xxh3.Hasher
	n   int64
	end func(Seen) // told once, at the end; nil: nobody asks
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	_, _ = s.h.Write(p[:n])
	s.n += int64(n)
	if err == io.EOF && s.end != nil {
		s.end(s.seen())
		s.end = nil
	}
	return n, err
}

func (s *summed) seen() Seen { return Seen{Whole: true, Bytes: s.n, Sum: s.h.Sum64()} }

// Seen reads what is left of the file and says what it was.
func (u *Unpacked) Seen() (Seen, error) {
	_, err := io.Copy(io.Discard, u.sum)
	return u.sum.seen(), err
}
