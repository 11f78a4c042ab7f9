// Command speed times dedup against "wc -w" on the same file, side by side in one run, and prints
// the table of docs/benchmarks.md.
//
//	bin/bench/speed [-dedup BINARY] [-data DIR] [-n 11] [-slow 5] [-raw FILE] [FILE.jsonl]
//
// Each round runs wc and then each command once, so that a noisy neighbour meets all of them; what
// counts are the medians, and their ratio to wc of the same run. CPU seconds (user + system, all
// threads) stand beside the wall clock: they move less on a shared machine. Without FILE it takes
// bulk from DEDUP_DATA or ../shared/data, decompressed into a temporary file; without data it says
// so and ends well.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dedup/bench/program"
	"dedup/bench/unpack"
)

func main() {
	data := os.Getenv("DEDUP_DATA")
	if data == "" {
		data = filepath.Join("..", "shared", "data")
	}
	b := &bench{}
	flag.StringVar(&b.dedup, "dedup", "", "the binary to measure; built from ./cmd/dedup if not given")
	flag.StringVar(&b.data, "data", data, "directory that holds bulk/articles.jsonl.zst")
	flag.IntVar(&b.rounds, "n", 11, "runs of each fast command")
	flag.IntVar(&b.slow, "slow", 5, "runs of stories, passages and scan")
	raw := flag.String("raw", "", "write every single run to this file too")
	flag.Parse()
	b.file = flag.Arg(0)
	if err := b.main(os.Stdout, *raw); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(2)
	}
}

type bench struct {
	dedup, data, file string
	rounds, slow      int
	size              int64 // of file, in bytes
}

func (b *bench) main(out io.Writer, raw string) error {
	if b.rounds < 1 || b.slow < 1 {
		return errors.New("-n and -slow must be at least 1")
	}
	tmp, err := os.MkdirTemp("", "dedup-speed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if b.file == "" {
		from := filepath.Join(b.data, "bulk", "articles.jsonl.zst")
		if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(out, "no %s: nothing measured (set DEDUP_DATA to where the data is)\n", from)
			return nil
		}
		b.file = filepath.Join(tmp, "bulk.jsonl")
		if err := unpack.Zstd(b.file, from); err != nil {
			return err
		}
	}
	info, err := os.Stat(b.file)
	if err != nil {
		return err
	}
	b.size = info.Size()
	if b.dedup == "" {
		if b.dedup, err = program.Build(tmp); err != nil {
			return err
		}
	}
	measured, err := b.measure(tmp)
	if err != nil {
		return err
	}
	if raw != "" {
		if err := b.writeRaw(raw, measured); err != nil {
			return err
		}
	}
	return b.table(out, measured)
}
