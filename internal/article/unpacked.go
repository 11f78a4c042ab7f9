package article

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dedup/internal/disk"
)

// Unpacked is an input opened for its bytes alone, decompressed. Raw.Offset counts in it.
type Unpacked struct {
	io.Reader
	Packed []string // the compressions that were undone, the outer one first: gzip, zstd or bzip2
	st     *stream
	sum    *summed
}

// OpenUnpacked opens a file and undoes its compression, if any. It must be closed.
func OpenUnpacked(path string) (*Unpacked, error) {
	return OpenUnpackedContext(context.Background(), path)
}

// OpenUnpackedContext is OpenUnpacked for what may be a pipe: it is waited for until ctx ends.
func OpenUnpackedContext(ctx context.Context, path string) (*Unpacked, error) {
	f, err := Open(ctx, path)
	if err != nil {
		return nil, err
	}
	rd := &reader{opt: Options{block: defaultBlock}, ctx: ctx}
	sum := &summed{r: f}
	st := &stream{path: path, rd: rd, r: sum, close_: []func(){func() { f.Close() }}}
	u := &Unpacked{st: st, sum: sum}
	st.peek()
	for again := true; again; {
		again = false
		for _, p := range packings {
			if !p.is(st.carry) {
				continue
			}
			z, done, err := p.open(st.raw())
			if err != nil {
				st.close()
				if e, ok := errors.AsType[*WindowError](err); ok {
					return nil, fmt.Errorf("%s: %w\nhint: %s", path, e, e.Hint())
				}
				return nil, fmt.Errorf("%s: %s", path, damage(p.name, err))
			}
			st.close_ = append(st.close_, done)
			st.r, st.err, st.carry = z, nil, st.carry[:0]
			u.Packed, again = append(u.Packed, p.name), true
			st.peek()
			break
		}
	}
	u.Reader = st.raw()
	return u, nil
}

// Damage says why reading ended early.
func (u *Unpacked) Damage(err error) string {
	packed := ""
	if n := len(u.Packed); n > 0 {
		packed = u.Packed[n-1]
	}
	return damage(packed, err)
}

// OpenPacked opens a file for its bytes as they are, compressed or not. It must be closed.
func OpenPacked(path string) (*Unpacked, error) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	sum := &summed{r: f}
	return &Unpacked{Reader: sum, st: &stream{close_: []func(){func() { f.Close() }}}, sum: sum}, nil
}

// Close lets go of the file.
func (u *Unpacked) Close() error {
	u.st.close()
	return nil
}
