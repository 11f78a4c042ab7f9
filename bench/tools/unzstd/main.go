// Command unzstd decompresses IN.zst into OUT, for machines without zstd.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: unzstd IN.zst OUT")
		os.Exit(2)
	}
	if err := decompress(os.Args[2], os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "unzstd:", err)
		os.Exit(2)
	}
}

func decompress(to, from string) (err error) {
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
