package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// storeFS is the file system without Pebble's lock, with trash as a second place to look, and with
// tables that are held against their checksums before Pebble sees them.
type storeFS struct {
	vfs.FS
	trash string
	ctx   context.Context // ends reading, and with it what the store does in the background
}

func (storeFS) Lock(string) (io.Closer, error) { return nothing{}, nil }

func (f storeFS) Open(name string, opts ...vfs.OpenOption) (vfs.File, error) {
	file, err := f.FS.Open(name, opts...)
	if errors.Is(err, fs.ErrNotExist) {
		if old, e := f.FS.Open(filepath.Join(f.trash, filepath.Base(name)), opts...); e == nil {
			file, err = old, nil
		}
	}
	if err != nil || !strings.HasSuffix(name, ".sst") {
		return file, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &tableFile{File: file, name: filepath.Base(name), size: info.Size(), ctx: f.ctx}, nil
}

func (f storeFS) Stat(name string) (vfs.FileInfo, error) {
	info, err := f.FS.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if old, e := f.FS.Stat(filepath.Join(f.trash, filepath.Base(name))); e == nil {
			return old, nil
		}
	}
	return info, err
}

// tableFile is a table that is read. Pebble reads a table by its blocks, each with its trailer, and
// by its footer, which is the end of the file. Where the checksum of a block is wrong, Pebble looks
// for a bit that would make it right and hashes the block 327,680 times: a second for one of 32
// KiB, a minute for a dictionary, and again at every read. Here such a block is an error before
// Pebble looks. Cost: 2 µs a block.
type tableFile struct {
	vfs.File
	name string
	size int64
	ctx  context.Context
}

// blockTrailer is what follows a block: one byte that says how it is compressed, and the checksum
// over both.
const blockTrailer = 5

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ReadAt implements io.ReaderAt.
func (f *tableFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := f.File.ReadAt(p, off)
	if err != nil || n != len(p) || n < blockTrailer || off+int64(n) >= f.size {
		return n, err
	}
	if sum := crc32.Checksum(p[:n-4], castagnoli); binary.LittleEndian.Uint32(p[n-4:]) != (sum>>15|sum<<17)+0xa282ead8 {
		return n, fmt.Errorf("file %s: checksum mismatch: %w", f.name, pebble.ErrCorruption)
	}
	return n, nil
}
