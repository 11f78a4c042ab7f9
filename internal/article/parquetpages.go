package article

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"dedup/internal/plural"
)

// maxPageHead is more than the header of a page has, which may hold the least and the largest of
// its values.
const maxPageHead = 16 << 20

// plainChunk gives the pages of a compressed chunk as if they were not. It is read from its start
// on; whoever goes back has them decompressed again.
type plainChunk struct {
	in     *io.SectionReader
	codec  *pageCodec
	values int64

	r    *bufio.Reader
	left int64  // bytes of in that r has not given
	page []byte // the current page with its header
	at   int64  // where it starts
	err  error  // why there is no next one
	raw  []byte
}

func (c *plainChunk) ReadAt(p []byte, off int64) (n int, err error) {
	if c.r == nil || off < c.at {
		if _, err := c.in.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
		c.r = bufio.NewReaderSize(c.in, 64<<10)
		c.left, c.page, c.at, c.err = c.in.Size(), c.page[:0], 0, nil
	}
	for n < len(p) {
		if i := off + int64(n) - c.at; i < int64(len(c.page)) {
			n += copy(p[n:], c.page[i:])
			continue
		}
		if c.err != nil {
			return n, c.err
		}
		c.at += int64(len(c.page))
		if c.page, c.err = c.next(c.page[:0]); c.err != nil {
			c.page = c.page[:0]
		}
	}
	return n, nil
}

// next appends the next page to dst.
func (c *plainChunk) next(dst []byte) ([]byte, error) {
	if c.left == 0 {
		return dst, io.EOF
	}
	h, err := c.header()
	if err != nil {
		return dst, fmt.Errorf("header of a page: %w", err)
	}
	if int64(h.CompressedPageSize) > c.left {
		return dst, io.ErrUnexpectedEOF
	}
	if cap(c.raw) < int(h.CompressedPageSize) { // no more than is left of the file
		c.raw = make([]byte, h.CompressedPageSize)
	}
	raw := c.raw[:h.CompressedPageSize]
	if _, err := io.ReadFull(c.r, raw); err != nil {
		return dst, err
	}
	c.left -= int64(len(raw))
	if h.CRC != 0 && crc32.ChecksumIEEE(raw) != uint32(h.CRC) {
		return dst, errors.New("the checksum of a page is another")
	}
	return c.plain(dst, h, raw)
}

// header reads the header of a page and checks what it counts.
func (c *plainChunk) header() (*format.PageHeader, error) {
	for n := 4 << 10; ; n *= 8 {
		if n > c.r.Size() {
			c.r = bufio.NewReaderSize(c.r, n)
		}
		b, err := c.r.Peek(int(min(int64(n), c.left)))
		if err != nil {
			return nil, err
		}
		var h format.PageHeader
		r := new(thrift.CompactProtocol).NewReaderFromBytes(b)
		if err = thrift.NewDecoder(r).Decode(&h); err == nil {
			_, err = c.r.Discard(r.BytesRead())
			c.left -= int64(r.BytesRead())
			if err == nil {
				err = c.check(&h)
			}
			return &h, err
		}
		if len(b) < n || n > maxPageHead {
			return nil, err
		}
	}
}

func (c *plainChunk) check(h *format.PageHeader) error {
	values, levels := h.DataPageHeader.V.NumValues, int64(0)
	if h.DataPageHeaderV2.Valid {
		v := h.DataPageHeaderV2.V
		values = max(values, v.NumValues)
		if v.RepetitionLevelsByteLength < 0 || v.DefinitionLevelsByteLength < 0 {
			return errors.New("a negative length")
		}
		levels = int64(v.RepetitionLevelsByteLength) + int64(v.DefinitionLevelsByteLength)
	}
	switch {
	case h.CompressedPageSize < 0 || h.UncompressedPageSize < 0 || levels > int64(min(h.CompressedPageSize, h.UncompressedPageSize)):
		return fmt.Errorf("%s that were %d", plural.Count(int64(h.CompressedPageSize), "byte"), h.UncompressedPageSize)
	case c.codec.most > 0 && int64(h.UncompressedPageSize) > c.codec.most*(int64(h.CompressedPageSize)+1):
		return fmt.Errorf("%s cannot have been %d", plural.Count(int64(h.CompressedPageSize), "byte"), h.UncompressedPageSize)
	case uint64(h.UncompressedPageSize) > windowLimit():
		return fmt.Errorf("a page of %s, --memory leaves %s for it", mebibytes(uint64(h.UncompressedPageSize)), mebibytes(windowLimit()))
	case int64(values) > c.values:
		return fmt.Errorf("%d values in a column that has %d", values, c.values)
	}
	return nil
}

// plain appends the page as it was, behind a header that says so. Of a page of the second version
// the levels stand before what is compressed.
func (c *plainChunk) plain(dst []byte, h *format.PageHeader, raw []byte) ([]byte, error) {
	levels, packed := 0, true
	if v := h.DataPageHeaderV2.V; h.DataPageHeaderV2.Valid {
		levels = int(v.RepetitionLevelsByteLength) + int(v.DefinitionLevelsByteLength)
		packed = !v.IsCompressed.Valid || v.IsCompressed.V
	}
	size := int(h.UncompressedPageSize)
	if !packed {
		size = len(raw)
	}
	h.CRC, h.CompressedPageSize, h.UncompressedPageSize = 0, int32(size), int32(size)
	head, err := thrift.Marshal(new(thrift.CompactProtocol), h)
	if err != nil {
		return dst, err
	}
	dst = append(append(dst, head...), raw[:levels]...)
	if !packed {
		return append(dst, raw[levels:]...), nil
	}
	if size == levels { // all values are missing: some writers compress nothing, and some nothing to something
		return dst, nil
	}
	return c.codec.append(dst, size-levels, raw[levels:])
}
