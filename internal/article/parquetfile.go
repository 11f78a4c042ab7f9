package article

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"dedup/internal/plural"
)

// Pages are decompressed here. parquet-go makes room for whatever the header of a page or of what
// is in it says; of LZ4 it doubles its buffer for as long as a damaged page fails to decode, and
// loses a page that it decoded into a larger buffer than the one it brought. What it is given
// instead is a file whose columns are not compressed, and whose pages have the sizes that their
// headers say:
//
//  1. the footer is read; each chunk of a column gets an address of its own far behind the end of
//     the file, and the codec "none"
//  2. the changed footer stands behind these
//  3. what is read at such an address are the pages of the chunk, one after the other, each
//     decompressed when its turn comes (parquetpages.go)
//
// Memory: one page of each column that is being read. Cost: a copy of each page.

// ParquetFile is a Parquet file opened to be read.
type ParquetFile struct {
	*parquet.File
	at   io.ReaderAt
	size int64
}

const (
	chunkShift   = 40 // a chunk has so many bits of addresses
	parquetTail  = 8  // bytes: length of the footer, magic
	parquetMagic = "PAR1"
)

// OpenParquet reads the footer of a Parquet file, which it holds against the size of the file.
// Indexes and filters are not read.
func OpenParquet(at io.ReaderAt, size int64) (*ParquetFile, error) {
	if err := checkFooter(at, size); err != nil {
		return nil, err
	}
	f, err := openParquetFile(at, size)
	if err != nil {
		return nil, err
	}
	if size >= 1<<chunkShift {
		return nil, errors.New("it has more than a terabyte")
	}
	v := &parquetView{at: at, size: size}
	each(f.Metadata(), v.plain)
	if f, err = v.open(f.Metadata()); err != nil {
		return nil, err
	}
	return &ParquetFile{f, at, size}, nil
}

// Written gives the schema to write the rows of the file with. The codec of each column is the
// file's, and the one of today for the LZ4 of old. Levels are encoded as RLE in every file; where a
// footer lists that first, parquet-go would take it for the encoding of the values, and then fail
// to write texts so.
func (p *ParquetFile) Written() (*parquet.Schema, error) {
	f, err := openParquetFile(p.at, p.size)
	if err != nil {
		return nil, err
	}
	each(f.Metadata(), func(c *format.ColumnMetaData) {
		if c.Codec == format.Lz4 {
			c.Codec = format.Lz4Raw
		}
		if c.Type != format.Boolean {
			c.Encoding = slices.DeleteFunc(c.Encoding, func(e format.Encoding) bool { return e == format.RLE })
		}
	})
	v := &parquetView{at: p.at, size: p.size}
	if f, err = v.open(f.Metadata()); err != nil {
		return nil, err
	}
	return f.Schema(), nil
}

func openParquetFile(at io.ReaderAt, size int64) (*parquet.File, error) {
	return parquet.OpenFile(at, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
}

// checkFooter refuses a footer that is longer than the file: room would be made for all of it.
func checkFooter(at io.ReaderAt, size int64) error {
	var tail [parquetTail]byte
	if size < parquetTail {
		return errors.New("it is too short")
	}
	if _, err := at.ReadAt(tail[:], size-parquetTail); err != nil && err != io.EOF {
		return err
	}
	if n := int64(binary.LittleEndian.Uint32(tail[:])); n > size-parquetTail-int64(len(parquetMagic)) && string(tail[4:]) == parquetMagic {
		return fmt.Errorf("its footer is said to have %s, all of it has %d", plural.Count(n, "byte"), size)
	}
	return nil
}

// parquetView is a file with another footer, and with chunks that are not compressed.
type parquetView struct {
	at       io.ReaderAt
	size     int64
	chunks   []*plainChunk
	footer   []byte // and the tail
	footerAt int64
}

func each(meta *format.FileMetaData, fn func(c *format.ColumnMetaData)) {
	for g := range meta.RowGroups {
		for i := range meta.RowGroups[g].Columns {
			fn(&meta.RowGroups[g].Columns[i].MetaData)
		}
	}
}

// plain gives a chunk an address where it is not compressed.
func (v *parquetView) plain(c *format.ColumnMetaData) {
	if pageCodecs[c.Codec] == nil {
		return
	}
	start := c.DataPageOffset
	if c.DictionaryPageOffset != 0 {
		start = c.DictionaryPageOffset
	}
	start = min(max(start, 0), v.size)
	v.chunks = append(v.chunks, &plainChunk{
		in:     io.NewSectionReader(v.at, start, min(max(c.TotalCompressedSize, 0), v.size-start)),
		codec:  pageCodecs[c.Codec],
		values: c.NumValues,
	})
	c.DataPageOffset = int64(len(v.chunks)) << chunkShift
	if c.DictionaryPageOffset != 0 {
		c.DictionaryPageOffset = c.DataPageOffset
	}
	c.TotalCompressedSize, c.Codec = 1<<chunkShift, format.Uncompressed
}

// open opens the view with this footer.
func (v *parquetView) open(meta *format.FileMetaData) (*parquet.File, error) {
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), meta)
	if err != nil {
		return nil, err
	}
	v.footer = append(binary.LittleEndian.AppendUint32(footer, uint32(len(footer))), parquetMagic...)
	v.footerAt = int64(len(v.chunks)+1) << chunkShift
	return openParquetFile(v, v.footerAt+int64(len(v.footer)))
}

// ReadAt reads from the footer, from a chunk, or from the file itself.
func (v *parquetView) ReadAt(p []byte, off int64) (n int, err error) {
	switch {
	case off < v.size:
		return v.at.ReadAt(p, off)
	case off >= v.footerAt:
		if off -= v.footerAt; off < int64(len(v.footer)) {
			n = copy(p, v.footer[off:])
		}
		if n < len(p) {
			err = io.EOF
		}
		return n, err
	case off>>chunkShift == 0:
		return 0, io.EOF
	}
	return v.chunks[off>>chunkShift-1].ReadAt(p, off&(1<<chunkShift-1))
}
