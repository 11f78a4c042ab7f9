// Package unpack decompresses the data sets that the benchmarks read.
package unpack

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// Zstd writes the decompressed content of the file from to the file to.
func Zstd(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	d, err := zstd.NewReader(in)
	if err != nil {
		return err
	}
	defer d.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, d); err != nil {
		return fmt.Errorf("decompress %s: %w", from, err)
	}
	return nil
}
