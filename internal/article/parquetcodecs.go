package article

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// pageCodec undoes the compression of a page: what comes out has the length that the header of the
// page declares, with no byte more and no byte less.
type pageCodec struct {
	name string
	most int64 // bytes that a byte gives at most, but for a few at the ends; 0: any number

	// append appends size bytes to dst. Where a byte may give any number, room is made as they
	// come: the header may lie.
	append func(dst []byte, size int, src []byte) ([]byte, error)
}

// pageCodecs are all codecs of Parquet but LZO, which nobody reads. LZ4 is what writers call LZ4
// today; it was framed as Hadoop does, and by some writers not at all.
var pageCodecs = map[format.CompressionCodec]*pageCodec{
	format.Uncompressed: {"none", 1, whole("plain", func(dst, src []byte) error { return exactly(copy(dst, src), len(dst), len(src)) })},
	format.Snappy:       {"Snappy", 22, whole("Snappy", unpackSnappy)}, // 64 bytes of 3
	format.Gzip:         {"gzip", 1040, appendGzip},                    // 258 bytes of 2 bits
	format.Brotli:       {"Brotli", 0, appendBrotli},
	format.Zstd:         {"zstd", 0, appendZstd},
	format.Lz4Raw:       {"LZ4", 255, whole("LZ4", unpackLZ4)},
	format.Lz4:          {"LZ4", 255, whole("LZ4", unpackOldLZ4)},
}

// whole makes room at once for what cannot be much longer than it is packed.
func whole(name string, unpack func(dst, src []byte) error) func(dst []byte, size int, src []byte) ([]byte, error) {
	return func(dst []byte, size int, src []byte) ([]byte, error) {
		from := len(dst)
		dst = slices.Grow(dst, size)[:from+size]
		if err := unpack(dst[from:], src); err != nil {
			return dst, errDamagedPage(name)
		}
		return dst, nil
	}
}

type errDamagedPage string

func (e errDamagedPage) Error() string { return "damaged " + string(e) + " data" }

var errLength = errors.New("another length than declared")

func exactly(n, size, packed int) error {
	if n != size || packed != size {
		return errLength
	}
	return nil
}

func unpackSnappy(dst, src []byte) error {
	if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) { // it would make room for whatever is said there
		return errLength
	}
	got, err := snappy.Decode(dst, src)
	if err == nil && len(got) > 0 && &got[0] != &dst[0] {
		copy(dst, got)
	}
	return err
}

func appendGzip(dst []byte, size int, src []byte) ([]byte, error) {
	r, done, err := openGzip(bytes.NewReader(src))
	if err != nil {
		return dst, errDamagedPage("gzip")
	}
	defer done()
	return appendStream("gzip", dst, size, r)
}

var brotlis = sync.Pool{New: func() any { return brotli.NewReader(nil) }}

func appendBrotli(dst []byte, size int, src []byte) ([]byte, error) {
	r := brotlis.Get().(*brotli.Reader)
	defer brotlis.Put(r)
	if err := r.Reset(bytes.NewReader(src)); err != nil {
		return dst, errDamagedPage("Brotli")
	}
	return appendStream("Brotli", dst, size, r)
}

// firstRoom is how much room is made before any byte came.
const firstRoom = 4 << 20

// appendStream reads size bytes and the end.
func appendStream(name string, dst []byte, size int, r io.Reader) ([]byte, error) {
	from := len(dst)
	for room := min(size, firstRoom); ; room = min(size, 2*room) {
		dst = slices.Grow(dst, from+room-len(dst))
		n, err := io.ReadFull(r, dst[len(dst):from+room])
		if dst = dst[:len(dst)+n]; err != nil {
			return dst, errDamagedPage(name)
		}
		if room == size {
			break
		}
	}
	var more [1]byte
	if n, err := io.ReadFull(r, more[:]); n > 0 || err != io.EOF {
		return dst, errDamagedPage(name)
	}
	return dst, nil
}

// pageZstds decode frames into the room that they are given, and not beyond.
var pageZstds = sync.Pool{New: func() any {
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return err
	}
	return z
}}

func appendZstd(dst []byte, size int, src []byte) ([]byte, error) {
	z, ok := pageZstds.Get().(*zstd.Decoder)
	if !ok {
		return dst, errors.New("no decoder of zstd")
	}
	defer pageZstds.Put(z)
	from := len(dst)
	for room := min(size, firstRoom); ; room = min(size, 2*room) {
		dst = slices.Grow(dst, room)
		out, err := z.DecodeAll(src, dst[from:from:from+room])
		switch {
		case err == nil && len(out) == size:
			return dst[:from+size], nil
		case errors.Is(err, zstd.ErrDecoderSizeExceeded) && room < size:
			continue
		}
		return dst, errDamagedPage("zstd")
	}
}

func unpackLZ4(dst, src []byte) error {
	if len(dst) == 0 {
		return nil
	}
	if n, err := lz4.UncompressBlock(src, dst); err != nil || n != len(dst) {
		return errLength
	}
	return nil
}

// unpackOldLZ4 reads Hadoop's frames: the size of what follows as it was, then blocks of it behind
// their compressed sizes, all big-endian.
func unpackOldLZ4(dst, src []byte) error {
	whole, packed := dst, src
	for len(src) >= 4 {
		size := binary.BigEndian.Uint32(src)
		if src = src[4:]; int64(size) > int64(len(dst)) {
			break
		}
		frame := dst[:size]
		for len(frame) > 0 && len(src) >= 4 {
			n := binary.BigEndian.Uint32(src)
			if src = src[4:]; int64(n) > int64(len(src)) {
				return unpackLZ4(whole, packed)
			}
			k, err := lz4.UncompressBlock(src[:n], frame)
			if err != nil || k == 0 {
				return unpackLZ4(whole, packed)
			}
			frame, src = frame[k:], src[n:]
		}
		if dst = dst[size:]; len(frame) > 0 {
			break
		}
	}
	if len(dst) == 0 && len(src) == 0 {
		return nil
	}
	return unpackLZ4(whole, packed)
}
